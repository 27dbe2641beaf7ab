// Buckets and the brake on a clock that the test moves.
#include "core/limits/limiter.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace wissel::core {
namespace {

using std::chrono::seconds;

const Oin kParty = Oin::parse("00000099000000001000").value();
const Oin kOther = Oin::parse("00000099000000002000").value();
const Uuid kAgreement = Uuid::parse("01900000-0000-7000-8000-000000000001").value();
const Uuid kSecond = Uuid::parse("01900000-0000-7000-8000-000000000002").value();
const Uuid kBrake = Uuid::parse("01900000-0000-7000-8000-0000000000ff").value();
constexpr std::uint32_t kFloor = 100;

class LimiterTest : public testing::Test {
 protected:
  Admission::Kind use(std::uint32_t subjects, std::optional<std::uint32_t> per_minute = {}) {
    return limiter.use(kParty, kAgreement, per_minute, subjects, true, now).kind;
  }
  /// A minute in which so many are asked.
  void minute(std::uint32_t subjects) {
    ASSERT_EQ(use(subjects), Admission::Kind::kGo);
    now += seconds(60);
  }
  Brakes tripped(std::uint32_t asked) const {
    return {{kBrake, Brake{kBrake, kParty, kAgreement, from_ms(0), asked, 0, 10, kFloor, {}}}};
  }

  SteadyTime now{seconds(1'000'000'020)};  // the begin of a minute
  Limiter limiter{{.per_minute = 5, .brake = true, .factor = 10, .floor = kFloor, .learning = 4}, 7};
};

TEST_F(LimiterTest, AMinuteHoldsTheQuotaAndNoMore) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(limiter.access(kParty, {}, now).go()) << i;
  const auto over = limiter.access(kParty, {}, now);
  EXPECT_EQ(over.kind, Admission::Kind::kQuota);
  EXPECT_EQ(over.retry_after_s(), 12U) << "a fifth of a minute";
  EXPECT_TRUE(limiter.access(kOther, {}, now).go()) << "another party has its own";
}

TEST_F(LimiterTest, RetryAfterIsTrue) {
  while (limiter.access(kParty, {}, now).go()) {
  }
  now += std::chrono::milliseconds(10'500);
  const auto wait = limiter.access(kParty, {}, now).retry_after_s();
  EXPECT_EQ(wait, 2U) << "1.5 s, rounded up";
  now += seconds(wait - 1);
  EXPECT_FALSE(limiter.access(kParty, {}, now).go());
  now += seconds(1);
  EXPECT_TRUE(limiter.access(kParty, {}, now).go());
}

TEST_F(LimiterTest, TheParticipantsOwnQuotaGoesBeforeTheDefault) {
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(limiter.access(kParty, 7, now).go()) << i;
  EXPECT_FALSE(limiter.access(kParty, 7, now).go());
}

TEST_F(LimiterTest, EachSubjectCountsUnderAnAgreement) {
  EXPECT_EQ(use(6, 10), Admission::Kind::kGo);
  EXPECT_EQ(use(5, 10), Admission::Kind::kQuota) << "nothing is taken by what is refused";
  EXPECT_EQ(use(4, 10), Admission::Kind::kGo);
  EXPECT_TRUE(limiter.use(kOther, kAgreement, 10, 10, true, now).go());
  EXPECT_TRUE(limiter.use(kParty, kSecond, 10, 10, true, now).go());
  EXPECT_EQ(use(1), Admission::Kind::kGo) << "without a quota of the agreement";
}

TEST_F(LimiterTest, MoreThanAMinutesWorthNeverFits) {
  const auto over = limiter.use(kParty, kAgreement, 10, 11, true, now);
  EXPECT_EQ(over.kind, Admission::Kind::kQuota);
  EXPECT_TRUE(over.never);
  EXPECT_EQ(over.retry_after_s(), 60U);
}

TEST_F(LimiterTest, TwoThreadsTogetherGetTheQuotaOnce) {
  std::atomic<int> gone{0};
  const auto take = [&] {
    for (int i = 0; i < 50'000; ++i) gone += limiter.access(kParty, 40'000, now).go() ? 1 : 0;
  };
  std::thread other(take);
  take();
  other.join();
  EXPECT_EQ(gone, 40'000);
}

TEST_F(LimiterTest, OneOfManyThreadsTripsIt) {
  std::atomic<int> trips{0};
  std::atomic<int> gone{0};
  const auto ask = [&] {
    for (int i = 0; i < 1'000; ++i) {
      const auto kind = limiter.use(kParty, kAgreement, {}, 1, true, now).kind;
      trips += kind == Admission::Kind::kTrip ? 1 : 0;
      gone += kind == Admission::Kind::kGo ? 1 : 0;
    }
  };
  std::thread other(ask);
  ask();
  other.join();
  EXPECT_EQ(trips, 1);
  EXPECT_EQ(gone, static_cast<int>(kFloor));
}

TEST_F(LimiterTest, ThreadsLearnWhileOthersAskAndAccountsLeave) {
  Limiter busy{{.per_minute = 5, .floor = 1'000'000}, 7};
  const auto ask = [&] {
    auto at = now;
    for (int i = 0; i < 20'000; ++i) {
      at += std::chrono::milliseconds(50);
      EXPECT_TRUE(busy.use(i % 2 == 0 ? kParty : kOther, kAgreement, {}, 1, true, at).go());
    }
  };
  std::thread other(ask);
  Network nobody;
  for (int i = 0; i < 200; ++i) (void)busy.take_learnt(nobody);
  other.join();
  ask();
}

TEST_F(LimiterTest, TheFloorAloneCountsBeforeAnythingIsLearnt) {
  EXPECT_EQ(use(kFloor), Admission::Kind::kGo);
  const auto trip = limiter.use(kParty, kAgreement, {}, 1, true, now);
  EXPECT_EQ(trip.kind, Admission::Kind::kTrip);
  EXPECT_EQ(trip.asked, kFloor + 1);
  EXPECT_EQ(trip.normal, 0U);
  EXPECT_EQ(use(1), Admission::Kind::kBraked) << "one request trips it";
}

TEST_F(LimiterTest, TenTimesTheNormalTrips) {
  for (int i = 0; i < 6; ++i) minute(50);
  EXPECT_EQ(use(500), Admission::Kind::kGo);
  const auto trip = limiter.use(kParty, kAgreement, {}, 1, true, now);
  EXPECT_EQ(trip.kind, Admission::Kind::kTrip);
  EXPECT_EQ(trip.normal, 50U);
}

TEST_F(LimiterTest, MinutesWithoutRequestsDoNotCount) {
  for (int i = 0; i < 6; ++i) minute(50);
  now += std::chrono::hours(72);
  EXPECT_EQ(use(500), Admission::Kind::kGo);
}

TEST_F(LimiterTest, TheNormalFollowsAndForgets) {
  for (int i = 0; i < 4; ++i) minute(40);
  for (int i = 0; i < 30; ++i) minute(90);
  EXPECT_EQ(use(890), Admission::Kind::kGo);
}

TEST_F(LimiterTest, AnotherPartyIsNotBraked) {
  EXPECT_EQ(use(kFloor + 1), Admission::Kind::kTrip);
  EXPECT_TRUE(limiter.use(kOther, kAgreement, {}, 1, true, now).go());
  EXPECT_TRUE(limiter.use(kParty, kSecond, {}, 1, true, now).go());
  EXPECT_TRUE(limiter.use(kParty, kAgreement, {}, 1, /*braked=*/false, now).go())
      << "a subscription is not its business";
}

TEST_F(LimiterTest, ABrakeThatCouldNotBePulledIsPulledByTheNext) {
  EXPECT_EQ(use(kFloor + 1), Admission::Kind::kTrip);
  limiter.not_tripped(kParty, kAgreement);
  EXPECT_EQ(use(1), Admission::Kind::kTrip);
}

TEST_F(LimiterTest, WhatWasAskedIsNormalOnceReleased) {
  EXPECT_EQ(use(400), Admission::Kind::kTrip);
  limiter.follow(tripped(400));
  now += seconds(600);
  EXPECT_EQ(use(1), Admission::Kind::kBraked) << "time alone releases nothing";
  limiter.follow({});
  EXPECT_EQ(use(4'000), Admission::Kind::kGo) << "ten times what tripped it";
  EXPECT_EQ(use(1), Admission::Kind::kTrip);
}

TEST_F(LimiterTest, ATrippedBrakeIsTakenOverAtStart) {
  limiter.follow(tripped(400));
  EXPECT_EQ(use(1), Admission::Kind::kBraked);
}

TEST_F(LimiterTest, WithoutABrakeNothingTrips) {
  Limiter off{{.per_minute = 5, .brake = false}, 7};
  EXPECT_TRUE(off.use(kParty, kAgreement, {}, 1'000'000, true, now).go());
}

TEST_F(LimiterTest, WhatIsLearntIsGivenOnceAndTakenBack) {
  int woken = 0;
  limiter.on_work([&] { ++woken; });
  Network network;
  network.set_bootstrap({kParty});
  AgreementDossier agreement;
  agreement.id = kAgreement;
  network.put(agreement);
  for (int i = 0; i < 3; ++i) minute(50);
  EXPECT_EQ(woken, 1);
  const auto learnt = limiter.take_learnt(network);
  ASSERT_EQ(learnt.changed.size(), 1U);
  EXPECT_EQ(learnt.changed.front().subjects, 50.0F);
  EXPECT_EQ(learnt.changed.front().minutes, 2U);
  EXPECT_TRUE(limiter.take_learnt(network).changed.empty());

  Limiter next{limiter.settings(), 8};
  next.restore(learnt.changed);
  EXPECT_TRUE(next.use(kParty, kAgreement, {}, 500, true, now).go());
  EXPECT_EQ(next.use(kParty, kAgreement, {}, 1, true, now).normal, 50U);
}

TEST_F(LimiterTest, WhoIsGoneLeaves) {
  Network network;
  network.set_bootstrap({kParty});
  AgreementDossier agreement;
  agreement.id = kAgreement;
  network.put(agreement);
  minute(50);
  minute(50);
  (void)limiter.access(kParty, {}, now);
  (void)limiter.access(kOther, {}, now);
  (void)limiter.use(kParty, kSecond, {}, 1, true, now);
  EXPECT_EQ(limiter.accounts(), 4U);
  EXPECT_TRUE(limiter.take_learnt(network).gone.empty()) << "nothing was learnt of those";
  EXPECT_EQ(limiter.accounts(), 2U);
  network.remove_agreement(kAgreement);
  EXPECT_EQ(limiter.take_learnt(network).gone.size(), 1U);
  EXPECT_EQ(limiter.accounts(), 1U);
}

TEST_F(LimiterTest, RefusalsOfAPartyShareOneLine) {
  int woken = 0;
  limiter.on_work([&] { ++woken; });
  limiter.refused(kParty, {}, Actie::kZoeken, from_ms(1'000));
  limiter.refused(kParty, {}, Actie::kBevragen, from_ms(2'000));
  limiter.refused(kParty, kAgreement, Actie::kZoeken, from_ms(3'000));
  limiter.refused(kOther, {}, Actie::kZoeken, from_ms(4'000));
  EXPECT_EQ(woken, 1);
  const auto all = limiter.take_refusals();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].count, 2U);
  EXPECT_EQ(all[0].actie, Actie::kZoeken);
  EXPECT_EQ(all[0].first, from_ms(1'000));
  EXPECT_FALSE(limiter.any_refused());
  limiter.put_back(all);
  limiter.refused(kParty, {}, Actie::kZoeken, from_ms(5'000));
  EXPECT_EQ(limiter.take_refusals().front().count, 3U);
}

TEST(Accounts, AFullPlaceGivesNone) {
  Accounts accounts(1);
  std::size_t none = 0;
  for (std::uint64_t i = 0; i < 2 * Accounts::kAccountsMax; ++i) {
    std::string text;
    append_u64(text, i);
    text.resize(16);
    Bytes16 id{};
    std::copy(text.begin(), text.end(), id.begin());
    none += accounts.of(kParty, Uuid(id)) == nullptr ? 1U : 0U;
  }
  EXPECT_EQ(accounts.size() + none, 2 * Accounts::kAccountsMax);
  EXPECT_LE(accounts.size(), Accounts::kAccountsMax);
  EXPECT_GT(accounts.size(), Accounts::kAccountsMax / 2);
}

TEST(Brake, RoundTripsAndRefusesOtherForms) {
  const Brake brake{kBrake, kParty, kAgreement, from_ms(5), 1, 2, 3, 4, "afgesproken"};
  const auto bytes = encode(brake);
  EXPECT_EQ(encode(decode_brake(bytes).value()), bytes);
  EXPECT_FALSE(decode_brake(bytes.substr(1)));
  EXPECT_FALSE(decode_brake(bytes + "x"));
  const Normal normal{kParty, kAgreement, 12.5F, 3};
  const auto key = normal_key(kParty, kAgreement).substr(kMetaNormalPrefix.size());
  EXPECT_EQ(decode_normal(key, encode(normal)).value().subjects, 12.5F);
  EXPECT_FALSE(decode_normal(key, encode(normal) + "x"));
  EXPECT_FALSE(decode_normal(key.substr(1), encode(normal)));
}

}  // namespace
}  // namespace wissel::core
