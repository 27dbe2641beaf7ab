#include "core/policy/matching.hpp"

#include <algorithm>
#include <set>

#include "core/policy/hours.hpp"
#include "core/policy/network.hpp"

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

/// What the subscription asks about: its subject, or of one without a subject what the event is about.
SubjectKinds asked_about(const Subscription& subscription, const EventFacts& event) {
  SubjectKinds out;
  const auto& kind = subscription.onderwerp ? subscription.onderwerp_soort : event.about;
  if (kind) out.add(*kind);
  return out;
}

bool covers_type(const Agreement& agreement, const std::string& type) {
  if (type == kZaakStatusType) return true;
  if (!agreement.gebeurtenistypen) return !agreement.velden;
  return std::ranges::binary_search(*agreement.gebeurtenistypen, type);
}

bool listed(const std::vector<std::string>& sorted, std::string_view value) {
  return sorted.empty() || std::ranges::binary_search(sorted, value, std::less<>{});
}

/// The first rule of an event that fails; nothing: all hold.
std::optional<Decision> refusal_of(const Network& network, const Agreement& agreement, const EventFacts& event) {
  const auto no = [&](ProblemCode code, std::string_view rule) {
    return Decision{false, code, rule, agreement.versie};
  };
  const auto* sender = network.participant(event.sender);
  if (sender == nullptr || !sender->active()) return no(ProblemCode::kNoAgreement, "bronhouder");
  if (!std::ranges::binary_search(agreement.aanbieders, event.sender)) {
    return no(ProblemCode::kNoAgreement, "bronhouder");
  }
  if (!covers_type(agreement, event.type)) return no(ProblemCode::kActNotCovered, "gebeurtenistype");
  if (event.vertrouwelijkheid && *event.vertrouwelijkheid > agreement.max_vertrouwelijkheid) {
    return no(ProblemCode::kNotEntitled, "vertrouwelijkheidaanduiding");
  }
  const auto zaaktype = event.zaaktype.value_or("");
  if (!listed(agreement.zaaktypen, zaaktype)) return no(ProblemCode::kZaaktypeNotCovered, "zaaktype");
  if (!listed(agreement.categorieen, event.categorie)) return no(ProblemCode::kNotEntitled, "categorie");
  if (!may_see(agreement, event.sender, {zaaktype, event.categorie, event.zichtbaarheid})) {
    return no(ProblemCode::kNotEntitled, "zichtbaarheid");
  }
  return std::nullopt;
}

/// A delivery judged: allowed from `from` on, which is now or when the agreement's hours begin.
struct Sentence {
  Decision decision;
  Instant from;
};

/// A message is not refused because it came outside the hours: it waits for them, and is judged as it will be then.
Sentence judge(const Network& network, const Subscription& subscription, const EventFacts& event, Instant at) {
  auto decision = decide_delivery(network, subscription, event, at);
  if (decision.allowed || decision.code != ProblemCode::kOutsideHours) return {decision, at};
  const auto* agreement = network.agreement(subscription.grondslag.uitwisselafspraak, at);
  const auto from = agreement == nullptr ? std::nullopt : next_within(agreement->tijdvakken, at);
  if (!from) return {decision, at};
  return {decide_delivery(network, subscription, event, *from), *from};
}

}  // namespace

Decision decide_delivery(const Network& network, const Subscription& subscription, const EventFacts& event,
                         Instant at) {
  const Question question{.caller = subscription.afnemer,
                          .handeling = Handeling::kOntvangen,
                          .basis = subscription.grondslag,
                          .gebruiker = subscription.gebruiker,
                          .zaaktype = event.zaaktype,
                          .at = at,
                          .onderwerpsoorten = asked_about(subscription, event)};
  auto decision = decide(network, question);
  if (!decision.allowed) return decision;
  const auto& agreement = *network.agreement(subscription.grondslag.uitwisselafspraak, at);
  return refusal_of(network, agreement, event).value_or(decision);
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
    if (!wanted(subscription, event, at) || !judge(network, subscription, event, at).decision.allowed) continue;
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
  const bool lapsed = own == nullptr || (own->geldig_tot && *own->geldig_tot <= at);
  const auto sentence = lapsed ? Sentence{{}, at} : judge(network, *own, event, at);
  JudgedPlace out{Judgement::kRefused, nullptr, nullptr, sentence.decision, sentence.from};
  if (lapsed) out.decision = {false, ProblemCode::kNotEntitled, "abonnement", 0};
  const auto may_have = [&](const Subscription* subscription, Instant from) {
    out.subscription = subscription;
    out.from = from;
    out.agreement = network.agreement(subscription->grondslag.uitwisselafspraak, at);
    out.judgement = subscription->gepauzeerd ? Judgement::kPaused : from > at ? Judgement::kLater : Judgement::kAllowed;
  };
  if (sentence.decision.allowed) may_have(own, sentence.from);
  if (out.judgement == Judgement::kAllowed) return out;
  for (const auto& other : match(network, event, at)) {
    if (other.afnemer != place.afnemer || other.bezorging != place.bezorging || other.eindpunt != place.eindpunt) {
      continue;
    }
    const auto* subscription = network.subscription(other.subscription);
    // One that may have it sooner goes before one that may have it at all.
    const auto from = judge(network, *subscription, event, at).from;
    const bool sooner = out.subscription == nullptr || (out.subscription->gepauzeerd && !subscription->gepauzeerd) ||
                        (!subscription->gepauzeerd && from < out.from);
    if (sooner) may_have(subscription, from);
    if (out.judgement == Judgement::kAllowed) return out;
  }
  if (out.subscription == nullptr && own == nullptr) out.judgement = Judgement::kEnded;
  return out;
}

}  // namespace wissel::core
