#pragma once
// Rows of the outbox that cannot be delivered because they, or the message they stand for, are damaged or gone: they
// are left where they are, told once each, and pass the rows behind them.
#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "core/logger.hpp"
#include "core/metrics.hpp"
#include "core/store.hpp"

namespace wissel::transport {

/// Thread safety: all members may be called at the same time.
class OutboxDamage {
 public:
  OutboxDamage(core::Metrics& metrics, core::Logger& log);

  /// A row of this key was found damaged; `what` in fixed words. Only the first time counts.
  void note(const std::string& key, std::string_view what);
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_.load(); }
  /// Forgets rows that have left the store since: they expired, say. How many are left. May wait for the disk.
  std::uint64_t look_again(const core::StoreReader& store);

 private:
  void publish();

  core::Gauge& gauge_;
  core::Logger& log_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> keys_;
  std::atomic<std::uint64_t> rows_{0};
};

}  // namespace wissel::transport
