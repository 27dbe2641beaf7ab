#include "core/identity/subject.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "core/identity/text.hpp"

namespace wissel::core {
namespace {

constexpr std::array<std::string_view, 7> kKindNames{"bsn",  "rsin",    "kvkNummer", "vestigingsnummer",
                                                     "zaak", "verzoek", "overig"};
constexpr std::array<std::string_view, 3> kKeyKindNames{"zaak", "verzoek", "kenmerk"};

constexpr bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_scheme_char(char c) noexcept {
  return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
}
/// RFC 3986, section 2: reserved, unreserved and the percent sign.
constexpr bool is_uri_char(char c) noexcept {
  return is_letter(c) || is_digit(c) || std::string_view("-._~:/?#[]@!$&'()*+,;=%").contains(c);
}

bool is_short_text(std::string_view text) noexcept {
  const auto length = utf8_length(text);
  return length && *length >= 1 && *length <= Subject::kOverigCharactersMax && is_plain_text(text);
}

}  // namespace

std::string_view to_string(SubjectKind kind) noexcept { return kKindNames[static_cast<std::size_t>(kind)]; }

std::optional<SubjectKind> parse_subject_kind(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(kKindNames, name);
  if (found == kKindNames.end()) return std::nullopt;
  return static_cast<SubjectKind>(found - kKindNames.begin());
}

bool is_absolute_uri(std::string_view text) noexcept {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size() || !is_letter(text.front())) {
    return false;
  }
  return std::ranges::all_of(text.substr(0, colon), is_scheme_char) &&
         std::ranges::all_of(text.substr(colon + 1), is_uri_char);
}

Result<Subject> Subject::overig(std::string_view stelsel, std::string_view waarde) {
  if (!is_short_text(stelsel) || !is_absolute_uri(stelsel)) {
    return fail(Errc::kInvalidInput, "stelsel: moet een absolute URI van hoogstens 255 tekens zijn");
  }
  if (!is_short_text(waarde)) {
    return fail(Errc::kInvalidInput, "waarde: moet 1 tot 255 tekens lang zijn, zonder stuurtekens");
  }
  std::string canonical(stelsel);
  canonical += '\0';
  canonical += waarde;
  return Subject(SubjectKind::kOverig, std::move(canonical));
}

std::optional<ZaakId> Subject::zaak_id() const {
  if (kind_ != SubjectKind::kZaak && kind_ != SubjectKind::kVerzoek) return std::nullopt;
  auto id = ZaakId::parse_canonical(canonical_);
  if (!id) return std::nullopt;
  return std::move(*id);
}

std::string_view to_string(ReferenceKeyKind kind) noexcept { return kKeyKindNames[static_cast<std::size_t>(kind)]; }

Uuid reference_id(const Oin& holder, ReferenceKeyKind kind, std::string_view key) {
  std::string text = "wissel:verwijzing";
  text += '\0';
  text += holder.view();
  text += '\0';
  text += to_string(kind);
  text += '\0';
  text += key;
  Hash hash;
  SHA256(as_bytes(text).data(), text.size(), hash.data());
  return Uuid::v8(hash);
}

}  // namespace wissel::core
