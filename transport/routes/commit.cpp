#include "transport/routes/commit.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <optional>

namespace wissel::transport {

asio::awaitable<core::Result<core::Outcome>> commit(core::Sequencer& sequencer, core::Command command,
                                                    std::size_t io_thread) {
  // Awaitables need a default-constructible result, so it travels in an optional.
  using Outcome = std::optional<core::Result<core::Outcome>>;
  auto initiate = [&sequencer, io_thread, command = std::move(command)](auto handler) mutable {
    auto executor = asio::get_associated_executor(handler);
    // Shared between the completion and the refusal below, of which exactly one runs.
    auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
    auto guard = asio::make_work_guard(executor);
    auto done = [waiting, guard](core::Result<core::Outcome> outcome) {
      std::move (*waiting)(Outcome(std::move(outcome)));
    };
    auto submitted = sequencer.submit({std::move(command), io_thread, std::move(done)});
    if (submitted) return;
    asio::post(executor, [waiting, error = std::move(submitted).error()]() mutable {
      std::move (*waiting)(Outcome(std::unexpected(std::move(error))));
    });
  };
  auto outcome = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Outcome)>(std::move(initiate),
                                                                                             asio::use_awaitable);
  co_return std::move(*outcome);
}

struct Flight::State {
  explicit State(const asio::any_io_executor& executor) : landed(executor, Deadline::max()) {}
  asio::steady_timer landed;
  std::optional<core::Result<core::Outcome>> outcome;
};

void Flight::launch(core::Command command) {
  state_ = std::make_shared<State>(executor_);
  auto done = [state = state_](core::Result<core::Outcome> outcome) {
    state->outcome = std::move(outcome);
    state->landed.cancel();
  };
  auto submitted = sequencer_.submit({std::move(command), io_thread_, std::move(done)});
  if (!submitted) state_->outcome = std::unexpected(std::move(submitted).error());
}

asio::awaitable<core::Result<core::Outcome>> Flight::land() {
  const auto state = std::exchange(state_, nullptr);
  while (!state->outcome) {
    boost::system::error_code woken;
    co_await state->landed.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  co_return std::move(*state->outcome);
}

}  // namespace wissel::transport
