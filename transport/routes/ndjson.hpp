#pragma once
// Reading an upload of NDJSON of any size in bounded memory: lines out of chunks, and pieces of lines to the committer.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "transport/routes/exchange.hpp"

namespace wissel::transport {

/// Media type of bodies and answers of one JSON value a line.
inline constexpr std::string_view kNdjson = "application/x-ndjson";

struct NdjsonLine {
  std::uint64_t number = 0;  ///< in the upload, from 1
  std::string_view text;     ///< without its newline; empty when too long
  bool too_long = false;
};

/// Cuts chunks into lines. No I/O.
class NdjsonLines {
 public:
  // Bytes of one line, the largest reference (50 betrokkenen) being some 30 KiB.
  static constexpr std::size_t kLineBytesMax = 64 * 1024;

  void append(std::string_view chunk);
  /// The next whole line with something on it; its text lives until append().
  [[nodiscard]] std::optional<NdjsonLine> next();
  /// After the end of the upload: what stands behind the last newline.
  [[nodiscard]] std::optional<NdjsonLine> last();

 private:
  [[nodiscard]] NdjsonLine take(std::size_t bytes);

  std::string buffer_;
  std::size_t at_ = 0;       ///< where the next line begins
  std::size_t scanned_ = 0;  ///< no newline before this
  std::uint64_t number_ = 0;
  bool skipping_ = false;  ///< the present line was too long; its rest is dropped
};

/// What an upload's lines go into.
class LineSink {
 public:
  virtual ~LineSink() = default;
  virtual void take(const NdjsonLine& line) = 0;
  /// A piece has come together.
  [[nodiscard]] virtual bool full() const = 0;
  /// Hands the piece on, once the one before it is durable.
  virtual asio::awaitable<OrRefusal<void>> send() = 0;
};

/// Reads the whole upload. Refuses what the body stream or the sink refuses; what was sent before stands.
asio::awaitable<OrRefusal<void>> read_lines(BodyStream& body, LineSink& sink);

/// What came of a piece, as a handler passes it on.
[[nodiscard]] OrRefusal<core::Outcome> or_refusal(core::Result<core::Outcome> outcome);

/// Bounds of one piece: lines by api.md; bytes of their text so that long lines do not make it large.
inline constexpr std::size_t kPieceLinesMax = 1'000;
inline constexpr std::size_t kPieceBytesMax = std::size_t{1} << 20U;

/// A line that is not taken, as it is told: few faults of it are named, so that a thousand such lines stay small.
[[nodiscard]] core::Problem too_long_line();
[[nodiscard]] std::string refused_line(std::uint64_t number, core::Problem problem);

}  // namespace wissel::transport
