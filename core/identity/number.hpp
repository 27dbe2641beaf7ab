#pragma once
// The numbers of persons and organisations: BSN, RSIN, KvK-nummer and vestigingsnummer.
// Source: digits and checks as in Logius, OIN-Stelsel, and Handelsregister; the elfproef of BSN and RSIN is
// 9a+8b+7c+6d+5e+4f+3g+2h-1i = 0 (mod 11), and 000000000 is no number.
#include <array>
#include <compare>
#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace wissel::core {

/// True for nine digits that pass the elfproef; anything else is false.
[[nodiscard]] bool passes_elfproef(std::string_view nine_digits) noexcept;
/// True when the text as a whole could be a BSN: nine digits, or eight to be padded, that pass the elfproef.
[[nodiscard]] bool resembles_bsn(std::string_view text) noexcept;
/// True for one or more of 0-9 and nothing else.
[[nodiscard]] bool all_digits(std::string_view text) noexcept;

namespace detail {

/// N digits without heap. Each kind of number is a type of its own, because BSN and RSIN cannot be told apart by
/// arithmetic.
template <std::size_t N>
class Digits {
 public:
  friend auto operator<=>(const Digits&, const Digits&) = default;

 protected:
  Digits() = default;
  explicit Digits(std::string_view text) noexcept { text.copy(text_.data(), N); }
  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), N}; }

 private:
  std::array<char, N> text_{};
};

}  // namespace detail

/// A citizen service number that passes the elfproef.
class Bsn : public detail::Digits<9> {
 public:
  /// Nine digits, or eight, which are padded. Errors: kInvalidInput; the detail never holds the digits.
  [[nodiscard]] static Result<Bsn> parse(std::string_view text);
  /// The nine digits. For pseudonyms and calls to holders only; never for a log line, metric, error or URL.
  [[nodiscard]] std::string_view clear() const noexcept { return text(); }
  [[nodiscard]] std::string masked() const;
  friend auto operator<=>(const Bsn&, const Bsn&) = default;

 private:
  explicit Bsn(std::string_view digits) noexcept : Digits(digits) {}
};

/// A number of a legal person or partnership; for a sole trader it once was the BSN, hence masked likewise.
class Rsin : public detail::Digits<9> {
 public:
  /// Nine digits, or eight, which are padded. Errors: kInvalidInput.
  [[nodiscard]] static Result<Rsin> parse(std::string_view text);
  [[nodiscard]] std::string_view clear() const noexcept { return text(); }
  [[nodiscard]] std::string masked() const;
  friend auto operator<=>(const Rsin&, const Rsin&) = default;

 private:
  friend class Oin;  // for the RSIN inside an OIN, checked there
  explicit Rsin(std::string_view digits) noexcept : Digits(digits) {}
};

/// Eight digits, no check digit.
class KvkNummer : public detail::Digits<8> {
 public:
  /// Errors: kInvalidInput.
  [[nodiscard]] static Result<KvkNummer> parse(std::string_view text);
  [[nodiscard]] std::string_view clear() const noexcept { return text(); }
  [[nodiscard]] std::string masked() const;
  friend auto operator<=>(const KvkNummer&, const KvkNummer&) = default;

 private:
  explicit KvkNummer(std::string_view digits) noexcept : Digits(digits) {}
};

/// Twelve digits, no check digit.
class Vestigingsnummer : public detail::Digits<12> {
 public:
  /// Errors: kInvalidInput.
  [[nodiscard]] static Result<Vestigingsnummer> parse(std::string_view text);
  [[nodiscard]] std::string_view clear() const noexcept { return text(); }
  [[nodiscard]] std::string masked() const;
  friend auto operator<=>(const Vestigingsnummer&, const Vestigingsnummer&) = default;

 private:
  explicit Vestigingsnummer(std::string_view digits) noexcept : Digits(digits) {}
};

/// All print masked: the last two digits only.
std::ostream& operator<<(std::ostream& out, const Bsn& number);
std::ostream& operator<<(std::ostream& out, const Rsin& number);
std::ostream& operator<<(std::ostream& out, const KvkNummer& number);
std::ostream& operator<<(std::ostream& out, const Vestigingsnummer& number);

}  // namespace wissel::core
