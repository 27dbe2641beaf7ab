#pragma once
// When the next request is due, and which requests count.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace wissel::load {

using Clock = std::chrono::steady_clock;

struct Pace {
  /// Requests a second over all connections; nothing: as fast as answers come.
  std::optional<double> rate;
  std::chrono::milliseconds warm_up{2'000};
  std::chrono::milliseconds duration{10'000};  ///< of what is counted
  /// Ends after so many counted requests instead.
  std::optional<std::uint64_t> requests;
};

/// At a fixed rate request k is due at start + k / rate, whatever the answers do: whoever is free takes the next one,
/// late if all were busy, and its latency counts from when it was due. So a daemon that stalls is charged with every
/// request that should have been sent meanwhile (no coordinated omission).
/// Thread safety: next() and stop() may be called at the same time, begin() before both.
class Schedule {
 public:
  struct Ticket {
    std::uint64_t number = 0;
    Clock::time_point due;
    bool counted = false;  ///< not of the warm-up
  };

  explicit Schedule(const Pace& pace) : pace_(pace) {}

  void begin(Clock::time_point start);
  /// Nothing when the run is over.
  [[nodiscard]] std::optional<Ticket> next(Clock::time_point now);
  void stop() noexcept { stopped_ = true; }

  [[nodiscard]] bool stopped() const noexcept { return stopped_; }
  [[nodiscard]] Clock::time_point counted_from() const noexcept { return start_ + pace_.warm_up; }
  /// The latest moment at which a request is due.
  [[nodiscard]] Clock::time_point end() const noexcept;

 private:
  const Pace pace_;
  Clock::time_point start_;
  std::atomic<std::uint64_t> numbers_{0};
  std::atomic<std::uint64_t> counted_{0};
  std::atomic<bool> stopped_{false};
};

}  // namespace wissel::load
