#include "core/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/fakes/memory_store.hpp"

namespace wissel::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> entries(const StoreReader& reader, Family family, const KeyRange& range,
                                 std::size_t at_most = 100) {
  std::vector<std::string> seen;
  const auto visit = [&](std::string_view key, std::string_view value) {
    seen.push_back(std::string(key) + "=" + std::string(value));
    return seen.size() < at_most;
  };
  EXPECT_TRUE(reader.scan(family, range, visit).has_value());
  return seen;
}

TEST(Family, NamesAreUniqueAndNeverChange) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kFamilyCount; ++i) names.insert(family_name(static_cast<Family>(i)));
  EXPECT_EQ(names.size(), kFamilyCount);
  EXPECT_EQ(family_name(Family::kReference), "reference");
  EXPECT_EQ(family_name(Family::kLogSubject), "log_subject");
  EXPECT_EQ(family_name(Family::kEntityHistory), "entity_history");
  EXPECT_EQ(family_name(Family::kMeta), "meta");
}

TEST(AfterPrefix, IsTheSmallestKeyAboveAllWithThePrefix) {
  EXPECT_EQ(after_prefix("a"), "b");
  EXPECT_EQ(after_prefix("a\xff"), "b");
  EXPECT_EQ(after_prefix("\x7f"), "\x80");
  EXPECT_EQ(after_prefix("\xff\xff"), "");
  EXPECT_EQ(after_prefix(""), "");
}

class WriteBatchTest : public testing::Test {
 protected:
  WriteBatchTest() {
    for (const char* key : {"b", "d", "f"}) store.put(Family::kHolder, key, "old");
  }

  fakes::MemoryStore store;
  WriteBatch batch{store};
};

TEST_F(WriteBatchTest, ReadsItsOwnWritesFirst) {
  batch.put(Family::kHolder, "b", "new");
  batch.remove(Family::kHolder, "d");
  EXPECT_EQ(batch.get(Family::kHolder, "b"), "new");
  EXPECT_EQ(batch.get(Family::kHolder, "d"), std::nullopt);
  EXPECT_EQ(batch.get(Family::kHolder, "f"), "old");
  EXPECT_EQ(batch.get(Family::kOutbox, "b"), std::nullopt);
  EXPECT_EQ(store.get(Family::kHolder, "b"), "old");
}

TEST_F(WriteBatchTest, WhatWasReadBelowIsOvertakenByItsOwnWritesAndComesBackWithThem) {
  const auto size = batch.size();
  const auto below = batch.get(Family::kHolder, "b").value();
  ASSERT_EQ(batch.get(Family::kHolder, "b").value(), below);
  batch.put(Family::kHolder, "b", "mine");
  EXPECT_EQ(batch.get(Family::kHolder, "b").value(), "mine");
  batch.remove(Family::kHolder, "b");
  EXPECT_EQ(batch.get(Family::kHolder, "b").value(), std::nullopt);
  batch.rollback(size);
  EXPECT_EQ(batch.get(Family::kHolder, "b").value(), below);
}

TEST_F(WriteBatchTest, ScansBothSidesInOrder) {
  batch.put(Family::kHolder, "a", "1");
  batch.put(Family::kHolder, "c", "2");
  batch.put(Family::kHolder, "d", "3");
  batch.remove(Family::kHolder, "f");
  batch.put(Family::kHolder, "g", "4");
  batch.put(Family::kHolder, "h", "5");
  batch.remove(Family::kHolder, "h");
  EXPECT_THAT(entries(batch, Family::kHolder, {}), ElementsAre("a=1", "b=old", "c=2", "d=3", "g=4"));
  EXPECT_THAT(entries(batch, Family::kHolder, {.from = "b", .to = "d", .backwards = false}),
              ElementsAre("b=old", "c=2"));
  EXPECT_THAT(entries(batch, Family::kHolder, {.from = "b", .to = "g", .backwards = true}),
              ElementsAre("d=3", "c=2", "b=old"));
  EXPECT_THAT(entries(batch, Family::kHolder, {.from = "", .to = "", .backwards = true}),
              ElementsAre("g=4", "d=3", "c=2", "b=old", "a=1"));
  EXPECT_THAT(entries(batch, Family::kHolder, {.from = "d", .to = "b", .backwards = false}), IsEmpty());
}

TEST_F(WriteBatchTest, StopsWhenTheVisitorSaysSo) {
  batch.put(Family::kHolder, "a", "1");
  batch.put(Family::kHolder, "c", "2");
  batch.put(Family::kHolder, "z", "3");
  for (std::size_t most = 1; most <= 6; ++most) {
    EXPECT_EQ(entries(batch, Family::kHolder, {}, most).size(), most);
    EXPECT_EQ(entries(batch, Family::kHolder, {.from = "", .to = "", .backwards = true}, most).size(), most);
  }
}

TEST_F(WriteBatchTest, RollbackBringsBackWhatStoodBefore) {
  batch.put(Family::kHolder, "b", "first");
  const auto mark = batch.size();
  batch.put(Family::kHolder, "b", "second");
  batch.remove(Family::kHolder, "b");
  batch.put(Family::kHolder, "x", "third");
  batch.put(Family::kRecord, "r", "line");
  batch.rollback(mark);
  EXPECT_EQ(batch.size(), mark);
  EXPECT_EQ(batch.get(Family::kHolder, "b"), "first");
  EXPECT_EQ(batch.get(Family::kHolder, "x"), std::nullopt);
  batch.rollback(0);
  EXPECT_THAT(entries(batch, Family::kHolder, {}), ElementsAre("b=old", "d=old", "f=old"));
}

TEST_F(WriteBatchTest, FamiliesOfTheLogAreWrittenPastTheOverlay) {
  batch.put(Family::kRecord, "r", "line");
  EXPECT_EQ(batch.get(Family::kRecord, "r"), std::nullopt);
  EXPECT_THAT(entries(batch, Family::kRecord, {}), IsEmpty());
  ASSERT_TRUE(store.write(batch, true));
  EXPECT_EQ(store.get(Family::kRecord, "r"), "line");
}

TEST_F(WriteBatchTest, ErrorsFromBelowComeThrough) {
  batch.put(Family::kHolder, "a", "1");
  store.set_cold(true);
  const auto visit = [](std::string_view, std::string_view) { return true; };
  EXPECT_EQ(batch.get(Family::kHolder, "a", ReadTier::kMemory), "1");
  EXPECT_EQ(batch.get(Family::kHolder, "b", ReadTier::kMemory).error().code, Errc::kWouldBlock);
  EXPECT_EQ(batch.scan(Family::kHolder, {}, visit, ReadTier::kMemory).error().code, Errc::kWouldBlock);
}

TEST_F(WriteBatchTest, ABatchOnABatchSeesBoth) {
  batch.put(Family::kHolder, "c", "1");
  WriteBatch upper(batch);
  upper.remove(Family::kHolder, "b");
  upper.put(Family::kHolder, "c", "2");
  EXPECT_THAT(entries(upper, Family::kHolder, {}), ElementsAre("c=2", "d=old", "f=old"));
}

TEST(MemoryStore, ASnapshotDoesNotMove) {
  fakes::MemoryStore store;
  store.put(Family::kMeta, "a", "1");
  const auto snapshot = store.snapshot();
  WriteBatch batch(store);
  batch.put(Family::kMeta, "a", "2");
  ASSERT_TRUE(store.write(batch, false));
  EXPECT_EQ(snapshot->get(Family::kMeta, "a"), "1");
  EXPECT_EQ(store.get(Family::kMeta, "a"), "2");
  EXPECT_EQ(store.writes(), 1U);
  EXPECT_EQ(store.syncs(), 0U);
}

TEST(MemoryStore, AFailedWriteLeavesNothing) {
  fakes::MemoryStore store;
  WriteBatch batch(store);
  batch.put(Family::kMeta, "a", "2");
  store.fail_writes(Error{Errc::kUnavailable, "disk full"});
  EXPECT_EQ(store.write(batch, true).error().code, Errc::kUnavailable);
  EXPECT_EQ(store.count(Family::kMeta), 0U);
}

}  // namespace
}  // namespace wissel::core
