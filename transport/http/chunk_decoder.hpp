#pragma once
// Chunked coding, strictly: a body that two readers could end in two places is refused. Bytes in, bytes out, no I/O.
// Source: RFC 9112, section 7.1. Beast's own reader lets line feeds and NULs pass in quoted extensions, and folded
// lines in a trailer, by which others have been made to see another request.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wissel::transport {

class ChunkDecoder {
 public:
  enum class State : std::uint8_t {
    kMore,  ///< all that is there has been used, or a line has no end yet
    kDone,  ///< the last chunk and the trailer were read; what follows is not of this body
    kBad,
  };

  /// Bytes of one line: a chunk's size with its extensions, or a field of the trailer.
  static constexpr std::size_t kLineBytesMax = 4 * 1024;
  /// Bytes of such lines in a row without a byte of data between them, and of the whole trailer.
  static constexpr std::size_t kTrailerBytesMax = 8 * 1024;

  /// Reads from the front of `in` and appends at most `bytes_max` bytes of data to `data`; `used` says how much of `in`
  /// is done with. With kMore and nothing used, more must come before the next call. After kDone and kBad it stays so.
  State read(std::string_view in, std::size_t bytes_max, std::string& data, std::size_t& used);

 private:
  enum class Step : std::uint8_t { kSize, kData, kDataEnd, kTrailer, kDone, kBad };

  [[nodiscard]] bool take_size(std::string_view line) noexcept;
  /// One line with its CRLF, when it is whole; false also for one that can never be.
  [[nodiscard]] bool take_line(std::string_view in, std::size_t& used);
  [[nodiscard]] bool take_data_end(std::string_view in, std::size_t& used) noexcept;

  Step step_ = Step::kSize;
  std::uint64_t left_ = 0;         ///< of the present chunk
  std::size_t trailer_bytes_ = 0;  ///< read so far
};

}  // namespace wissel::transport
