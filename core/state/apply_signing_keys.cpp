// The keys that a participant publishes to sign with.
#include <boost/json.hpp>

#include "core/policy/codec.hpp"
#include "core/signing/jwk.hpp"
#include "core/state/entities.hpp"

namespace wissel::core {

Result<void> apply_effect(Applying& on, PutSigningKeys& effect) {
  const auto* old = on.state.network->participant(effect.oin);
  if (old == nullptr) return refuse_unknown(on);
  if (version_differs(effect.if_version, old->versie)) return refuse_version(on);
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
