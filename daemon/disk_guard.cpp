#include "daemon/disk_guard.hpp"

namespace wissel::daemon {
namespace {

constexpr std::chrono::milliseconds kLookEvery{250};

/// What adds to the store for good; the rest only adds its log records, for which a reserve is kept.
bool adds(const core::Effect& effect) {
  return std::holds_alternative<core::SetReference>(effect) || std::holds_alternative<core::BulkReferences>(effect) ||
         std::holds_alternative<core::BeginSync>(effect) || std::holds_alternative<core::SyncLines>(effect) ||
         std::holds_alternative<core::AcceptMessages>(effect);
}

}  // namespace

DiskGuard::DiskGuard(core::Sequencer& inner, index::WatermarkLimits limits, Measure measure, core::Logger& log,
                     Clock clock)
    : inner_(inner), measure_(std::move(measure)), log_(log), clock_(std::move(clock)), watermarks_(limits) {}

index::DiskLevel DiskGuard::level() {
  const std::scoped_lock lock(mutex_);
  const auto now = clock_();
  if (!ever_looked_ || now - looked_ >= kLookEvery) {
    ever_looked_ = true;
    looked_ = now;
    if (auto space = measure_()) {
      space_ = *space;
      const auto before = watermarks_.level();
      watermarks_.update(space_);
      if (watermarks_.level() != before) tell(watermarks_.level());
    }
  }
  return watermarks_.level();
}

void DiskGuard::tell(index::DiskLevel now) {
  const core::LogField free{"free_bytes", space_.free_bytes};
  switch (now) {
    case index::DiskLevel::kOk:
      log_.info("disk has room again", {free});
      break;
    case index::DiskLevel::kWarn:
      log_.warn("disk fills up", {free, {"below", "store.watermark_warn"}});
      break;
    case index::DiskLevel::kRestrict:
      log_.error("disk is nearly full: no new references, messages and uploads",
                 {free, {"below", "store.watermark_restrict"}});
      break;
    case index::DiskLevel::kStop:
      log_.error("disk is full: no access is answered", {free, {"below", "store.watermark_stop"}});
      break;
  }
}

index::DiskSpace DiskGuard::space() const {
  const std::scoped_lock lock(mutex_);
  return space_;
}

core::Result<void> DiskGuard::submit(core::Submission submission) {
  const auto now = level();
  if (now == index::DiskLevel::kStop) {
    return core::fail(core::Errc::kUnavailable, "full: free space is below store.watermark_stop");
  }
  if (now == index::DiskLevel::kRestrict && adds(submission.command.effect)) {
    return core::fail(core::Errc::kUnavailable, "full: free space is below store.watermark_restrict");
  }
  return inner_.submit(std::move(submission));
}

}  // namespace wissel::daemon
