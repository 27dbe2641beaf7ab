#pragma once
// Ports of the one write path: a command goes to the sequencer, which gives it its place in the order, applies it
// through the state machine and wakes the caller when it is durable.
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "core/result.hpp"
#include "core/state/command.hpp"
#include "core/store.hpp"

namespace wissel::core {

/// Called once, on a thread of the submission's wake group, after the command is durable (or has failed).
/// Errors: kUnavailable (write failed, store away, stopping: it was not answered; a failed write may yet be found
/// stored when the store is opened again), kCorrupt.
using Completion = std::move_only_function<void(Result<Outcome>)>;

struct Submission {
  Command command;
  std::size_t wake_group = 0;  ///< which I/O thread waits
  Completion done;
};

/// Port: order and durability. One shard is one sequencer.
/// Thread safety: may be called from any thread; never blocks.
class Sequencer {
 public:
  virtual ~Sequencer() = default;
  /// Errors: kOverloaded (queue full), kUnavailable (store away or stopping). After an error `done` is not called.
  virtual Result<void> submit(Submission submission) = 0;
};

/// Port: runs completions on the threads that wait for them; one call is one wake-up.
class WakeUp {
 public:
  virtual ~WakeUp() = default;
  virtual void run(std::size_t wake_group, std::vector<std::move_only_function<void()>> completions) = 0;
};

/// Port: the state machine as the sequencer drives it. Used by one thread at a time (the committer's).
class StateMachine {
 public:
  virtual ~StateMachine() = default;

  /// Checks preconditions and writes the effects and log records of one command to `batch`. A refusal is an Outcome
  /// (its record is logged), not an error. After an error the whole batch is to be dropped and reload() called.
  virtual Result<Outcome> apply(WriteBatch& batch, Command& command) = 0;
  /// Writes what is kept once per batch (sizes, edges, versions). Called after the last apply of a batch.
  virtual Result<void> finish(WriteBatch& batch) = 0;
  /// The batch is durable: publish the new state to readers, and tell the workers what there is to do.
  virtual void committed() = 0;
  /// Forgets everything in memory and builds it again from what is stored.
  virtual Result<void> reload(const StoreReader& store) = 0;
};

}  // namespace wissel::core
