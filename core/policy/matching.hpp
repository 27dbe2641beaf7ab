#pragma once
// Which subscriptions an event goes to. Pure: the network, the event's facts and a time.
#include <vector>

#include "core/policy/model.hpp"

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
  std::vector<Bytes16> subjects;  ///< pseudonyms: the zaak or verzoek and the persons its reference names
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

/// In a fixed order (by subscription id), so that replicas agree.
[[nodiscard]] std::vector<Match> match(const Network& network, const EventFacts& event, Instant at);
/// Whether one subscription may still have this event, asked again at each delivery.
[[nodiscard]] bool may_deliver(const Network& network, const Subscription& subscription, const EventFacts& event,
                               Instant at);

}  // namespace wissel::core
