#pragma once
// One error type for everything that can fail in a foreseeable way. Sorted by what the caller does with it.
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace wissel::core {

enum class Errc : std::uint8_t {
  kInvalidInput,  ///< reject: it will never be right
  kNotFound,      ///< there is no such thing
  kConflict,      ///< another state than the caller assumed
  kWouldBlock,    ///< not in memory: ask again where waiting for the disk is allowed
  kOverloaded,    ///< retry later: a bound was reached
  kUnavailable,   ///< retry later: something we need is away (disk full, peer down, stopping)
  kCorrupt,       ///< page somebody: stored bytes are not what was written
};

/// A short, stable word for logs and metrics.
[[nodiscard]] constexpr std::string_view to_string(Errc code) noexcept {
  switch (code) {
    case Errc::kInvalidInput:
      return "invalid_input";
    case Errc::kNotFound:
      return "not_found";
    case Errc::kConflict:
      return "conflict";
    case Errc::kWouldBlock:
      return "would_block";
    case Errc::kOverloaded:
      return "overloaded";
    case Errc::kUnavailable:
      return "unavailable";
    case Errc::kCorrupt:
      return "corrupt";
  }
  return "unknown";
}

/// `detail` is for the operator's log only, never for a peer, and never holds message content, keys or a BSN.
struct Error {
  Errc code;
  std::string detail;

  /// Adds what was being done, on the way up: "read issuer: no such key".
  [[nodiscard]] Error within(std::string_view doing) && {
    return Error{code, std::string(doing) + ": " + std::move(detail)};
  }
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Errc code, std::string detail) {
  return std::unexpected<Error>(Error{code, std::move(detail)});
}

}  // namespace wissel::core
