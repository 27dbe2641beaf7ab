#pragma once
// Words that agreements, messages and records share, with their names in the API. Names are only added.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/json/object_reader.hpp"

namespace wissel::core {

/// What an agreement lets a subscriber do (`handelingen`).
enum class Act : std::uint8_t { kSearch, kPull, kReceive };
inline constexpr std::array<EnumName<Act>, 3> kActNames{
    {{"zoeken", Act::kSearch}, {"bevragen", Act::kPull}, {"ontvangen", Act::kReceive}}};

/// Confidentiality in rising order, so that < compares (Zaken API, `vertrouwelijkheidaanduiding`).
enum class Vertrouwelijkheidaanduiding : std::uint8_t {
  kOpenbaar,
  kBeperktOpenbaar,
  kIntern,
  kZaakvertrouwelijk,
  kVertrouwelijk,
  kConfidentieel,
  kGeheim,
  kZeerGeheim,
};
inline constexpr std::array<EnumName<Vertrouwelijkheidaanduiding>, 8> kVertrouwelijkheidNames{
    {{"openbaar", Vertrouwelijkheidaanduiding::kOpenbaar},
     {"beperkt_openbaar", Vertrouwelijkheidaanduiding::kBeperktOpenbaar},
     {"intern", Vertrouwelijkheidaanduiding::kIntern},
     {"zaakvertrouwelijk", Vertrouwelijkheidaanduiding::kZaakvertrouwelijk},
     {"vertrouwelijk", Vertrouwelijkheidaanduiding::kVertrouwelijk},
     {"confidentieel", Vertrouwelijkheidaanduiding::kConfidentieel},
     {"geheim", Vertrouwelijkheidaanduiding::kGeheim},
     {"zeer_geheim", Vertrouwelijkheidaanduiding::kZeerGeheim}}};
/// What a message without the field counts as.
inline constexpr auto kVertrouwelijkheidDefault = Vertrouwelijkheidaanduiding::kZaakvertrouwelijk;

/// Who may see that a reference exists.
enum class Visibility : std::uint8_t { kGewoon, kBeperkt, kAfgeschermd };
inline constexpr std::array<EnumName<Visibility>, 3> kVisibilityNames{
    {{"gewoon", Visibility::kGewoon}, {"beperkt", Visibility::kBeperkt}, {"afgeschermd", Visibility::kAfgeschermd}}};

enum class Statusgroep : std::uint8_t {
  kOntvangen,
  kInBehandeling,
  kWachtOpAanvrager,
  kBeslist,
  kAfgerond,
  kConcept,
};
inline constexpr std::array<EnumName<Statusgroep>, 6> kStatusgroepNames{
    {{"ontvangen", Statusgroep::kOntvangen},
     {"in_behandeling", Statusgroep::kInBehandeling},
     {"wacht_op_aanvrager", Statusgroep::kWachtOpAanvrager},
     {"beslist", Statusgroep::kBeslist},
     {"afgerond", Statusgroep::kAfgerond},
     {"concept", Statusgroep::kConcept}}};

/// Who acts at the caller.
enum class ActingUserKind : std::uint8_t { kMedewerker, kSysteem, kBurger, kVertegenwoordiger };
inline constexpr std::array<EnumName<ActingUserKind>, 4> kActingUserKindNames{
    {{"medewerker", ActingUserKind::kMedewerker},
     {"systeem", ActingUserKind::kSysteem},
     {"burger", ActingUserKind::kBurger},
     {"vertegenwoordiger", ActingUserKind::kVertegenwoordiger}}};

/// How sure the caller is of its user, in rising order (eIDAS levels).
enum class AssuranceLevel : std::uint8_t { kLaag, kSubstantieel, kHoog };
inline constexpr std::array<EnumName<AssuranceLevel>, 3> kAssuranceLevelNames{
    {{"laag", AssuranceLevel::kLaag},
     {"substantieel", AssuranceLevel::kSubstantieel},
     {"hoog", AssuranceLevel::kHoog}}};

[[nodiscard]] constexpr std::string_view to_string(Act v) noexcept { return name_of<Act>(kActNames, v); }
[[nodiscard]] constexpr std::string_view to_string(Vertrouwelijkheidaanduiding v) noexcept {
  return name_of<Vertrouwelijkheidaanduiding>(kVertrouwelijkheidNames, v);
}
[[nodiscard]] constexpr std::string_view to_string(Visibility v) noexcept {
  return name_of<Visibility>(kVisibilityNames, v);
}
[[nodiscard]] constexpr std::string_view to_string(Statusgroep v) noexcept {
  return name_of<Statusgroep>(kStatusgroepNames, v);
}
[[nodiscard]] constexpr std::string_view to_string(ActingUserKind v) noexcept {
  return name_of<ActingUserKind>(kActingUserKindNames, v);
}
[[nodiscard]] constexpr std::string_view to_string(AssuranceLevel v) noexcept {
  return name_of<AssuranceLevel>(kAssuranceLevelNames, v);
}

[[nodiscard]] constexpr std::optional<Act> parse_act(std::string_view name) noexcept {
  return value_of<Act>(kActNames, name);
}
[[nodiscard]] constexpr std::optional<Vertrouwelijkheidaanduiding> parse_vertrouwelijkheid(
    std::string_view name) noexcept {
  return value_of<Vertrouwelijkheidaanduiding>(kVertrouwelijkheidNames, name);
}

// Lengths that several message types share, in characters.
inline constexpr std::size_t kUriCharactersMax = 1000;
inline constexpr std::size_t kZaaktypeCodeCharactersMax = 100;
inline constexpr std::size_t kCategorieCharactersMax = 60;

}  // namespace wissel::core
