#pragma once
// Acting for another (vertegenwoordiging): one organisation appoints another for named acts and a period, and both
// sign. Plain values and the questions asked of them.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/identity/oin.hpp"
#include "core/identity/uuid.hpp"
#include "core/policy/dossier.hpp"
#include "core/policy/names.hpp"
#include "core/signing/endorsement.hpp"
#include "core/time.hpp"

namespace wissel::core {

class Network;

/// What somebody may be appointed for. Each route that may be used for another has one of these. Values are stored:
/// never renumber.
enum class RepresentedAct : std::uint8_t {
  kZoeken,
  kBevragen,
  kOntvangen,    ///< subscriptions and the mailbox
  kRegistreren,  ///< references
  kMelden,       ///< push
  kInzien,       ///< the log and the network, as the represented sees them
};
template <>
struct Words<RepresentedAct> {
  static constexpr auto kAll =
      std::to_array<std::string_view>({"zoeken", "bevragen", "ontvangen", "registreren", "melden", "inzien"});
};

/// For what one must be appointed to put a question about `handeling` for another.
[[nodiscard]] constexpr RepresentedAct act_of(Handeling handeling) noexcept {
  switch (handeling) {
    case Handeling::kZoeken:
      return RepresentedAct::kZoeken;
    case Handeling::kBevragen:
      return RepresentedAct::kBevragen;
    case Handeling::kOntvangen:
      return RepresentedAct::kOntvangen;
  }
  return RepresentedAct::kInzien;
}

/// Acts as a set.
class RepresentedActs {
 public:
  [[nodiscard]] bool empty() const noexcept { return bits_ == 0; }
  [[nodiscard]] bool has(RepresentedAct act) const noexcept { return (bits_ & bit(act)) != 0; }
  void add(RepresentedAct act) noexcept { bits_ |= bit(act); }
  friend bool operator==(const RepresentedActs&, const RepresentedActs&) = default;

 private:
  static constexpr std::uint32_t bit(RepresentedAct act) noexcept { return 1U << static_cast<unsigned>(act); }
  std::uint32_t bits_ = 0;
};

/// One organisation calls in the name of another, for one act.
struct OnBehalf {
  Oin represented;
  Oin agent;
  RepresentedAct act = RepresentedAct::kZoeken;
};

/// Where a representation stands. The words are the API's: never rename.
enum class RepresentationStage : std::uint8_t {
  kAangeboden,   ///< waits for signatures
  kOndertekend,  ///< signed by both, its time has not come
  kVanKracht,
  kVerlopen,
  kBeeindigd,
};
template <>
struct Words<RepresentationStage> {
  static constexpr auto kAll =
      std::to_array<std::string_view>({"aangeboden", "ondertekend", "vanKracht", "verlopen", "beeindigd"});
};

/// What it says never changes; who signed it and its end come later.
struct Representation {
  Uuid id;
  Oin vertegenwoordigde;
  Oin vertegenwoordiger;
  RepresentedActs handelingen;
  Instant geldig_van;
  Instant geldig_tot;
  std::vector<Endorsement> ondertekeningen;  ///< at most one of each
  std::optional<PartyWord> einde;            ///< ended before its time
  std::uint64_t versie = 0;                  ///< raised by every change: the ETag

  [[nodiscard]] bool concerns(const Oin& party) const noexcept {
    return party == vertegenwoordigde || party == vertegenwoordiger;
  }
  [[nodiscard]] bool signed_by(const Oin& party) const;
  /// Those who have not signed.
  [[nodiscard]] std::vector<Oin> missing() const;
  /// Signed by both and not ended, whatever its period.
  [[nodiscard]] bool agreed() const { return !einde && signed_by(vertegenwoordigde) && signed_by(vertegenwoordiger); }
  [[nodiscard]] bool in_force(Instant at) const { return agreed() && geldig_van <= at && at < geldig_tot; }
  [[nodiscard]] RepresentationStage stage(Instant at) const;
};

/// The exact bytes that both sign: the content in canonical form (RFC 8785), with its id.
[[nodiscard]] std::string signing_payload(const Representation& representation);

/// Whether `acting.agent` may do this act for `acting.represented` at `at`: both are active participants, and a
/// representation in force names the act. Nobody passes on what it was appointed for.
[[nodiscard]] bool representation_allows(const Network& network, const OnBehalf& acting, Instant at);

}  // namespace wissel::core
