#pragma once
// Keeps the newest checkpoint of the log apart from the store while the daemon runs: with the first growth after the
// start before that is answered, after a rest at once, while the log keeps growing once a second, and at the end. So a
// copy from before the start is always recognised, also when the daemon is killed at its first answer.
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "core/logger.hpp"
#include "core/metrics.hpp"
#include "core/state/view.hpp"
#include "index/checkpoint_apart.hpp"

namespace wissel::daemon {

/// Thread safety: all members may be called at the same time. An idle daemon's keeper sleeps.
class CheckpointKeeper {
 public:
  /// Size and root to a signed note.
  using Sign = std::function<std::string(std::uint64_t, const core::Hash&)>;

  /// The references outlive it. Nothing is kept before start().
  CheckpointKeeper(index::CheckpointApart apart, const core::ViewSource& views, Sign sign, core::Logger& logger,
                   core::Metrics& metrics, std::chrono::milliseconds pause = std::chrono::milliseconds{1'000});
  /// As stop().
  ~CheckpointKeeper();
  CheckpointKeeper(const CheckpointKeeper&) = delete;
  CheckpointKeeper& operator=(const CheckpointKeeper&) = delete;

  /// Keeps what there is, and starts its thread. Errors: kUnavailable.
  core::Result<void> start();
  /// As start(), where an older copy was accepted: what was kept is given up and put aside.
  core::Result<void> start_over();
  /// The durable log has grown. On one thread; waits for the disk the first time only.
  void grown();
  /// Keeps the last and ends the thread. May be called twice.
  void stop();

  /// Why the last attempt failed; empty when it succeeded.
  [[nodiscard]] std::string failure() const;
  /// Records that the kept checkpoint covers.
  [[nodiscard]] std::uint64_t kept_size() const;
  [[nodiscard]] const std::string& dir() const noexcept { return apart_.dir(); }

 private:
  void run();
  void keep();
  [[nodiscard]] std::string sign_newest(std::uint64_t& size) const;
  void note_kept(std::uint64_t size);

  index::CheckpointApart apart_;  // of start() and the first grown(), then of the thread
  const core::ViewSource& views_;
  const Sign sign_;
  core::Logger& logger_;
  core::Gauge& kept_gauge_;
  core::Counter& failures_;
  const std::chrono::milliseconds pause_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool ever_grew_ = false;  // of grown() alone
  bool grown_ = false;
  bool stopping_ = false;
  std::string failure_;
  std::uint64_t kept_size_ = 0;
  std::thread thread_;
};

}  // namespace wissel::daemon
