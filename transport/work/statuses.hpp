#pragma once
// Forgets kept statuses when their term is over, and when what let them be kept no longer holds.
#include <atomic>

#include "core/state/view.hpp"
#include "transport/pull/status_cache.hpp"
#include "transport/work/ports.hpp"
#include "transport/work/work_loop.hpp"

namespace wissel::transport {

/// Sleeps until something runs out or the network changes. Add it to the Listeners before the sequencer starts, stop it
/// when the servers have stopped.
class StatusWorker final : public core::CommitListener {
 public:
  /// `statuses` outlives it.
  StatusWorker(WorkPorts ports, StatusCache& statuses, WorkThread thread);

  void start() { loop_.start(); }
  void stop() { loop_.stop(); }
  void committed(const core::Notices& notices) override;

 private:
  asio::awaitable<Pass> pass();

  WorkPorts ports_;
  StatusCache& statuses_;
  std::atomic<bool> network_changed_{false};
  WorkLoop loop_;
};

}  // namespace wissel::transport
