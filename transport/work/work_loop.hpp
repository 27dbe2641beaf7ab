#pragma once
// A worker's one coroutine: it works when woken or when something falls due, backs off after a failure, and ends
// cleanly. No polling.
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/logger.hpp"
#include "transport/io_threads.hpp"

namespace wissel::transport {

/// The io thread that a worker runs on; its completions come back there.
struct WorkThread {
  asio::io_context& context;
  std::size_t index = 0;  ///< wake group
};

/// How one pass of a worker ended.
struct Pass {
  bool failed = false;  ///< something refused: again after a pause that grows
  /// When there is work again without being woken; nothing: only when woken.
  std::optional<SteadyClock::duration> again;
};

class WorkLoop {
 public:
  struct Pauses {
    std::chrono::milliseconds first{100};
    std::chrono::milliseconds longest{10'000};
  };
  using Run = std::function<asio::awaitable<Pass>()>;

  /// `thread`, `log` and what `run` uses outlive stop().
  WorkLoop(WorkThread thread, std::string name, Run run, core::Logger& log, Pauses pauses);
  /// As stop().
  ~WorkLoop();
  WorkLoop(const WorkLoop&) = delete;
  WorkLoop& operator=(const WorkLoop&) = delete;

  void start();
  /// Runs `note` on the worker's thread and then a pass; nothing before start(). From any thread; does not block.
  void wake(std::move_only_function<void()> note = {});
  /// Lets the present pass end and waits for it. Not on the worker's thread, which must be running. Repeatable.
  void stop();

 private:
  struct State;
  static asio::awaitable<void> loop(std::shared_ptr<State> state);
  static asio::awaitable<Pass> one_pass(State& state);
  // Joint: the coroutine and what was posted may end after this object.
  std::shared_ptr<State> state_;
};

}  // namespace wissel::transport
