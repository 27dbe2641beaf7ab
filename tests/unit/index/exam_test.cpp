// Every file of a store, sound and damaged.
#include "index/exam.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/unit/index/rocks_fixture.hpp"

namespace wissel::index {
namespace {

namespace fs = std::filesystem;
using core::Errc;
using fakes::flip_bit;
using testing::HasSubstr;

class ExamTest : public RocksStoreTest {
 protected:
  Findings examine() {
    auto examined = examine_store(dir, logger);
    if (!examined) throw std::runtime_error(examined.error().detail);
    return std::move(*examined);
  }
  static std::string bad(const Findings& findings) {
    std::string out;
    for (const auto& one : findings) {
      if (one.verdict == Verdict::kBad) out += one.subject + ": " + one.what + "\n";
    }
    return out;
  }
};

TEST_F(ExamTest, FindsNothingInASoundStore) {
  make_store();
  const auto findings = examine();
  EXPECT_EQ(bad(findings), "");
  for (const auto& entry : fs::directory_iterator(dir)) {
    const auto name = entry.path().filename().string();
    EXPECT_EQ(std::ranges::count(findings, name, &Finding::subject), 1) << name;
  }
}

TEST_F(ExamTest, NamesATableWhereverItsBitIsFlipped) {
  make_store();
  const auto table = file_ending(".sst");
  const auto size = fs::file_size(table);
  for (std::size_t at = 0; at < size; at += size / 37) {
    flip_bit(table, at);
    EXPECT_THAT(bad(examine()), HasSubstr(table.filename().string())) << at;
    flip_bit(table, at);
  }
  flip_bit(table, size - 1);
  EXPECT_THAT(bad(examine()), HasSubstr(table.filename().string()));
}

TEST_F(ExamTest, SaysWhichFamilyATableIsOf) {
  make_store();
  const auto table = file_ending(".sst");
  flip_bit(table, 10);
  const auto findings = examine();
  const auto found = std::ranges::find(findings, table.filename().string(), &Finding::subject);
  ASSERT_NE(found, findings.end());
  EXPECT_EQ(found->family, "record");
  EXPECT_THAT(found->remedy, HasSubstr("wisselctl restore"));
}

TEST_F(ExamTest, NamesAMissingTable) {
  make_store();
  const auto table = file_ending(".sst");
  fs::remove(table);
  EXPECT_THAT(bad(examine()), HasSubstr(table.filename().string()));
}

TEST_F(ExamTest, NamesTheManifestThePointerAndTheLog) {
  make_store();
  {
    const auto store = open();
    for (const auto* key : {"b", "c", "d"}) contract::write(*store, core::Family::kEntity, {{key, "1"}});
  }
  for (const auto* ending : {"CURRENT", ".log"}) {
    const auto file = file_ending(ending);
    flip_bit(file, 8);
    EXPECT_THAT(bad(examine()), HasSubstr(file.filename().string() + ": "));
    flip_bit(file, 8);
  }
  for (const auto& entry : fs::directory_iterator(dir)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("MANIFEST-")) continue;
    flip_bit(entry.path(), entry.file_size() / 2);
    EXPECT_THAT(bad(examine()), HasSubstr(name));
  }
}

TEST_F(ExamTest, NotesWhatIsNotOfWissel) {
  make_store();
  std::ofstream(fs::path(dir) / "letter.txt") << "dear reader";
  const auto findings = examine();
  const auto found = std::ranges::find(findings, "letter.txt", &Finding::subject);
  ASSERT_NE(found, findings.end());
  EXPECT_EQ(found->verdict, Verdict::kWarn);
}

TEST_F(ExamTest, RefusesAStoreInUseAndADirectoryThatIsNotThere) {
  {
    const auto store = open();
    EXPECT_EQ(examine_store(dir, logger).error().code, Errc::kConflict);
  }
  EXPECT_EQ(examine_store(temp.at("none"), logger).error().code, Errc::kNotFound);
}

TEST_F(ExamTest, WarnsOfADirectoryThatIsOpenToOthers) {
  make_store();
  fs::permissions(dir, fs::perms::others_read, fs::perm_options::add);
  const auto findings = examine();
  const auto found = std::ranges::find(findings, dir, &Finding::subject);
  ASSERT_NE(found, findings.end());
  EXPECT_EQ(found->verdict, Verdict::kWarn);
}

}  // namespace
}  // namespace wissel::index
