#pragma once
// The enumerations of the API and their Dutch words, both ways. Values are stored: never renumber.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/identity/uuid.hpp"

namespace wissel::core {

enum class Role : std::uint8_t {
  kBronhouder,
  kAfnemer,
  kAuditor,
  kSchakelpuntbeheerder,
  kReleasemanager,
  kKnooppuntbeheerder,
  kVoorzieningbeheerder,
  kKetenregisseur,
  kBeheerorganisatie,
  kTactischBeraad,
};
enum class Stand : std::uint8_t { kAangemeld, kInBeproeving, kAangesloten, kGeschorst, kUitgetreden };
enum class Deelnemersoort : std::uint8_t { kDeelnemer, kKnooppunt, kGemeenschappelijkeVoorziening };

/// What an agreement allows; "verstrekken" and "registreren" need no agreement.
enum class Handeling : std::uint8_t { kZoeken, kBevragen, kOntvangen };
inline constexpr std::size_t kHandelingCount = 3;

enum class Zichtbaarheid : std::uint8_t { kGewoon, kBeperkt, kAfgeschermd };

/// Ordered from low to high (Zaken API): compare with <.
enum class Vertrouwelijkheid : std::uint8_t {
  kOpenbaar,
  kBeperktOpenbaar,
  kIntern,
  kZaakvertrouwelijk,
  kVertrouwelijk,
  kConfidentieel,
  kGeheim,
  kZeerGeheim,
};

enum class Gebruikersoort : std::uint8_t { kMedewerker, kSysteem, kBurger, kVertegenwoordiger };

/// eIDAS levels, low to high: compare with <.
enum class Betrouwbaarheidsniveau : std::uint8_t { kLaag, kSubstantieel, kHoog };

/// `Words<E>::kAll[i]` is the API's word of enumerator i.
template <class E>
struct Words;
template <>
struct Words<Role> {
  static constexpr auto kAll = std::to_array<std::string_view>(
      {"bronhouder", "afnemer", "auditor", "schakelpuntbeheerder", "releasemanager", "knooppuntbeheerder",
       "voorzieningbeheerder", "ketenregisseur", "beheerorganisatie", "tactischBeraad"});
};
template <>
struct Words<Stand> {
  static constexpr auto kAll =
      std::to_array<std::string_view>({"aangemeld", "in_beproeving", "aangesloten", "geschorst", "uitgetreden"});
};
template <>
struct Words<Deelnemersoort> {
  static constexpr auto kAll =
      std::to_array<std::string_view>({"deelnemer", "knooppunt", "gemeenschappelijkeVoorziening"});
};
template <>
struct Words<Handeling> {
  static constexpr auto kAll = std::to_array<std::string_view>({"zoeken", "bevragen", "ontvangen"});
};
template <>
struct Words<Zichtbaarheid> {
  static constexpr auto kAll = std::to_array<std::string_view>({"gewoon", "beperkt", "afgeschermd"});
};
template <>
struct Words<Vertrouwelijkheid> {
  static constexpr auto kAll =
      std::to_array<std::string_view>({"openbaar", "beperkt_openbaar", "intern", "zaakvertrouwelijk", "vertrouwelijk",
                                       "confidentieel", "geheim", "zeer_geheim"});
};
template <>
struct Words<Gebruikersoort> {
  static constexpr auto kAll =
      std::to_array<std::string_view>({"medewerker", "systeem", "burger", "vertegenwoordiger"});
};
template <>
struct Words<Betrouwbaarheidsniveau> {
  static constexpr auto kAll = std::to_array<std::string_view>({"laag", "substantieel", "hoog"});
};

template <class E>
[[nodiscard]] constexpr std::string_view word(E value) noexcept {
  return Words<E>::kAll[static_cast<std::size_t>(value)];
}
template <class E>
[[nodiscard]] constexpr std::optional<E> from_word(std::string_view text) noexcept {
  for (std::size_t i = 0; i < Words<E>::kAll.size(); ++i) {
    if (Words<E>::kAll[i] == text) return static_cast<E>(i);
  }
  return std::nullopt;
}

/// The basis of a processing, as a caller states it (api.md, Common rules).
struct Basis {
  Uuid uitwisselafspraak;
  std::optional<std::string> doel;
  std::optional<std::string> toestemming;
  std::optional<std::string> machtiging;
};

/// Who acts at the caller, as the caller vouches.
struct ActingUser {
  std::string id;
  Gebruikersoort soort = Gebruikersoort::kSysteem;
  std::optional<std::string> functie;
  std::optional<Betrouwbaarheidsniveau> betrouwbaarheidsniveau;
};

}  // namespace wissel::core
