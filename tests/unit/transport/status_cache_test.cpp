#include "transport/pull/status_cache.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/fakes/recording_metrics.hpp"

namespace wissel::transport {
namespace {

using namespace std::chrono_literals;

const Deadline kStart{100s};
const core::Uuid kAgreement = core::Uuid::parse("01900000-0000-7000-8000-000000000001").value();
const core::Uuid kOther = core::Uuid::parse("01900000-0000-7000-8000-000000000002").value();
constexpr const char* kCount = "wissel_kept_statuses";
constexpr const char* kBytes = "wissel_kept_statuses_bytes";

StatusCache::Question question(std::uint8_t number) {
  StatusCache::Question out{};
  out[0] = number;
  return out;
}

/// What a filter gives of a zaak with so long a title.
core::Disclosed shown(std::size_t title = 3) {
  core::Agreement agreement;
  agreement.max_vertrouwelijkheid = core::Vertrouwelijkheid::kZeerGeheim;
  const auto answer = R"({"zaken":[{"zaak":{"identificatie":"Z-1","bronorganisatie":"00000099000000002000",)"
                      R"("zaaktype":{"omschrijving":"Vergunning"},"titel":")" +
                      std::string(title, 't') +
                      R"("},"status":{"omschrijving":"Bezig","statusgroep":"in_behandeling",)"
                      R"("gezetOp":"2026-03-02T09:15:00Z"}}]})";
  return core::StatusFilter(agreement).zaken(core::HolderAnswer::parse(core::Undisclosed(answer)).value(), {}).text;
}

struct StatusCacheTest : testing::Test {
  void keep(std::uint8_t number, Deadline asked = kStart, std::chrono::seconds term = 60s,
            const core::Uuid& agreement = kAgreement) {
    cache.keep(question(number), {agreement, 1, asked + term}, {shown(), 1, {}, asked});
  }

  fakes::RecordingMetrics metrics;
  StatusCache cache{64UL * 1024, metrics};
};

TEST_F(StatusCacheTest, GivesWhatIsYoungEnoughAndWithinItsTerm) {
  keep(1);
  const auto kept = cache.find(question(1), 10s, kStart + 10s);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->zaken.view(), shown().view());
  EXPECT_FALSE(cache.find(question(2), 10s, kStart)) << "another question";
  EXPECT_FALSE(cache.find(question(1), 10s, kStart + 10'001ms)) << "too old for who asks";
  EXPECT_TRUE(cache.find(question(1), 3600s, kStart + 59s));
  EXPECT_FALSE(cache.find(question(1), 3600s, kStart + 60s)) << "too old for the agreement";
}

TEST_F(StatusCacheTest, TheLaterAnswerStays) {
  keep(1, kStart + 5s);
  keep(1, kStart);
  EXPECT_TRUE(cache.find(question(1), 1s, kStart + 6s));
  keep(1, kStart + 7s);
  EXPECT_TRUE(cache.find(question(1), 1s, kStart + 8s));
  EXPECT_EQ(metrics.value(kCount), 1);
}

TEST_F(StatusCacheTest, ForgetsWhatRanOut) {
  keep(1, kStart, 60s);
  keep(2, kStart, 20s);
  EXPECT_EQ(cache.drop_expired(kStart + 20s), kStart + 60s);
  EXPECT_EQ(metrics.value(kCount), 1);
  EXPECT_EQ(cache.drop_expired(kStart + 60s), std::nullopt);
  EXPECT_EQ(metrics.value(kCount), 0);
  EXPECT_EQ(metrics.value(kBytes), 0);
}

TEST_F(StatusCacheTest, ForgetsWhatNoLongerHolds) {
  keep(1);
  keep(2, kStart, 60s, kOther);
  cache.drop_unless([](const core::Uuid& id, std::uint64_t versie) { return id == kOther && versie == 1; });
  EXPECT_FALSE(cache.find(question(1), 60s, kStart));
  EXPECT_TRUE(cache.find(question(2), 60s, kStart));
}

TEST_F(StatusCacheTest, TheOldestMakeRoom) {
  for (std::uint8_t i = 0; i < 255; ++i) keep(i);
  EXPECT_FALSE(cache.find(question(0), 60s, kStart));
  EXPECT_TRUE(cache.find(question(254), 60s, kStart));
  EXPECT_LE(metrics.value(kBytes), 64 * 1024);
  EXPECT_GT(metrics.value(kBytes), 32 * 1024);
}

TEST_F(StatusCacheTest, WhatIsLargerThanAllTheRoomIsNotKeptNorAnythingPutOutForIt) {
  keep(1);
  StatusCache small(static_cast<std::size_t>(metrics.value(kBytes)), metrics);  // just that much
  small.keep(question(1), {kAgreement, 1, kStart + 60s}, {shown(), 1, {}, kStart});
  small.keep(question(2), {kAgreement, 1, kStart + 60s}, {shown(4), 1, {}, kStart});
  EXPECT_FALSE(small.find(question(2), 60s, kStart));
  EXPECT_TRUE(small.find(question(1), 60s, kStart));
}

TEST_F(StatusCacheTest, TellsWhenSomethingRunsOutBeforeAllElse) {
  int told = 0;
  cache.on_earlier([&] { ++told; });
  keep(1, kStart, 60s);
  EXPECT_EQ(told, 1);
  keep(2, kStart, 70s);
  EXPECT_EQ(told, 1);
  keep(3, kStart, 10s);
  EXPECT_EQ(told, 2);
}

TEST(StatusCache, WithoutRoomItKeepsNothing) {
  fakes::RecordingMetrics metrics;
  StatusCache cache(0, metrics);
  EXPECT_FALSE(cache.keeps_any());
  cache.keep(question(1), {kAgreement, 1, kStart + 60s}, {shown(), 1, {}, kStart});
  EXPECT_FALSE(cache.find(question(1), 60s, kStart));
}

}  // namespace
}  // namespace wissel::transport
