// References one by one and in bulk: versions, records, terms, and moving to a newer key.
#include "tests/unit/core/state_references.hpp"

#include <gmock/gmock.h>

namespace wissel::core::testing_references {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST_F(ReferencesTest, ANewOneWithOneSubjectHasOneRecordAboutIt) {
  const auto outcome = set(change(1));
  EXPECT_EQ(outcome.status, 201);
  EXPECT_EQ(outcome.version, 1U);
  EXPECT_THAT(logged(), ElementsAre("registreren " + object(1, 1) + " over 0001"));
  EXPECT_THAT(seen(), UnorderedElementsAre(Pair(1, uuid(1))));
}

TEST_F(ReferencesTest, WithSeveralSubjectsTheRecordOfTheAccessHasAChildForEach) {
  set(change(1, 0, {5, 6}));
  const auto line = "registreren " + object(1, 1);
  EXPECT_THAT(logged(), ElementsAre(line, line + " over 0005", line + " over 0006"));
}

TEST_F(ReferencesTest, TheSameAgainIsLoggedAsAnAccessAndIsNoChange) {
  set(change(1, 0, {5, 6}));
  logged();
  const auto outcome = set(change(1, 0, {5, 6}));
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(outcome.version, 1U);
  EXPECT_THAT(logged(), ElementsAre("registreren verwijzing:" + uuid(1).str() + ";ongewijzigd"));
}

TEST_F(ReferencesTest, AChangeRaisesTheVersionAndDropsSubjectsThatAreGone) {
  set(change(1, 0, {5, 6}));
  const auto outcome = set(change(1, 1, {6, 7}));
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(outcome.version, 2U);
  EXPECT_THAT(seen(), UnorderedElementsAre(Pair(6, uuid(1)), Pair(7, uuid(1))));
}

TEST_F(ReferencesTest, AChangeKeepsSinceAndInOnderzoek) {
  set(change(1));
  auto stored = *entry(1);
  stored.in_onderzoek = true;
  store.put(Family::kHolder, holder_key(1, 0, uuid(1)), encode(stored));
  now += kHour;
  set(change(1, 1));
  EXPECT_EQ(entry(1)->since, kStart);
  EXPECT_TRUE(entry(1)->in_onderzoek);
}

TEST_F(ReferencesTest, AnUnchangedOneTakesUpTheDigestUnderANewKey) {
  set(change(1));
  auto again = change(1);
  again.digests.push_back({2, Hash{9}});
  EXPECT_EQ(set(again).version, 1U);
  EXPECT_EQ(entry(1)->digests, again.digests);
}

TEST_F(ReferencesTest, AZaaktypeOfManyBytesIsStoredWhole) {
  auto wide = change(1);
  for (int i = 0; i < 100; ++i) wide.zaaktype += "\xF0\x9F\x97\x82";
  set(wide);
  EXPECT_EQ(entry(1)->zaaktype, wide.zaaktype);
  seen();  // its rows can be read
}

TEST_F(ReferencesTest, WithdrawnItIsGoneWithItsRowsAndItsTimer) {
  set(change(1, 0, {5, 6}));
  logged();
  EXPECT_EQ(withdraw(1).status, 204);
  const auto line = "intrekken " + object(1, 1);
  EXPECT_THAT(logged(), ElementsAre(line, line + " over 0005", line + " over 0006"));
  EXPECT_THAT(seen(), IsEmpty());
  EXPECT_EQ(lapse_timers(), 0U);
}

TEST_F(ReferencesTest, AnUnknownOneIsRefusedWithOneRecord) {
  const auto outcome = withdraw(1);
  ASSERT_TRUE(outcome.refusal);
  EXPECT_EQ(outcome.refusal->code, ProblemCode::kNotFound);
  EXPECT_EQ(logged().size(), 1U);
}

TEST_F(ReferencesTest, AnotherVersionThanExpectedIsRefused) {
  set(change(1));
  set(change(1, 1));
  const auto outcome = run(WithdrawReference{holder(), uuid(1), 1, draft()}, true);
  ASSERT_TRUE(outcome.refusal);
  EXPECT_EQ(outcome.refusal->code, ProblemCode::kVersionDiffers);
  EXPECT_TRUE(entry(1));
}

TEST_F(ReferencesTest, ItsVersionGoesOnWhereNothingOfAnEarlierOneIsLeft) {
  std::uint64_t highest = 0;
  for (unsigned round = 0; round < 3; ++round) {
    for (unsigned content = 0; content < 4; ++content) {
      const auto version = set(change(1, content)).version;
      EXPECT_GT(version, highest) << "an ETag never names two states";
      highest = version;
    }
    withdraw(1);
    ASSERT_FALSE(entry(1));
  }
  BulkReferences bulk{holder(), {}, draft()};
  for (std::uint64_t number = 1; number <= 6; number += 2) {
    bulk.lines.push_back({number, change(1)});
    bulk.lines.push_back({number + 1, uuid(1)});
  }
  bulk.lines.push_back({7, change(1)});
  run(std::move(bulk), false);
  EXPECT_GT(entry(1)->version, highest + 3);
  highest = entry(1)->version;
  sync(100, {});
  sync(101, {change(1)});
  EXPECT_GT(entry(1)->version, highest);
}

// --- bulk ---

BulkReferences::Line line(std::uint64_t number, std::variant<ReferenceChange, Uuid> what) {
  return {number, std::move(what)};
}

TEST_F(ReferencesTest, BulkCountsWhatChangedAndLogsOnlyThat) {
  set(change(1));
  set(change(2));
  logged();
  BulkReferences bulk{holder(), {}, draft()};
  bulk.lines.push_back(line(1, change(1)));             // unchanged
  bulk.lines.push_back(line(2, change(3, 0, {8, 9})));  // new
  bulk.lines.push_back(line(4, uuid(2)));               // withdrawn
  bulk.lines.push_back(line(5, uuid(77)));              // unknown
  bulk.lines.push_back(line(6, change(3, 1, {8})));     // the same reference twice in one piece
  const auto outcome = run(std::move(bulk), false);
  EXPECT_EQ(outcome.changed, 2U);
  EXPECT_EQ(outcome.unchanged, 1U);
  EXPECT_EQ(outcome.withdrawn, 1U);
  EXPECT_THAT(outcome.unknown, ElementsAre(5U));
  EXPECT_THAT(logged(),
              ElementsAre("registreren " + object(3, 1) + " over 0008", "registreren " + object(3, 1) + " over 0009",
                          "intrekken " + object(2, 1) + " over 0002", "registreren " + object(3, 2) + " over 0008"));
  EXPECT_THAT(seen(), UnorderedElementsAre(Pair(1, uuid(1)), Pair(8, uuid(3))));
}

TEST_F(ReferencesTest, DerivedRecordsHaveSaltsAndSpansOfTheirOwn) {
  const auto lent = draft();
  const auto first = derive_draft(lent, 0);
  const auto second = derive_draft(lent, 1);
  EXPECT_NE(first.salt, second.salt);
  EXPECT_NE(first.salt, lent.salt);
  EXPECT_NE(first.record.span_id, second.record.span_id);
  EXPECT_EQ(first.salt, derive_draft(lent, 0).salt);
}

// --- terms ---

TEST_F(ReferencesTest, ItLapsesAtItsTermWithARecordThatSaysWhy) {
  auto brief = change(1);
  brief.geldig_tot = kStart + kHour;
  set(brief);
  logged();
  now += 2 * kHour;
  const auto key = timer_key(kStart + kHour, TimerKind::kReferenceLapse, timers().front().id);
  run(LapseReference{holder(), uuid(1), key, draft(Actie::kIntrekken)}, false);
  EXPECT_THAT(logged(), ElementsAre("intrekken " + object(1, 1) + " over 0001 wegens termijn"));
  EXPECT_FALSE(entry(1));
  EXPECT_THAT(timers(), IsEmpty());
}

TEST_F(ReferencesTest, ATimerThatIsOvertakenOnlyGoesOn) {
  auto brief = change(1);
  brief.geldig_tot = kStart + kHour;
  set(brief);
  logged();
  const auto key = timer_key(kStart + kHour, TimerKind::kReferenceLapse, timers().front().id);
  auto longer = change(1, 1);
  longer.geldig_tot = kStart + 3 * kHour;
  set(longer);
  logged();
  now += 2 * kHour;
  run(LapseReference{holder(), uuid(1), key, draft(Actie::kIntrekken)}, false);
  EXPECT_THAT(logged(), IsEmpty());
  EXPECT_TRUE(entry(1));
  ASSERT_EQ(timers().size(), 1U);
  EXPECT_EQ(timers().front().due, kStart + 3 * kHour);
}

TEST_F(ReferencesTest, WithoutATermItCountsFromTheLastTimeItWasSet) {
  set(change(1));
  const auto first = entry(1)->until;
  now += 2 * kDay;
  set(change(1));
  EXPECT_EQ(entry(1)->until - first, 2 * kDay);
  EXPECT_EQ(lapse_timers(), 1U);
}

// --- keys ---

TEST_F(ReferencesTest, ASubjectMovesToItsNewPseudonymInTheWriteThatNamesIt) {
  set(change(1, 0, {5, 6}));
  set(change(2, 0, {5}));
  auto newer = change(1, 0, {15, 6});
  Command command;
  command.now = now;
  command.moves = {{subject(5), subject(15)}};
  command.effect = SetReference{std::move(newer), draft()};
  command.records.push_back(draft());
  const auto outcome = run(std::move(command));
  EXPECT_EQ(outcome.version, 1U);
  EXPECT_THAT(seen(), UnorderedElementsAre(Pair(15, uuid(1)), Pair(6, uuid(1)), Pair(15, uuid(2))));
  EXPECT_THAT(entry(2)->subjects, ElementsAre(subject(15)));
}

TEST_F(ReferencesTest, AMoveAlsoHoldsInAnUploadThatIsOpen) {
  set(change(1, 0, {5}));
  begin(100);
  upload(100, {change(1, 0, {5})});
  Command command;
  command.now = now;
  command.moves = {{subject(5), subject(15)}};
  run(std::move(command));
  switch_to(100);
  go_on_to_end();
  EXPECT_THAT(seen(), UnorderedElementsAre(Pair(15, uuid(1))));
}

}  // namespace
}  // namespace wissel::core::testing_references
