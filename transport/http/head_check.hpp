#pragma once
// The strict reading of a request's head, on the raw bytes: whatever two parsers could read in two ways is refused
// before anything is parsed. Plain functions, no I/O.
// Source: RFC 9112, sections 2.2 (line endings), 3 (request line), 3.2 (Host), 5 (fields), 6 (framing), 11.2
// (smuggling).
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "transport/http/head_fault.hpp"

namespace wissel::transport {

/// What decides the framing of a request.
struct HeadFacts {
  std::string_view method;
  std::string_view target;  ///< origin form; an absolute form is cut to it
  bool http10 = false;
  bool keep_alive = true;
  bool chunked = false;
  bool expects_continue = false;
  std::optional<std::uint64_t> content_length;  ///< nothing without the field
};

/// Finds the end of a head in bytes that come in pieces, and refuses early what can never become one.
class HeadScanner {
 public:
  enum class State : std::uint8_t { kMore, kComplete, kBad };

  /// `buffer` is all bytes since the start of the head; it only grows between calls.
  [[nodiscard]] State scan(std::string_view buffer) noexcept;
  /// Bytes of the head with its last CRLF CRLF; after kComplete.
  [[nodiscard]] std::size_t size() const noexcept { return at_; }

 private:
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
};

/// Judges a complete head (up to and with CRLF CRLF).
[[nodiscard]] std::expected<HeadFacts, HeadFault> check_head(std::string_view head);

}  // namespace wissel::transport
