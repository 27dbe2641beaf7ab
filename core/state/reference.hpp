#pragma once
// References as the store keeps them, and the keys and values of the families `reference` and `holder`.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/identity/oin.hpp"
#include "core/identity/subject.hpp"
#include "core/identity/uuid.hpp"
#include "core/policy/names.hpp"
#include "core/result.hpp"
#include "core/state/draft.hpp"
#include "core/time.hpp"

namespace wissel::core {

/// A party's short number in keys, given when it is first met and never used again for another.
using PartyNumber = std::uint32_t;
/// Which of a holder's full sets a row belongs to; look-ups see one at a time.
using Generation = std::uint32_t;

/// HMAC over a reference's id and canonical body under a key derived for this holder, one for each active key; what
/// the holder compares in digests, and how an unchanged reference is recognised.
struct ReferenceDigest {
  std::uint32_t key_id = 0;
  Hash mac{};
  friend bool operator==(const ReferenceDigest&, const ReferenceDigest&) = default;
};

/// What a holder sets, prepared: pseudonyms computed, content sealed, records drafted.
struct ReferenceChange {
  Oin holder;
  Uuid id;
  std::vector<Pseudonym> subjects;  ///< under the newest key, the zaak or verzoek first
  std::vector<SubjectKind> kinds;   ///< beside `subjects`
  std::string zaaktype;             ///< empty: none
  std::string categorie;            ///< empty: none
  Zichtbaarheid zichtbaarheid = Zichtbaarheid::kGewoon;
  std::optional<Instant> geldig_tot;  ///< as given by the holder
  std::vector<ReferenceDigest> digests;
  std::string sealed;  ///< the holder's own form, sealed under a key outside the store
};

/// One entry of family `holder`.
struct HolderEntry {
  std::uint64_t version = 0;
  Instant since;
  Instant until;             ///< lapses then
  bool until_given = false;  ///< by the holder, not by a term
  /// When the zaak's end status was accepted, if that was the last status: the term counts from then.
  std::optional<Instant> ended;
  bool direct = false;     ///< in an open generation: set or withdrawn outside the upload, which then yields
  bool withdrawn = false;  ///< in an open generation only: a mark that it is gone
  bool in_onderzoek = false;
  Zichtbaarheid zichtbaarheid = Zichtbaarheid::kGewoon;
  std::vector<Pseudonym> subjects;
  std::vector<SubjectKind> kinds;
  std::string zaaktype;
  std::string categorie;
  std::vector<ReferenceDigest> digests;
  std::string sealed;
};

/// One row of family `reference`.
struct ReferenceRow {
  PartyNumber holder = 0;
  Uuid id;
  Generation generation = 0;
  Instant since;
  Instant until;
  Zichtbaarheid zichtbaarheid = Zichtbaarheid::kGewoon;
  bool in_onderzoek = false;
  std::string zaaktype;
  std::string categorie;
};

// Key layouts; all numbers big endian. Never change without a new schema version.
/// pseudonym (16) · holder (4) · id (16) · generation (4)
[[nodiscard]] std::string reference_key(const Pseudonym& subject, PartyNumber holder, const Uuid& id,
                                        Generation generation);
/// holder (4) · generation (4) · id (16)
[[nodiscard]] std::string holder_key(PartyNumber holder, Generation generation, const Uuid& id);
[[nodiscard]] std::string holder_prefix(PartyNumber holder, Generation generation);
[[nodiscard]] Uuid id_of_holder_key(std::string_view key);

[[nodiscard]] std::string encode(const HolderEntry& entry);
/// Errors: kCorrupt.
[[nodiscard]] Result<HolderEntry> decode_holder_entry(std::string_view value);
[[nodiscard]] std::string encode_reference_value(const HolderEntry& entry);
/// Errors: kCorrupt.
[[nodiscard]] Result<ReferenceRow> decode_reference(std::string_view key, std::string_view value);

}  // namespace wissel::core
