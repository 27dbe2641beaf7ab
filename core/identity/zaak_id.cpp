#include "core/identity/zaak_id.hpp"

#include <ostream>

#include "core/identity/text.hpp"

namespace wissel::core {

bool ZaakId::is_identificatie(std::string_view text) noexcept {
  const auto length = utf8_length(text);
  return length && *length >= 1 && *length <= kCharactersMax && is_plain_text(text) && is_composed_text(text);
}

Result<ZaakId> ZaakId::parse(const Oin& bronorganisatie, std::string_view identificatie) {
  if (!is_identificatie(identificatie)) {
    return fail(Errc::kInvalidInput, "identificatie: 1 tot en met 40 tekens, NFC, zonder stuurtekens");
  }
  return ZaakId(bronorganisatie, identificatie);
}

Result<ZaakId> ZaakId::parse_canonical(std::string_view text) {
  auto oin = Oin::parse(text.substr(0, Oin::kLength));
  if (!oin) return std::unexpected(std::move(oin).error());
  return parse(*oin, text.substr(Oin::kLength));
}

std::ostream& operator<<(std::ostream& out, const ZaakId& id) { return out << id.masked(); }

Result<Oin> parse_bronorganisatie(std::string_view text) {
  if (text.size() == Oin::kLength) return Oin::parse(text);
  auto rsin = Rsin::parse(text);
  if (!rsin) return std::unexpected(Error{Errc::kInvalidInput, "bronorganisatie: moet een geldig RSIN of OIN zijn"});
  return Oin::from_rsin(*rsin);
}

}  // namespace wissel::core
