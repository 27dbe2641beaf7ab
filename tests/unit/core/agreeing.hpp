#pragma once
// Bringing an agreement into force in a test: what its parties do one after the other.
#include <utility>
#include <vector>

#include "core/policy/dossier.hpp"
#include "core/state/command.hpp"

namespace wissel::core {

/// Proposed and offered by its first party, then confirmed by all. `versie` above 1: of the agreement that is there.
inline std::vector<Effect> agreeing(Agreement agreement, Instant at, std::uint64_t versie = 1) {
  const auto id = agreement.id;
  const auto parties = parties_of(agreement);
  std::vector<Effect> out;
  out.emplace_back(ProposeAgreement{std::move(agreement), parties.front(), versie == 1, {}});
  out.emplace_back(OfferAgreement{id, parties.front(), {}});
  for (const auto& party : parties) out.emplace_back(SignAgreement{id, versie, Endorsement{party, at, {}, {}, {}}});
  return out;
}

}  // namespace wissel::core
