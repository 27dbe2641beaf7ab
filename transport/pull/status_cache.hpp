#pragma once
// Holders' answers that an agreement lets the gateway keep for a while: in memory alone, as its filter gave them.
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "core/bytes.hpp"
#include "core/identity/uuid.hpp"
#include "core/log/record.hpp"
#include "core/messages/disclosure.hpp"
#include "core/metrics.hpp"
#include "core/policy/network.hpp"
#include "transport/asio.hpp"

namespace wissel::transport {

/// What is kept of an answer: only what the filter gave.
struct KeptStatus {
  core::Disclosed zaken;
  std::size_t zaken_count = 0;
  core::LeftOut left_out;
  Deadline asked;  ///< its holder; its age counts from here
};

/// Which version of which agreement lets it be kept, and how long.
struct KeptUnder {
  core::Uuid agreement;
  std::uint64_t versie = 0;
  Deadline until;
};

/// Bounded; the oldest make room. Nothing in it outlives the daemon (design P5: beyond delivery only for the term that
/// an agreement sets). Thread safety: all members may be called at the same time.
class StatusCache {
 public:
  /// A keyed hash of what was asked, of whom and under what: no subject stands here.
  using Question = core::Hash;
  /// Whether a version of an agreement may still be leaned on.
  using Holds = std::function<bool(const core::Uuid& agreement, std::uint64_t versie)>;

  /// With room for nothing it keeps nothing.
  StatusCache(std::size_t bytes_max, core::Metrics& metrics);

  /// Called, on the keeper's thread, when something is kept that runs out before all else. Set before the first.
  void on_earlier(std::function<void()> hear) { earlier_ = std::move(hear); }

  [[nodiscard]] bool keeps_any() const noexcept { return bytes_max_ > 0; }
  /// An answer that is at most so old and whose term has not passed.
  [[nodiscard]] std::optional<KeptStatus> find(const Question& question, std::chrono::seconds age_max,
                                               Deadline now) const;
  /// In place of what was kept for the same question. What is larger than all the room is not kept.
  void keep(const Question& question, const KeptUnder& under, KeptStatus status);
  void drop(const Question& question);
  /// Forgets what ran out. Returns when the next does.
  std::optional<Deadline> drop_expired(Deadline now);
  /// Forgets what is kept under what no longer holds.
  void drop_unless(const Holds& holds);

 private:
  struct Entry;
  using Entries = std::list<Entry>;  // oldest first
  using ByTerm = std::multimap<Deadline, Entries::iterator>;
  struct Entry {
    Question question;
    KeptUnder under;
    KeptStatus status;
    std::size_t bytes = 0;
    ByTerm::iterator term;
  };

  void forget(Entries::iterator at);
  void publish() const;

  const std::size_t bytes_max_;
  core::Gauge& count_;
  core::Gauge& held_;
  std::function<void()> earlier_;
  mutable std::mutex mutex_;
  std::size_t bytes_ = 0;
  Entries entries_;
  ByTerm by_term_;
  std::unordered_map<Question, Entries::iterator, core::BytesHash> by_question_;
};

}  // namespace wissel::transport
