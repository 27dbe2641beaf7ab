#pragma once
// What waits for the committer, bounded by count and bytes. Private to index/.
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "core/result.hpp"
#include "core/state/sequencer.hpp"

namespace wissel::index {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Each party's commands wait in a lane of their own, and batches take from the lanes in turn: who has many waiting
/// does not stand before who has one. A party may have no more waiting, by count and by bytes, than there is still
/// room: so one that asks without end gets half of the queue, two get a third each, and there is always room for
/// another. The gateway's own commands have a lane as well, bounded by the whole queue. Thread safety: all members,
/// with one thread that takes.
class CommitQueue {
 public:
  struct Bounds {
    std::size_t count_max;
    std::size_t bytes_max;
    std::size_t batch_count_max;
    std::size_t batch_bytes_max;
  };
  enum class State : std::uint8_t { kClosed, kOpen, kRecovering, kStopping };

  explicit CommitQueue(const Bounds& bounds) : bounds_(bounds) {}

  /// Errors: kOverloaded (the queue, or this party's share of it, is full), kUnavailable.
  core::Result<void> push(core::Submission submission, std::size_t bytes, SteadyTime now);
  /// Waits for work; empty when stopping and nothing is left. What it gives counts as the oldest until finished().
  std::vector<core::Submission> take();
  void finished();

  /// kStopping is final.
  void set_state(State state);
  [[nodiscard]] State state() const;
  /// Refuses with kUnavailable from now on, and gives all that waits.
  std::vector<core::Submission> recover();
  /// Waits that long, or until it is stopping; true when it is.
  bool pause(std::chrono::milliseconds time);

  [[nodiscard]] std::size_t depth() const;
  /// How long the oldest that is not answered has waited; zero without any.
  [[nodiscard]] std::chrono::duration<double> oldest_age(SteadyTime now) const;

 private:
  struct Waiting {
    core::Submission submission;
    std::size_t bytes;
    SteadyTime since;
  };

  struct Lane {
    std::deque<Waiting> waiting;
    std::size_t bytes = 0;
  };

  [[nodiscard]] core::Result<void> has_room(const Lane& lane, bool party, std::size_t bytes) const;
  Waiting pop(Lane& lane);
  [[nodiscard]] std::optional<SteadyTime> oldest() const;
  void forget_empty_lanes();

  const Bounds bounds_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::optional<core::Oin>, Lane> lanes_;  ///< kept while empty, up to a bound
  std::deque<Lane*> turns_;                         ///< those with something in them, in turn
  std::size_t waiting_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::optional<SteadyTime> in_work_since_;
  bool taker_sleeps_ = false;
  State state_ = State::kClosed;
};

}  // namespace wissel::index
