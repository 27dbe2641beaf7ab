// A store knows the keys that it was written with.
#include "core/state/key_marks.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/state/keys.hpp"
#include "core/state/machine.hpp"
#include "tests/fakes/memory_store.hpp"

namespace wissel::core {
namespace {

const std::string kFirst(32, 'a');
const std::string kSecond(32, 'b');

MachineSettings settings(std::vector<KeyMark> marks, std::string vkey = {}) {
  MachineSettings out;
  out.key_marks = std::move(marks);
  out.vkey = std::move(vkey);
  return out;
}

/// A store on which a daemon with these marks has committed once.
void write_with(fakes::MemoryStore& store, std::vector<KeyMark> marks) {
  const auto machine = Machine::load(settings(std::move(marks)), store, nullptr).value();
  WriteBatch batch(store);
  ASSERT_TRUE(machine->finish(batch));
  ASSERT_TRUE(store.write(batch, true));
  machine->committed();
}

TEST(KeyMarks, AnEmptyStoreTakesAnyKeyAndKeepsItsMark) {
  fakes::MemoryStore store;
  write_with(store, {mark_key("sealing", "secrets.sealing_key", kFirst)});
  const auto kept = store.get(Family::kMeta, "key/sealing").value();
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->size(), 8U);
  EXPECT_EQ(kFirst.find(*kept), std::string::npos);
  EXPECT_TRUE(check_keys(store, {mark_key("sealing", "x", kFirst)}, {}).value().empty());
}

TEST(KeyMarks, AnotherKeyUnderTheSameIdIsRefusedByName) {
  fakes::MemoryStore store;
  write_with(store, {mark_key("pseudonym/1", "key 1 of secrets.pseudonym_keys", kFirst)});
  const auto loaded =
      Machine::load(settings({mark_key("pseudonym/1", "key 1 of secrets.pseudonym_keys", kSecond)}), store, nullptr);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Errc::kInvalidInput);
  EXPECT_EQ(loaded.error().detail.find("key 1 of secrets.pseudonym_keys is not the key"), 0U) << loaded.error().detail;
}

TEST(KeyMarks, AKeyWithANewIdJoinsAndAnOldOneMayGo) {
  fakes::MemoryStore store;
  write_with(store, {mark_key("pseudonym/1", "1", kFirst)});
  write_with(store, {mark_key("pseudonym/1", "1", kFirst), mark_key("pseudonym/2", "2", kSecond)});
  EXPECT_TRUE(Machine::load(settings({mark_key("pseudonym/2", "2", kSecond)}), store, nullptr));
  EXPECT_FALSE(Machine::load(settings({mark_key("pseudonym/2", "2", kFirst)}), store, nullptr));
}

TEST(KeyMarks, ALogKeepsItsNameAndItsKey) {
  fakes::MemoryStore store;
  WriteBatch batch(store);
  batch.put(Family::kMeta, std::string(kMetaLogVkey), "a.nl/log/test+1+x");
  ASSERT_TRUE(store.write(batch, true));
  EXPECT_TRUE(Machine::load(settings({}, "a.nl/log/test+1+x"), store, nullptr));
  const auto other = Machine::load(settings({}, "b.nl/log/test+2+x"), store, nullptr);
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().detail.find("a.nl/log/test+1+x"), std::string::npos);
}

}  // namespace
}  // namespace wissel::core
