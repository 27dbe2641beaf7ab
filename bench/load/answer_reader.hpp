#pragma once
// Answers out of the bytes of a connection: just enough HTTP/1.1 to know status, receipt and end. No I/O.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wissel::load {

struct Answer {
  unsigned status = 0;
  bool receipt = false;  ///< it carried Wissel-Log-Index
  bool close = false;    ///< the connection ends with it
};

/// For answers with Content-Length, or none and a status without body; anything else is invalid.
class AnswerReader {
 public:
  enum class State : std::uint8_t { kMore, kComplete, kInvalid };

  /// Looks whether `bytes`, everything received since the last answer, hold a whole one. Heads above 64 KiB and bodies
  /// above 64 MiB are invalid.
  State read(std::string_view bytes);

  /// After kComplete: what came, and of how many bytes.
  [[nodiscard]] const Answer& answer() const noexcept { return answer_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Before the next answer.
  void reset() { *this = AnswerReader(); }

 private:
  bool read_head(std::string_view head);
  bool read_field(std::string_view line);

  Answer answer_;
  std::size_t size_ = 0;  ///< 0: the head is not complete yet
  std::size_t scanned_ = 0;
  std::optional<std::size_t> content_length_;
};

}  // namespace wissel::load
