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
  if (subscription.gepauzeerd || (subscription.geldig_tot && *subscription.geldig_tot <= at)) return false;
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
  const auto& agreement = *network.agreement(subscription.grondslag.uitwisselafspraak);
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
    if (std::ranges::any_of(out, same_place)) continue;
    const auto& agreement = *network.agreement(subscription.grondslag.uitwisselafspraak);
    out.push_back({id, subscription.afnemer, subscription.bezorging, endpoint, agreement.id, agreement.versie});
  }
  return out;
}

}  // namespace wissel::core
