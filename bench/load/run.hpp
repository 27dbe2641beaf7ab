#pragma once
// One run: connections, threads, samples of CPU time at both ends of what is counted.
#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/machine.hpp"
#include "bench/load/mix.hpp"
#include "bench/load/network.hpp"
#include "bench/load/schedule.hpp"
#include "bench/load/tally.hpp"

namespace wissel::load {

struct RunOptions {
  std::size_t connections = 64;
  std::size_t threads = 1;
  Pace pace;
  std::chrono::milliseconds timeout{10'000};
  std::uint64_t seed = 1;
  /// Nothing is asked: the connections are made, held for the pace's duration, and their cost is sampled.
  bool idle = false;
};

struct RunResult {
  Tally tally;
  std::chrono::duration<double> took{};  ///< between the two samples
  std::uint64_t completed = 0;           ///< answers and failures between the two samples
  std::optional<CpuSample> cpu;          ///< spent between the two samples; nothing when the daemon is not there
  std::optional<std::uint64_t> resident_unconnected;  ///< before the first connection
  std::optional<std::uint64_t> resident_before;
  std::optional<std::uint64_t> resident_after;
  std::size_t standing = 0;  ///< connections at the end of an idle run
};

/// Called about once a second with the time since the first request and the number of answers so far.
using Progress = std::function<void(std::chrono::duration<double>, std::uint64_t)>;

/// Blocks until the run is over. `interrupted` ends it early; what was counted stands. The error says why no run could
/// begin.
[[nodiscard]] std::expected<RunResult, std::string> run(const Network& network, const std::vector<std::string>& persons,
                                                        const Mix& mix, const RunOptions& options,
                                                        const std::atomic<bool>& interrupted, const Progress& progress);

}  // namespace wissel::load
