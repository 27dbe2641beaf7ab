#pragma once
// Refuses work while the disk is (nearly) full, before it reaches the committer (design: disk watermarks).
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>

#include "core/logger.hpp"
#include "core/state/sequencer.hpp"
#include "index/disk_space.hpp"

namespace wissel::daemon {

/// Thread safety: all members may be called at the same time. An idle daemon asks nothing: the disk is looked at with
/// the commands that come, at most four times a second.
class DiskGuard final : public core::Sequencer {
 public:
  using Measure = std::function<core::Result<index::DiskSpace>()>;
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  /// `inner` and `log` outlive it. The log says when the level changes.
  DiskGuard(core::Sequencer& inner, index::WatermarkLimits limits, Measure measure, core::Logger& log,
            Clock clock = &std::chrono::steady_clock::now);

  /// Errors: kUnavailable with a detail that begins with "full" below the watermark that counts for this command:
  /// new references, messages and uploads stop first, every access last.
  core::Result<void> submit(core::Submission submission) override;

  /// Looks anew when the last look is old enough.
  index::DiskLevel level();
  [[nodiscard]] index::DiskSpace space() const;

 private:
  void tell(index::DiskLevel now);

  core::Sequencer& inner_;
  const Measure measure_;
  core::Logger& log_;
  const Clock clock_;
  mutable std::mutex mutex_;
  index::Watermarks watermarks_;
  index::DiskSpace space_;
  std::chrono::steady_clock::time_point looked_{};
  bool ever_looked_ = false;
};

}  // namespace wissel::daemon
