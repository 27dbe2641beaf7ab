#include "index/read_alarm.hpp"

#include <gtest/gtest.h>

#include "tests/fakes/recording_logger.hpp"

namespace wissel::index {
namespace {

using core::Errc;
using core::fail;

class ReadAlarmTest : public testing::Test {
 protected:
  fakes::RecordingLogger logger;
  ReadAlarm alarm{logger};
};

TEST_F(ReadAlarmTest, AGoodReadSaysNothing) {
  EXPECT_EQ(alarm.heard(core::Result<int>(7)).value(), 7);
  EXPECT_EQ(alarm.count(), 0U);
}

TEST_F(ReadAlarmTest, AReadThatWouldWaitIsNoFailure) {
  EXPECT_FALSE(alarm.heard(core::Result<int>(fail(Errc::kWouldBlock, "not in memory"))));
  EXPECT_EQ(alarm.count(), 0U);
}

TEST_F(ReadAlarmTest, FailuresAreAllCountedAndSaidOnceAtATime) {
  for (int i = 0; i < 5; ++i) {
    const auto read = alarm.heard(core::Result<int>(fail(Errc::kUnavailable, "IO error: 000012.sst")));
    EXPECT_EQ(read.error().code, Errc::kUnavailable);
  }
  EXPECT_EQ(alarm.count(), 5U);
  EXPECT_EQ(logger.lines().size(), 1U);
  EXPECT_TRUE(logger.has("000012.sst"));
}

}  // namespace
}  // namespace wissel::index
