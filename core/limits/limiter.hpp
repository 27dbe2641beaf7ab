#pragma once
// What a party may ask: quota, and the brake on what is far above its own normal.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/limits/accounts.hpp"
#include "core/limits/brake.hpp"
#include "core/log/record.hpp"
#include "core/policy/network.hpp"

namespace wissel::core {

using SteadyTime = std::chrono::steady_clock::time_point;

struct LimiterSettings {
  std::uint32_t per_minute = 600'000;  ///< accesses of a participant that has no quota of its own
  bool brake = true;
  std::uint32_t factor = 10;    ///< a minute with more than so many times the normal trips
  std::uint32_t floor = 1'000;  ///< but never one with no more subjects than this
  std::uint32_t learning = 60;  ///< minutes in which it asks that the normal is the mean of
};

/// Whether a request may go on.
struct Admission {
  enum class Kind : std::uint8_t {
    kGo,
    kQuota,
    kBraked,
    kTrip,  ///< this request trips the brake: who gets this pulls it, or calls Limiter::not_tripped
  };
  Kind kind = Kind::kGo;
  std::int64_t wait_ns = 0;  ///< kQuota: until there is room
  std::uint32_t most = 0;    ///< kQuota: more than this at once never fits
  std::uint32_t asked = 0;   ///< kTrip: subjects in this minute
  std::uint32_t normal = 0;  ///< kTrip
  bool never = false;        ///< kQuota: does not fit in a minute at all
  [[nodiscard]] bool go() const noexcept { return kind == Kind::kGo; }
  /// Whole seconds until there is room, rounded up.
  [[nodiscard]] std::uint32_t retry_after_s() const noexcept;
};

/// Refusals of one party, or of one party under one agreement, that share a record.
struct Refusals {
  Oin party;
  std::optional<Uuid> agreement;  ///< of a brake; nothing: by quota
  Actie actie = Actie::kBeheren;  ///< of the first
  Instant first;
  std::uint64_t count = 0;
};

/// Thread safety: all members may be called at the same time. access() and use() take no lock and no memory once the
/// party was seen.
class Limiter {
 public:
  Limiter(LimiterSettings settings, std::uint64_t seed) : settings_(settings), accounts_(seed) {}

  /// One access of a party. `per_minute`: its own quota.
  [[nodiscard]] Admission access(const Oin& party, std::optional<std::uint32_t> per_minute, SteadyTime now);
  /// `count` subjects under an agreement. `braked`: an act that the brake counts and stops.
  [[nodiscard]] Admission use(const Oin& party, const Uuid& agreement, std::optional<std::uint32_t> per_minute,
                              std::uint32_t count, bool braked, SteadyTime now);
  /// A brake that could not be pulled: the next request tries again.
  void not_tripped(const Oin& party, const Uuid& agreement) noexcept;
  /// These are tripped, and no others. Those that were are let go: what they asked counts as their normal from now on.
  void follow(const Brakes& tripped);

  /// Notes a request that was turned away, to be recorded with the others of its minute.
  void refused(const Oin& party, const std::optional<Uuid>& agreement, Actie actie, Instant at);
  /// All that was refused since the last call.
  [[nodiscard]] std::vector<Refusals> take_refusals();
  /// Puts back what could not be recorded.
  void put_back(const std::vector<Refusals>& refusals);
  [[nodiscard]] bool any_refused() const;

  /// As stored.
  void restore(const std::vector<Normal>& normals);
  /// What was learnt since the last call; `gone`: accounts of parties and agreements that are no more, which leave.
  struct Learnt {
    std::vector<Normal> changed;
    std::vector<Normal> gone;
  };
  [[nodiscard]] Learnt take_learnt(const Network& network);
  void put_back(const Learnt& learnt);
  [[nodiscard]] bool any_learnt() const noexcept { return learnt_.load(std::memory_order_relaxed); }

  /// Called, from any thread, with the first refusal after take_refusals() and the first that is learnt after
  /// take_learnt(). Set before the first request.
  void on_work(std::function<void()> wake) { wake_ = std::move(wake); }

  [[nodiscard]] const LimiterSettings& settings() const noexcept { return settings_; }
  [[nodiscard]] std::size_t accounts() const { return accounts_.size(); }

 private:
  using Pair = std::pair<Oin, std::optional<Uuid>>;
  Admission count(Account& account, std::uint32_t count, SteadyTime now);
  void fold(Account& account, std::uint32_t asked);
  void add(const Refusals& more);

  const LimiterSettings settings_;
  Accounts accounts_;
  std::atomic<bool> learnt_{false};
  std::function<void()> wake_ = [] {};
  mutable std::mutex mutex_;  ///< for what follows, none of it on the way of a request that goes on
  std::map<Pair, Refusals> refusals_;
  Brakes tripped_;
};

}  // namespace wissel::core
