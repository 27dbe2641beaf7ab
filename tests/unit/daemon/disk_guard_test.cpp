// The disk guard says in the log when the disk fills, once for each change.
#include "daemon/disk_guard.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/recording_logger.hpp"

namespace wissel::daemon {
namespace {

class Nowhere final : public core::Sequencer {
 public:
  core::Result<void> submit(core::Submission) override { return {}; }
};

TEST(DiskGuard, TellsEachChangeOfLevelOnce) {
  Nowhere inner;
  fakes::RecordingLogger log;
  index::DiskSpace space;
  space.free_bytes = 1000;
  auto now = std::chrono::steady_clock::time_point{};
  DiskGuard guard(inner, {300, 200, 100, 10}, [&] { return space; }, log, [&] { return now; });
  const auto look = [&](std::uint64_t free_bytes) {
    space.free_bytes = free_bytes;
    now += std::chrono::seconds(1);
    return guard.level();
  };
  EXPECT_EQ(look(1000), index::DiskLevel::kOk);
  EXPECT_TRUE(log.lines().empty());
  EXPECT_EQ(look(250), index::DiskLevel::kWarn);
  EXPECT_EQ(look(240), index::DiskLevel::kWarn);
  EXPECT_EQ(look(50), index::DiskLevel::kStop);
  EXPECT_EQ(look(1000), index::DiskLevel::kOk);
  const auto lines = log.lines();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].level, core::LogLevel::kWarn);
  EXPECT_EQ(lines[1].level, core::LogLevel::kError);
  EXPECT_EQ(lines[1].text, "disk is full: no access is answered free_bytes=50 below=store.watermark_stop");
  EXPECT_EQ(lines[2].level, core::LogLevel::kInfo);
}

}  // namespace
}  // namespace wissel::daemon
