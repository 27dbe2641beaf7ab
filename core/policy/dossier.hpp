#pragma once
// The life of an agreement: its versions as they are proposed, signed and replaced, its suspensions and its end.
// Plain values and the questions asked of them.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/policy/model.hpp"
#include "core/signing/endorsement.hpp"

namespace wissel::core {

/// Where an agreement stands. The words are the API's: never rename.
enum class AgreementStage : std::uint8_t {
  kOntwerp,      ///< being written; nobody can sign it
  kAangeboden,   ///< its text is fixed and waits for signatures
  kOndertekend,  ///< signed by all, its time has not come
  kVanKracht,
  kGeschorst,
  kVerlopen,
  kBeeindigd,
};
template <>
struct Words<AgreementStage> {
  static constexpr auto kAll = std::to_array<std::string_view>(
      {"ontwerp", "aangeboden", "ondertekend", "vanKracht", "geschorst", "verlopen", "beeindigd"});
};

/// One version: what it says, who wrote it, and who signed it.
struct AgreementVersion {
  Agreement inhoud;
  std::optional<Oin> opsteller;  ///< absent: set before agreements were signed
  bool aangeboden = false;
  std::vector<Endorsement> ondertekeningen;  ///< at most one of each party

  [[nodiscard]] bool signed_by(const Oin& party) const;
  /// The parties that have not signed, sorted.
  [[nodiscard]] std::vector<Oin> missing() const;
};

/// One party's word that the agreement may not be used for now, or that it is over.
struct PartyWord {
  Oin door;
  Instant op;
  std::string reden;  ///< may be empty
};

struct AgreementDossier {
  Uuid id;
  std::optional<AgreementVersion> geldend;   ///< signed by all; holds until its successor's time comes
  std::optional<AgreementVersion> opvolger;  ///< signed by all, takes over at its geldigVan
  std::optional<AgreementVersion> voorstel;  ///< a draft, or offered
  std::vector<PartyWord> schorsingen;        ///< at most one of each; in force again when the last is lifted
  std::optional<PartyWord> einde;
  std::uint64_t laatste_versie = 0;  ///< the highest number given to a version
  std::uint64_t wijziging = 0;       ///< raised by every change: the ETag

  /// The signed version whose turn it is at `at`, whether it may be used or not.
  [[nodiscard]] const AgreementVersion* signed_at(Instant at) const;
  /// What may be leaned on at `at`: signed by all, within its time, neither suspended nor ended.
  [[nodiscard]] const Agreement* holding(Instant at) const;
  /// The version to show: the signed one whose turn it is or will be, otherwise the proposal. Never null once it has a
  /// version.
  [[nodiscard]] const AgreementVersion* shown(Instant at) const;
  [[nodiscard]] AgreementStage stage(Instant at) const;
  [[nodiscard]] bool suspended_by(const Oin& party) const;
  /// Among the parties of any version that was signed or offered, or the author of a draft.
  [[nodiscard]] bool concerns(const Oin& party) const;
  /// The proposal is signed by all: it takes its place. `at` is the moment of the last signature.
  void adopt(Instant at);
};

/// Everybody who offers or receives under it, sorted, each once: who has to sign.
[[nodiscard]] std::vector<Oin> parties_of(const Agreement& agreement);
/// Whether `party` still publishes the key that it signed with; a confirmation has none.
[[nodiscard]] bool still_stands(const Endorsement& endorsement, const Participant& party);
[[nodiscard]] bool is_party(const Agreement& agreement, const Oin& oin);

/// The exact bytes that parties sign: the version's content in canonical form (RFC 8785), with its id and number, so
/// that a signature of an older version is not one of a newer.
[[nodiscard]] std::string signing_payload(const Agreement& agreement);

/// An agreement as it was set before there were signatures.
[[nodiscard]] AgreementDossier in_force(Agreement agreement);

}  // namespace wissel::core
