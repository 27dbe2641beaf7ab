#include "core/identity/oin.hpp"

#include <algorithm>
#include <ostream>

namespace wissel::core {
namespace {

// OIN-Stelsel, ch. 6, table of prefixes; 00000005 is not in use.
constexpr auto kPrefixes =
    std::to_array<std::string_view>({"00000001", "00000002", "00000003", "00000004", "00000006", "00000007", "00000008",
                                     "00000009", "00000010", "00000099"});

bool is_oin_text(std::string_view text) noexcept {
  return text.size() == Oin::kLength &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

}  // namespace

Result<Oin> Oin::parse(std::string_view text) {
  if (!is_oin_text(text)) return fail(Errc::kInvalidInput, "oin: moet twintig cijfers of hoofdletters zijn");
  const std::string_view prefix = text.substr(0, kPrefixLength);
  const std::string_view rest = text.substr(kPrefixLength);
  if (std::ranges::find(kPrefixes, prefix) == kPrefixes.end()) {
    return fail(Errc::kInvalidInput, "oin: onbekend voorvoegsel");
  }
  // A main number of 9 leaves three zeros; one of 8 leaves four, which this covers.
  if (!rest.ends_with("000")) return fail(Errc::kInvalidInput, "oin: moet op nullen eindigen");
  if (prefix == "00000001" && !passes_elfproef(rest.substr(0, 9))) {
    return fail(Errc::kInvalidInput, "oin: het RSIN voldoet niet aan de elfproef");
  }
  if (prefix == "00000003" && (!all_digits(rest.substr(0, 8)) || !rest.ends_with("0000"))) {
    return fail(Errc::kInvalidInput, "oin: het KvK-nummer moet acht cijfers zijn, gevolgd door vier nullen");
  }
  Oin oin;
  text.copy(oin.text_.data(), kLength);
  return oin;
}

Oin Oin::from_rsin(const Rsin& rsin) noexcept {
  Oin oin;
  oin.text_.fill('0');
  oin.text_[kPrefixLength - 1] = '1';
  rsin.clear().copy(oin.text_.data() + kPrefixLength, rsin.clear().size());
  return oin;
}

std::optional<Rsin> Oin::rsin() const {
  if (!view().starts_with("00000001")) return std::nullopt;
  return Rsin(view().substr(kPrefixLength, 9));
}

std::string Oin::masked() const {
  constexpr std::size_t kHidden = 7;
  std::string out(view());
  std::fill_n(out.begin() + kPrefixLength, kHidden, '*');
  return out;
}

std::ostream& operator<<(std::ostream& out, const Oin& oin) { return out << oin.masked(); }

}  // namespace wissel::core
