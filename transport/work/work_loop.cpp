#include "transport/work/work_loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <future>

namespace wissel::transport {

struct WorkLoop::State {
  State(WorkThread where, std::string label, Run work, core::Logger& logger, Pauses given)
      : thread(where),
        name(std::move(label)),
        run(std::move(work)),
        log(logger),
        pauses(given),
        alarm(where.context, Deadline::max()) {}

  const WorkThread thread;
  const std::string name;
  const Run run;
  core::Logger& log;
  const Pauses pauses;
  // The rest belongs to the worker's thread.
  asio::steady_timer alarm;
  bool woken = false;
  bool pausing = false;
  bool stopping = false;
  std::chrono::milliseconds pause{0};
  std::promise<void> ended;
  // The owner's.
  std::atomic<bool> started = false;
  std::shared_future<void> end = ended.get_future().share();
};

WorkLoop::WorkLoop(WorkThread thread, std::string name, Run run, core::Logger& log, Pauses pauses)
    : state_(std::make_shared<State>(thread, std::move(name), std::move(run), log, pauses)) {}

WorkLoop::~WorkLoop() { stop(); }

void WorkLoop::start() {
  state_->started = true;
  auto heard = [state = state_](std::exception_ptr failure) {
    if (failure) state->log.error("worker ended by itself", {{"worker", std::string_view(state->name)}});
    state->ended.set_value();
  };
  asio::co_spawn(state_->thread.context, loop(state_), std::move(heard));
}

void WorkLoop::wake(std::move_only_function<void()> note) {
  if (!state_->started) return;
  asio::post(state_->thread.context, [state = state_, note = std::move(note)]() mutable {
    if (state->stopping) return;
    if (note) note();
    state->woken = true;
    if (!state->pausing) state->alarm.cancel();
  });
}

void WorkLoop::stop() {
  if (!state_->started) return;
  asio::post(state_->thread.context, [state = state_] {
    state->stopping = true;
    state->alarm.cancel();
  });
  state_->end.wait();
}

asio::awaitable<Pass> WorkLoop::one_pass(State& state) {
  try {
    co_return co_await state.run();
  } catch (const std::exception& thrown) {
    state.log.error("worker failed",
                    {{"worker", std::string_view(state.name)}, {"what", std::string_view(thrown.what())}});
  }
  co_return Pass{true, {}};
}

asio::awaitable<void> WorkLoop::loop(std::shared_ptr<State> state) {
  while (!state->stopping) {
    state->woken = false;
    const Pass pass = co_await one_pass(*state);
    if (state->stopping) break;
    state->pausing = pass.failed;
    state->pause = pass.failed ? std::clamp(state->pause * 2, state->pauses.first, state->pauses.longest)
                               : state->pauses.first / 2;
    if (!pass.failed && state->woken) continue;
    if (!pass.failed && pass.again && *pass.again <= SteadyClock::duration::zero()) continue;
    if (pass.failed) {
      state->alarm.expires_after(state->pause);
    } else if (pass.again) {
      state->alarm.expires_after(*pass.again);
    } else {
      state->alarm.expires_at(Deadline::max());
    }
    boost::system::error_code woken;
    co_await state->alarm.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    state->pausing = false;
  }
}

}  // namespace wissel::transport
