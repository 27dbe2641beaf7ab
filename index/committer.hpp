#pragma once
// The embedded sequencer: one thread that takes all waiting commands, applies them in the order of their arrival,
// writes them at once with one fsync, and wakes who waits. While it syncs, the next batch collects.
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "core/logger.hpp"
#include "core/metrics.hpp"
#include "core/result.hpp"
#include "core/state/sequencer.hpp"
#include "core/store.hpp"

namespace wissel::index {

struct SequencerOptions {
  /// Commands that may wait; above it submit() gives kOverloaded. Some 0.3 s of work at full load.
  std::size_t queue_count_max = 8192;
  /// Memory that waiting commands may take; a single larger one still fits an empty queue.
  std::size_t queue_bytes_max = std::size_t{64} << 20;
  /// Bounds of one write: its memory, and how long its first command waits for its last.
  std::size_t batch_count_max = 512;
  std::size_t batch_bytes_max = std::size_t{8} << 20;
  /// Between two attempts to open a store that failed.
  std::chrono::milliseconds reopen_pause{500};
};

/// Closes the store and opens it again. Errors: as the store's.
using Reopen = std::function<core::Result<void>()>;

/// Thread safety: submit, available and stop from any thread. After a failed write every command of that batch and all
/// that wait get kUnavailable; the store is opened again and the machine's state built from it, until which submit()
/// refuses with kUnavailable. Nothing that failed is tried again.
class LocalSequencer final : public core::Sequencer {
 public:
  /// All references outlive this object.
  LocalSequencer(core::Store& store, Reopen reopen, core::StateMachine& machine, core::WakeUp& wake_up,
                 core::Metrics& metrics, core::Logger& logger, const SequencerOptions& options = {});
  /// As stop().
  ~LocalSequencer() override;

  /// Builds the machine's state and starts the thread. Errors: as StateMachine::reload.
  core::Result<void> start();

  core::Result<void> submit(core::Submission submission) override;

  /// Refuses what comes, writes and answers what waits, and ends the thread. May be called twice.
  void stop();

  /// False before start, while a failed store is being opened again, and after stop.
  [[nodiscard]] bool available() const noexcept;
  /// Commands that wait.
  [[nodiscard]] std::size_t depth() const;

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace wissel::index
