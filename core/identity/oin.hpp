#pragma once
// The number by which organisations know each other.
#include <array>
#include <compare>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "core/identity/number.hpp"
#include "core/result.hpp"

namespace wissel::core {

/// Source: Logius, OIN-Stelsel, ch. 6 "Samenstelling OIN": 20 positions: a prefix of 8 that names the register, the
/// register's own number of 9 (or 8), and zeros. An Oin that exists is well formed; that it was issued is another
/// matter. Regular value: 20 bytes, no heap.
class Oin {
 public:
  static constexpr std::size_t kLength = 20;
  static constexpr std::size_t kPrefixLength = 8;

  /// A known prefix, zeros at the end, prefix 1: an RSIN that passes the elfproef, prefix 3: a KvK-nummer. A SubOIN
  /// (prefix 4) has no check digit. Test OINs (prefix 99) parse: whether they are welcome is the environment's rule.
  /// Errors: kInvalidInput.
  [[nodiscard]] static Result<Oin> parse(std::string_view text);
  /// 00000001, the RSIN, 000.
  [[nodiscard]] static Oin from_rsin(const Rsin& rsin) noexcept;

  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), text_.size()}; }
  [[nodiscard]] std::string str() const { return std::string(view()); }
  [[nodiscard]] bool is_test() const noexcept { return view().starts_with("00000099"); }
  /// The RSIN inside, for prefix 1 only.
  [[nodiscard]] std::optional<Rsin> rsin() const;
  /// Prefix and the last digits; the rest hidden, since a sole trader's RSIN once was a BSN.
  [[nodiscard]] std::string masked() const;

  friend auto operator<=>(const Oin&, const Oin&) = default;

 private:
  Oin() = default;

  std::array<char, kLength> text_{};
};

/// Prints masked.
std::ostream& operator<<(std::ostream& out, const Oin& oin);

}  // namespace wissel::core

template <>
struct std::hash<wissel::core::Oin> {
  std::size_t operator()(const wissel::core::Oin& oin) const noexcept {
    return std::hash<std::string_view>{}(oin.view());
  }
};
