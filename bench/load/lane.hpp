#pragma once
// One thread with its share of the connections.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/load/requests.hpp"
#include "bench/load/schedule.hpp"
#include "bench/load/tally.hpp"
#include "bench/load/tls.hpp"

namespace wissel::load {

/// What all lanes of a run share; outlives them.
struct Plan {
  const Network& network;
  const Requests& requests;
  const Mix& mix;
  Route route;                          ///< of all connections, but for the address they come from
  std::vector<SslContextPtr> contexts;  ///< one for each partner
  std::chrono::milliseconds timeout{10'000};
  std::uint64_t seed = 1;
};

/// Use: add() all connections, connect(), then work(), all on one thread; the rest from any.
class Lane {
 public:
  Lane(const Plan& plan, Schedule& schedule);
  ~Lane();

  /// A connection of partner number `partner` that calls from `from`.
  void add(std::size_t partner, asio::ip::address from);
  /// Returns when all connections stand or failed: the number that failed.
  std::size_t connect();
  /// Connections that the daemon has not ended; after connect(), while nobody works.
  [[nodiscard]] std::size_t standing() const;
  /// Returns when the schedule is over and the last answer came or was given up.
  void work();

  [[nodiscard]] std::uint64_t completed() const noexcept { return completed_; }
  [[nodiscard]] const Tally& tally() const noexcept { return tally_; }  ///< after work()

 private:
  class Connection;

  void run_all(std::size_t coroutines, const std::function<asio::awaitable<void>(std::size_t)>& make);
  asio::awaitable<void> connect_in_turn();
  asio::awaitable<void> watch();

  const Plan& plan_;
  Schedule& schedule_;
  asio::io_context io_{1};
  asio::steady_timer watch_timer_{io_};
  std::vector<std::unique_ptr<Connection>> connections_;
  std::size_t busy_ = 0;  ///< coroutines that run
  std::size_t next_to_connect_ = 0;
  std::size_t failed_ = 0;
  std::atomic<std::uint64_t> completed_{0};
  Tally tally_;
};

}  // namespace wissel::load
