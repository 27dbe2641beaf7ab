#include "core/identity/number.hpp"

#include <algorithm>
#include <ostream>

namespace wissel::core {
namespace {

constexpr std::size_t kShownDigits = 2;

std::string mask(std::string_view digits) {
  std::string out(digits.size(), '*');
  digits.substr(digits.size() - kShownDigits).copy(out.data() + out.size() - kShownDigits, kShownDigits);
  return out;
}

/// Nine digits: as given, or eight with a zero in front.
Result<std::array<char, 9>> nine_digits(std::string_view text) {
  if (!all_digits(text) || (text.size() != 9 && text.size() != 8)) {
    return fail(Errc::kInvalidInput, "moet negen cijfers zijn");
  }
  std::array<char, 9> digits{'0'};
  text.copy(digits.data() + (9 - text.size()), text.size());
  if (!passes_elfproef({digits.data(), digits.size()})) {
    return fail(Errc::kInvalidInput, "voldoet niet aan de elfproef");
  }
  return digits;
}

}  // namespace

bool all_digits(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool passes_elfproef(std::string_view nine_digits) noexcept {
  if (nine_digits.size() != 9 || !all_digits(nine_digits) || nine_digits == "000000000") return false;
  int sum = 0;
  for (int i = 0; i < 9; ++i) {
    const int weight = i == 8 ? -1 : 9 - i;
    sum += weight * (nine_digits[static_cast<std::size_t>(i)] - '0');
  }
  return sum % 11 == 0;
}

bool resembles_bsn(std::string_view text) noexcept { return nine_digits(text).has_value(); }

Result<Bsn> Bsn::parse(std::string_view text) {
  auto digits = nine_digits(text);
  if (!digits) return std::unexpected(std::move(digits).error().within("bsn"));
  return Bsn({digits->data(), digits->size()});
}

Result<Rsin> Rsin::parse(std::string_view text) {
  auto digits = nine_digits(text);
  if (!digits) return std::unexpected(std::move(digits).error().within("rsin"));
  return Rsin({digits->data(), digits->size()});
}

Result<KvkNummer> KvkNummer::parse(std::string_view text) {
  if (text.size() != 8 || !all_digits(text)) return fail(Errc::kInvalidInput, "kvkNummer: moet acht cijfers zijn");
  return KvkNummer(text);
}

Result<Vestigingsnummer> Vestigingsnummer::parse(std::string_view text) {
  if (text.size() != 12 || !all_digits(text)) {
    return fail(Errc::kInvalidInput, "vestigingsnummer: moet twaalf cijfers zijn");
  }
  return Vestigingsnummer(text);
}

std::string Bsn::masked() const { return mask(text()); }
std::string Rsin::masked() const { return mask(text()); }
std::string KvkNummer::masked() const { return mask(text()); }
std::string Vestigingsnummer::masked() const { return mask(text()); }

std::ostream& operator<<(std::ostream& out, const Bsn& number) { return out << number.masked(); }
std::ostream& operator<<(std::ostream& out, const Rsin& number) { return out << number.masked(); }
std::ostream& operator<<(std::ostream& out, const KvkNummer& number) { return out << number.masked(); }
std::ostream& operator<<(std::ostream& out, const Vestigingsnummer& number) { return out << number.masked(); }

}  // namespace wissel::core
