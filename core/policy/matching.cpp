#include "core/policy/matching.hpp"

#include <algorithm>
#include <set>

#include "core/policy/network.hpp"
#include "core/policy/policy.hpp"

namespace wissel::core {
namespace {

template <class T, class U>
bool empty_or_has(const std::vector<T>& list, const U& value) {
  return list.empty() || std::ranges::find(list, value) != list.end();
}

constexpr std::string_view kZaakStatusType = "nl.overheid.zaken.zaakstatus-gewijzigd";

bool wanted(const Subscription& subscription, const EventFacts& event, Instant at) {
  if (subscription.geldig_tot && *subscription.geldig_tot <= at) return false;
  if (subscription.typen.empty() ? event.type != kZaakStatusType : !empty_or_has(subscription.typen, event.type)) {
    return false;
  }
  if (!subscription.zaaktypen.empty() && !(event.zaaktype && empty_or_has(subscription.zaaktypen, *event.zaaktype))) {
    return false;
  }
  return empty_or_has(subscription.bronhouders, event.sender);
}

bool allowed(const Network& network, const Subscription& subscription, const EventFacts& event, Instant at) {
  const Question question{subscription.afnemer,   Handeling::kOntvangen, subscription.grondslag,
                          subscription.gebruiker, event.zaaktype,        at};
  if (!decide(network, question).allowed) return false;
  const auto* sender = network.participant(event.sender);
  if (sender == nullptr || !sender->active()) return false;
  const auto& agreement = *network.agreement(subscription.grondslag.uitwisselafspraak, at);
  if (event.vertrouwelijkheid && *event.vertrouwelijkheid > agreement.max_vertrouwelijkheid) return false;
  return may_see(agreement, event.sender, {event.zaaktype.value_or(""), event.categorie, event.zichtbaarheid});
}

}  // namespace

bool may_deliver(const Network& network, const Subscription& subscription, const EventFacts& event, Instant at) {
  if (subscription.geldig_tot && *subscription.geldig_tot <= at) return false;
  return allowed(network, subscription, event, at);
}

std::vector<Match> match(const Network& network, const EventFacts& event, Instant at) {
  std::set<Uuid> candidates = network.wide_subscriptions();
  for (const auto& subject : event.subjects) {
    const auto& ids = network.subscriptions_on(subject);
    candidates.insert(ids.begin(), ids.end());
  }
  std::vector<Match> out;
  for (const auto& id : candidates) {
    const auto& subscription = *network.subscription(id);
    if (!wanted(subscription, event, at) || !allowed(network, subscription, event, at)) continue;
    const auto endpoint = subscription.bezorging == Bezorgsoort::kWebhook ? subscription.eindpunt : std::string();
    const auto same_place = [&](const Match& m) {
      return m.afnemer == subscription.afnemer && m.bezorging == subscription.bezorging && m.eindpunt == endpoint;
    };
    const auto& agreement = *network.agreement(subscription.grondslag.uitwisselafspraak, at);
    Match found{id, subscription.afnemer, subscription.bezorging, endpoint, agreement.id, agreement.versie};
    const auto other = std::ranges::find_if(out, same_place);
    if (other == out.end()) {
      out.push_back(std::move(found));
    } else if (network.subscription(other->subscription)->gepauzeerd && !subscription.gepauzeerd) {
      *other = std::move(found);  // one that is not paused does not wait for one that is
    }
  }
  return out;
}

JudgedPlace judge_place(const Network& network, const WaitingPlace& place, const EventFacts& event, Instant at) {
  const auto* own = network.subscription(place.subscription);
  const bool allowed_by_own = own != nullptr && may_deliver(network, *own, event, at);
  const auto leans_on = [&](const Subscription& by) { return network.agreement(by.grondslag.uitwisselafspraak, at); };
  if (allowed_by_own && !own->gepauzeerd) return {Judgement::kAllowed, own, leans_on(*own)};
  bool paused = allowed_by_own;
  for (const auto& other : match(network, event, at)) {
    if (other.afnemer != place.afnemer || other.bezorging != place.bezorging || other.eindpunt != place.eindpunt) {
      continue;
    }
    const auto* subscription = network.subscription(other.subscription);
    if (!subscription->gepauzeerd) return {Judgement::kAllowed, subscription, leans_on(*subscription)};
    paused = true;
    if (!allowed_by_own) own = subscription;
  }
  if (paused) return {Judgement::kPaused, own, nullptr};
  return {network.subscription(place.subscription) == nullptr ? Judgement::kEnded : Judgement::kRefused, nullptr,
          nullptr};
}

}  // namespace wissel::core
