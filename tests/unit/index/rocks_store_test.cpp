// A store at work: damage met while reading, failure and reopening, figures.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include "tests/unit/index/rocks_fixture.hpp"

namespace wissel::index {
namespace {

namespace fs = std::filesystem;
using contract::keys;
using contract::value;
using contract::write;
using core::Errc;
using core::Family;
using testing::HasSubstr;

TEST_F(RocksStoreTest, NamesTheFileWhoseBlockDoesNotVerify) {
  const auto table = make_damaged_store();
  const auto store = open();
  const auto got = store->get(Family::kRecord, "0");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, Errc::kCorrupt);
  EXPECT_THAT(got.error().detail, HasSubstr(table.filename().string()));
  const auto scrubbed = store->scrub([](auto, auto, auto) { return true; });
  ASSERT_TRUE(scrubbed);
  ASSERT_EQ(scrubbed->damaged.size(), 1U);
  EXPECT_EQ(scrubbed->damaged[0].name, table.filename().string());
  EXPECT_EQ(scrubbed->damaged[0].family, "record");
  EXPECT_EQ(value(*store, Family::kEntity, "a"), "1") << "other data is still served";
}

TEST_F(RocksStoreTest, ChecksTheTablesOfAStoppedStore) {
  make_store();
  EXPECT_TRUE(check_tables(dir, logger));
  const auto table = file_ending(".sst");
  fakes::flip_bit(table, 10);
  const auto checked = check_tables(dir, logger);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Errc::kCorrupt);
  EXPECT_THAT(checked.error().detail, HasSubstr(table.filename().string()));
}

TEST_F(RocksStoreTest, KeepsNoLogFileInTheDataDirectory) {
  make_store();
  EXPECT_FALSE(fs::exists(fs::path(dir) / "LOG"));
}

TEST_F(RocksStoreTest, ReadsAStoppedStoreWithoutChangingIt) {
  make_store();
  const auto before = listing();
  {
    const auto reader = open_read_only(dir, logger);
    ASSERT_TRUE(reader) << reader.error().detail;
    EXPECT_EQ(value(**reader, Family::kEntity, "a"), "1");
    EXPECT_THAT(keys(**reader, Family::kRecord), testing::SizeIs(500));
    EXPECT_THAT(refusal().detail, HasSubstr("uses this directory")) << "no daemon starts meanwhile";
  }
  EXPECT_EQ(listing(), before);
  EXPECT_EQ(open_read_only(temp.at("none"), logger).error().code, Errc::kUnavailable);
}

TEST_F(RocksStoreTest, TakesNoTableThatIsNotOpenForAnEmptyValue) {
  StoreOptions options;
  options.dir = dir;
  options.max_open_files = 20;  // so few that most tables are not opened with the store
  const auto family = [](std::size_t i) { return static_cast<Family>(i); };
  {
    const auto store = open_rocks_store(options, logger);
    ASSERT_TRUE(store);
    for (std::size_t i = 0; i + 1 < core::kFamilyCount; ++i) write(**store, family(i), {{"a", "1"}});
    ASSERT_TRUE((*store)->flush());
  }
  const auto store = open_rocks_store(options, logger);
  ASSERT_TRUE(store);
  for (std::size_t i = 0; i + 1 < core::kFamilyCount; ++i) {
    const auto read = (*store)->get(family(i), "a", core::ReadTier::kMemory);
    if (read) {
      EXPECT_EQ(*read, "1") << core::family_name(family(i));
    } else {
      EXPECT_EQ(read.error().code, Errc::kWouldBlock);
    }
    EXPECT_EQ(value(**store, family(i), "a"), "1");
  }
}

TEST_F(RocksStoreTest, EndsSnapshotsAtAReopenWithoutHarm) {
  const auto store = open();
  write(*store, Family::kEntity, {{"a", "1"}});
  auto snapshot = store->snapshot();
  ASSERT_TRUE(store->reopen());
  EXPECT_EQ(snapshot->get(Family::kEntity, "a").error().code, Errc::kUnavailable);
  EXPECT_EQ(value(*store, Family::kEntity, "a"), "1");
  snapshot = store->snapshot();
  EXPECT_EQ(value(*snapshot, Family::kEntity, "a"), "1");
}

TEST_F(RocksStoreTest, LetsASnapshotOutliveTheStore) {
  auto store = open();
  const auto snapshot = store->snapshot();
  store.reset();
  EXPECT_EQ(snapshot->get(Family::kEntity, "a").error().code, Errc::kUnavailable);
}

TEST_F(RocksStoreTest, ReopensWhileOthersRead) {
  const auto store = open();
  write(*store, Family::kEntity, {{"a", "1"}, {"b", "2"}});
  std::atomic<bool> stop{false};
  std::atomic<int> reads{0};
  const auto read = [&] {
    while (!stop) {
      const auto snapshot = store->snapshot();
      const auto got = snapshot->get(Family::kEntity, "a");
      if (got) {
        EXPECT_EQ(*got, "1");
      } else {
        EXPECT_EQ(got.error().code, Errc::kUnavailable);
      }
      std::size_t seen = 0;
      const auto count = [&seen](std::string_view, std::string_view) { return ++seen < 10; };
      if (store->scan(Family::kEntity, {}, count)) {
        EXPECT_EQ(seen, 2U);
      }
      ++reads;
    }
  };
  {
    const std::jthread one(read);
    const std::jthread two(read);
    for (int i = 0; i < 5; ++i) {
      const int before = reads;
      while (reads < before + 10) std::this_thread::yield();
      EXPECT_TRUE(store->reopen());
    }
    stop = true;
  }
}

/// Files of this process may not grow past a bound: what a full disk does, without a disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    previous_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, previous_);
  }

 private:
  rlimit before_{};
  void (*previous_)(int) = nullptr;
};

TEST_F(RocksStoreTest, FailsAfterARefusedWriteAndComesBackByReopening) {
  const auto store = open();
  write(*store, Family::kEntity, {{"kept", "1"}});
  {
    const FileSizeLimit limit(64 * 1024);
    core::WriteBatch batch(*store);
    batch.put(Family::kEntity, "lost", std::string(200'000, 'x'));
    const auto written = store->write(batch, true);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, Errc::kUnavailable);
    EXPECT_TRUE(store->failed());
  }
  core::WriteBatch batch(*store);
  batch.put(Family::kEntity, "later", "1");
  EXPECT_EQ(store->write(batch, true).error().code, Errc::kUnavailable) << "even when there is room again";
  EXPECT_EQ(value(*store, Family::kEntity, "kept"), "1") << "reads go on";

  ASSERT_TRUE(store->reopen());
  EXPECT_FALSE(store->failed());
  ASSERT_TRUE(store->write(batch, true));
  EXPECT_THAT(keys(*store, Family::kEntity), testing::ElementsAre("kept", "later"));
}

TEST_F(RocksStoreTest, StaysFailedWhenItCannotBeReopened) {
  const auto store = open();
  write(*store, Family::kEntity, {{"kept", "1"}});
  {
    const FileSizeLimit limit(1);
    EXPECT_FALSE(store->reopen());
    EXPECT_TRUE(store->failed());
    EXPECT_EQ(store->get(Family::kEntity, "kept").error().code, Errc::kUnavailable);
  }
  ASSERT_TRUE(store->reopen());
  EXPECT_EQ(value(*store, Family::kEntity, "kept"), "1");
}

TEST_F(RocksStoreTest, GivesFigures) {
  make_store();
  const auto store = open();
  const auto figures = store->figures();
  EXPECT_EQ(figures.families.size(), core::kFamilyCount);
  EXPECT_GT(figures.table_bytes, 0U);
  EXPECT_EQ(figures.block_cache_bytes_max, std::size_t{256} << 20);
  for (const auto& family : figures.families) {
    if (family.name == "record") {
      EXPECT_EQ(family.keys_estimate, 500U);
    }
  }
  EXPECT_TRUE(store->free_space());
}

TEST_F(RocksStoreTest, RefusesBoundsItCannotKeep) {
  StoreOptions options;
  options.dir = dir;
  options.block_cache_bytes = 1024;
  EXPECT_EQ(open_rocks_store(options, logger).error().code, Errc::kInvalidInput);
  EXPECT_FALSE(fs::exists(dir));
}

}  // namespace
}  // namespace wissel::index
