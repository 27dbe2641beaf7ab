#include "transport/task_group.hpp"

#include <boost/asio/co_spawn.hpp>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <string_view>
#include <utility>

namespace wissel::transport {
namespace {

void log_failure(core::Logger& log, const std::string& name, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& thrown) {
    log.error("task failed", {{"group", std::string_view(name)}, {"what", std::string_view(thrown.what())}});
  } catch (...) {
    log.error("task failed", {{"group", std::string_view(name)}});
  }
}

}  // namespace

struct TaskGroup::State {
  core::Logger& log;
  std::string name;
  std::mutex mutex;
  std::condition_variable idle;
  std::size_t running = 0;

  State(core::Logger& logger, std::string text) : log(logger), name(std::move(text)) {}

  void ended() {
    const std::scoped_lock lock(mutex);
    if (--running == 0) idle.notify_all();
  }
};

TaskGroup::TaskGroup(core::Logger& log, std::string name) : state_(std::make_shared<State>(log, std::move(name))) {}

void TaskGroup::spawn(const asio::any_io_executor& executor, asio::awaitable<void> work) {
  {
    const std::scoped_lock lock(state_->mutex);
    ++state_->running;
  }
  auto ended = [state = state_](const std::exception_ptr& failure) {
    if (failure) log_failure(state->log, state->name, failure);
    state->ended();
  };
  asio::co_spawn(executor, std::move(work), std::move(ended));
}

bool TaskGroup::drain(std::chrono::milliseconds limit) {
  std::unique_lock lock(state_->mutex);
  return state_->idle.wait_for(lock, limit, [this] { return state_->running == 0; });
}

std::size_t TaskGroup::running() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->running;
}

}  // namespace wissel::transport
