#include "bench/load/histogram.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace wissel::load {
namespace {

TEST(Histogram, IsEmptyAtFirst) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.max(), 0U);
  EXPECT_EQ(histogram.percentile(99), 0U);
  EXPECT_EQ(histogram.mean(), 0);
}

TEST(Histogram, KeepsSmallValuesExactly) {
  for (std::uint64_t value = 0; value < 256; ++value) {
    Histogram histogram;
    histogram.record(value);
    histogram.record(1'000'000);  // so that the bucket is not cut by the maximum
    EXPECT_EQ(histogram.percentile(50), value);
  }
}

TEST(Histogram, IsWithinOnePercentAtEverySize) {
  for (std::uint64_t value = 1; value < std::uint64_t{1} << 62; value = value * 5 / 3 + 1) {
    Histogram histogram;
    histogram.record(value);
    histogram.record(std::numeric_limits<std::uint64_t>::max());
    const auto found = histogram.percentile(50);
    EXPECT_GE(found, value);
    EXPECT_LE(static_cast<double>(found), static_cast<double>(value) * 1.01);
  }
}

TEST(Histogram, HasItsEdgesWherePowersOfTwoMeet) {
  for (unsigned power = 1; power < 63; ++power) {
    const std::uint64_t edge = std::uint64_t{1} << power;
    Histogram histogram;
    histogram.record(edge - 1);
    histogram.record(edge);
    EXPECT_EQ(histogram.percentile(50), edge - 1) << power;
    EXPECT_EQ(histogram.percentile(100), edge) << power;
  }
}

TEST(Histogram, TakesTheLargestValue) {
  Histogram histogram;
  histogram.record(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(histogram.percentile(100), std::numeric_limits<std::uint64_t>::max());
}

TEST(Histogram, GivesPercentilesByRank) {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 200; ++value) histogram.record(value);
  EXPECT_EQ(histogram.percentile(0), 1U);
  EXPECT_EQ(histogram.percentile(50), 100U);
  EXPECT_EQ(histogram.percentile(99), 198U);
  EXPECT_EQ(histogram.percentile(99.5), 199U);
  EXPECT_EQ(histogram.percentile(100), 200U);
  EXPECT_EQ(histogram.max(), 200U);
  EXPECT_DOUBLE_EQ(histogram.mean(), 100.5);
}

TEST(Histogram, NeverNamesMoreThanTheMaximum) {
  Histogram histogram;
  histogram.record(1'000'003);
  EXPECT_EQ(histogram.percentile(50), 1'000'003U);
}

TEST(Histogram, MergesAsIfRecordedInOne) {
  Histogram all;
  Histogram even;
  Histogram odd;
  for (std::uint64_t value = 1; value < 100'000; value += 7) {
    all.record(value);
    (value % 2 == 0 ? even : odd).record(value);
  }
  even.merge(odd);
  EXPECT_EQ(even.count(), all.count());
  EXPECT_EQ(even.max(), all.max());
  EXPECT_DOUBLE_EQ(even.mean(), all.mean());
  for (double percent = 0; percent <= 100; percent += 0.5) EXPECT_EQ(even.percentile(percent), all.percentile(percent));
}

}  // namespace
}  // namespace wissel::load
