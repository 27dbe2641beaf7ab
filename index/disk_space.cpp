#include "index/disk_space.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace wissel::index {

core::Result<DiskSpace> disk_space(const std::string& dir) {
  struct statvfs figures{};
  if (::statvfs(dir.c_str(), &figures) != 0) {
    return core::fail(core::Errc::kUnavailable, "free space of " + dir + ": " + std::generic_category().message(errno));
  }
  const std::uint64_t block = figures.f_frsize;
  return DiskSpace{.total_bytes = block * figures.f_blocks, .free_bytes = block * figures.f_bavail};
}

std::string_view to_string(DiskLevel level) noexcept {
  switch (level) {
    case DiskLevel::kOk:
      return "ok";
    case DiskLevel::kWarn:
      return "warn";
    case DiskLevel::kRestrict:
      return "restrict";
    case DiskLevel::kStop:
      return "stop";
  }
  return "unknown";
}

core::Result<void> check(const WatermarkLimits& limits) {
  if (limits.restrict_free_bytes > limits.warn_free_bytes) {
    return core::fail(core::Errc::kInvalidInput, "the restrict watermark asks for more free space than the warn one");
  }
  if (limits.stop_free_bytes > limits.restrict_free_bytes) {
    return core::fail(core::Errc::kInvalidInput, "the stop watermark asks for more free space than the restrict one");
  }
  return {};
}

DiskLevel Watermarks::level_for(std::uint64_t free_bytes) const noexcept {
  if (free_bytes < limits_.stop_free_bytes) return DiskLevel::kStop;
  if (free_bytes < limits_.restrict_free_bytes) return DiskLevel::kRestrict;
  if (free_bytes < limits_.warn_free_bytes) return DiskLevel::kWarn;
  return DiskLevel::kOk;
}

DiskLevel Watermarks::update(const DiskSpace& space) noexcept {
  const auto now = level_for(space.free_bytes);
  if (now >= level_) {
    level_ = now;
    return level_;
  }
  // Judged as if the margin were already used: the level falls only as far as that allows.
  const auto without_margin = space.free_bytes - std::min(space.free_bytes, limits_.margin_bytes);
  level_ = std::min(level_, level_for(without_margin));
  return level_;
}

}  // namespace wissel::index
