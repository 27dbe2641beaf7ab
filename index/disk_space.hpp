#pragma once
// How much room the file system under the store has, and which of four levels that means for the daemon.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace wissel::index {

struct DiskSpace {
  std::uint64_t total_bytes = 0;
  std::uint64_t free_bytes = 0;  ///< what this user may still write, without root's reserve
};

/// Asks the operating system. Errors: kUnavailable, with the directory and the system's reason.
[[nodiscard]] core::Result<DiskSpace> disk_space(const std::string& dir);

/// In order of trouble. kWarn: tell the operator. kRestrict: no new references, messages or uploads. kStop: no access
/// at all, since its record might not fit.
enum class DiskLevel : std::uint8_t { kOk, kWarn, kRestrict, kStop };
[[nodiscard]] std::string_view to_string(DiskLevel level) noexcept;

/// Free bytes below which a level begins. Must fall from warn to stop; 0 switches a level off.
struct WatermarkLimits {
  std::uint64_t warn_free_bytes = 0;
  std::uint64_t restrict_free_bytes = 0;
  std::uint64_t stop_free_bytes = 0;
  /// A level ends only when this much more than its limit is free, so that it does not flap.
  std::uint64_t margin_bytes = 0;
};

/// Whether the limits fall in order. Errors: kInvalidInput, with the two that do not.
[[nodiscard]] core::Result<void> check(const WatermarkLimits& limits);

/// Pure: fed with figures, gives levels. Gets worse at once, better only past the margin.
/// Thread safety: none.
class Watermarks {
 public:
  explicit Watermarks(const WatermarkLimits& limits) noexcept : limits_(limits) {}

  DiskLevel update(const DiskSpace& space) noexcept;
  [[nodiscard]] DiskLevel level() const noexcept { return level_; }

 private:
  [[nodiscard]] DiskLevel level_for(std::uint64_t free_bytes) const noexcept;

  WatermarkLimits limits_;
  DiskLevel level_ = DiskLevel::kOk;
};

}  // namespace wissel::index
