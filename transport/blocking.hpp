#pragma once
// Work that may wait for the disk or takes long, kept away from the io threads.
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "transport/asio.hpp"

namespace wissel::transport {

/// A few threads and a queue. The queue has no limit of its own: whoever posts is bounded (requests in flight), and
/// depth() is there for metrics. All members may be called from any thread.
class BlockingPool {
 public:
  /// `name` is the threads' name in ps and logs (at most 12 characters are kept). `nice` is how far they stand back for
  /// the io threads where processors are short (nice(2)): 0 to 19.
  explicit BlockingPool(std::size_t threads, const std::string& name = "blocking", int nice = 0);
  /// finish().
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  /// `work` does not throw.
  void post(std::move_only_function<void()> work);
  /// Runs what is queued, then joins; nothing may be posted any more. By one thread; repeatable. The io_contexts of
  /// those that wait must still be alive.
  void finish() noexcept;
  /// Queued, not yet begun.
  [[nodiscard]] std::size_t depth() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Runs `fn` on the pool and comes back on the caller's executor with what it returned or threw. It is not
/// interrupted by cancellation. `fn` returns a value, not a reference; what it captures must live until it has run.
template <class F, class T = std::invoke_result_t<F>>
  requires(!std::is_void_v<T>)
asio::awaitable<T> run_blocking(BlockingPool& pool, F fn) {
  // Named before the co_await: g++ 12 destroys a capturing lambda inside a co_await expression twice.
  auto initiate = [&pool, fn = std::move(fn)](auto handler) mutable {
    auto executor = asio::get_associated_executor(handler);
    auto guard = asio::make_work_guard(executor);
    pool.post([handler = std::move(handler), guard = std::move(guard), fn = std::move(fn)]() mutable {
      std::exception_ptr failure;
      std::optional<T> value;
      try {
        value.emplace(fn());
      } catch (...) {
        failure = std::current_exception();
      }
      auto target = guard.get_executor();
      asio::post(target, [handler = std::move(handler), failure, value = std::move(value)]() mutable {
        std::move(handler)(failure, std::move(value));
      });
    });
  };
  auto result =
      co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, std::optional<T>)>(
          std::move(initiate), asio::use_awaitable);
  co_return std::move(*result);
}

}  // namespace wissel::transport
