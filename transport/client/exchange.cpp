#include "transport/client/exchange.hpp"

#include <string_view>
#include <utility>

#include "transport/http/body_reader.hpp"
#include "transport/http/head_check.hpp"

namespace wissel::transport {
namespace {

// Interim answers (1xx) before the real one; more is a fault.
constexpr int kInterimMax = 4;
constexpr std::size_t kReadBytes = 16 * 1024;
// Below it head and body leave in one TLS record.
constexpr std::size_t kTogetherBytesMax = 16 * 1024;

using Reader = BodyReader<false>;

ClientError sent_error(ClientFault fault, std::string detail) { return {fault, true, std::move(detail)}; }

ClientError io_error(IoFault fault, bool answer_began, const char* doing) {
  switch (fault) {
    case IoFault::kTimedOut:
      return sent_error(ClientFault::kTimedOut, doing);
    case IoFault::kCancelled:
      return sent_error(ClientFault::kStopped, doing);
    // With TLS 1.3 the server looks at our certificate after our handshake is done, so its refusal comes as the first
    // thing read.
    case IoFault::kTls:
      return sent_error(answer_began ? ClientFault::kBroken : ClientFault::kTlsRefused, "alert from the peer");
    case IoFault::kClosed:
    case IoFault::kBroken:
      break;
  }
  return sent_error(ClientFault::kBroken, doing);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') out.push_back(c);
  }
  out.append("\r\n");
}

std::string serialize(const ClientRequest& request, const HttpsUrl& url) {
  std::string out(to_string(request.method));
  out.append(" ").append(url.target).append(" HTTP/1.1\r\n");
  append_field(out, "Host", url.authority());
  for (const auto& [name, value] : request.headers) append_field(out, name, value);
  const bool carries = request.method == Method::kPost || request.method == Method::kPut ||
                       request.method == Method::kPatch || !request.body.empty();
  if (carries) {
    if (!request.body.empty()) append_field(out, "Content-Type", request.content_type);
    append_field(out, "Content-Length", std::to_string(request.body.size()));
  }
  out.append("\r\n");
  return out;
}

/// An answer while it is read.
struct Incoming {
  std::string in;
  bool began = false;
};

asio::awaitable<std::expected<std::string, ClientError>> read_head(Stream& stream, Incoming& incoming,
                                                                   std::size_t bytes_max, Deadline deadline) {
  HeadScanner scanner;
  while (true) {
    const auto found = incoming.in.empty() ? HeadScanner::State::kMore : scanner.scan(incoming.in);
    if (found == HeadScanner::State::kBad) {
      co_return std::unexpected(sent_error(ClientFault::kAnswerInvalid, "not HTTP/1.1"));
    }
    const bool complete = found == HeadScanner::State::kComplete;
    if ((complete ? scanner.size() : incoming.in.size()) > bytes_max) {
      co_return std::unexpected(sent_error(ClientFault::kAnswerTooLarge, "header fields"));
    }
    if (complete) {
      std::string head = incoming.in.substr(0, scanner.size());
      incoming.in.erase(0, scanner.size());
      co_return head;
    }
    const auto got = co_await stream.read(incoming.in, kReadBytes, deadline);
    if (!got) co_return std::unexpected(io_error(got.error(), incoming.began, "reading the answer"));
    incoming.began = true;
  }
}

/// Reads heads until one is not interim, and feeds it to `parser`.
asio::awaitable<std::optional<ClientError>> read_final_head(Stream& stream, Incoming& incoming,
                                                            std::optional<Reader::Parser>& parser,
                                                            const ClientRequest& request,
                                                            std::size_t header_bytes_max) {
  for (int i = 0; i <= kInterimMax; ++i) {
    const auto head = co_await read_head(stream, incoming, header_bytes_max, request.deadline);
    if (!head) co_return head.error();
    parser.emplace();
    parser->header_limit(static_cast<std::uint32_t>(header_bytes_max + 1));
    parser->body_limit(boost::none);  // counted by the reader
    parser->skip(request.method == Method::kHead);
    boost::system::error_code failure;
    parser->put(asio::buffer(*head), failure);
    if (failure || !parser->is_header_done() || parser->get().version() < 10 || parser->get().version() > 11) {
      co_return sent_error(ClientFault::kAnswerInvalid, "header fields");
    }
    const auto& message = parser->get();
    const bool other_coding = message.count(boost::beast::http::field::transfer_encoding) != 0 && !parser->chunked();
    if (message.result_int() == 101 || other_coding) {
      co_return sent_error(ClientFault::kAnswerInvalid, "an answer that was not asked for");
    }
    if (message.result_int() >= 200) co_return std::nullopt;
  }
  co_return sent_error(ClientFault::kAnswerInvalid, "interim answers without an end");
}

ClientError body_error(BodyFault fault) {
  switch (fault) {
    case BodyFault::kMalformed:
      return sent_error(ClientFault::kAnswerInvalid, "body");
    case BodyFault::kTooLarge:
      return sent_error(ClientFault::kAnswerTooLarge, "body");
    case BodyFault::kTimedOut:
      return sent_error(ClientFault::kTimedOut, "reading the body");
    case BodyFault::kBroken:
      break;
  }
  return sent_error(ClientFault::kBroken, "the answer broke off");
}

asio::awaitable<std::optional<ClientError>> send(Stream& stream, const ClientRequest& request, const HttpsUrl& url) {
  std::string head = serialize(request, url);
  const bool together = request.body.size() <= kTogetherBytesMax;
  if (together) head.append(request.body);
  auto sent = co_await stream.write(head, request.deadline);
  if (sent && !together) sent = co_await stream.write(request.body, request.deadline);
  if (!sent) co_return io_error(sent.error(), false, "sending the request");
  co_return std::nullopt;
}

}  // namespace

asio::awaitable<ExchangeEnd> exchange(Stream& stream, const ClientRequest& request, const HttpsUrl& url,
                                      std::size_t header_bytes_max) {
  Incoming incoming;
  // An early answer (413, for one) is not looked for while the body is being sent: calls are small.
  if (auto failed = co_await send(stream, request, url)) {
    co_return ExchangeEnd{std::unexpected(std::move(*failed)), false, false};
  }
  std::optional<Reader::Parser> parser;
  if (auto failed = co_await read_final_head(stream, incoming, parser, request, header_bytes_max)) {
    co_return ExchangeEnd{std::unexpected(std::move(*failed)), false, incoming.began};
  }
  ClientResponse response;
  response.status = parser->get().result_int();
  for (const auto& field : parser->get()) response.headers.add(field.name_string(), field.value());
  const bool ends_with_connection = parser->need_eof();
  Reader reader(stream, incoming.in, *parser);
  reader.limit(request.answer_bytes_max);
  while (true) {
    auto piece = co_await reader.next(request.deadline);
    if (!piece) co_return ExchangeEnd{std::unexpected(body_error(piece.error())), false, true};
    if (piece->empty()) break;
    response.body.append(*piece);
  }
  const bool reusable = parser->keep_alive() && !ends_with_connection && incoming.in.empty();
  co_return ExchangeEnd{std::move(response), reusable, true};
}

}  // namespace wissel::transport
