#include "index/backup.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "core/crypto.hpp"
#include "core/log/merkle.hpp"
#include "core/log/note.hpp"
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

/// A signed note of 500 records; who has the key judges its signature.
const std::string& checkpoint() {
  static const std::string kNote =
      core::sign_checkpoint("wissel.test/log/unit", 500, core::empty_root(), core::SigningKey::generate()).encode();
  return kNote;
}

class BackupTest : public RocksStoreTest {
 protected:
  BackupRequest request(const std::string& name) const {
    BackupRequest out;
    out.target_dir = temp.at(name);
    out.made_at = core::from_ms(1'772'442'900'000);
    out.describe = [](const core::StoreReader& copied) -> core::Result<BackupNote> {
      return BackupNote{.log_size = keys(copied, Family::kRecord).size(), .checkpoint = checkpoint()};
    };
    return out;
  }
  /// A finished backup of make_store(), in `backup`.
  void make_backup() {
    make_store();
    const auto report = open()->backup(request("backup"));
    ASSERT_TRUE(report) << report.error().detail;
  }
  static std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void replace_in_list(const std::string& from, const std::string& to) const {
    auto text = text_of(backup + "/BACKUP.json");
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    std::ofstream(backup + "/BACKUP.json", std::ios::binary) << text.replace(at, from.size(), to);
  }

  std::string backup = temp.at("backup");
  std::string restored = temp.at("restored");
};

TEST_F(BackupTest, RefusesAListThatSaysLessThanItsCheckpoint) {
  make_backup();
  replace_in_list("\"log_size\":500", "\"log_size\":499");
  const auto report = restore_backup(backup, restored);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::kCorrupt);
  EXPECT_THAT(report.error().detail, HasSubstr("log_size below"));
}

TEST_F(BackupTest, RestoresToTheSameState) {
  make_backup();
  const auto report = restore_backup(backup, restored);
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->note.log_size, 500U);
  EXPECT_EQ(report->note.checkpoint, checkpoint());
  EXPECT_EQ(core::format_rfc3339(report->made_at), "2026-03-02T09:15:00Z");
  EXPECT_FALSE(fs::exists(restored + "/BACKUP.json"));
  dir = restored;
  const auto store = open();
  EXPECT_EQ(value(*store, Family::kEntity, "a"), "1");
  EXPECT_THAT(keys(*store, Family::kRecord), testing::SizeIs(500));
  write(*store, Family::kEntity, {{"b", "2"}});
}

TEST_F(BackupTest, IsReadableAsItIs) {
  make_backup();
  ASSERT_TRUE(verify_backup(backup));
  {
    const auto reader = open_read_only(backup, logger);
    ASSERT_TRUE(reader) << reader.error().detail;
    EXPECT_EQ(value(**reader, Family::kEntity, "a"), "1");
  }
  EXPECT_TRUE(verify_backup(backup)) << "reading changed nothing";
}

TEST_F(BackupTest, HoldsTheStoresFilesAlone) {
  make_backup();
  for (const auto& entry : fs::directory_iterator(backup)) {
    EXPECT_THAT(entry.path().filename().string(),
                testing::MatchesRegex("[0-9]+\\.(sst|log)|CURRENT|(MANIFEST|OPTIONS)-[0-9]+|BACKUP\\.json"));
  }
  EXPECT_FALSE(fs::exists(backup + ".unfinished"));
}

TEST_F(BackupTest, IsOneStateWhileOthersWrite) {
  const auto store = open();
  std::atomic<bool> stop{false};
  std::atomic<int> written{0};
  const auto keep_writing = [&] {
    for (int i = 0; !stop; ++i) {
      const auto text = std::to_string(1'000'000 + i);
      core::WriteBatch batch(*store);
      batch.put(Family::kRecord, text, "r");
      batch.put(Family::kEntity, "last", text);
      EXPECT_TRUE(store->write(batch, i % 10 == 0));
      ++written;
    }
  };
  {
    const std::jthread writer(keep_writing);
    for (int i = 0; i < 4; ++i) {
      const int before = written;
      while (written < before + 200) std::this_thread::yield();
      const auto name = "online" + std::to_string(i);
      const auto report = store->backup(request(name));
      ASSERT_TRUE(report) << report.error().detail;
      const auto reader = open_read_only(temp.at(name), logger);
      ASSERT_TRUE(reader) << reader.error().detail;
      const auto records = keys(**reader, Family::kRecord);
      EXPECT_GE(static_cast<int>(records.size()), before);
      EXPECT_EQ(records.size(), report->note.log_size);
      EXPECT_EQ(records.back(), value(**reader, Family::kEntity, "last"));
    }
    stop = true;
  }
}

TEST_F(BackupTest, TellsItsProgress) {
  make_store();
  auto wanted = request("backup");
  std::uint64_t last = 0;
  std::uint64_t all = 0;
  wanted.progress = [&](std::uint64_t done, std::uint64_t total) {
    EXPECT_GE(done, last);
    last = done;
    all = total;
  };
  const auto report = open()->backup(wanted);
  ASSERT_TRUE(report);
  EXPECT_GT(all, 0U);
  EXPECT_EQ(last, all);
  EXPECT_EQ(report->bytes, all);
}

TEST_F(BackupTest, RefusesATargetThatExistsOrLiesInside) {
  make_store();
  const auto store = open();
  fs::create_directories(backup);
  EXPECT_EQ(store->backup(request("backup")).error().detail, backup + " exists; name a new directory");
  EXPECT_THAT(store->backup(request("data/backup")).error().detail, HasSubstr("lies inside the data directory"));
  EXPECT_EQ(store->backup(request("no/such/parent")).error().code, Errc::kInvalidInput);
}

TEST_F(BackupTest, LeavesNothingWhenItCannotBeDescribed) {
  make_store();
  auto wanted = request("backup");
  wanted.describe = [](const core::StoreReader&) -> core::Result<BackupNote> {
    return core::fail(Errc::kCorrupt, "no tree");
  };
  EXPECT_EQ(open()->backup(wanted).error().detail, "describe the backup: no tree");
  EXPECT_FALSE(fs::exists(backup));
  EXPECT_FALSE(fs::exists(backup + ".unfinished"));
}

TEST_F(BackupTest, ReplacesWhatAnEarlierOneLeftUnfinished) {
  fs::create_directories(backup + ".unfinished");
  std::ofstream(backup + ".unfinished/000001.sst") << "half";
  make_backup();
  EXPECT_TRUE(verify_backup(backup));
}

TEST_F(BackupTest, IsNotRestoredOverAnything) {
  make_backup();
  fs::create_directories(restored);
  std::ofstream(restored + "/precious") << "x";
  const auto error = restore_backup(backup, restored).error();
  EXPECT_EQ(error.code, Errc::kConflict);
  EXPECT_THAT(error.detail, HasSubstr(restored + " is not empty (it holds precious)"));
  EXPECT_EQ(text_of(restored + "/precious"), "x");
}

TEST_F(BackupTest, IsNotRestoredWhenAFileDiffers) {
  make_backup();
  for (const auto& entry : fs::directory_iterator(backup)) {
    if (entry.path().extension() != ".sst") continue;
    fakes::flip_bit(entry.path(), 30);
    break;
  }
  const auto error = restore_backup(backup, restored).error();
  EXPECT_EQ(error.code, Errc::kCorrupt);
  EXPECT_THAT(error.detail, HasSubstr("its SHA-256 differs"));
  EXPECT_TRUE(fs::is_empty(restored)) << "a restore that failed can be tried again";
  EXPECT_EQ(verify_backup(backup).error().code, Errc::kCorrupt);
}

TEST_F(BackupTest, IsNotRestoredWhenAFileIsMissing) {
  make_backup();
  fs::remove(backup + "/CURRENT");
  EXPECT_THAT(restore_backup(backup, restored).error().detail, HasSubstr("CURRENT, which BACKUP.json lists"));
  EXPECT_THAT(verify_backup(temp.at("none")).error().detail, HasSubstr("holds no backup"));
}

TEST_F(BackupTest, IsNotRestoredFromAListThatLeadsElsewhere) {
  make_backup();
  replace_in_list("\"name\":\"CURRENT\"", "\"name\":\"../CURRENT\"");
  EXPECT_EQ(restore_backup(backup, restored).error().code, Errc::kCorrupt);
  EXPECT_FALSE(fs::exists(temp.at("CURRENT")));
}

TEST_F(BackupTest, IsNotRestoredFromAListThatIsNoList) {
  make_backup();
  const auto whole = text_of(backup + "/BACKUP.json");
  // Cut at any byte it is refused, never half obeyed. The last byte is a line's end.
  for (std::size_t cut = 0; cut + 2 < whole.size(); cut += 7) {
    std::ofstream(backup + "/BACKUP.json", std::ios::binary | std::ios::trunc) << whole.substr(0, cut);
    EXPECT_EQ(read_backup(backup).error().code, Errc::kCorrupt) << cut;
  }
}

TEST_F(BackupTest, NamesAFormatItDoesNotKnow) {
  make_backup();
  replace_in_list("\"format\":1", "\"format\":9");
  const auto error = restore_backup(backup, restored).error();
  EXPECT_EQ(error.code, Errc::kConflict);
  EXPECT_THAT(error.detail, HasSubstr("backup format 9; this program knows 1"));
}

}  // namespace
}  // namespace wissel::index
