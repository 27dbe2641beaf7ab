#include "transport/http/response_writer.hpp"

#include <boost/beast/http/status.hpp>

#include <array>
#include <ctime>
#include <string_view>
#include <utility>

namespace wissel::transport {
namespace {

// Below it head and body leave in one TLS record.
constexpr std::size_t kTogetherBytesMax = 16 * 1024;

/// The Date field's value, made once a second on each thread.
std::string_view http_date() {
  static thread_local std::time_t made_at = 0;
  static thread_local std::array<char, 32> text{};
  static thread_local std::size_t length = 0;
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    made_at = now;
  }
  return {text.data(), length};
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') out.push_back(c);
  }
  out.append("\r\n");
}

bool has_no_body(unsigned status) noexcept { return status < 200 || status == 204 || status == 304; }

/// The body of an answer while it is made, in chunked coding where the client knows that.
class ChunkSink final : public BodySink {
 public:
  ChunkSink(Stream& stream, bool chunked, std::chrono::milliseconds stall_max)
      : stream_(stream), chunked_(chunked), stall_max_(stall_max) {}

  asio::awaitable<core::Result<void>> write(std::string_view bytes) override {
    // An empty chunk would end the body.
    if (bytes.empty()) co_return core::Result<void>{};
    std::string framed;
    if (chunked_) {
      static constexpr std::string_view kDigits = "0123456789abcdef";
      for (std::size_t size = bytes.size(); size != 0; size /= 16) framed.insert(framed.begin(), kDigits[size % 16]);
      framed.append("\r\n").append(bytes).append("\r\n");
      bytes = framed;
    }
    co_return co_await send(bytes);
  }

  /// True when the whole body was sent.
  asio::awaitable<bool> finish() {
    if (broken_) co_return false;
    if (!chunked_) co_return true;
    const auto sent = co_await send("0\r\n\r\n");
    co_return sent.has_value();
  }

 private:
  asio::awaitable<core::Result<void>> send(std::string_view bytes) {
    if (!broken_) {
      const auto sent = co_await stream_.write(bytes, Deadline::max(), stall_max_);
      broken_ = !sent;
    }
    if (broken_) co_return core::fail(core::Errc::kUnavailable, "the client is gone or reads too slowly");
    co_return core::Result<void>{};
  }

  Stream& stream_;
  bool chunked_;
  std::chrono::milliseconds stall_max_;
  bool broken_ = false;
};

asio::awaitable<bool> write_streamed(Stream& stream, Response& response, const ResponseFraming& framing,
                                     std::chrono::milliseconds stall_max) {
  ChunkSink sink(stream, !framing.http10, stall_max);
  co_await response.stream(sink);
  co_return co_await sink.finish();
}

}  // namespace

std::string serialize_head(const Response& response, const ResponseFraming& framing) {
  std::string out;
  out.reserve(768 + (response.body.size() <= kTogetherBytesMax ? response.body.size() : 0));
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(response.status))).append("\r\n");
  append_field(out, "Date", http_date());
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  out.append(response.fixed_lines);
  const bool streamed = static_cast<bool>(response.stream);
  if (!has_no_body(response.status)) {
    if (streamed || !response.body.empty()) append_field(out, "Content-Type", response.content_type);
    if (!streamed) append_field(out, "Content-Length", std::to_string(response.body.size()));
    if (streamed && !framing.http10) append_field(out, "Transfer-Encoding", "chunked");
  }
  if (framing.close) {
    append_field(out, "Connection", "close");
  } else if (framing.http10) {
    append_field(out, "Connection", "keep-alive");
  }
  out.append("\r\n");
  return out;
}

asio::awaitable<bool> write_response(Stream& stream, Response& response, ResponseFraming framing,
                                     std::chrono::milliseconds stall_max) {
  std::string head = serialize_head(response, framing);
  const bool bodiless = framing.head_only || has_no_body(response.status);
  const bool together = !bodiless && !response.stream && response.body.size() <= kTogetherBytesMax;
  if (together) head.append(response.body);
  const auto sent = co_await stream.write(head, Deadline::max(), stall_max);
  if (!sent) co_return false;
  if (bodiless || together) co_return true;
  if (response.stream) co_return co_await write_streamed(stream, response, framing, stall_max);
  const auto body_sent = co_await stream.write(response.body, Deadline::max(), stall_max);
  co_return body_sent.has_value();
}

}  // namespace wissel::transport
