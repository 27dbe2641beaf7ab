#pragma once
// Goes on with what a switch or an abandoned upload left to be done, piece by piece.
#include <set>

#include "core/state/view.hpp"
#include "transport/work/ports.hpp"
#include "transport/work/work_loop.hpp"

namespace wissel::transport {

/// Holders with such work are found in the view at start and named by commits after that; each gets a piece in turn.
/// Add it to the Listeners before the sequencer starts, stop it before the sequencer stops.
class SyncWorker final : public core::CommitListener {
 public:
  SyncWorker(WorkPorts ports, WorkThread thread, WorkLoop::Pauses pauses = {});

  void start();
  void stop() { loop_.stop(); }
  void committed(const core::Notices& notices) override;

 private:
  asio::awaitable<Pass> pass();

  WorkPorts ports_;
  WorkThread thread_;
  core::Counter& pieces_;
  std::set<core::PartyNumber> pending_;  ///< of the worker's thread
  WorkLoop loop_;
};

}  // namespace wissel::transport
