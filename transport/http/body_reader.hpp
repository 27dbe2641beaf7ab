#pragma once
// Reads a message's body from a stream, piece by piece, for requests and answers alike: chunked coding by our own
// strict decoder, the rest with Beast's parser.
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
#include "transport/http/chunk_decoder.hpp"
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
  static constexpr std::size_t kReadBytes = 8 * 1024;

  /// All outlive the reader.
  BodyReader(Stream& stream, std::string& in, Parser& parser)
      : stream_(stream), in_(in), parser_(parser), chunked_(!parser.is_done() && parser.chunked()) {}

  void limit(std::size_t bytes_max) noexcept { bytes_max_ = bytes_max; }
  [[nodiscard]] bool done() { return chunked_ ? last_chunk_ : parser_.is_done(); }

  /// The next bytes, at most BodyStream::kChunkBytesMax; empty at the end.
  asio::awaitable<std::expected<std::string, BodyFault>> next(Deadline deadline) {
    while (!done()) {
      if (!in_.empty()) {
        auto piece = chunked_ ? decode() : parse();
        if (!piece) co_return std::unexpected(piece.error());
        if (!piece->empty()) co_return std::move(*piece);
        if (!starved_ || done()) continue;
      }
      const auto got = co_await stream_.read(in_, kReadBytes, deadline);
      if (!got) {
        if (got.error() == IoFault::kTimedOut) co_return std::unexpected(BodyFault::kTimedOut);
        if (got.error() != IoFault::kClosed || !ends_with_connection()) co_return std::unexpected(BodyFault::kBroken);
      }
    }
    co_return std::string{};
  }

 private:
  std::expected<std::string, BodyFault> decode() {
    std::string piece;
    std::size_t used = 0;
    const auto state = chunks_.read(in_, BodyStream::kChunkBytesMax, piece, used);
    in_.erase(0, used);
    if (state == ChunkDecoder::State::kBad) return std::unexpected(BodyFault::kMalformed);
    starved_ = piece.empty();
    auto counted = count(std::move(piece));
    // A body that is too large is never done: its connection is not used again, wherever the last chunk stood.
    last_chunk_ = counted && state == ChunkDecoder::State::kDone;
    return counted;
  }

  std::expected<std::string, BodyFault> count(std::string piece) {
    total_ += piece.size();
    if (total_ > bytes_max_) return std::unexpected(BodyFault::kTooLarge);
    return piece;
  }

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
    return count(std::move(piece));
  }

  /// An answer without a length ends with its connection (RFC 9112, section 6.3); nothing else may.
  bool ends_with_connection() {
    if (IsRequest || chunked_ || !parser_.need_eof()) return false;
    boost::system::error_code failure;
    parser_.put_eof(failure);
    return !failure && parser_.is_done();
  }

  Stream& stream_;
  std::string& in_;
  Parser& parser_;
  const bool chunked_;
  ChunkDecoder chunks_;
  bool last_chunk_ = false;
  std::size_t bytes_max_ = 0;
  std::uint64_t total_ = 0;
  bool starved_ = false;
};

}  // namespace wissel::transport
