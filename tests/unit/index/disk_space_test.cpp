#include "index/disk_space.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wissel::index {
namespace {

constexpr WatermarkLimits kLimits{
    .warn_free_bytes = 300, .restrict_free_bytes = 200, .stop_free_bytes = 100, .margin_bytes = 20};

struct Step {
  std::uint64_t free_bytes;
  DiskLevel level;
};

struct Case {
  const char* name;
  std::vector<Step> steps;
};

class WatermarksTable : public testing::TestWithParam<Case> {};

TEST_P(WatermarksTable, GivesTheLevels) {
  Watermarks marks(kLimits);
  for (const auto& step : GetParam().steps) {
    EXPECT_EQ(marks.update({.total_bytes = 1000, .free_bytes = step.free_bytes}), step.level) << step.free_bytes;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, WatermarksTable,
    testing::Values(
        Case{"FallsStepByStep",
             {{500, DiskLevel::kOk}, {299, DiskLevel::kWarn}, {199, DiskLevel::kRestrict}, {99, DiskLevel::kStop}}},
        Case{"ALimitItselfIsStillFine", {{300, DiskLevel::kOk}, {200, DiskLevel::kWarn}, {100, DiskLevel::kRestrict}}},
        Case{"FallsAtOnce", {{500, DiskLevel::kOk}, {0, DiskLevel::kStop}}},
        Case{"StaysWithinTheMargin",
             {{99, DiskLevel::kStop}, {101, DiskLevel::kStop}, {119, DiskLevel::kStop}, {120, DiskLevel::kRestrict}}},
        Case{"RisesOnlyAsFarAsTheMarginAllows",
             {{99, DiskLevel::kStop}, {310, DiskLevel::kWarn}, {320, DiskLevel::kOk}}},
        Case{"RisesAtOnceWhenThereIsRoom", {{0, DiskLevel::kStop}, {1000, DiskLevel::kOk}}},
        Case{"GetsWorseWithinTheMargin",
             {{299, DiskLevel::kWarn}, {310, DiskLevel::kWarn}, {150, DiskLevel::kRestrict}}}),
    [](const auto& chosen) { return std::string(chosen.param.name); });

TEST(Watermarks, AreOffWithoutLimits) {
  Watermarks marks(WatermarkLimits{});
  EXPECT_EQ(marks.update({.total_bytes = 1000, .free_bytes = 0}), DiskLevel::kOk);
}

TEST(Watermarks, RefuseLimitsOutOfOrder) {
  EXPECT_TRUE(check(kLimits));
  EXPECT_FALSE(check({.warn_free_bytes = 1, .restrict_free_bytes = 2, .stop_free_bytes = 0, .margin_bytes = 0}));
  EXPECT_FALSE(check({.warn_free_bytes = 3, .restrict_free_bytes = 1, .stop_free_bytes = 2, .margin_bytes = 0}));
}

TEST(DiskSpace, AsksTheSystem) {
  const auto space = disk_space("/");
  ASSERT_TRUE(space);
  EXPECT_GT(space->total_bytes, 0U);
  EXPECT_LE(space->free_bytes, space->total_bytes);
  const auto none = disk_space("/no/such/directory");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().detail.find("/no/such/directory"), std::string::npos);
}

}  // namespace
}  // namespace wissel::index
