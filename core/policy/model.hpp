#pragma once
// The network as it is agreed: participants, exchange agreements and subscriptions. Plain values; who may change them
// and how they are stored is said elsewhere.
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/identity/oin.hpp"
#include "core/identity/subject.hpp"
#include "core/identity/uuid.hpp"
#include "core/policy/names.hpp"
#include "core/signing/keys.hpp"
#include "core/time.hpp"

namespace wissel::core {

class StatusFilter;

/// A participant's roles as a set.
class Roles {
 public:
  [[nodiscard]] bool has(Role role) const noexcept { return (bits_ & bit(role)) != 0; }
  void add(Role role) noexcept { bits_ |= bit(role); }
  friend bool operator==(const Roles&, const Roles&) = default;

 private:
  static constexpr std::uint32_t bit(Role role) noexcept { return 1U << static_cast<unsigned>(role); }
  std::uint32_t bits_ = 0;
};

/// Upper bounds on what one participant may ask a minute; absent: the configured default.
struct Quota {
  std::optional<std::uint32_t> per_minute;
  friend bool operator==(const Quota&, const Quota&) = default;
};

struct Participant {
  Oin oin;
  std::string naam;
  Roles rollen;
  Stand stand = Stand::kAangemeld;
  Deelnemersoort soort = Deelnemersoort::kDeelnemer;
  std::map<std::string, std::string> eindpunten;  ///< name → https URL; "statusbevraging", "gebeurtenissen", …
  std::vector<Hash> certificaat_pins;             ///< SHA-256 of SubjectPublicKeyInfo; empty: any certificate
  std::optional<Quota> quota;
  std::vector<SigningKeyPublic> ondertekensleutels{};  ///< published by the participant itself, never set for it
  std::uint64_t versie = 0;

  [[nodiscard]] bool active() const noexcept { return stand == Stand::kAangesloten; }
};

struct Bewaartermijn {
  std::optional<std::string> categorie;
  Duration termijn;
  std::string termijn_tekst;  ///< as given
};

/// What parties agreed to measure; kept and shown as given.
struct Servicelevel {
  std::optional<std::int64_t> reactietijd_ms;
  std::string json;  ///< the whole object, canonical
};

/// When an agreement may be used, in the legal time of the Netherlands.
struct Tijdvak {
  std::uint8_t dagen = 0;  ///< bit 0 is Monday
  std::uint16_t van = 0;   ///< minutes since midnight
  std::uint16_t tot = 0;   ///< not itself part of it; 1440 is the end of the day

  friend bool operator==(const Tijdvak&, const Tijdvak&) = default;
};

/// Kinds of subject as a set; an empty one stands for all.
class SubjectKinds {
 public:
  [[nodiscard]] bool empty() const noexcept { return bits_ == 0; }
  [[nodiscard]] bool has(SubjectKind kind) const noexcept { return (bits_ >> static_cast<unsigned>(kind) & 1U) != 0; }
  /// Whether every kind of this set is in `other`.
  [[nodiscard]] bool within(const SubjectKinds& other) const noexcept { return (bits_ & ~other.bits_) == 0; }
  void add(SubjectKind kind) noexcept { bits_ |= 1U << static_cast<unsigned>(kind); }
  friend bool operator==(const SubjectKinds&, const SubjectKinds&) = default;

 private:
  std::uint32_t bits_ = 0;
};

/// One version of an agreement: what parties sign.
struct Agreement {
  Uuid id;
  std::vector<Oin> aanbieders;  ///< sorted
  std::vector<Oin> afnemers;    ///< sorted
  std::string doel;
  std::string grondslag_soort;
  std::string grondslag_verwijzing;
  std::vector<std::string> zaaktypen;    ///< sorted; empty: every zaaktype, also none
  std::vector<std::string> categorieen;  ///< sorted; empty: every category, also none
  SubjectKinds onderwerpsoorten;         ///< what may be asked about
  /// Event types besides the ZaakStatus event, sorted. Absent: every type where `velden` is absent too, otherwise only
  /// the ZaakStatus event, since nobody looks inside the others.
  std::optional<std::vector<std::string>> gebeurtenistypen;
  std::array<bool, kHandelingCount> handelingen{};
  std::optional<std::vector<std::string>> velden;  ///< fields of ZaakStatus that may be disclosed; absent: all
  Vertrouwelijkheid max_vertrouwelijkheid = Vertrouwelijkheid::kZaakvertrouwelijk;
  bool beperkte_verwijzingen = false;
  std::string verwerkingsactiviteit;
  bool gebruiker_vereist = false;
  std::vector<std::string> functies;  ///< empty: any
  std::optional<Betrouwbaarheidsniveau> minimaal_niveau;
  bool toestemming_vereist = false;
  bool machtiging_toegestaan = false;
  std::vector<Tijdvak> tijdvakken;               ///< empty: always
  std::optional<std::uint32_t> per_minuut;       ///< what one afnemer may ask a minute; absent: no bound of its own
  std::optional<std::uint32_t> vier_ogen_vanaf;  ///< from so many subjects in one search a second user is named
  Instant geldig_van;
  Instant geldig_tot;
  std::vector<Bewaartermijn> bewaartermijnen;
  std::string bewaartermijn_status;  ///< ISO 8601, empty when absent
  std::string herhaaltermijn;        ///< ISO 8601, empty when absent
  std::string servicelevel_json;     ///< the object, canonical
  std::uint64_t versie = 0;          ///< of the content, from 1
  /// What it lets through, compiled when it is set and shared by its copies; null: not set yet, nothing passes.
  std::shared_ptr<const StatusFilter> filter;

  [[nodiscard]] bool in_force(Instant at) const noexcept { return geldig_van <= at && at < geldig_tot; }
};

enum class Bezorgsoort : std::uint8_t { kWebhook, kPostbus };

struct Subscription {
  Uuid id;
  Oin afnemer;
  std::optional<Bytes16> onderwerp;            ///< pseudonym
  std::optional<SubjectKind> onderwerp_soort;  ///< shown instead of the subject
  std::vector<std::string> zaaktypen;          ///< empty: all
  std::vector<Oin> bronhouders;                ///< empty: all
  std::vector<std::string> typen;              ///< event types; empty: the zaakstatus event
  Bezorgsoort bezorging = Bezorgsoort::kPostbus;
  std::string eindpunt = "gebeurtenissen";  ///< webhook: a name from the participant's eindpunten
  Basis grondslag;
  std::optional<ActingUser> gebruiker;
  std::optional<Instant> geldig_tot;
  bool gepauzeerd = false;
  std::uint64_t versie = 0;
};

}  // namespace wissel::core
