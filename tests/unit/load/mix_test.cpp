#include "bench/load/mix.hpp"

#include <gtest/gtest.h>

namespace wissel::load {
namespace {

TEST(MixParse, ReadsWeightsOfTheKindsNamed) {
  const auto mix = Mix::parse("search=90,push=5,pull=3,register=2");
  ASSERT_TRUE(mix.has_value()) << mix.error();
  EXPECT_EQ(mix->weight(Kind::kSearch), 90U);
  EXPECT_EQ(mix->weight(Kind::kPush), 5U);
  EXPECT_EQ(mix->weight(Kind::kPull), 3U);
  EXPECT_EQ(mix->weight(Kind::kRegister), 2U);
}

TEST(MixParse, KnowsGetAndHandshakes) {
  const auto mix = Mix::parse("get=1,handshake=2,resume=3");
  ASSERT_TRUE(mix.has_value()) << mix.error();
  EXPECT_EQ(mix->weight(Kind::kGet), 1U);
  EXPECT_EQ(mix->weight(Kind::kHandshake), 2U);
  EXPECT_EQ(mix->weight(Kind::kResume), 3U);
}

struct Bad {
  const char* name;
  const char* text;
};
class MixParseRefuses : public testing::TestWithParam<Bad> {};

TEST_P(MixParseRefuses, WhatIsNoMix) { EXPECT_FALSE(Mix::parse(GetParam().text).has_value()); }

INSTANTIATE_TEST_SUITE_P(Texts, MixParseRefuses,
                         testing::Values(Bad{"Empty", ""}, Bad{"UnknownKind", "find=1"}, Bad{"NoWeight", "search"},
                                         Bad{"EmptyWeight", "search="}, Bad{"Negative", "search=-1"},
                                         Bad{"Fraction", "search=1.5"}, Bad{"TooLarge", "search=1000001"},
                                         Bad{"Overflow", "search=99999999999"}, Bad{"Twice", "search=1,search=2"},
                                         Bad{"AllZero", "search=0,push=0"}, Bad{"TrailingComma", "search=1,"}),
                         [](const auto& param) { return param.param.name; });

TEST(MixPick, FollowsTheWeights) {
  const auto mix = Mix::parse("search=90,push=5,pull=3,register=2");
  std::array<int, kKindCount> seen{};
  for (std::uint64_t i = 0; i < 100'000; ++i) ++seen[static_cast<std::size_t>(mix->pick(scrambled(i)))];
  EXPECT_NEAR(seen[0], 90'000, 500);
  EXPECT_NEAR(seen[1], 5'000, 300);
  EXPECT_NEAR(seen[2], 3'000, 300);
  EXPECT_NEAR(seen[3], 2'000, 300);
}

TEST(MixPick, NeverTakesAKindWithoutWeight) {
  const auto mix = Mix::parse("search=0,pull=1");
  for (std::uint64_t i = 0; i < 1'000; ++i) EXPECT_EQ(mix->pick(scrambled(i)), Kind::kPull);
}

}  // namespace
}  // namespace wissel::load
