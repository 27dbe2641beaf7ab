#pragma once
// Reads a message's body from a stream with Beast's parser, piece by piece, for requests and answers alike.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

#include "transport/asio.hpp"
#include "transport/http/message.hpp"
#include "transport/tls/stream.hpp"

namespace wissel::transport {

enum class BodyFault : std::uint8_t {
  kMalformed,  ///< framing that cannot be read
  kTooLarge,
  kTimedOut,
  kBroken,  ///< the connection ended within the body
};

/// A parser that has seen a head takes the body from `in` and then from `stream`; what follows the body stays in `in`.
template <bool IsRequest>
class BodyReader {
 public:
  using Parser = boost::beast::http::parser<IsRequest, boost::beast::http::buffer_body>;
  // A chunk's size line with extensions, or the trailer; more without an end is refused.
  static constexpr std::size_t kFramingBytesMax = 8 * 1024;

  /// All outlive the reader.
  BodyReader(Stream& stream, std::string& in, Parser& parser) : stream_(stream), in_(in), parser_(parser) {}

  void limit(std::size_t bytes_max) noexcept { bytes_max_ = bytes_max; }
  [[nodiscard]] bool done() { return parser_.is_done(); }

  /// The next bytes, at most BodyStream::kChunkBytesMax; empty at the end.
  asio::awaitable<std::expected<std::string, BodyFault>> next(Deadline deadline) {
    while (!parser_.is_done()) {
      if (!in_.empty()) {
        auto piece = parse();
        if (!piece) co_return std::unexpected(piece.error());
        if (!piece->empty()) co_return std::move(*piece);
        if (!starved_) continue;
      }
      const auto got = co_await stream_.read(in_, kFramingBytesMax, deadline);
      if (!got) {
        if (got.error() == IoFault::kTimedOut) co_return std::unexpected(BodyFault::kTimedOut);
        if (got.error() != IoFault::kClosed || !ends_with_connection()) co_return std::unexpected(BodyFault::kBroken);
      }
    }
    co_return std::string{};
  }

 private:
  /// One step of the parser over what is there; sets starved_ when it needs more bytes.
  std::expected<std::string, BodyFault> parse() {
    std::string piece(std::min(in_.size(), BodyStream::kChunkBytesMax), '\0');
    auto& body = parser_.get().body();
    body.data = piece.data();
    body.size = piece.size();
    body.more = true;
    boost::system::error_code failure;
    const std::size_t used = parser_.put(asio::buffer(in_), failure);
    piece.resize(piece.size() - body.size);
    in_.erase(0, used);
    starved_ = failure == boost::beast::http::error::need_more;
    if (failure && !starved_ && failure != boost::beast::http::error::need_buffer) {
      return std::unexpected(BodyFault::kMalformed);
    }
    if (starved_ && in_.size() > kFramingBytesMax) return std::unexpected(BodyFault::kMalformed);
    total_ += piece.size();
    if (total_ > bytes_max_) return std::unexpected(BodyFault::kTooLarge);
    return piece;
  }

  /// An answer without a length ends with its connection (RFC 9112, section 6.3); nothing else may.
  bool ends_with_connection() {
    if (IsRequest || !parser_.need_eof()) return false;
    boost::system::error_code failure;
    parser_.put_eof(failure);
    return !failure && parser_.is_done();
  }

  Stream& stream_;
  std::string& in_;
  Parser& parser_;
  std::size_t bytes_max_ = 0;
  std::uint64_t total_ = 0;
  bool starved_ = false;
};

}  // namespace wissel::transport
