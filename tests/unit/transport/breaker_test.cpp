#include "transport/pull/breaker.hpp"

#include <gtest/gtest.h>

namespace wissel::transport {
namespace {

using namespace std::chrono_literals;

constexpr BreakerSettings kSettings{.failures = 3, .open_for = 1'000ms};
const Deadline kStart{100s};

void fail(Breaker& breaker, unsigned times, Deadline at) {
  for (unsigned i = 0; i < times; ++i) {
    ASSERT_TRUE(breaker.try_begin(at));
    breaker.failed(at);
  }
}

TEST(Breaker, OpensAfterFailuresInARow) {
  Breaker breaker(kSettings);
  fail(breaker, 2, kStart);
  EXPECT_TRUE(breaker.try_begin(kStart));
  breaker.succeeded();
  fail(breaker, 3, kStart);
  EXPECT_EQ(breaker.state(), Breaker::State::kOpen);
  EXPECT_FALSE(breaker.try_begin(kStart + 999ms));
}

TEST(Breaker, LetsOneProbeThroughWhenItsTimeHasPassed) {
  Breaker breaker(kSettings);
  fail(breaker, 3, kStart);
  EXPECT_TRUE(breaker.try_begin(kStart + 1s));
  EXPECT_FALSE(breaker.try_begin(kStart + 1s)) << "a second call while the probe is out";
  breaker.succeeded();
  EXPECT_TRUE(breaker.idle());
  EXPECT_TRUE(breaker.try_begin(kStart + 1s));
}

TEST(Breaker, OpensAgainWhenTheProbeFails) {
  Breaker breaker(kSettings);
  fail(breaker, 3, kStart);
  ASSERT_TRUE(breaker.try_begin(kStart + 1s));
  breaker.failed(kStart + 1s);
  EXPECT_FALSE(breaker.try_begin(kStart + 1'999ms));
  EXPECT_TRUE(breaker.try_begin(kStart + 2s));
}

TEST(Breaker, AProbeThatSaysNothingMakesRoomForTheNext) {
  Breaker breaker(kSettings);
  fail(breaker, 3, kStart);
  ASSERT_TRUE(breaker.try_begin(kStart + 1s));
  breaker.abandoned(kStart + 1s);
  EXPECT_TRUE(breaker.try_begin(kStart + 1s));
}

TEST(Breaker, CallsThatEndAfterItOpenedDoNotKeepItOpen) {
  Breaker breaker(kSettings);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(breaker.try_begin(kStart));
  for (int i = 0; i < 3; ++i) breaker.failed(kStart);
  breaker.failed(kStart + 900ms);
  breaker.failed(kStart + 900ms);
  EXPECT_TRUE(breaker.try_begin(kStart + 1s));
}

TEST(Breakers, KeepCallersApartAndForgetWhatIsClosed) {
  const auto a = core::Oin::parse("00000099000000002000").value();
  const auto b = core::Oin::parse("00000099000000003000").value();
  Breakers breakers(kSettings);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(breakers.try_begin(a, b, kStart));
    breakers.end(a, b, CallEnd::kFailed, kStart);
  }
  EXPECT_FALSE(breakers.try_begin(a, b, kStart));
  EXPECT_TRUE(breakers.try_begin(b, b, kStart));
  EXPECT_EQ(breakers.open(), 1U);
  ASSERT_TRUE(breakers.try_begin(a, b, kStart + 1s));
  breakers.end(a, b, CallEnd::kSucceeded, kStart + 1s);
  EXPECT_EQ(breakers.open(), 0U);
}

}  // namespace
}  // namespace wissel::transport
