#pragma once
// What every implementation of core/store.hpp must do; run against the fake and RocksDB alike.
//
// StoreContract<Bench>: Bench is default-constructible and has `core::Store& store()`.
// DurableStoreContract<Bench>: also `void reopen()` (orderly) and `void crash()` (as a power cut, then opened again);
// references from store() are gone after either.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/store.hpp"

namespace wissel::contract {

using core::Family;
using core::KeyRange;

using Entries = std::vector<std::pair<std::string, std::string>>;

inline Entries entries(const core::StoreReader& reader, Family family, const KeyRange& range) {
  Entries found;
  const auto visit = [&found](std::string_view key, std::string_view value) {
    found.emplace_back(key, value);
    return true;
  };
  const auto scanned = reader.scan(family, range, visit);
  EXPECT_TRUE(scanned) << scanned.error().detail;
  return found;
}

inline std::vector<std::string> keys(const core::StoreReader& reader, Family family, const KeyRange& range = {}) {
  std::vector<std::string> found;
  for (auto& [key, value] : entries(reader, family, range)) found.push_back(key);
  return found;
}

/// The value, or "<none>"; a failure is reported.
inline std::string value(const core::StoreReader& reader, Family family, std::string_view key) {
  const auto got = reader.get(family, key);
  if (!got) {
    ADD_FAILURE() << got.error().detail;
    return "<error>";
  }
  return *got ? **got : "<none>";
}

/// Writes the pairs in one batch; no value: delete.
inline void write(core::Store& store, Family family,
                  const std::vector<std::pair<std::string, std::optional<std::string>>>& pairs, bool sync = true) {
  core::WriteBatch batch(store);
  for (const auto& [key, content] : pairs) {
    if (content) {
      batch.put(family, key, *content);
    } else {
      batch.remove(family, key);
    }
  }
  const auto written = store.write(batch, sync);
  ASSERT_TRUE(written) << written.error().detail;
}

template <class Bench>
class StoreContract : public testing::Test {
 protected:
  core::Store& store() { return bench_.store(); }

 private:
  Bench bench_;
};
TYPED_TEST_SUITE_P(StoreContract);

TYPED_TEST_P(StoreContract, GivesBackWhatWasPut) {
  auto& store = this->store();
  write(store, Family::kEntity, {{"a", "1"}, {"b", ""}});
  EXPECT_EQ(value(store, Family::kEntity, "a"), "1");
  EXPECT_EQ(value(store, Family::kEntity, "b"), "");
  EXPECT_EQ(value(store, Family::kEntity, "c"), "<none>");
  EXPECT_EQ(value(store, Family::kHolder, "a"), "<none>") << "families do not mix";
}

TYPED_TEST_P(StoreContract, KeepsBytesThatAreNoText) {
  auto& store = this->store();
  const std::string key("\0\xff\x80\n", 4);
  const std::string content("\0\0\xff", 3);
  write(store, Family::kRecord, {{key, content}});
  EXPECT_EQ(value(store, Family::kRecord, key), content);
}

TYPED_TEST_P(StoreContract, TakesTheLastOfSeveralWritesOfOneKey) {
  auto& store = this->store();
  write(store, Family::kMeta, {{"k", "1"}, {"k", std::nullopt}, {"k", "2"}});
  EXPECT_EQ(value(store, Family::kMeta, "k"), "2");
  write(store, Family::kMeta, {{"k", "3"}, {"k", std::nullopt}});
  EXPECT_EQ(value(store, Family::kMeta, "k"), "<none>");
}

TYPED_TEST_P(StoreContract, WritesABatchOverFamiliesAsOne) {
  auto& store = this->store();
  core::WriteBatch batch(store);
  for (std::size_t i = 0; i < core::kFamilyCount; ++i) batch.put(static_cast<Family>(i), "same", std::to_string(i));
  EXPECT_EQ(value(store, Family::kReference, "same"), "<none>") << "not before the write";
  ASSERT_TRUE(store.write(batch, false));
  for (std::size_t i = 0; i < core::kFamilyCount; ++i) {
    EXPECT_EQ(value(store, static_cast<Family>(i), "same"), std::to_string(i));
  }
}

TYPED_TEST_P(StoreContract, WritesAnEmptyBatch) {
  core::WriteBatch batch(this->store());
  EXPECT_TRUE(this->store().write(batch, true));
}

TYPED_TEST_P(StoreContract, ScansForwardsWithinItsBounds) {
  auto& store = this->store();
  write(store, Family::kTimer, {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}});
  EXPECT_THAT(keys(store, Family::kTimer), testing::ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(keys(store, Family::kTimer, {.from = "b", .to = "d"}), testing::ElementsAre("b", "c"));
  EXPECT_THAT(keys(store, Family::kTimer, {.from = "b", .to = ""}), testing::ElementsAre("b", "c", "d"));
  EXPECT_THAT(keys(store, Family::kTimer, {.from = "", .to = "c"}), testing::ElementsAre("a", "b"));
  EXPECT_THAT(keys(store, Family::kTimer, {.from = "bb", .to = "bc"}), testing::IsEmpty());
  EXPECT_THAT(keys(store, Family::kTimer, {.from = "c", .to = "b"}), testing::IsEmpty());
  EXPECT_THAT(keys(store, Family::kTimer, {.from = "b", .to = "b"}), testing::IsEmpty());
}

TYPED_TEST_P(StoreContract, ScansBackwardsWithinItsBounds) {
  auto& store = this->store();
  write(store, Family::kTimer, {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}});
  const auto back = [&](std::string from, std::string to) {
    return keys(store, Family::kTimer, {.from = std::move(from), .to = std::move(to), .backwards = true});
  };
  EXPECT_THAT(back("", ""), testing::ElementsAre("d", "c", "b", "a"));
  EXPECT_THAT(back("b", "d"), testing::ElementsAre("c", "b"));
  EXPECT_THAT(back("b", "cc"), testing::ElementsAre("c", "b"));
  EXPECT_THAT(back("bb", ""), testing::ElementsAre("d", "c"));
  EXPECT_THAT(back("", "a"), testing::IsEmpty());
  EXPECT_THAT(back("c", "b"), testing::IsEmpty());
}

TYPED_TEST_P(StoreContract, StopsAScanWhenTheVisitorHasEnough) {
  auto& store = this->store();
  write(store, Family::kMailbox, {{"a", "1"}, {"b", "2"}, {"c", "3"}});
  std::vector<std::string> seen;
  const auto visit = [&seen](std::string_view key, std::string_view) {
    seen.emplace_back(key);
    return seen.size() < 2;
  };
  ASSERT_TRUE(store.scan(Family::kMailbox, {}, visit));
  EXPECT_THAT(seen, testing::ElementsAre("a", "b"));
}

TYPED_TEST_P(StoreContract, LetsAVisitorReadAgain) {
  auto& store = this->store();
  write(store, Family::kOutbox, {{"a", "x"}, {"b", "y"}});
  write(store, Family::kMessage, {{"x", "1"}, {"y", "2"}});
  std::vector<std::string> seen;
  const auto visit = [&](std::string_view, std::string_view id) {
    seen.push_back(value(store, Family::kMessage, id));
    return true;
  };
  ASSERT_TRUE(store.scan(Family::kOutbox, {}, visit));
  EXPECT_THAT(seen, testing::ElementsAre("1", "2"));
}

TYPED_TEST_P(StoreContract, FindsByPrefixUpToTheHighestByte) {
  auto& store = this->store();
  write(store, Family::kHolder,
        {{"p", "1"}, {"p\xff", "2"}, {"p\xff\xff", "3"}, {"q", "4"}, {"\xff", "5"}, {"\xff\xff\x01", "6"}});
  EXPECT_THAT(keys(store, Family::kHolder, core::prefix_range("p")), testing::ElementsAre("p", "p\xff", "p\xff\xff"));
  EXPECT_THAT(keys(store, Family::kHolder, core::prefix_range("p\xff")), testing::ElementsAre("p\xff", "p\xff\xff"));
  EXPECT_THAT(keys(store, Family::kHolder, core::prefix_range("\xff")), testing::ElementsAre("\xff", "\xff\xff\x01"));
  EXPECT_THAT(keys(store, Family::kHolder, core::prefix_range("")), testing::SizeIs(6));
}

/// `reference` has filters on the first 16 bytes: they may never hide a key from a scan that crosses subjects.
TYPED_TEST_P(StoreContract, ScansReferencesOfOneSubjectAndAcrossSubjects) {
  auto& store = this->store();
  const std::string one(16, 'a');
  const std::string two(16, 'b');
  const std::string last(16, '\xff');
  write(store, Family::kReference,
        {{one + "1", ""}, {one + "2", ""}, {two + "1", ""}, {last + "1", ""}, {"short", ""}});
  EXPECT_THAT(keys(store, Family::kReference, core::prefix_range(one)), testing::ElementsAre(one + "1", one + "2"));
  EXPECT_THAT(keys(store, Family::kReference, core::prefix_range(one + "2")), testing::ElementsAre(one + "2"));
  EXPECT_THAT(keys(store, Family::kReference, core::prefix_range(last)), testing::ElementsAre(last + "1"));
  EXPECT_THAT(keys(store, Family::kReference, core::prefix_range(std::string(16, 'c'))), testing::IsEmpty());
  EXPECT_THAT(keys(store, Family::kReference, {.from = one + "2", .to = two + "2"}),
              testing::ElementsAre(one + "2", two + "1"));
  EXPECT_THAT(keys(store, Family::kReference, {.from = std::string(16, 'A'), .to = ""}), testing::SizeIs(5));
  EXPECT_THAT(keys(store, Family::kReference, {.from = "", .to = ""}), testing::SizeIs(5));
  auto back = core::prefix_range(one);
  back.backwards = true;
  EXPECT_THAT(keys(store, Family::kReference, back), testing::ElementsAre(one + "2", one + "1"));
}

TYPED_TEST_P(StoreContract, KeepsASnapshotStill) {
  auto& store = this->store();
  write(store, Family::kEntity, {{"a", "1"}, {"b", "1"}});
  const auto snapshot = store.snapshot();
  write(store, Family::kEntity, {{"a", "2"}, {"b", std::nullopt}, {"c", "2"}});
  EXPECT_EQ(entries(*snapshot, Family::kEntity, {}), (Entries{{"a", "1"}, {"b", "1"}}));
  EXPECT_EQ(value(*snapshot, Family::kEntity, "a"), "1");
  EXPECT_EQ(entries(store, Family::kEntity, {}), (Entries{{"a", "2"}, {"c", "2"}}));
}

TYPED_TEST_P(StoreContract, ReadsThroughABatchThatIsBeingBuilt) {
  auto& store = this->store();
  write(store, Family::kEntity, {{"a", "old"}, {"b", "old"}, {"d", "old"}});
  core::WriteBatch batch(store);
  batch.put(Family::kEntity, "a", "new");
  batch.remove(Family::kEntity, "b");
  batch.put(Family::kEntity, "c", "new");
  const auto before = batch.size();
  batch.put(Family::kEntity, "a", "newest");
  EXPECT_EQ(value(batch, Family::kEntity, "a"), "newest");
  batch.rollback(before);

  const Entries merged{{"a", "new"}, {"c", "new"}, {"d", "old"}};
  EXPECT_EQ(entries(batch, Family::kEntity, {}), merged);
  EXPECT_EQ(entries(batch, Family::kEntity, {.from = "", .to = "", .backwards = true}),
            Entries(merged.rbegin(), merged.rend()));
  EXPECT_EQ(value(batch, Family::kEntity, "b"), "<none>");
  ASSERT_TRUE(store.write(batch, false));
  EXPECT_EQ(entries(store, Family::kEntity, {}), merged);
}

TYPED_TEST_P(StoreContract, AnswersFromMemoryWhatWasReadBefore) {
  auto& store = this->store();
  write(store, Family::kEntity, {{"a", "1"}});
  const auto first = store.get(Family::kEntity, "a", core::ReadTier::kMemory);
  if (!first) {
    EXPECT_EQ(first.error().code, core::Errc::kWouldBlock);
  }
  EXPECT_EQ(value(store, Family::kEntity, "a"), "1");
  const auto second = store.get(Family::kEntity, "a", core::ReadTier::kMemory);
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_EQ(*second, "1");
}

REGISTER_TYPED_TEST_SUITE_P(StoreContract, GivesBackWhatWasPut, KeepsBytesThatAreNoText,
                            TakesTheLastOfSeveralWritesOfOneKey, WritesABatchOverFamiliesAsOne, WritesAnEmptyBatch,
                            ScansForwardsWithinItsBounds, ScansBackwardsWithinItsBounds,
                            StopsAScanWhenTheVisitorHasEnough, LetsAVisitorReadAgain, FindsByPrefixUpToTheHighestByte,
                            ScansReferencesOfOneSubjectAndAcrossSubjects, KeepsASnapshotStill,
                            ReadsThroughABatchThatIsBeingBuilt, AnswersFromMemoryWhatWasReadBefore);

template <class Bench>
class DurableStoreContract : public testing::Test {
 protected:
  Bench bench_;
};
TYPED_TEST_SUITE_P(DurableStoreContract);

TYPED_TEST_P(DurableStoreContract, KeepsEverythingOverAReopen) {
  write(this->bench_.store(), Family::kEntity, {{"a", "1"}}, true);
  write(this->bench_.store(), Family::kEntity, {{"b", "2"}}, false);
  this->bench_.reopen();
  EXPECT_EQ(entries(this->bench_.store(), Family::kEntity, {}), (Entries{{"a", "1"}, {"b", "2"}}));
}

TYPED_TEST_P(DurableStoreContract, KeepsSyncedWritesOverACrash) {
  write(this->bench_.store(), Family::kEntity, {{"a", "1"}, {"b", "1"}}, true);
  write(this->bench_.store(), Family::kRecord, {{"r", "1"}}, true);
  write(this->bench_.store(), Family::kEntity, {{"b", std::nullopt}}, true);
  this->bench_.crash();
  EXPECT_EQ(entries(this->bench_.store(), Family::kEntity, {}), (Entries{{"a", "1"}}));
  EXPECT_EQ(value(this->bench_.store(), Family::kRecord, "r"), "1");
}

TYPED_TEST_P(DurableStoreContract, GoesOnAfterACrash) {
  for (const auto* content : {"1", "2", "3"}) {
    write(this->bench_.store(), Family::kMeta, {{"k", content}}, true);
    this->bench_.crash();
    EXPECT_EQ(value(this->bench_.store(), Family::kMeta, "k"), content);
  }
}

REGISTER_TYPED_TEST_SUITE_P(DurableStoreContract, KeepsEverythingOverAReopen, KeepsSyncedWritesOverACrash,
                            GoesOnAfterACrash);

}  // namespace wissel::contract
