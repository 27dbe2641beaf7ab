#pragma once
// Circuit breakers: whom not to call because calls to it keep failing.
#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <utility>

#include "core/identity/oin.hpp"
#include "transport/asio.hpp"

namespace wissel::transport {

struct BreakerSettings {
  unsigned failures = 5;                      ///< in a row, after which it opens
  std::chrono::milliseconds open_for{5'000};  ///< until one call may try again
};

/// Closed: calls go. Open: none do. Half-open: one does, and how it ends decides. Plain arithmetic over times passed
/// in. Thread safety: none.
class Breaker {
 public:
  enum class State { kClosed, kOpen, kHalfOpen };

  explicit Breaker(const BreakerSettings& settings) : settings_(settings) {}

  /// Whether a call may be made. When true, tell how it ended with exactly one of the next three.
  [[nodiscard]] bool try_begin(Deadline now);
  void succeeded();
  void failed(Deadline now);
  /// The call says nothing about the other side.
  void abandoned(Deadline now);

  [[nodiscard]] State state() const noexcept { return state_; }
  /// While it is open: when one call may try again.
  [[nodiscard]] Deadline open_until() const noexcept { return open_until_; }
  /// As new: nothing is lost when it is forgotten.
  [[nodiscard]] bool idle() const noexcept { return state_ == State::kClosed && failures_ == 0; }

 private:
  void open(Deadline now);

  BreakerSettings settings_;
  State state_ = State::kClosed;
  unsigned failures_ = 0;
  Deadline open_until_{};
};

/// How a call ended, as its breaker is told.
enum class CallEnd { kSucceeded, kFailed, kAbandoned };

/// A breaker for each caller and holder: what one caller's haste or bad luck brings about touches no other caller, and
/// tells it nothing. Kept only while there is something to remember.
/// Thread safety: all members may be called at the same time.
class Breakers {
 public:
  explicit Breakers(const BreakerSettings& settings) : settings_(settings) {}

  /// When true, tell how the call ended with end().
  [[nodiscard]] bool try_begin(const core::Oin& caller, const core::Oin& holder, Deadline now);
  void end(const core::Oin& caller, const core::Oin& holder, CallEnd how, Deadline now);
  /// Breakers that are not closed.
  [[nodiscard]] std::size_t open() const;

 private:
  BreakerSettings settings_;
  mutable std::mutex mutex_;
  std::map<std::pair<core::Oin, core::Oin>, Breaker> all_;
};

}  // namespace wissel::transport
