// A brake is stored with its record, is there again after a reload, and goes when a person lets go.
#include <gtest/gtest.h>

#include "core/limits/limiter.hpp"
#include "core/log/stored.hpp"
#include "core/state/machine.hpp"
#include "tests/fakes/memory_store.hpp"

namespace wissel::core {
namespace {

constexpr Instant kStart{Milliseconds{1'800'000'000'000}};
const Oin kParty = Oin::parse("00000099000000001000").value();
const Uuid kAgreement = Uuid::parse("01900000-0000-7000-8000-000000000001").value();

Uuid brake_id(std::uint8_t number) {
  Bytes16 bytes{};
  bytes.back() = number;
  return Uuid(bytes);
}

class StateBrakesTest : public testing::Test {
 protected:
  Outcome apply(Effect effect) {
    Command command;
    command.now = kStart;
    command.effect = std::move(effect);
    RecordDraft draft;
    draft.record.oin = kParty;
    draft.record.end_time = kStart;
    draft.parties = {kParty};
    command.records.push_back(std::move(draft));
    WriteBatch batch(store);
    auto outcome = machine->apply(batch, command);
    EXPECT_TRUE(outcome && machine->finish(batch) && store.write(batch, true));
    machine->committed();
    return std::move(outcome).value();
  }
  Outcome trip(std::uint8_t id) {
    return apply(TripBrake{{brake_id(id), kParty, kAgreement, kStart, 1'001, 12, 10, 1'000, {}}});
  }
  LogRecord record(std::uint64_t index) {
    const auto stored = store.get(Family::kRecord, log_key(index)).value().value();
    return decode_line(decode_record(stored).value().line).value();
  }
  std::optional<Normal> normal() {
    const auto key = normal_key(kParty, kAgreement);
    const auto stored = store.get(Family::kMeta, key).value();
    if (!stored) return std::nullopt;
    return decode_normal(key.substr(kMetaNormalPrefix.size()), *stored).value();
  }

  fakes::MemoryStore store;
  std::unique_ptr<Machine> machine = Machine::load({}, store, nullptr).value();
};

TEST_F(StateBrakesTest, TripsWithItsRecordAndStaysAfterAReload) {
  const auto outcome = trip(1);
  ASSERT_TRUE(outcome.logged);
  const auto line = record(outcome.log_index);
  EXPECT_EQ(line.uitkomst, Uitkomst::kGeweigerd);
  EXPECT_EQ(line.code, "geremd");
  EXPECT_EQ(line.http, 429);
  ASSERT_TRUE(machine->reload(store));
  const auto view = machine->view();
  const auto* brake = find_brake(*view->brakes, kParty, kAgreement);
  ASSERT_NE(brake, nullptr);
  EXPECT_EQ(brake->asked, 1'001U);
  EXPECT_EQ(brake->since, kStart);
}

TEST_F(StateBrakesTest, TripsOnce) {
  trip(1);
  trip(2);
  EXPECT_EQ(machine->view()->brakes->size(), 1U);
}

TEST_F(StateBrakesTest, LetsGoAndTakesWhatWasAskedForNormal) {
  trip(1);
  const auto outcome = apply(ReleaseBrake{brake_id(1), "afgesproken inhaalslag", 60});
  EXPECT_EQ(outcome.status, 200);
  EXPECT_NE(outcome.body.find("afgesproken inhaalslag"), std::string::npos);
  EXPECT_EQ(record(outcome.log_index).uitkomst, Uitkomst::kToegestaan);
  ASSERT_TRUE(machine->reload(store));
  EXPECT_TRUE(machine->view()->brakes->empty());
  ASSERT_TRUE(normal());
  EXPECT_EQ(normal()->subjects, 1'001.0F);
  EXPECT_EQ(normal()->minutes, 60U);
}

TEST_F(StateBrakesTest, LettingGoOfWhatIsNotThereIs404) {
  EXPECT_EQ(apply(ReleaseBrake{brake_id(9), "waarom", 60}).refusal->code, ProblemCode::kNotFound);
}

TEST_F(StateBrakesTest, KeepsAndForgetsNormals) {
  const Normal learnt{kParty, kAgreement, 3.5F, 2};
  apply(KeepNormals{{learnt}, {}});
  ASSERT_TRUE(normal());
  EXPECT_EQ(normal()->subjects, 3.5F);
  apply(KeepNormals{{}, {learnt}});
  EXPECT_FALSE(normal());
}

}  // namespace
}  // namespace wissel::core
