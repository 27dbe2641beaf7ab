#include "core/policy/network.hpp"

#include "core/messages/disclosure.hpp"

namespace wissel::core {
namespace {

const std::set<Uuid> kNone;
const Network::Representations kNoAppointments;

template <class Map, class Key>
void change_member(Map& map, const Key& key, const Uuid& id, bool present) {
  const auto* old = map.find(key);
  std::set<Uuid> ids = old != nullptr ? *old : std::set<Uuid>{};
  if (present) {
    ids.insert(id);
  } else {
    ids.erase(id);
  }
  if (ids.empty()) {
    map.erase(key);
  } else {
    map.set(key, std::move(ids));
  }
}

template <class Map, class Key>
auto pointee(const Map& map, const Key& key) -> decltype(map.find(key)->get()) {
  const auto* found = map.find(key);
  return found == nullptr ? nullptr : found->get();
}

template <class T>
std::vector<std::shared_ptr<const T>> values(std::map<Uuid, std::shared_ptr<const T>> sorted) {
  std::vector<std::shared_ptr<const T>> out;
  out.reserve(sorted.size());
  for (auto& [id, value] : sorted) out.push_back(std::move(value));
  return out;
}

}  // namespace

const Participant* Network::participant(const Oin& oin) const {
  const auto at = participants_->find(oin);
  return at == participants_->end() ? nullptr : at->second.get();
}

const AgreementDossier* Network::dossier(const Uuid& id) const { return pointee(agreements_, id); }
const Agreement* Network::agreement(const Uuid& id, Instant at) const {
  const auto* found = dossier(id);
  return found == nullptr ? nullptr : found->holding(at);
}
const Subscription* Network::subscription(const Uuid& id) const { return pointee(subscriptions_, id); }
const Representation* Network::representation(const Uuid& id) const { return pointee(representations_, id); }

Roles Network::roles_of(const Oin& oin) const {
  Roles roles;
  if (const auto* found = participant(oin); found != nullptr && found->active()) roles = found->rollen;
  if (is_bootstrap_operator(oin)) roles.add(Role::kSchakelpuntbeheerder);
  return roles;
}

const std::set<Uuid>& Network::offered_by(const Oin& holder) const {
  const auto* found = offered_by_.find(holder);
  return found == nullptr ? kNone : *found;
}

const std::set<Uuid>& Network::subscriptions_on(const Bytes16& subject) const {
  const auto* found = by_subject_.find(subject);
  return found == nullptr ? kNone : *found;
}

const std::set<Uuid>& Network::wide_subscriptions() const { return *wide_; }

const Network::Representations& Network::appointments(const Oin& represented, const Oin& agent) const {
  const auto* found = appointments_.find({represented, agent});
  return found == nullptr ? kNoAppointments : *found;
}

Network::Representations Network::representations() const {
  std::map<Uuid, std::shared_ptr<const Representation>> sorted;
  representations_.each([&](const Uuid& id, const auto& representation) { sorted.emplace(id, representation); });
  return values(std::move(sorted));
}

std::vector<std::shared_ptr<const AgreementDossier>> Network::dossiers() const {
  std::map<Uuid, std::shared_ptr<const AgreementDossier>> sorted;
  agreements_.each([&](const Uuid& id, const auto& dossier) { sorted.emplace(id, dossier); });
  return values(std::move(sorted));
}

std::vector<std::shared_ptr<const Subscription>> Network::subscriptions_of(const Oin& afnemer) const {
  std::map<Uuid, std::shared_ptr<const Subscription>> sorted;
  subscriptions_.each([&](const Uuid& id, const auto& subscription) {
    if (subscription->afnemer == afnemer) sorted.emplace(id, subscription);
  });
  return values(std::move(sorted));
}

void Network::put(Participant participant) {
  auto next = *participants_;
  const Oin oin = participant.oin;
  next.insert_or_assign(oin, std::make_shared<const Participant>(std::move(participant)));
  participants_ = std::make_shared<const std::map<Oin, std::shared_ptr<const Participant>>>(std::move(next));
  ++version_;
}

void Network::index_dossier(const AgreementDossier& dossier, bool present) {
  if (dossier.einde) return;
  for (const auto* version : {&dossier.geldend, &dossier.opvolger}) {
    if (!*version) continue;
    for (const auto& holder : (*version)->inhoud.aanbieders) change_member(offered_by_, holder, dossier.id, present);
  }
}

void Network::put(AgreementDossier next) {
  if (const auto* old = dossier(next.id); old != nullptr) index_dossier(*old, false);
  index_dossier(next, true);
  for (auto* version : {&next.geldend, &next.opvolger}) {
    if (*version) (*version)->inhoud.filter = std::make_shared<const StatusFilter>((*version)->inhoud);
  }
  const Uuid id = next.id;
  agreements_.set(id, std::make_shared<const AgreementDossier>(std::move(next)));
  ++version_;
}

void Network::remove_agreement(const Uuid& id) {
  if (const auto* old = dossier(id); old != nullptr) index_dossier(*old, false);
  agreements_.erase(id);
  ++version_;
}

void Network::index_subscription(const Subscription& subscription, bool present) {
  if (subscription.onderwerp) {
    change_member(by_subject_, *subscription.onderwerp, subscription.id, present);
    return;
  }
  Ids ids = *wide_;
  if (present) {
    ids.insert(subscription.id);
  } else {
    ids.erase(subscription.id);
  }
  wide_ = std::make_shared<const Ids>(std::move(ids));
}

void Network::put(Subscription next) {
  if (const auto* old = subscription(next.id); old != nullptr) index_subscription(*old, false);
  index_subscription(next, true);
  const Uuid id = next.id;
  subscriptions_.set(id, std::make_shared<const Subscription>(std::move(next)));
  ++version_;
}

void Network::put(Representation next) {
  const Uuid id = next.id;
  const std::pair key{next.vertegenwoordigde, next.vertegenwoordiger};
  auto present = std::make_shared<const Representation>(std::move(next));
  auto agreed = appointments(key.first, key.second);
  std::erase_if(agreed, [&](const auto& one) { return one->id == id; });
  if (present->agreed()) agreed.push_back(present);
  if (agreed.empty()) {
    appointments_.erase(key);
  } else {
    appointments_.set(key, std::move(agreed));
  }
  representations_.set(id, std::move(present));
  ++version_;
}

void Network::remove_subscription(const Uuid& id) {
  if (const auto* old = subscription(id); old != nullptr) index_subscription(*old, false);
  subscriptions_.erase(id);
  ++version_;
}

}  // namespace wissel::core
