// Representations: one appoints another, both sign, either ends it.
#include <boost/json.hpp>

#include <algorithm>

#include "core/policy/representation_codec.hpp"
#include "core/state/entities.hpp"

namespace wissel::core {
namespace {

/// Representations of one organisation that it has neither ended nor seen end: so that nobody fills the memory with
/// offers. A guess, far above what one organisation has agents for.
constexpr std::ptrdiff_t kOpenMax = 1'000;

Result<void> refuse_stage(Applying& on, std::string detail) {
  return on.refuse({ProblemCode::kStageConflict, std::move(detail), {}});
}

std::uint64_t keep(Applying& on, Representation next) {
  const auto version = ++next.versie;
  store_entity(on, EntityKind::kRepresentation, next.id.view(), version, encode(next));
  on.network().put(std::move(next));
  return version;
}

std::ptrdiff_t open_of(const Applying& on, const Oin& represented) {
  return std::ranges::count_if(on.state.network->representations(), [&](const auto& one) {
    return one->vertegenwoordigde == represented && !one->einde && one->geldig_tot > on.now;
  });
}

}  // namespace

Result<void> apply_effect(Applying& on, PutRepresentation& effect) {
  auto& representation = effect.representation;
  if (open_of(on, representation.vertegenwoordigde) >= kOpenMax) {
    return refuse_stage(on, "Er staan al " + std::to_string(kOpenMax) + " vertegenwoordigingen van u open.");
  }
  auto body = boost::json::serialize(boost::json::object{{"id", representation.id.str()}});
  const auto version = keep(on, std::move(representation));
  return succeed(on, 201, version, std::move(body));
}

Result<void> apply_effect(Applying& on, EndorseRepresentation& effect) {
  const auto* old = on.state.network->representation(effect.id);
  if (old == nullptr || !old->concerns(effect.endorsement.door)) return refuse_unknown(on);
  if (version_differs(effect.if_version, old->versie)) return refuse_version(on);
  if (old->einde || old->geldig_tot <= on.now) {
    return refuse_stage(on, "De vertegenwoordiging is geëindigd en kan niet meer worden ondertekend.");
  }
  if (old->signed_by(effect.endorsement.door)) {
    return refuse_stage(on, "U hebt deze vertegenwoordiging al ondertekend.");
  }
  Representation next = *old;
  next.ondertekeningen.push_back(std::move(effect.endorsement));
  const auto version = keep(on, std::move(next));
  auto body = boost::json::serialize(to_json(*on.state.network->representation(effect.id), on.now));
  return succeed(on, 200, version, std::move(body));
}

Result<void> apply_effect(Applying& on, EndRepresentation& effect) {
  const auto* old = on.state.network->representation(effect.id);
  if (old == nullptr || !old->concerns(effect.party)) return refuse_unknown(on);
  if (version_differs(effect.if_version, old->versie)) return refuse_version(on);
  if (old->einde) return refuse_stage(on, "De vertegenwoordiging is al beëindigd.");
  Representation next = *old;
  next.einde = PartyWord{effect.party, on.now, std::move(effect.reden)};
  return succeed(on, 204, keep(on, std::move(next)), {});
}

}  // namespace wissel::core
