#include "bench/load/schedule.hpp"

#include <gtest/gtest.h>

namespace wissel::load {
namespace {

using namespace std::chrono_literals;

const Clock::time_point kStart{1'000s};

TEST(Schedule, AtAFixedRateDueTimesDoNotFollowTheAnswers) {
  Schedule schedule({.rate = 100, .warm_up = 0ms, .duration = 10s, .requests = {}});
  schedule.begin(kStart);
  // Asked for late, after a stall of five seconds: due when it would have been.
  for (int i = 0; i < 50; ++i) {
    const auto ticket = schedule.next(kStart + 5s);
    ASSERT_TRUE(ticket.has_value());
    EXPECT_EQ(ticket->due, kStart + i * 10ms);
  }
}

TEST(Schedule, AtTheHighestRateARequestIsDueWhenAskedFor) {
  Schedule schedule({.rate = {}, .warm_up = 0ms, .duration = 10s, .requests = {}});
  schedule.begin(kStart);
  EXPECT_EQ(schedule.next(kStart + 3s)->due, kStart + 3s);
}

TEST(Schedule, DoesNotCountTheWarmUp) {
  Schedule schedule({.rate = {}, .warm_up = 2s, .duration = 10s, .requests = {}});
  schedule.begin(kStart);
  EXPECT_FALSE(schedule.next(kStart + 1s)->counted);
  EXPECT_TRUE(schedule.next(kStart + 2s)->counted);
  EXPECT_EQ(schedule.counted_from(), kStart + 2s);
}

TEST(Schedule, EndsAfterItsTime) {
  Schedule schedule({.rate = 1, .warm_up = 1s, .duration = 2s, .requests = {}});
  schedule.begin(kStart);
  int tickets = 0;
  while (schedule.next(kStart)) ++tickets;
  EXPECT_EQ(tickets, 3);
  EXPECT_EQ(schedule.end(), kStart + 3s);
}

TEST(Schedule, EndsAfterSoManyCounted) {
  Schedule schedule({.rate = {}, .warm_up = 1s, .duration = 1s, .requests = 3});
  schedule.begin(kStart);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(schedule.next(kStart).has_value());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(schedule.next(kStart + 9s)->counted);
  EXPECT_FALSE(schedule.next(kStart + 9s).has_value());
}

TEST(Schedule, EndsWhenStopped) {
  Schedule schedule({.rate = {}, .warm_up = 0s, .duration = 10s, .requests = {}});
  schedule.begin(kStart);
  schedule.stop();
  EXPECT_FALSE(schedule.next(kStart).has_value());
}

}  // namespace
}  // namespace wissel::load
