#include "config/reload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wissel::config {
namespace {

TEST(ReloadDiff, IsEmptyForEqualSettings) { EXPECT_TRUE(diff_for_reload({}, {}).empty()); }

TEST(ReloadDiff, SortsKeysByWhatTheirChangeTakes) {
  Settings after;
  after.logging.level = core::LogLevel::kDebug;
  after.partners.certificate = "/new.crt";
  after.data_dir = "/elsewhere";
  const auto diff = diff_for_reload({}, after);
  EXPECT_THAT(diff.at_once, testing::ElementsAre("partners.certificate", "logging.level"));
  EXPECT_THAT(diff.restart, testing::ElementsAre("data_dir"));
}

TEST(ReloadDiff, MergingTakesOnlyWhatAppliesAtOnce) {
  Settings after;
  after.logging.level = core::LogLevel::kDebug;
  after.data_dir = "/elsewhere";
  const auto merged = merge_for_reload({}, after);
  EXPECT_EQ(merged.logging.level, core::LogLevel::kDebug);
  EXPECT_EQ(merged.data_dir, Settings{}.data_dir);
}

}  // namespace
}  // namespace wissel::config
