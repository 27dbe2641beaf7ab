#pragma once
// Which subscriptions an event goes to. Pure: the network, the event's facts and a time.
#include <vector>

#include "core/policy/model.hpp"
#include "core/policy/policy.hpp"

namespace wissel::core {

class Network;

/// What matching needs to know of an event.
struct EventFacts {
  Oin sender;
  std::string type;
  std::optional<std::string> zaaktype;                 ///< code, else omschrijving
  std::optional<Vertrouwelijkheid> vertrouwelijkheid;  ///< a ZaakStatus' level; nothing for other events
  std::string categorie;
  Zichtbaarheid zichtbaarheid = Zichtbaarheid::kGewoon;
  std::vector<Bytes16> subjects;     ///< pseudonyms: the zaak or verzoek and the persons its reference names
  std::optional<SubjectKind> about;  ///< of subjects.front(), which is the zaak or verzoek; nothing: other events
};

/// One place a message goes to: a subscriber's webhook endpoint or its mailbox, with the subscription and agreement
/// it leans on. Several subscriptions of one subscriber for the same place give one match.
struct Match {
  Uuid subscription;
  Oin afnemer;
  Bezorgsoort bezorging = Bezorgsoort::kPostbus;
  std::string eindpunt;  ///< webhook only
  Uuid agreement;
  std::uint64_t agreement_version = 0;

  friend bool operator==(const Match&, const Match&) = default;
};

/// In a fixed order (by subscription id), so that replicas agree. Paused subscriptions match: what they hold back
/// waits.
[[nodiscard]] std::vector<Match> match(const Network& network, const EventFacts& event, Instant at);
/// Whether the agreement that a subscription leans on lets it have this event: as decide() says, and then whether it
/// covers the event's type, its sender, and what the sender's reference and the status say of themselves. The rules of
/// an event are named "gebeurtenistype", "bronhouder", "vertrouwelijkheidaanduiding", "zichtbaarheid" and "categorie".
[[nodiscard]] Decision decide_delivery(const Network& network, const Subscription& subscription,
                                       const EventFacts& event, Instant at);

/// A place that a message waits for, as it was matched.
struct WaitingPlace {
  Oin afnemer;
  Uuid subscription;
  Bezorgsoort bezorging = Bezorgsoort::kPostbus;
  std::string eindpunt;  ///< webhook only
};
enum class Judgement : std::uint8_t {
  kAllowed,
  kPaused,   ///< allowed, but the subscription is paused
  kLater,    ///< allowed, but outside the agreement's hours
  kRefused,  ///< no agreement allows it any more
  kEnded,    ///< the subscription is gone
};
struct JudgedPlace {
  Judgement judgement = Judgement::kRefused;
  const Subscription* subscription = nullptr;  ///< that allows it; lives as long as the network
  const Agreement* agreement = nullptr;        ///< that it leans on, where it is allowed
  Decision decision;                           ///< on the subscription that it was matched by, where that is there
  Instant from;                                ///< kLater: when the agreement's hours begin
};
/// Whether a message may still go to a place. Where the subscription that it was matched by does not do any more,
/// another one of the same subscriber for the same place does as well.
[[nodiscard]] JudgedPlace judge_place(const Network& network, const WaitingPlace& place, const EventFacts& event,
                                      Instant at);

}  // namespace wissel::core
