// A store that comes back after a failure without what was answered from it.
#include <gtest/gtest.h>

#include <memory>

#include "core/state/machine.hpp"
#include "tests/fakes/memory_store.hpp"

namespace wissel::core {
namespace {

class LostRecordsTest : public testing::Test {
 protected:
  void commit(std::uint8_t salt, std::string name = "proef") {
    Command command;
    command.now = Instant{Milliseconds{1'800'000'000'000}};
    RecordDraft draft;
    draft.salt.front() = salt;
    draft.record.name = std::move(name);
    command.records.push_back(std::move(draft));
    WriteBatch batch(store);
    ASSERT_TRUE(machine->apply(batch, command));
    ASSERT_TRUE(machine->finish(batch));
    ASSERT_TRUE(store.write(batch, true));
    machine->committed();
  }

  fakes::MemoryStore store;
  std::unique_ptr<Machine> machine = Machine::load({}, store, nullptr).value();
};

TEST_F(LostRecordsTest, IsTakenWithAllOfThem) {
  commit(1);
  EXPECT_TRUE(machine->reload(store));
}

TEST_F(LostRecordsTest, IsTakenWithMoreThanWasAnswered) {
  commit(1);
  Command unanswered;
  unanswered.records.emplace_back();
  WriteBatch batch(store);
  ASSERT_TRUE(machine->apply(batch, unanswered));
  ASSERT_TRUE(machine->finish(batch));
  ASSERT_TRUE(store.write(batch, true));  // and then the answer failed
  EXPECT_TRUE(machine->reload(store));
  EXPECT_EQ(machine->view()->edge.size(), 2U);
}

TEST_F(LostRecordsTest, IsRefusedWithFewer) {
  commit(1);
  const auto before = store.snapshot();
  commit(2);
  const auto reloaded = machine->reload(*before);
  ASSERT_FALSE(reloaded);
  EXPECT_EQ(reloaded.error().code, Errc::kCorrupt);
  EXPECT_NE(reloaded.error().detail.find("its log has 1, and 2 were"), std::string::npos);
  EXPECT_EQ(machine->view()->edge.size(), 2U) << "readers keep what was answered";
}

}  // namespace
}  // namespace wissel::core
