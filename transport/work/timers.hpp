#pragma once
// Runs what falls due: terms of references, expiry of messages and subscriptions, purges (family timer).
#include <atomic>
#include <limits>

#include "core/state/view.hpp"
#include "transport/work/ports.hpp"
#include "transport/work/work_loop.hpp"

namespace wissel::transport {

/// One wake-up for the next due timer; timers are found again at start. Add it to the Listeners before the sequencer
/// starts, stop it before the sequencer stops.
class TimerWorker final : public core::CommitListener {
 public:
  /// Due times are read on the clock of `ports`.
  TimerWorker(WorkPorts ports, WorkThread thread, WorkLoop::Pauses pauses = {});

  void start() { loop_.start(); }
  void stop() { loop_.stop(); }
  void committed(const core::Notices& notices) override;

 private:
  struct Due;
  [[nodiscard]] core::Result<Due> read_due(core::Instant now) const;
  void count_expired(const core::Outcome& outcome);
  asio::awaitable<Pass> pass();
  asio::awaitable<bool> run(Due due, core::Instant now);

  WorkPorts ports_;
  WorkThread thread_;
  core::Counter& ran_;
  core::Counter& refused_;
  /// Due time (ms) of the timer that the worker waits for; while it works, any commit with a timer wakes it.
  std::atomic<std::int64_t> waits_for_{std::numeric_limits<std::int64_t>::max()};
  WorkLoop loop_;
};

}  // namespace wissel::transport
