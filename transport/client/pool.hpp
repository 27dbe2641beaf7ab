#pragma once
// The kept connections and the turns of one partner. Plain bookkeeping on one io thread; no I/O of its own.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <utility>

#include "transport/client/client_metrics.hpp"
#include "transport/tls/stream.hpp"

namespace wissel::transport {

/// An open connection, and its place in the count of them.
struct OpenStream {
  std::unique_ptr<Stream> stream;
  GaugeShare open;
};

class PartnerPool {
 public:
  /// A turn: the right to use one connection, until destroyed.
  class Turn {
   public:
    explicit Turn(std::shared_ptr<PartnerPool> pool) noexcept
        : pool_(std::move(pool)), in_flight_(pool_->metrics_.in_flight) {}
    Turn(Turn&&) noexcept = default;
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (pool_) pool_->pass_on();
    }

   private:
    std::shared_ptr<PartnerPool> pool_;
    GaugeShare in_flight_;
  };

  enum class NoTurn : std::uint8_t { kTooManyWait, kTimedOut };

  /// `metrics` outlives it.
  PartnerPool(std::size_t in_use_max, std::size_t waiting_max, ClientMetrics& metrics)
      : in_use_max_(in_use_max), waiting_max_(waiting_max), metrics_(metrics) {}

  /// A turn, in the order of asking. `pool` is the object itself.
  static asio::awaitable<std::expected<Turn, NoTurn>> take(std::shared_ptr<PartnerPool> pool, asio::io_context& io,
                                                           Deadline deadline) {
    if (pool->in_use_ < pool->in_use_max_) {
      ++pool->in_use_;
      co_return Turn(std::move(pool));
    }
    if (pool->waiting_.size() >= pool->waiting_max_) co_return std::unexpected(NoTurn::kTooManyWait);
    Waiter waiter(io, deadline);
    const auto place = pool->waiting_.insert(pool->waiting_.end(), &waiter);
    const auto began = SteadyClock::now();
    const GaugeShare waiting(pool->metrics_.waiting);
    co_await waiter.timer.async_wait(asio::as_tuple(asio::use_awaitable));
    pool->metrics_.wait.observe(std::chrono::duration<double>(SteadyClock::now() - began).count());
    if (waiter.granted) co_return Turn(std::move(pool));
    pool->waiting_.erase(place);
    co_return std::unexpected(NoTurn::kTimedOut);
  }

  /// A kept connection that is still good, the one used last first.
  std::optional<OpenStream> pick(std::uint64_t generation, SteadyClock::duration keep_idle) {
    const Deadline oldest = SteadyClock::now() - keep_idle;
    while (!idle_.empty()) {
      Idle last = std::move(idle_.back());
      idle_.pop_back();
      // One of before a reload shows a certificate that may have been replaced.
      auto& stream = *last.kept.stream;
      if (last.since >= oldest && stream.verified()->generation == generation && !stream.stale()) {
        return std::move(last.kept);
      }
    }
    return std::nullopt;
  }
  void keep(OpenStream stream) { idle_.push_back({std::move(stream), SteadyClock::now()}); }

  void drop_older(Deadline than) {
    while (!idle_.empty() && idle_.front().since <= than) idle_.pop_front();
  }
  [[nodiscard]] std::size_t idle() const noexcept { return idle_.size(); }
  [[nodiscard]] std::size_t in_use() const noexcept { return in_use_; }

 private:
  struct Idle {
    OpenStream kept;
    Deadline since;
  };
  struct Waiter {
    Waiter(asio::io_context& io, Deadline deadline) : timer(io, deadline) {}
    asio::steady_timer timer;
    bool granted = false;
  };

  void pass_on() noexcept {
    if (waiting_.empty()) {
      --in_use_;
      return;
    }
    Waiter* next = waiting_.front();
    waiting_.pop_front();
    next->granted = true;
    next->timer.cancel();
  }

  const std::size_t in_use_max_;
  const std::size_t waiting_max_;
  ClientMetrics& metrics_;
  std::size_t in_use_ = 0;
  std::deque<Idle> idle_;
  std::list<Waiter*> waiting_;  // in the frames of those who wait
};

}  // namespace wissel::transport
