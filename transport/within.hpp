#pragma once
// A deadline on any piece of asynchronous work.
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <optional>
#include <utility>

#include "transport/asio.hpp"

namespace wissel::transport {

namespace detail {

/// The end of some work, default-constructible as co_spawn and || need it. A failure is a value here, since || would
/// otherwise go on waiting for the timer.
template <class T>
struct Ended {
  std::optional<T> value;
  std::exception_ptr failure;
};

template <class T>
asio::awaitable<Ended<T>> caught(asio::awaitable<T> work) {
  Ended<T> ended;
  try {
    ended.value.emplace(co_await std::move(work));
  } catch (...) {
    ended.failure = std::current_exception();
  }
  co_return ended;
}

}  // namespace detail

/// What `work` gives, or nothing when `limit` passed first; then `work` has been cancelled and has ended (so work
/// that cannot be cancelled may hold this up). Rethrows what `work` throws.
template <class T>
asio::awaitable<std::optional<T>> within(SteadyClock::duration limit, asio::awaitable<T> work) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(co_await asio::this_coro::executor, limit);
  auto first = co_await (detail::caught(std::move(work)) || timer.async_wait(asio::use_awaitable));
  if (first.index() != 0) co_return std::nullopt;
  auto& ended = std::get<0>(first);
  if (ended.failure) std::rethrow_exception(ended.failure);
  co_return std::move(ended.value);
}

}  // namespace wissel::transport
