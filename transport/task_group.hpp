#pragma once
// Coroutines that may outlive the request that began them: each is heard when it ends, and all are waited for at stop.
#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "core/logger.hpp"
#include "transport/asio.hpp"

namespace wissel::transport {

/// Thread safety: all members may be called at the same time; each task runs on the executor it was given.
class TaskGroup {
 public:
  /// `log` outlives the tasks; `name` stands in its lines.
  TaskGroup(core::Logger& log, std::string name);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// What `work` throws is logged. `work` owns, or is outlived by, all it uses.
  void spawn(const asio::any_io_executor& executor, asio::awaitable<void> work);
  /// Blocks until no task is left or `limit` has passed; true when none is left. Never on an io thread.
  [[nodiscard]] bool drain(std::chrono::milliseconds limit);
  [[nodiscard]] std::size_t running() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // joint: a task that drain() gave up on may end after the group
};

}  // namespace wissel::transport
