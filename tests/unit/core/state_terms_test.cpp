// What the status of a zaak does to the term of its reference.
#include "tests/unit/core/state_messages.hpp"

namespace wissel::core::state_messages {
namespace {

class TermsTest : public MessagesTest {
 protected:
  HolderEntry entry() {
    const auto view = machine->view();
    const auto number = *view->parties->number(kSender);
    const auto key = holder_key(number, view->generation(number), uuid(100));
    return decode_holder_entry(*store.get(Family::kHolder, key).value()).value();
  }
  void status(bool is_end, Instant at) {
    auto next = message(++sent_);
    next.is_end = is_end;
    push(std::move(next), at);
  }
  void set(ReferenceChange what, Instant at) { run(SetReference{std::move(what), draft()}, at); }
  /// When the reference lapses, by its own word and by its only timer.
  Instant lapses() {
    std::vector<Instant> due;
    for (const auto& key : keys(Family::kTimer)) {
      const auto timer = *parse_timer_key(key);
      if (timer.kind == TimerKind::kReferenceLapse) due.push_back(timer.due);
    }
    EXPECT_THAT(due, ElementsAre(entry().until));
    return entry().until;
  }

 private:
  std::uint8_t sent_ = 49;
};

constexpr Milliseconds kDay = 24 * kHour;

TEST_F(TermsTest, AnEndStatusBeginsTheTermAnew) {
  set(change(100), kStart);
  const auto first = lapses();
  status(false, kStart + kDay);
  EXPECT_EQ(lapses(), first) << "another status is none of its business";
  status(true, kStart + 2 * kDay);
  EXPECT_EQ(lapses() - first, 2 * kDay);
  EXPECT_EQ(entry().ended, kStart + 2 * kDay);
  status(true, kStart + 3 * kDay);
  EXPECT_EQ(lapses() - first, 3 * kDay);
}

TEST_F(TermsTest, ItRegistersAndEndsInOneMessage) {
  status(true, kStart + kDay);
  EXPECT_EQ(entry().ended, kStart + kDay);
  lapses();
}

TEST_F(TermsTest, WhatIsSetAfterTheEndCountsFromTheEnd) {
  set(change(100), kStart);
  status(true, kStart + kDay);
  const auto end = lapses();
  set(change(100), kStart + 10 * kDay);
  EXPECT_EQ(lapses(), end) << "setting the same again, as a daily synchronisation does, is no new end";
  auto other = change(100);
  other.digests = {{1, numbered<Hash>(1)}};
  set(other, kStart + 11 * kDay);
  EXPECT_EQ(lapses(), end);
  EXPECT_TRUE(entry().ended);
}

TEST_F(TermsTest, AStatusAfterTheEndSaysThatTheZaakGoesOn) {
  set(change(100), kStart);
  const auto first = lapses();
  status(true, kStart + kDay);
  status(false, kStart + 5 * kDay);
  EXPECT_EQ(lapses() - first, 5 * kDay);
  EXPECT_FALSE(entry().ended);
  set(change(100), kStart + 9 * kDay);
  EXPECT_EQ(lapses() - first, 9 * kDay);
}

TEST_F(TermsTest, ATermThatTheHolderGaveStays) {
  auto given = change(100);
  given.geldig_tot = kStart + 30 * kDay;
  set(given, kStart);
  status(true, kStart + kDay);
  EXPECT_EQ(lapses(), kStart + 30 * kDay);
}

TEST_F(TermsTest, ItCountsInAnUploadThatIsOpenToo) {
  for (const bool line_first : {true, false}) {
    const auto number = static_cast<std::uint8_t>(line_first ? 200 : 201);
    const auto at = kStart + (line_first ? kDay : 20 * kDay);
    set(change(100), at);
    run(BeginSync{kSender, uuid(number)}, at);
    const SyncLines lines{kSender, uuid(number), {change(100)}};
    if (line_first) run(lines, at);
    status(true, at + kDay);
    const auto end = lapses();
    if (!line_first) run(lines, at + 2 * kDay);
    run(SwitchSync{kSender, uuid(number)}, at + 3 * kDay);
    while (run(ContinueSync{kSender, draft()}, at + 3 * kDay).more) {
    }
    EXPECT_EQ(lapses(), end);
    EXPECT_EQ(entry().ended, at + kDay);
  }
}

}  // namespace
}  // namespace wissel::core::state_messages
