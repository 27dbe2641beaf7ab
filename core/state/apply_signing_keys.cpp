// The keys that a participant publishes to sign with.
#include <boost/json.hpp>

#include <algorithm>

#include "core/policy/codec.hpp"
#include "core/signing/jwk.hpp"
#include "core/state/entities.hpp"

namespace wissel::core {
namespace {

/// Whether another participant publishes a key of these: a signature by it would count as that one's as well.
bool published_by_another(const Network& network, const Oin& oin, const std::vector<SigningKeyPublic>& keys) {
  return std::ranges::any_of(network.participants(), [&](const auto& entry) {
    if (entry.first == oin) return false;
    return std::ranges::any_of(entry.second->ondertekensleutels, [&](const SigningKeyPublic& theirs) {
      return std::ranges::find(keys, theirs.afdruk, &SigningKeyPublic::afdruk) != keys.end();
    });
  });
}

}  // namespace

Result<void> apply_effect(Applying& on, PutSigningKeys& effect) {
  const auto* old = on.state.network->participant(effect.oin);
  if (old == nullptr) return refuse_unknown(on);
  if (version_differs(effect.if_version, old->versie)) return refuse_version(on);
  if (published_by_another(*on.state.network, effect.oin, effect.keys)) {
    return on.refuse({ProblemCode::kConflict,
                      "Een van deze sleutels is al gepubliceerd door een andere deelnemer. Maak een eigen sleutelpaar.",
                      {}});
  }
  Participant next = *old;
  next.ondertekensleutels = std::move(effect.keys);
  ++next.versie;
  store_entity(on, EntityKind::kParticipant, next.oin.view(), next.versie, encode(next));
  auto body = boost::json::serialize(to_jwk_set(next.ondertekensleutels));
  const auto version = next.versie;
  on.network().put(std::move(next));
  return succeed(on, 200, version, std::move(body));
}

}  // namespace wissel::core
