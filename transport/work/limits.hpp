#pragma once
// Records what was refused by quota and by brakes, one record per party and minute, keeps what was learnt of parties'
// normal, and follows the brakes that are tripped and let go.
#include <mutex>
#include <vector>

#include "core/limits/limiter.hpp"
#include "core/state/view.hpp"
#include "transport/work/ports.hpp"
#include "transport/work/work_loop.hpp"

namespace wissel::transport {

struct LimitPeriods {
  std::chrono::milliseconds record{60'000};  ///< refusals of so long share a record
  std::chrono::milliseconds keep{300'000};   ///< what was learnt is stored no more often
};

/// Sleeps until something was refused or learnt. Add it to the Listeners before the sequencer starts; start it after
/// that and before the servers; stop it when they have stopped, before the sequencer stops.
class LimitsWorker final : public core::CommitListener {
 public:
  /// `limiter` outlives it.
  LimitsWorker(WorkPorts ports, core::Limiter& limiter, WorkThread thread, LimitPeriods periods = {},
               WorkLoop::Pauses pauses = {});

  /// Takes over what is stored. Errors: those of the store, kCorrupt.
  [[nodiscard]] core::Result<void> start();
  /// Submits what is left to be recorded and kept; the sequencer writes it before it ends.
  void stop();
  void committed(const core::Notices& notices) override;

 private:
  asio::awaitable<Pass> pass();
  asio::awaitable<bool> record_refusals();
  asio::awaitable<bool> keep_learnt();
  [[nodiscard]] core::Command record_of(const std::vector<core::Refusals>& refusals) const;
  [[nodiscard]] core::Command keeping(const core::Limiter::Learnt& learnt) const;
  void submit_last(core::Command command);

  WorkPorts ports_;
  core::Limiter& limiter_;
  const WorkThread thread_;
  const LimitPeriods periods_;
  core::Gauge& tripped_;
  std::atomic<bool> network_changed_{false};
  // Of the worker's thread.
  std::optional<Deadline> record_at_;
  std::optional<Deadline> keep_at_;
  Deadline kept_{};
  WorkLoop loop_;
};

}  // namespace wissel::transport
