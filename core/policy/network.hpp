#pragma once
// An immutable picture of participants, agreements and subscriptions. The committer makes the next one by copying the
// few pieces that change; readers keep the one they have.
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/policy/dossier.hpp"
#include "core/policy/model.hpp"
#include "core/policy/representation.hpp"

namespace wissel::core {

/// A map cut in 256 pieces, each shared until it changes: a change copies one piece, not the whole.
template <class Key, class Value, class HashOf>
class PieceMap {
 public:
  using Piece = std::unordered_map<Key, Value, HashOf>;

  [[nodiscard]] const Value* find(const Key& key) const {
    const auto& piece = pieces_[index(key)];
    if (!piece) return nullptr;
    const auto at = piece->find(key);
    return at == piece->end() ? nullptr : &at->second;
  }
  void set(const Key& key, Value value) {
    auto copy = writable(key);
    if (copy->insert_or_assign(key, std::move(value)).second) ++size_;
    pieces_[index(key)] = std::move(copy);
  }
  void erase(const Key& key) {
    if (find(key) == nullptr) return;
    auto copy = writable(key);
    copy->erase(key);
    --size_;
    pieces_[index(key)] = std::move(copy);
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& piece : pieces_) {
      if (!piece) continue;
      for (const auto& [key, value] : *piece) visit(key, value);
    }
  }

 private:
  static std::size_t index(const Key& key) { return HashOf{}(key) * 0x9E3779B97F4A7C15ULL >> 56U; }
  [[nodiscard]] std::shared_ptr<Piece> writable(const Key& key) const {
    const auto& piece = pieces_[index(key)];
    return piece ? std::make_shared<Piece>(*piece) : std::make_shared<Piece>();
  }

  std::array<std::shared_ptr<const Piece>, 256> pieces_{};
  std::size_t size_ = 0;
};

struct BytesHash {
  template <std::size_t N>
  std::size_t operator()(const ByteArray<N>& bytes) const noexcept {
    return std::hash<std::string_view>{}(as_view(bytes));
  }
  std::size_t operator()(const Uuid& id) const noexcept { return (*this)(id.bytes()); }
  std::size_t operator()(const Oin& oin) const noexcept { return std::hash<std::string_view>{}(oin.view()); }
  std::size_t operator()(const std::pair<Oin, Oin>& two) const noexcept {
    return (*this)(two.first) * 0x9E3779B97F4A7C15ULL + (*this)(two.second);
  }
};

class Network {
 public:
  /// Raised by every change of a participant, an agreement or a subscription.
  [[nodiscard]] std::uint64_t version() const noexcept { return version_; }

  [[nodiscard]] const Participant* participant(const Oin& oin) const;
  /// What may be leaned on at `at`; nothing when it is unknown, not signed by all, outside its time, suspended or
  /// ended.
  [[nodiscard]] const Agreement* agreement(const Uuid& id, Instant at) const;
  [[nodiscard]] const AgreementDossier* dossier(const Uuid& id) const;
  [[nodiscard]] const Subscription* subscription(const Uuid& id) const;
  [[nodiscard]] const Representation* representation(const Uuid& id) const;
  /// OINs that hold schakelpuntbeheerder by configuration, before any participant exists.
  [[nodiscard]] bool is_bootstrap_operator(const Oin& oin) const { return bootstrap_.contains(oin); }

  /// The participant's roles if it is active, with the bootstrap operators' role; empty otherwise.
  [[nodiscard]] Roles roles_of(const Oin& oin) const;
  /// Agreements that were signed by all and have not ended, under which `holder` offers.
  [[nodiscard]] const std::set<Uuid>& offered_by(const Oin& holder) const;
  /// Subscriptions on a subject, and those on no particular subject.
  [[nodiscard]] const std::set<Uuid>& subscriptions_on(const Bytes16& subject) const;
  [[nodiscard]] const std::set<Uuid>& wide_subscriptions() const;
  using Representations = std::vector<std::shared_ptr<const Representation>>;
  /// The representations of one by another that both signed and neither ended, whatever their period.
  [[nodiscard]] const Representations& appointments(const Oin& represented, const Oin& agent) const;

  /// Sorted by key, for lists.
  [[nodiscard]] const std::map<Oin, std::shared_ptr<const Participant>>& participants() const { return *participants_; }
  [[nodiscard]] std::vector<std::shared_ptr<const AgreementDossier>> dossiers() const;
  [[nodiscard]] std::size_t agreement_count() const noexcept { return agreements_.size(); }
  [[nodiscard]] std::size_t subscription_count() const noexcept { return subscriptions_.size(); }
  [[nodiscard]] std::vector<std::shared_ptr<const Subscription>> subscriptions_of(const Oin& afnemer) const;
  [[nodiscard]] Representations representations() const;

  // --- the committer's side: each gives the picture a new version ---
  void set_bootstrap(std::set<Oin> operators) { bootstrap_ = std::move(operators); }
  void put(Participant participant);
  void put(AgreementDossier dossier);
  void put(Subscription subscription);
  void put(Representation representation);
  void remove_agreement(const Uuid& id);
  void remove_subscription(const Uuid& id);
  void set_version(std::uint64_t version) noexcept { version_ = version; }

 private:
  using Ids = std::set<Uuid>;
  void index_subscription(const Subscription& subscription, bool present);
  void index_dossier(const AgreementDossier& dossier, bool present);

  std::uint64_t version_ = 0;
  std::set<Oin> bootstrap_;
  std::shared_ptr<const std::map<Oin, std::shared_ptr<const Participant>>> participants_ =
      std::make_shared<const std::map<Oin, std::shared_ptr<const Participant>>>();
  PieceMap<Uuid, std::shared_ptr<const AgreementDossier>, BytesHash> agreements_;
  PieceMap<Oin, Ids, BytesHash> offered_by_;
  PieceMap<Uuid, std::shared_ptr<const Subscription>, BytesHash> subscriptions_;
  PieceMap<Bytes16, Ids, BytesHash> by_subject_;
  PieceMap<Uuid, std::shared_ptr<const Representation>, BytesHash> representations_;
  PieceMap<std::pair<Oin, Oin>, Representations, BytesHash> appointments_;  ///< by represented and agent
  std::shared_ptr<const Ids> wide_ = std::make_shared<const Ids>();
};

}  // namespace wissel::core
