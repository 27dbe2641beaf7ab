#pragma once
// What the machine says about itself: CPU time, memory, and how long the disk takes to make bytes durable.
#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "bench/load/histogram.hpp"

namespace wissel::load {

/// User and system time of all threads of a process, from the text of /proc/PID/stat, in clock ticks.
[[nodiscard]] std::optional<std::uint64_t> ticks_of_process(std::string_view stat);
/// Time that all processors together were busy, from the text of /proc/stat, in clock ticks.
[[nodiscard]] std::optional<std::uint64_t> ticks_of_machine(std::string_view stat);

struct CpuSample {
  std::chrono::duration<double> daemon{};  ///< with its children, as nginx has them
  std::chrono::duration<double> driver{};
  std::chrono::duration<double> machine{};
};
/// Nothing when the process is not there. Resolution: a clock tick, mostly 10 ms.
[[nodiscard]] std::optional<CpuSample> sample_cpu(int daemon);
/// Resident memory in bytes, without children.
[[nodiscard]] std::optional<std::uint64_t> resident_bytes(int process);
[[nodiscard]] unsigned processors() noexcept;

/// Appends 4 KiB and waits for fdatasync, up to 500 times or 3 s, in a file of its own that it removes.
[[nodiscard]] std::expected<Histogram, std::string> measure_fdatasync(const std::filesystem::path& directory);

}  // namespace wissel::load
