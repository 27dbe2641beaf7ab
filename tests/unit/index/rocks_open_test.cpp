// What an opening checks before it trusts a directory.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

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

class RocksOpenTest : public RocksStoreTest {
 protected:
  /// Makes `dir` a store whose log alone holds these keys, each in a write of its own.
  void make_copy_with_log(const std::vector<std::string>& names) {
    {
      const auto store = open();
      for (const auto& name : names) write(*store, Family::kRecord, {{name, "1"}});
      fs::copy(dir, temp.at("copy"));
    }
    dir = temp.at("copy");
  }
  [[nodiscard]] std::size_t offset_of(const std::string& text) const {
    std::ifstream file(file_ending(".log"), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    return content.find(text);
  }
  static void overwrite(const fs::path& path, std::size_t at, const std::string& bytes) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file << bytes;
  }
};

// Literal bytes: what is on disk is read by every later version.
TEST_F(RocksOpenTest, NotesItsSchemaInANewStore) {
  const auto store = open();
  EXPECT_EQ(value(*store, Family::kMeta, "schema"), std::string("\x01\x00\x00\x00\x02", 5));
}

TEST_F(RocksOpenTest, RefusesAnUnknownSchema) {
  make_store();
  put_raw("meta", "schema", std::string("\x01\x00\x00\x00\x07", 5));
  const auto error = refusal();
  EXPECT_EQ(error.code, Errc::kConflict);
  EXPECT_EQ(error.detail, "the store in " + dir +
                              " has schema version 7; this program knows version 2; nothing was changed. Start the "
                              "program that made it, or restore a backup of a known version");
}

TEST_F(RocksOpenTest, RefusesFamiliesItDoesNotKnow) {
  make_store();
  put_raw("wonder", "k", "v");
  EXPECT_THAT(refusal().detail, HasSubstr("it has the family 'wonder'"));
}

TEST_F(RocksOpenTest, RefusesAStoreThatIsNotOurs) {
  fs::create_directories(dir);
  put_raw("default", "k", "v");
  EXPECT_THAT(refusal().detail, HasSubstr("the key 'schema' is missing"));
}

TEST_F(RocksOpenTest, AddsFamiliesThatAnOlderStoreLacks) {
  make_store();
  {
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    std::vector<std::string> names;
    ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, dir, &names).ok());
    for (const auto& name : names) descriptors.emplace_back(name, rocksdb::ColumnFamilyOptions{});
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open({}, dir, descriptors, &handles, &raw).ok());
    const std::unique_ptr<rocksdb::DB> db(raw);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == "annex") {
        ASSERT_TRUE(db->DropColumnFamily(handles[i]).ok());
      }
      ASSERT_TRUE(db->DestroyColumnFamilyHandle(handles[i]).ok());
    }
  }
  {
    const auto reader = open_read_only(dir, logger);
    ASSERT_TRUE(reader) << reader.error().detail;
    EXPECT_THAT(keys(**reader, Family::kAnnex), testing::IsEmpty());
  }
  const auto store = open();
  write(*store, Family::kAnnex, {{"k", "v"}});
  EXPECT_EQ(value(*store, Family::kAnnex, "k"), "v");
}

TEST_F(RocksOpenTest, RefusesADirectoryInUseAndNamesThePid) {
  const auto store = open();
  const auto error = refusal();
  EXPECT_EQ(error.code, Errc::kConflict);
  EXPECT_EQ(error.detail, "another wisseld (pid " + std::to_string(::getpid()) + ") uses this directory: " + dir +
                              "; stop it first, or give this one another directory");
  const auto reader = open_read_only(dir, logger);
  ASSERT_FALSE(reader);
  EXPECT_THAT(reader.error().detail, HasSubstr("another wisseld (pid"));
  write(*store, Family::kMeta, {{"unharmed", "yes"}});
}

TEST_F(RocksOpenTest, RefusesADirectoryWithOtherThings) {
  fs::create_directories(dir);
  std::ofstream(fs::path(dir) / "letter.txt") << "dear reader";
  EXPECT_EQ(refusal().detail, "data directory " + dir +
                                  " is no store and not empty (it holds letter.txt); give an "
                                  "empty directory");
}

TEST_F(RocksOpenTest, FinishesACreationThatWasCutShort) {
  fs::create_directories(dir);
  std::ofstream(fs::path(dir) / "MANIFEST-000001") << "half";
  std::ofstream(fs::path(dir) / "LOCK");
  const auto store = open();
  EXPECT_NE(value(*store, Family::kMeta, "schema"), "<none>");
}

TEST_F(RocksOpenTest, RefusesALostCurrentInsteadOfStartingANewStore) {
  make_store();
  fs::remove(fs::path(dir) / "CURRENT");
  const auto error = refusal();
  EXPECT_EQ(error.code, Errc::kCorrupt);
  EXPECT_THAT(error.detail, HasSubstr("the store in " + dir + " is damaged: CURRENT is missing"));
  EXPECT_THAT(error.detail, HasSubstr("nothing was changed"));
  EXPECT_THAT(error.detail, HasSubstr("wisselctl restore"));
}

TEST_F(RocksOpenTest, RefusesALostManifest) {
  make_store();
  for (const auto& entry : fs::directory_iterator(dir)) {
    if (entry.path().filename().string().starts_with("MANIFEST-")) fs::remove(entry.path());
  }
  EXPECT_THAT(refusal().detail, testing::MatchesRegex(".*MANIFEST-[0-9]+, which CURRENT names, is missing.*"));
}

TEST_F(RocksOpenTest, QuotesADamagedNameSoThatItCanBeShown) {
  make_store();
  std::ofstream(fs::path(dir) / "CURRENT") << "MANIFEST-00\xb0\x1b[2J\n";
  EXPECT_THAT(refusal().detail, HasSubstr(R"(MANIFEST-00\xb0\x1b[2J, which CURRENT names, is missing)"));
}

TEST_F(RocksOpenTest, RefusesALostTableAndNamesIt) {
  make_store();
  const auto table = file_ending(".sst");
  fs::remove(table);
  const auto error = refusal();
  EXPECT_EQ(error.code, Errc::kCorrupt);
  EXPECT_THAT(error.detail, HasSubstr(table.filename().string()));
}

TEST_F(RocksOpenTest, RefusesALogWithDamageBeforeItsLastWrite) {
  make_copy_with_log({"first", "second", "third"});
  overwrite(file_ending(".log"), offset_of("second"), "\x55");
  EXPECT_EQ(refusal().code, Errc::kCorrupt);
  EXPECT_EQ(open_read_only(dir, logger).error().code, Errc::kCorrupt);
  EXPECT_EQ(refusal().code, Errc::kCorrupt) << "the first refusal changed nothing";
}

TEST_F(RocksOpenTest, NamesTheLogThatDoesNotVerify) {
  make_copy_with_log({"first", "second", "third"});
  const auto log = file_ending(".log");
  overwrite(log, offset_of("second"), "\x55");
  EXPECT_THAT(refusal().detail, HasSubstr("; " + log.filename().string() + " does not verify"));
}

/// What a refused start leaves is what an operator can still put in order.
TEST_F(RocksOpenTest, ChangesNothingBeforeItWasJudged) {
  make_copy_with_log({"first", "second", "third"});
  const auto log = file_ending(".log");
  overwrite(log, offset_of("third"), "\x55");
  const auto files = [this] {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::directory_iterator(dir)) {
      std::ifstream file(entry.path(), std::ios::binary);
      if (entry.path().filename() != "wissel.pid")
        out[entry.path().string()] = {std::istreambuf_iterator<char>(file), {}};
    }
    return out;
  };
  const auto before = files();
  StoreOptions options;
  options.dir = dir;
  std::vector<std::string> shown;
  options.judge = [&](const core::StoreReader& reader) -> core::Result<void> {
    shown = keys(reader, Family::kRecord);
    return core::fail(Errc::kConflict, "not this one");
  };
  EXPECT_EQ(open_rocks_store(options, logger).error().detail, "not this one");
  EXPECT_THAT(shown, testing::ElementsAre("first", "second"));
  EXPECT_EQ(files(), before);

  overwrite(log, offset_of("\x55hird"), "t");
  EXPECT_THAT(keys(*open(), Family::kRecord), testing::ElementsAre("first", "second", "third"));
}

TEST_F(RocksOpenTest, ShowsAnEmptyDirectoryAsAStoreWithoutRows) {
  StoreOptions options;
  options.dir = dir;
  int judged = 0;
  options.judge = [&](const core::StoreReader& reader) -> core::Result<void> {
    EXPECT_THAT(keys(reader, Family::kRecord), testing::IsEmpty());
    EXPECT_EQ(reader.get(Family::kMeta, "schema").value(), std::nullopt);
    if (++judged == 1) return core::fail(Errc::kConflict, "not this one");
    return {};
  };
  EXPECT_EQ(open_rocks_store(options, logger).error().detail, "not this one");
  EXPECT_FALSE(fs::exists(fs::path(dir) / "CURRENT"));
  const auto store = open_rocks_store(options, logger);
  ASSERT_TRUE(store);
  EXPECT_TRUE((*store)->reopen());
  EXPECT_EQ(judged, 2) << "what heals itself was judged before";
}

TEST_F(RocksOpenTest, DropsALastWriteThatAPowerCutTore) {
  make_copy_with_log({"first", "second", "third" + std::string(100'000, 'x')});
  overwrite(file_ending(".log"), offset_of("third") + 40'000, std::string(20'000, '\0'));
  {
    const auto reader = open_read_only(dir, logger);
    ASSERT_TRUE(reader) << reader.error().detail;
    EXPECT_THAT(keys(**reader, Family::kRecord), testing::ElementsAre("first", "second"));
  }
  const auto store = open();
  EXPECT_THAT(keys(*store, Family::kRecord), testing::ElementsAre("first", "second"));
  EXPECT_TRUE(logger.has("store drops the last write of its log"));
  write(*store, Family::kRecord, {{"fourth", "1"}});
}

TEST_F(RocksOpenTest, ToleratesALastWriteThatIsIncomplete) {
  make_store();
  {
    const auto store = open();
    write(*store, Family::kEntity, {{"acknowledged", "1"}});
    write(*store, Family::kEntity, {{"torn", std::string(1000, 'x')}}, false);
    fs::copy(dir, temp.at("copy"));
  }
  dir = temp.at("copy");
  const auto log = file_ending(".log");
  fs::resize_file(log, fs::file_size(log) - 10);
  const auto store = open();
  EXPECT_EQ(value(*store, Family::kEntity, "acknowledged"), "1");
  EXPECT_EQ(value(*store, Family::kEntity, "torn"), "<none>");
}

}  // namespace
}  // namespace wissel::index
