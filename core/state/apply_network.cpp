// Participants and subscriptions.
#include <boost/json.hpp>

#include <algorithm>

#include "core/policy/codec.hpp"
#include "core/state/entities.hpp"

namespace wissel::core {
namespace {

void keep_subscription(Applying& on, Subscription subscription) {
  store_entity(on, EntityKind::kSubscription, subscription.id.view(), subscription.versie, encode(subscription));
  if (subscription.geldig_tot) on.timer(*subscription.geldig_tot, TimerKind::kSubscriptionEnd, subscription.id.view());
  on.network().put(std::move(subscription));
}

}  // namespace

Result<void> apply_effect(Applying& on, PutParticipant& effect) {
  auto& participant = effect.participant;
  const auto* old = on.state.network->participant(participant.oin);
  if (version_differs(effect.if_version, old != nullptr ? old->versie : 0)) return refuse_version(on);
  const std::uint16_t status = old == nullptr ? 201 : 200;
  participant.versie = old == nullptr ? 1 : old->versie + 1;
  // Whoever runs the gateway sets participants, but not what they sign with.
  participant.ondertekensleutels = old == nullptr ? std::vector<SigningKeyPublic>{} : old->ondertekensleutels;
  if (auto number = on.party(participant.oin); !number) return std::unexpected(std::move(number).error());
  store_entity(on, EntityKind::kParticipant, participant.oin.view(), participant.versie, encode(participant));
  auto body = boost::json::serialize(to_json(participant));
  const auto version = participant.versie;
  on.network().put(std::move(participant));
  return succeed(on, status, version, std::move(body));
}

Result<void> apply_effect(Applying& on, PutSubscription& effect) {
  auto& subscription = effect.subscription;
  const auto* old = on.state.network->subscription(subscription.id);
  const bool own = old != nullptr && old->afnemer == subscription.afnemer;
  if (!effect.create && !own) return refuse_unknown(on);
  if (own && version_differs(effect.if_version, old->versie)) return refuse_version(on);
  subscription.versie = own ? old->versie + 1 : 1;
  if (own) subscription.gepauzeerd = old->gepauzeerd;
  auto body =
      boost::json::serialize(effect.create ? boost::json::value(boost::json::object{{"id", subscription.id.str()}})
                                           : boost::json::value(to_json(subscription)));
  const auto version = subscription.versie;
  keep_subscription(on, std::move(subscription));
  return succeed(on, effect.create ? 201 : 200, version, std::move(body));
}

Result<void> apply_effect(Applying& on, EndSubscription& effect) {
  const auto* old = on.state.network->subscription(effect.id);
  if (old == nullptr || old->afnemer != effect.owner) return refuse_unknown(on);
  if (version_differs(effect.if_version, old->versie)) return refuse_version(on);
  end_subscription(on, effect.id);
  return succeed(on, 204, 0, {});
}

void end_subscription(Applying& on, const Uuid& id) {
  on.batch.remove(Family::kEntity, entity_key(EntityKind::kSubscription, id.view()));
  on.network().remove_subscription(id);
}

Result<void> apply_effect(Applying& on, PauseSubscription& effect) {
  const auto* old = on.state.network->subscription(effect.id);
  if (old == nullptr || old->afnemer != effect.owner) return refuse_unknown(on);
  Subscription next = *old;
  next.gepauzeerd = effect.paused;
  ++next.versie;
  auto body = boost::json::serialize(to_json(next));
  const auto version = next.versie;
  keep_subscription(on, std::move(next));
  return succeed(on, 200, version, std::move(body));
}

Result<void> move_subscriptions(Applying& on, const PseudonymMove& move) {
  const auto ids = on.state.network->subscriptions_on(move.from);
  for (const auto& id : ids) {
    Subscription next = *on.state.network->subscription(id);
    next.onderwerp = move.to;
    keep_subscription(on, std::move(next));
  }
  return {};
}

}  // namespace wissel::core
