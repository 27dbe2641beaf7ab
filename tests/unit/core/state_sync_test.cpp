// Full synchronisation: a set beside the one that is seen, what comes between, the switch and the work after it.
#include <gmock/gmock.h>

#include "tests/unit/core/state_references.hpp"

namespace wissel::core::testing_references {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class SyncTest : public ReferencesTest {
 protected:
  /// The records without those of the synchronisation itself.
  std::vector<std::string> changes() {
    auto all = logged();
    std::erase_if(all, [](const std::string& line) { return line.find(" verwijzing:") == std::string::npos; });
    return all;
  }
  /// No rows of other sets than the one that is seen, and a timer for each reference.
  void expect_tidy() {
    EXPECT_EQ(store.count(Family::kReference), seen().size());
    std::size_t entries = 0;
    const auto view = machine->view();
    EXPECT_TRUE(store.scan(Family::kHolder, {}, [&](std::string_view, std::string_view value) {
      const auto entry = decode_holder_entry(value).value();
      EXPECT_FALSE(entry.withdrawn);
      EXPECT_FALSE(entry.direct);
      ++entries;
      return true;
    }));
    EXPECT_EQ(lapse_timers(), entries);
    EXPECT_EQ(view->syncs->begin()->second.phase, SyncState::Phase::kNone);
  }
};

TEST_F(SyncTest, NothingIsSeenBeforeTheSwitchAndAllAfterIt) {
  set(change(1));
  set(change(2));
  begin(100);
  upload(100, {change(2, 1), change(3)});
  EXPECT_THAT(seen(), UnorderedElementsAre(Pair(1, uuid(1)), Pair(2, uuid(2))));
  EXPECT_EQ(entry(2)->version, 1U);
  changes();
  switch_to(100);
  EXPECT_THAT(seen(), UnorderedElementsAre(Pair(2, uuid(2)), Pair(3, uuid(3))));
  EXPECT_THAT(changes(), IsEmpty());
  go_on_to_end();
  EXPECT_THAT(changes(),
              ElementsAre("registreren " + object(2, 2) + " over 0002", "registreren " + object(3, 1) + " over 0003",
                          "intrekken " + object(1, 1) + " over 0001"));
  expect_tidy();
}

TEST_F(SyncTest, TheSameSetAgainLogsNoReference) {
  sync(100, {change(1), change(2)});
  changes();
  sync(101, {change(2), change(1)});
  EXPECT_THAT(changes(), IsEmpty());
  EXPECT_EQ(entry(1)->version, 1U);
  expect_tidy();
}

TEST_F(SyncTest, TheSummaryComesLast) {
  sync(100, {change(1), change(2), change(3)});
  sync(101, {change(1), change(2, 1)});
  EXPECT_EQ(logged().back(),
            "registreren synchronisatie:" + uuid(101).str() + ";gewijzigd:1;ingetrokken:1;ongewijzigd:1");
}

TEST_F(SyncTest, AnEmptyUploadWithdrawsAll) {
  set(change(1));
  sync(100, {});
  EXPECT_THAT(seen(), IsEmpty());
  expect_tidy();
}

TEST_F(SyncTest, OneAtATime) {
  begin(100);
  const auto second = begin(101);
  ASSERT_TRUE(second.refusal);
  EXPECT_EQ(second.refusal->code, ProblemCode::kSyncRunning);
  EXPECT_TRUE(upload(101, {change(1)}).refusal);
  EXPECT_FALSE(upload(100, {change(1)}).refusal);
}

TEST_F(SyncTest, AnAbandonedUploadChangesNothingAndLeavesNothing) {
  set(change(1));
  begin(100);
  upload(100, {change(1, 1), change(2)});
  changes();
  run(AbandonSync{holder(), uuid(100)}, true);
  go_on_to_end();
  EXPECT_THAT(changes(), IsEmpty());
  EXPECT_THAT(seen(), UnorderedElementsAre(Pair(1, uuid(1))));
  EXPECT_EQ(entry(1)->version, 1U);
  expect_tidy();
  EXPECT_FALSE(begin(101).refusal);
}

TEST_F(SyncTest, AnUploadWithoutALineForADayIsGivenUp) {
  begin(100);
  now += kDay - kHour;
  upload(100, {change(1)});
  const auto give_up = timers().front();
  ASSERT_EQ(give_up.kind, TimerKind::kUploadGiveUp);
  now += kHour;
  const auto key = timer_key(give_up.due, give_up.kind, give_up.id);
  run(RunTimers{{key}, {draft()}}, false);
  EXPECT_TRUE(machine->view()->syncs->begin()->second.open);  // there was a line an hour ago
  now += kDay;
  const auto again = timers().front();
  run(RunTimers{{timer_key(again.due, again.kind, again.id)}, {draft()}}, false);
  EXPECT_FALSE(machine->view()->syncs->begin()->second.open);
  go_on_to_end();
  EXPECT_EQ(store.count(Family::kHolder), 0U);
}

// --- what comes while an upload is open ---

TEST_F(SyncTest, ADirectChangeWinsFromALineBeforeOrAfterIt) {
  begin(100);
  upload(100, {change(1, 1)});
  set(change(1, 2));
  set(change(2, 2));
  upload(100, {change(2, 1)});
  changes();
  switch_to(100);
  go_on_to_end();
  EXPECT_THAT(changes(), IsEmpty());  // their own requests logged them
  EXPECT_EQ(entry(1)->digests, change(1, 2).digests);
  EXPECT_EQ(entry(2)->digests, change(2, 2).digests);
  expect_tidy();
}

TEST_F(SyncTest, ADirectWithdrawalWinsFromALineAfterIt) {
  set(change(1));
  begin(100);
  withdraw(1);
  upload(100, {change(1)});
  changes();
  switch_to(100);
  EXPECT_TRUE(withdraw(1).refusal);  // a mark is nothing to withdraw
  go_on_to_end();
  EXPECT_THAT(seen(), IsEmpty());
  EXPECT_THAT(changes(), IsEmpty());
  expect_tidy();
}

TEST_F(SyncTest, AnUnchangedDirectSetKeepsTheReferenceInTheNewSet) {
  set(change(1));
  begin(100);
  set(change(1));
  switch_to(100);
  go_on_to_end();
  EXPECT_THAT(seen(), UnorderedElementsAre(Pair(1, uuid(1))));
  expect_tidy();
}

TEST_F(SyncTest, ALapseDoesNotKeepTheUploadFromSettingItAnew) {
  auto brief = change(1);
  brief.geldig_tot = kStart + kHour;
  set(brief);
  begin(100);
  now += 2 * kHour;
  const auto timer = timers().front();
  run(LapseReference{holder(), uuid(1), timer_key(timer.due, timer.kind, timer.id), draft()}, false);
  upload(100, {change(1, 1)});
  switch_to(100);
  go_on_to_end();
  EXPECT_THAT(seen(), UnorderedElementsAre(Pair(1, uuid(1))));
}

// --- what comes after a switch, before its changes have been noted ---

TEST_F(SyncTest, AChangeAfterTheSwitchComesAfterTheRecordOfWhatItChanged) {
  set(change(1));
  begin(100);
  upload(100, {change(1, 1)});
  switch_to(100);
  changes();
  EXPECT_EQ(set(change(1, 2)).version, 3U);
  go_on_to_end();
  EXPECT_THAT(changes(),
              ElementsAre("registreren " + object(1, 2) + " over 0001", "registreren " + object(1, 3) + " over 0001"));
  expect_tidy();
}

TEST_F(SyncTest, AWithdrawalAfterTheSwitchIsLoggedOnce) {
  set(change(1));
  begin(100);
  upload(100, {change(1)});
  switch_to(100);
  changes();
  withdraw(1);
  go_on_to_end();
  EXPECT_THAT(changes(), ElementsAre("intrekken " + object(1, 1) + " over 0001"));
  EXPECT_THAT(seen(), IsEmpty());
  expect_tidy();
}

TEST_F(SyncTest, ANewOneAfterTheSwitchIsLoggedOnce) {
  begin(100);
  upload(100, {change(1)});
  switch_to(100);
  set(change(2));
  go_on_to_end();
  const auto all = changes();
  EXPECT_EQ(std::ranges::count(all, "registreren " + object(2, 1) + " over 0002"), 1);
  expect_tidy();
}

TEST_F(SyncTest, OneThatTheSwitchWithdrewAndThatIsSetAgainHasBothRecords) {
  set(change(1));
  begin(100);
  switch_to(100);
  changes();
  EXPECT_EQ(set(change(1, 1)).status, 201);
  go_on_to_end();
  EXPECT_THAT(changes(),
              ElementsAre("intrekken " + object(1, 1) + " over 0001", "registreren " + object(1, 2) + " over 0001"));
  EXPECT_THAT(seen(), UnorderedElementsAre(Pair(1, uuid(1))));
  expect_tidy();
}

TEST_F(SyncTest, ALargeSetGoesOnInPiecesAlsoAfterARestart) {
  constexpr unsigned kMany = 1'700;
  for (unsigned first = 0; first < kMany; first += 100) {
    BulkReferences bulk{holder(), {}, draft()};
    for (unsigned i = first; i < first + 100; ++i) bulk.lines.push_back({i, change(i + 1)});
    run(std::move(bulk), false);
  }
  begin(5'000);
  std::vector<ReferenceChange> lines;
  for (unsigned i = 0; i < kMany; i += 2) lines.push_back(change(i + 1));
  for (unsigned i = 0; i < 900; ++i) lines.push_back(change(kMany + 1 + i));
  upload(5'000, std::move(lines));
  switch_to(5'000);
  changes();
  ASSERT_TRUE(go_on());
  start();  // a restart: the cursor is in the store
  EXPECT_EQ(machine->view()->syncs->begin()->second.phase, SyncState::Phase::kNoteChanges);
  EXPECT_GT(go_on_to_end(), 4);
  const auto all = changes();
  const auto count = [&](std::string_view word) {
    return std::ranges::count_if(all, [&](const std::string& line) { return line.starts_with(word); });
  };
  EXPECT_EQ(count("registreren"), 900);
  EXPECT_EQ(count("intrekken"), kMany / 2);
  EXPECT_EQ(seen().size(), kMany / 2 + 900);
  expect_tidy();
}

}  // namespace
}  // namespace wissel::core::testing_references
