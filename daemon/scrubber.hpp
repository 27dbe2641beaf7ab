#pragma once
// Reads every table of the store once a period and verifies it, in the background and at a bounded rate.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/logger.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "index/rocks_store.hpp"

namespace wissel::daemon {

/// How scrubbing stands, for metrics, readiness and wisselctl.
struct ScrubFigures {
  bool running = false;
  std::uint64_t done_bytes = 0;   ///< of the one that runs
  std::uint64_t total_bytes = 0;  ///< of the one that runs
  core::Instant last_success{};   ///< the end of the last that read everything and found no damage; epoch: never
  std::chrono::duration<double> duration{};  ///< of the last that read everything
  std::uint64_t bytes = 0;                   ///< likewise
  std::vector<index::DamagedTable> damaged;  ///< found by the last that read everything
};

/// Thread safety: all members may be called at the same time.
class Scrubber {
 public:
  using Clock = std::function<core::Instant()>;
  using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

  /// The first run begins a tenth of the period after the start, ten minutes at most. All references outlive it.
  Scrubber(const index::RocksStore& store, std::chrono::milliseconds period, Clock now, core::Logger& logger);
  /// As stop().
  ~Scrubber();
  Scrubber(const Scrubber&) = delete;
  Scrubber& operator=(const Scrubber&) = delete;

  void start();
  /// Ends what runs. May be called twice.
  void stop();

  /// Now, on this thread, and faster than in the background. Errors: kConflict while another runs; kUnavailable when it
  /// was ended, or the store is away. Damage is no error: it is in the report. `progress` may throw.
  core::Result<index::ScrubReport> run_now(const Progress& progress);

  [[nodiscard]] ScrubFigures figures() const;

 private:
  void run();
  core::Result<index::ScrubReport> scrub(std::uint64_t bytes_per_second, const Progress& progress);
  [[nodiscard]] std::uint64_t background_rate() const;
  bool wait(std::chrono::nanoseconds time);
  void conclude(const core::Result<index::ScrubReport>& report, std::chrono::duration<double> took);

  const index::RocksStore& store_;
  const std::chrono::milliseconds period_;
  const Clock now_;
  core::Logger& logger_;
  std::mutex one_at_a_time_;
  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  ScrubFigures figures_;
  std::thread thread_;
};

}  // namespace wissel::daemon
