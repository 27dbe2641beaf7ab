#pragma once
// A read that fails is answered with an error and touches nothing else, so it would go unseen: this says so and counts.
#include <atomic>
#include <chrono>
#include <cstdint>

#include "core/logger.hpp"
#include "core/result.hpp"

namespace wissel::index {

/// Thread safety: all members, any thread. Says one failure a second; a disk that cannot read fails many.
class ReadAlarm {
 public:
  /// `logger` outlives it.
  explicit ReadAlarm(core::Logger& logger) : logger_(logger) {}

  /// The same result. What would have to wait for the disk is no failure.
  template <class T>
  [[nodiscard]] core::Result<T> heard(core::Result<T> read) {
    if (!read && read.error().code != core::Errc::kWouldBlock) ring(read.error());
    return read;
  }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_.load(); }

 private:
  void ring(const core::Error& error);

  core::Logger& logger_;
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::chrono::steady_clock::time_point> said_{};
};

}  // namespace wissel::index
