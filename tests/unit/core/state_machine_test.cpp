// The frame that every command runs in: repeats, deciding anew, the clock, the log, and the same bytes each time.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/log/stored.hpp"
#include "core/state/machine.hpp"
#include "tests/fakes/memory_store.hpp"
#include "tests/unit/core/agreeing.hpp"

namespace wissel::core {
namespace {

constexpr Instant kStart{Milliseconds{1'800'000'000'000}};
constexpr Milliseconds kMinute{60'000};

Oin oin(int number) {
  auto digits = std::to_string(number);
  return *Oin::parse("00000099" + std::string(9 - digits.size(), '0') + digits + "000");
}

Uuid uuid(std::uint8_t number) {
  Bytes16 bytes{};
  bytes.back() = number;
  return Uuid(bytes);
}

RecordDraft draft(Instant at, std::uint8_t salt = 0) {
  RecordDraft out;
  out.salt.front() = salt;
  out.record.name = "proef";
  out.record.oin = oin(1);
  out.record.start_time = at;
  out.record.end_time = at;
  out.record.http = 200;
  out.parties = {oin(1)};
  return out;
}

Command access(Instant at, Effect effect = LogOnly{}) {
  Command out;
  out.now = at;
  out.effect = std::move(effect);
  out.records.push_back(draft(at));
  return out;
}

Participant participant(int number, std::string name = "Gemeente Proef") {
  Participant out{
      .oin = oin(number), .naam = std::move(name), .rollen = {}, .eindpunten = {}, .certificaat_pins = {}, .quota = {}};
  out.rollen.add(Role::kBronhouder);
  out.rollen.add(Role::kAfnemer);
  out.stand = Stand::kAangesloten;
  return out;
}

Agreement agreement(std::uint8_t id) {
  Agreement out;
  out.id = uuid(id);
  out.aanbieders = {oin(1), oin(2)};
  out.afnemers = {oin(1), oin(2)};
  out.doel = "https://doelen.example.nl/proef";
  out.handelingen = {true, true, true};
  out.geldig_van = kStart - kMinute;
  out.geldig_tot = kStart + 1000 * kMinute;
  out.grondslag_soort = "taakVanAlgemeenBelang";
  out.grondslag_verwijzing = "Awb 2:15";
  out.verwerkingsactiviteit = "https://verwerkingen.example.nl/proef";
  out.bewaartermijnen = {{{}, {24, 0}, "P2Y"}};
  out.servicelevel_json = R"({"reactietijdMs":5000})";
  return out;
}

ReferenceChange change(std::uint8_t number) {
  Pseudonym subject{};
  subject.fill(number);
  return {.holder = oin(1),
          .id = uuid(number),
          .subjects = {subject},
          .kinds = {SubjectKind::kBsn},
          .zaaktype = {},
          .categorie = {},
          .geldig_tot = {},
          .digests = {{1, Hash{number}}},
          .sealed = "verzegeld"};
}

Subscription subscription(std::uint8_t number) {
  return {.id = uuid(number),
          .afnemer = oin(2),
          .onderwerp = {},
          .onderwerp_soort = {},
          .zaaktypen = {},
          .bronhouders = {},
          .typen = {},
          .grondslag = {uuid(7), {}, {}, {}},
          .gebruiker = {},
          .geldig_tot = {}};
}

class MachineTest : public testing::Test {
 protected:
  /// One batch of commands, to the end; the outcomes.
  std::vector<Outcome> commit(std::vector<Command> commands) {
    WriteBatch batch(store);
    std::vector<Outcome> out;
    for (auto& command : commands) out.push_back(machine->apply(batch, command).value());
    EXPECT_TRUE(machine->finish(batch));
    EXPECT_TRUE(store.write(batch, true));
    machine->committed();
    return out;
  }
  Outcome commit(Command command) { return commit(std::vector<Command>{std::move(command)}).front(); }

  LogRecord record(std::uint64_t index) {
    const auto value = store.get(Family::kRecord, log_key(index)).value().value();
    return decode_line(decode_record(value)->line).value();
  }

  Command put_participant(Participant value, char key = 0, Instant at = kStart, char body = 'b') {
    auto command = access(at, PutParticipant{std::move(value), std::nullopt});
    if (key != 0) {
      IdempotencyClaim claim;
      claim.key.front() = static_cast<std::uint8_t>(key);
      claim.body_mac.front() = static_cast<std::uint8_t>(body);
      claim.expires = at + 1440 * kMinute;
      command.idempotency = claim;
    }
    return command;
  }

  Question question() { return {oin(2), Handeling::kZoeken, {uuid(7), {}, {}, {}}, {}, {}, kStart}; }

  /// A look-up that was allowed under the picture of now.
  Command judged() {
    auto command = access(kStart);
    const auto view = machine->view();
    command.network_version = view->network->version();
    command.judged = Judged{question(), decide(*view->network, question())};
    return command;
  }

  void agree() {
    commit(access(kStart, PutParticipant{participant(1), std::nullopt}));
    commit(access(kStart, PutParticipant{participant(2), std::nullopt}));
    for (auto& effect : agreeing(agreement(7), kStart)) commit(access(kStart, std::move(effect)));
  }

  fakes::MemoryStore store;
  std::unique_ptr<Machine> machine = Machine::load({}, store, nullptr).value();
};

// --- Idempotency-Key ---

TEST_F(MachineTest, ARepeatIsAnAccessOfItsOwnWithTheFirstAnswer) {
  const auto first = commit(put_participant(participant(5), 'k'));
  const auto again = commit(put_participant(participant(5), 'k'));
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(std::pair(again.body, again.version), std::pair(first.body, std::uint64_t{1}));
  EXPECT_EQ(first.log_index, 0U);
  EXPECT_EQ(again.log_index, 1U);
  EXPECT_EQ(record(1).http, 201);
  EXPECT_EQ(machine->view()->network->participant(oin(5))->versie, 1U);
}

TEST_F(MachineTest, ARepeatInTheSameBatchIsSeen) {
  const auto both = commit({put_participant(participant(5), 'k'), put_participant(participant(5), 'k')});
  EXPECT_FALSE(both[0].repeated);
  EXPECT_TRUE(both[1].repeated);
}

TEST_F(MachineTest, ARepeatAfterAReloadIsSeen) {
  commit(put_participant(participant(5), 'k'));
  ASSERT_TRUE(machine->reload(store));
  EXPECT_TRUE(commit(put_participant(participant(5), 'k')).repeated);
}

TEST_F(MachineTest, AnotherBodyUnderTheSameKeyIsRefusedAndRecorded) {
  commit(put_participant(participant(5), 'k'));
  const auto refused = commit(put_participant(participant(5), 'k', kStart, 'c'));
  ASSERT_TRUE(refused.refusal);
  EXPECT_EQ(refused.refusal->code, ProblemCode::kRepeatDiffers);
  ASSERT_TRUE(refused.logged);
  EXPECT_EQ(record(refused.log_index).http, 409);
  EXPECT_EQ(record(refused.log_index).code, "herhaling-wijkt-af");
}

TEST_F(MachineTest, ARefusalIsNotKept) {
  auto command = put_participant(participant(5), 'k');
  std::get<PutParticipant>(command.effect).if_version = 9;
  EXPECT_TRUE(commit(std::move(command)).refusal);
  EXPECT_EQ(commit(put_participant(participant(5), 'k')).status, 201);
}

TEST_F(MachineTest, AKeyIsFreeAgainAfterItsTerm) {
  commit(put_participant(participant(5), 'k'));
  const auto later = commit(put_participant(participant(5), 'k', kStart + 1440 * kMinute, 'c'));
  EXPECT_FALSE(later.refusal);
  EXPECT_EQ(later.status, 200);
}

// --- deciding anew ---

TEST_F(MachineTest, ADecisionStandsWhileTheNetworkDoes) {
  agree();
  EXPECT_FALSE(commit(judged()).refusal);
}

TEST_F(MachineTest, AWithdrawalInTheSameBatchCountsFromItsOwnRecordOn) {
  agree();
  auto before = judged();
  auto after = judged();
  auto ended = access(kStart, EndAgreement{uuid(7), {oin(1), kStart, {}}, std::nullopt});
  const auto outcomes = commit({std::move(before), std::move(ended), std::move(after)});
  EXPECT_FALSE(outcomes[0].refusal);
  ASSERT_TRUE(outcomes[2].refusal);
  EXPECT_EQ(outcomes[2].refusal->code, ProblemCode::kNoAgreement);
  EXPECT_EQ(record(outcomes[2].log_index).uitkomst, Uitkomst::kGeweigerd);
  EXPECT_EQ(record(outcomes[2].log_index).http, 403);
}

TEST_F(MachineTest, WhatWasRefusedIsDecidedAnewAsWell) {
  auto command = judged();
  ASSERT_FALSE(command.judged->decision.allowed);
  agree();
  EXPECT_FALSE(commit(std::move(command)).refusal);
}

TEST_F(MachineTest, ARefusedCommandHasNoEffect) {
  agree();
  auto command = judged();
  command.effect = SetReference{change(3), draft(kStart)};
  commit(access(kStart, EndAgreement{uuid(7), {oin(1), kStart, {}}, std::nullopt}));
  EXPECT_TRUE(commit(std::move(command)).refusal);
  EXPECT_EQ(store.count(Family::kHolder), 0U);
}

TEST_F(MachineTest, ARefusalInOrderNamesNobodyThatWasFoundBefore) {
  agree();
  auto command = judged();
  command.records.front().record.bronhouders = {oin(2), oin(1)};
  command.records.front().parties = {oin(1), oin(2)};
  commit(access(kStart, EndAgreement{uuid(7), {oin(1), kStart, {}}, std::nullopt}));
  const auto refused = commit(std::move(command));
  ASSERT_TRUE(refused.refusal);
  EXPECT_TRUE(record(refused.log_index).bronhouders.empty());
  EXPECT_FALSE(*store.get(Family::kLogParty, log_party_key(2, refused.log_index)));
}

// --- the clock ---

TEST_F(MachineTest, ATimeRunsBackByAMinuteAtMost) {
  commit(access(kStart));
  EXPECT_EQ(record(commit(access(kStart - kMinute)).log_index).end_time, kStart - kMinute);
  EXPECT_EQ(record(commit(access(kStart - 2 * kMinute)).log_index).end_time, kStart - kMinute);
}

TEST_F(MachineTest, ALateRecordDoesNotTakeTheClockBackAtAReload) {
  commit(access(kStart));
  commit(access(kStart - kMinute));
  ASSERT_TRUE(machine->reload(store));
  EXPECT_EQ(record(commit(access(kStart - 2 * kMinute)).log_index).end_time, kStart - kMinute);
}

TEST_F(MachineTest, ALiftedLineIsWhatTheTreeCommitsTo) {
  commit(access(kStart));
  auto late = access(kStart - 2 * kMinute);
  late.records.front().seal();
  const auto index = commit(std::move(late)).log_index;
  const auto value = store.get(Family::kRecord, log_key(index)).value().value();
  const auto stored = decode_record(value).value();
  EXPECT_EQ(*stored.entry, entry_of(record_commitment(stored.salt, stored.line)));
}

// --- the log ---

TEST_F(MachineTest, ReadersSeeABatchOnceItIsDurable) {
  const auto before = machine->view();
  WriteBatch batch(store);
  auto command = put_participant(participant(5));
  ASSERT_TRUE(machine->apply(batch, command));
  ASSERT_TRUE(machine->finish(batch));
  EXPECT_EQ(machine->view(), before);
  ASSERT_TRUE(store.write(batch, true));
  machine->committed();
  EXPECT_EQ(machine->view()->edge.size(), 1U);
  EXPECT_NE(machine->view()->network->participant(oin(5)), nullptr);
  EXPECT_EQ(before->network->participant(oin(5)), nullptr);
}

TEST_F(MachineTest, ABatchThatWasNotWrittenIsForgottenByAReload) {
  commit(access(kStart));
  const auto root = machine->view()->edge.root();
  WriteBatch lost(store);
  auto command = put_participant(participant(5));
  ASSERT_TRUE(machine->apply(lost, command));
  ASSERT_TRUE(machine->finish(lost));
  ASSERT_TRUE(machine->reload(store));
  EXPECT_EQ(machine->view()->edge.root(), root);
  EXPECT_EQ(machine->view()->network->participant(oin(5)), nullptr);
  EXPECT_EQ(commit(put_participant(participant(5))).status, 201);
}

TEST_F(MachineTest, AReloadGivesTheSameRootAtEveryWidthOfATile) {
  for (int i = 0; i < 600; ++i) {
    commit(access(kStart));
    if (i % 7 != 0 && i != 255 && i != 256) continue;
    const auto root = machine->view()->edge.root();
    ASSERT_TRUE(machine->reload(store));
    ASSERT_EQ(machine->view()->edge.root(), root) << i;
    ASSERT_EQ(store.get(Family::kMeta, kMetaLogRoot).value(), std::string(as_view(root))) << i;
  }
}

TEST_F(MachineTest, ARecordIsFoundUnderEachPartyOnceAndUnderItsSubject) {
  auto command = access(kStart);
  auto& one = command.records.front();
  one.parties = {oin(1), oin(2), oin(1)};
  one.subject = change(3).subjects.front();
  one.annex = SaltedAnnex{{}, "{}"};
  const auto index = commit(std::move(command)).log_index;
  EXPECT_EQ(store.count(Family::kLogParty), 2U);
  for (const int party : {1, 2}) {
    const auto number = machine->view()->parties->number(oin(party)).value();
    EXPECT_TRUE(store.get(Family::kLogParty, log_party_key(number, index)).value()) << party;
  }
  EXPECT_TRUE(store.get(Family::kLogSubject, log_subject_key(change(3).subjects.front(), index)).value());
  EXPECT_TRUE(store.get(Family::kAnnex, log_key(index)).value());
}

TEST_F(MachineTest, ChildrenFollowTheirParentAndAreCounted) {
  auto command = access(kStart);
  command.records.push_back(draft(kStart, 1));
  command.records.push_back(draft(kStart, 2));
  const auto outcome = commit(std::move(command));
  EXPECT_EQ(outcome.log_index, 0U);
  EXPECT_EQ(outcome.child_indices, (std::vector<std::uint64_t>{1, 2}));
}

// --- the same bytes ---

std::string bytes_of(const fakes::MemoryStore& store) {
  std::string out;
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    const auto family = static_cast<Family>(i);
    const auto note = [&](std::string_view key, std::string_view value) {
      out.append(family_name(family)).append("\0", 1).append(key).append("\0", 1).append(value).append("\n");
      return true;
    };
    EXPECT_TRUE(store.scan(family, {}, note));
  }
  return out;
}

/// Some of every kind that needs nothing prepared, with clocks that run back.
std::vector<Command> history() {
  std::vector<Command> out;
  out.push_back(access(kStart, PutParticipant{participant(1), std::nullopt}));
  out.push_back(access(kStart + kMinute, PutParticipant{participant(2), std::nullopt}));
  for (auto& effect : agreeing(agreement(7), kStart)) out.push_back(access(kStart - kMinute, std::move(effect)));
  for (std::uint8_t i = 0; i < 20; ++i)
    out.push_back(access(kStart + (i % 5) * kMinute, SetReference{change(i), draft(kStart)}));
  out.push_back(access(kStart + kMinute, WithdrawReference{oin(1), uuid(3), std::nullopt, draft(kStart)}));
  out.push_back(access(kStart, PutSubscription{subscription(9), true, std::nullopt}));
  out.push_back(access(kStart, EndAgreement{uuid(7), {oin(1), kStart, {}}, std::nullopt}));
  out.push_back(access(kStart + kMinute, PutParticipant{participant(1, "Gemeente Anders"), std::nullopt}));
  return out;
}

/// Applies the history in batches of `batch`, with a reload after every `reload` batches; gives all bytes stored.
std::string replay(std::size_t batch, std::size_t reload) {
  fakes::MemoryStore store;
  const auto machine = Machine::load({}, store, nullptr).value();
  auto commands = history();
  std::size_t batches = 0;
  for (std::size_t i = 0; i < commands.size(); i += batch) {
    WriteBatch writes(store);
    for (std::size_t j = i; j < std::min(i + batch, commands.size()); ++j) {
      EXPECT_TRUE(machine->apply(writes, commands[j]));
    }
    EXPECT_TRUE(machine->finish(writes));
    EXPECT_TRUE(store.write(writes, true));
    machine->committed();
    if (reload == 0 || ++batches % reload != 0) continue;
    const auto reloaded = machine->reload(store);
    EXPECT_TRUE(reloaded) << reloaded.error().detail;
  }
  return bytes_of(store);
}

TEST(MachineDeterminism, TheSameCommandsGiveTheSameBytes) { EXPECT_EQ(replay(1, 0), replay(1, 0)); }

TEST(MachineDeterminism, HowTheyWereBatchedDoesNotShow) { EXPECT_EQ(replay(1, 0), replay(7, 0)); }

TEST(MachineDeterminism, ARestartInBetweenDoesNotShow) { EXPECT_EQ(replay(1, 0), replay(1, 1)); }

}  // namespace
}  // namespace wissel::core
