// Overviews of who searched for what a holder shields: their days, their rows, and how long those stay.
#include "core/state/shielded.hpp"

#include <gtest/gtest.h>

#include "tests/unit/core/state_references.hpp"

namespace wissel::core {
namespace {

using std::chrono::year_month_day;
using testing_references::kDay;
using testing_references::kHour;

Instant moment(std::string_view text) { return parse_rfc3339(text).value(); }
year_month_day day(std::string_view text) {
  return std::chrono::floor<std::chrono::days>(moment(std::string(text) + "T00:00:00Z"));
}
const Oin kHolder = testing_references::holder();
const Oin kAsker = Oin::parse("00000099000000002000").value();
const Oin kAgent = Oin::parse("00000099000000003000").value();
const Uuid kAgreement = testing_references::uuid(7);

TEST(Overview, RunsFromSixToSixOfLegalTime) {
  const struct {
    const char* day;
    const char* from;
    const char* until;
  } cases[] = {{"2026-11-22", "2026-11-21T05:00:00Z", "2026-11-22T05:00:00Z"},
               {"2026-07-01", "2026-06-30T04:00:00Z", "2026-07-01T04:00:00Z"},
               {"2026-03-29", "2026-03-28T05:00:00Z", "2026-03-29T04:00:00Z"},
               {"2026-10-25", "2026-10-24T04:00:00Z", "2026-10-25T05:00:00Z"}};
  for (const auto& each : cases) {
    const auto overview = overview_of(day(each.day));
    EXPECT_EQ(format_rfc3339(overview.from), each.from);
    EXPECT_EQ(format_rfc3339(overview.until), each.until);
    EXPECT_GT(overview.told, overview.until);
  }
}

TEST(Overview, EachMomentHasItsDay) {
  EXPECT_EQ(overview_day(moment("2026-11-22T04:59:59.999Z")), std::chrono::sys_days(day("2026-11-22")));
  EXPECT_EQ(overview_day(moment("2026-11-22T05:00:00Z")), std::chrono::sys_days(day("2026-11-23")));
}

TEST(Overview, ADayIsToldOfShortlyAfterSix) {
  EXPECT_EQ(newest_overview(moment("2026-11-22T05:00:00Z")).day, day("2026-11-21"));
  EXPECT_EQ(newest_overview(moment("2026-11-22T05:02:00Z")).day, day("2026-11-22"));
  EXPECT_EQ(newest_overview(moment("2026-11-22T22:59:59Z")).day, day("2026-11-22"));
  EXPECT_EQ(newest_overview(moment("2026-11-22T23:00:00Z")).day, day("2026-11-22")) << "midnight, not yet six";
}

TEST(ShieldedRow, ComesBackAsItWas) {
  const ShieldedRow row{moment("2026-11-22T10:00:00.123Z"), Actie::kBevragen, kAgent, kAsker, kAgreement,
                        {testing_references::uuid(1)}};
  const auto back = decode_shielded(encode(row)).value();
  EXPECT_EQ(back.at, row.at);
  EXPECT_EQ(back.actie, row.actie);
  EXPECT_EQ(back.oin, row.oin);
  EXPECT_EQ(back.namens, row.namens);
  EXPECT_EQ(back.agreement, row.agreement);
  EXPECT_EQ(back.references, row.references);
}

TEST(ShieldedRow, WhatIsDamagedIsSaid) {
  const auto good = encode(ShieldedRow{{}, Actie::kZoeken, kAsker, {}, kAgreement, {testing_references::uuid(1)}});
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(decode_shielded(std::string_view(good).substr(0, length))) << length;
  }
  EXPECT_FALSE(decode_shielded(good + "x"));
}

struct ShieldedState : testing::Test {
  /// A search that was kept from a reference of the holder.
  Outcome search(Uitkomst outcome = Uitkomst::kToegestaan, bool hidden = true) {
    RecordDraft draft;
    draft.record.actie = Actie::kZoeken;
    draft.record.oin = kAsker;
    draft.record.uitkomst = outcome;
    draft.record.end_time = now;
    draft.record.uitwisselafspraak = kAgreement.str();
    draft.shielded.emplace();
    if (hidden) draft.shielded->push_back({kHolder, {testing_references::uuid(1)}});
    Command command;
    command.now = now;
    command.network_version = machine->view()->network->version();
    command.records.push_back(std::move(draft));
    return apply(std::move(command));
  }
  Outcome apply(Command command) {
    WriteBatch batch(store);
    auto outcome = machine->apply(batch, command).value();
    EXPECT_TRUE(machine->finish(batch));
    written = {batch.ops().size(), 0};
    for (const auto& op : batch.ops()) written.second += op.key.size() + op.value.value_or("").size();
    EXPECT_TRUE(store.write(batch, true));
    machine->committed();
    return outcome;
  }
  std::size_t rows() {
    std::size_t count = 0;
    EXPECT_TRUE(store.scan(Family::kMeta, prefix_range(kMetaShieldedPrefix), [&](auto, auto) {
      ++count;
      return true;
    }));
    return count;
  }
  std::vector<std::string> timers() {
    std::vector<std::string> out;
    EXPECT_TRUE(store.scan(Family::kTimer, {}, [&](std::string_view key, auto) {
      out.emplace_back(key);
      return true;
    }));
    return out;
  }

  Instant now = testing_references::kStart;
  std::pair<std::size_t, std::size_t> written;  ///< by the last command: rows, bytes
  fakes::MemoryStore store;
  std::unique_ptr<Machine> machine = Machine::load({}, store, nullptr).value();
};

TEST_F(ShieldedState, NobodyIsToldOfASearchThatWasRefused) {
  search(Uitkomst::kGeweigerd);
  EXPECT_EQ(rows(), 0U);
  EXPECT_TRUE(timers().empty());
}

TEST_F(ShieldedState, ALookUpThatWasKeptFromNothingWritesAsMuch) {
  search();
  search(Uitkomst::kToegestaan, false);
  search();
  const auto hidden = written;
  const auto before = rows();
  search(Uitkomst::kToegestaan, false);
  EXPECT_EQ(written, hidden);
  EXPECT_EQ(rows(), before) << "all of them write the same row";
}

TEST_F(ShieldedState, ARowStaysUntilItsDayIsToldOfNoMore) {
  search();
  now += kHour;
  search();
  ASSERT_EQ(rows(), 2U);
  now += kDay;
  search();
  ASSERT_EQ(rows(), 3U);
  ASSERT_EQ(timers().size(), 2U) << "one for each day";
  now = shielded_until(overview_day(testing_references::kStart));
  Command command;
  command.now = now;
  command.effect = RunTimers{timers(), {}};
  apply(std::move(command));
  EXPECT_EQ(rows(), 1U);
  EXPECT_EQ(timers().size(), 1U);
}

}  // namespace
}  // namespace wissel::core
