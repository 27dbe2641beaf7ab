#pragma once
// Which requests a load consists of, and in what shares.
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace wissel::load {

enum class Kind : std::uint8_t {
  kSearch,
  kPush,
  kPull,
  kRegister,
  kGet,        // a plain GET, which any server answers
  kHandshake,  // a connection of its own with a full handshake, and no request
  kResume,     // the same, resuming the session of the one before
};
inline constexpr std::size_t kKindCount = 7;
[[nodiscard]] std::string_view to_string(Kind kind) noexcept;
[[nodiscard]] constexpr bool is_handshake(Kind kind) noexcept {
  return kind == Kind::kHandshake || kind == Kind::kResume;
}

/// Spreads numbers evenly over 64 bits (splitmix64), so that a run is repeatable from its seed.
[[nodiscard]] std::uint64_t scrambled(std::uint64_t number) noexcept;

class Mix {
 public:
  /// "search=90,push=5": whole weights, each kind at most once, at least one above zero. The error says what is wrong.
  [[nodiscard]] static std::expected<Mix, std::string> parse(std::string_view text);

  /// The kind that falls to `random`, in proportion to the weights.
  [[nodiscard]] Kind pick(std::uint64_t random) const noexcept;
  [[nodiscard]] std::uint32_t weight(Kind kind) const noexcept { return weights_[static_cast<std::size_t>(kind)]; }

 private:
  Mix() = default;

  std::array<std::uint32_t, kKindCount> weights_{};
  std::uint64_t total_ = 0;
};

}  // namespace wissel::load
