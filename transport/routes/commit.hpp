#pragma once
// Waiting for the one write path, and reading what it wrote.
#include <type_traits>

#include "core/state/sequencer.hpp"
#include "core/store.hpp"
#include "transport/asio.hpp"
#include "transport/blocking.hpp"

namespace wissel::transport {

/// Hands the command to the sequencer and comes back on this io thread when it is durable.
/// Errors: kOverloaded, kUnavailable, kCorrupt.
asio::awaitable<core::Result<core::Outcome>> commit(core::Sequencer& sequencer, core::Command command,
                                                    std::size_t io_thread);

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
