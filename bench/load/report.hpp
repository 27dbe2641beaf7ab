#pragma once
// What a run shows: as text for a person, as JSON for a program.
#include <optional>
#include <string>

#include "bench/load/run.hpp"

namespace wissel::load {

struct Report {
  RunOptions options;
  std::string mix;
  RunResult result;
  std::optional<Histogram> fdatasync;
};

[[nodiscard]] std::string to_text(const Report& report);
[[nodiscard]] std::string to_json(const Report& report);
/// p50, p99 and max of the disk, in µs.
[[nodiscard]] std::string fdatasync_line(const Histogram& histogram);

}  // namespace wissel::load
