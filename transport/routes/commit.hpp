#pragma once
// Waiting for the one write path, and reading what it wrote.
#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <type_traits>
#include <utility>

#include "core/state/sequencer.hpp"
#include "core/store.hpp"
#include "transport/asio.hpp"
#include "transport/blocking.hpp"

namespace wissel::transport {

/// Hands the command to the sequencer and comes back on this io thread when it is durable.
/// Errors: kOverloaded, kUnavailable, kCorrupt.
asio::awaitable<core::Result<core::Outcome>> commit(core::Sequencer& sequencer, core::Command command,
                                                    std::size_t io_thread);

/// One command on its way to be durable while its submitter makes the next.
class Flight {
 public:
  /// `sequencer` outlives it; `executor` runs on `io_thread`.
  Flight(core::Sequencer& sequencer, std::size_t io_thread, asio::any_io_executor executor)
      : sequencer_(sequencer), io_thread_(io_thread), executor_(std::move(executor)) {}

  [[nodiscard]] bool under_way() const noexcept { return state_ != nullptr; }
  /// Requires that none is under way.
  void launch(core::Command command);
  /// What came of it; requires that one is under way. Errors: as commit().
  asio::awaitable<core::Result<core::Outcome>> land();

 private:
  struct State;
  core::Sequencer& sequencer_;
  std::size_t io_thread_;
  asio::any_io_executor executor_;
  // Shared with the completion, which may come after the submitter was cut.
  std::shared_ptr<State> state_;
};

/// Runs `read(tier)` from memory alone, and only when that is not enough on the pool, where waiting for the disk is
/// allowed. `read` gives a Result and may be called twice; what it captures must live until then.
template <class Read>
asio::awaitable<std::invoke_result_t<Read, core::ReadTier>> read_store(BlockingPool& pool, Read read) {
  auto quick = read(core::ReadTier::kMemory);
  if (quick || quick.error().code != core::Errc::kWouldBlock) co_return quick;
  auto slow = [&read] { return read(core::ReadTier::kAll); };
  co_return co_await run_blocking(pool, slow);
}

}  // namespace wissel::transport
