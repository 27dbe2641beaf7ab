#include "index/checkpoint_apart.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fakes/temp_dir.hpp"

namespace wissel::index {
namespace {

namespace fs = std::filesystem;
using core::Errc;
using testing::HasSubstr;

class CheckpointApartTest : public testing::Test {
 protected:
  CheckpointApart open() {
    auto opened = CheckpointApart::open(dir);
    if (!opened) throw std::runtime_error(opened.error().detail);
    return std::move(*opened);
  }
  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fakes::TempDir temp;
  std::string dir = temp.at("apart");
};

TEST_F(CheckpointApartTest, IsEmptyAtFirst) {
  const auto apart = open();
  EXPECT_EQ(apart.note().value(), std::nullopt);
  EXPECT_EQ(apart.accepted().value(), std::nullopt);
  EXPECT_EQ(fs::status(dir).permissions() & fs::perms::all, fs::perms::owner_all);
}

TEST_F(CheckpointApartTest, KeepsTheNewestOverTheOneBefore) {
  {
    auto apart = open();
    ASSERT_TRUE(apart.keep("first\n"));
    ASSERT_TRUE(apart.keep("second\n"));
  }
  EXPECT_EQ(open().note().value(), "second\n");
}

TEST_F(CheckpointApartTest, IsNotHinderedByWhatAnEndInTheMiddleLeft) {
  auto apart = open();
  std::ofstream(fs::path(dir) / "checkpoint.new") << "half";
  ASSERT_TRUE(apart.keep("whole\n"));
  EXPECT_EQ(apart.note().value(), "whole\n");
}

TEST_F(CheckpointApartTest, BelongsToOneDaemon) {
  const auto apart = open();
  const auto second = CheckpointApart::open(dir);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kConflict);
}

TEST_F(CheckpointApartTest, SaysWhatToDoWhereItsDirectoryCannotBeMade) {
  std::ofstream(temp.at("file")) << "in the way";
  const auto opened = CheckpointApart::open(temp.at("file/apart"));
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().detail, HasSubstr("log.checkpoint_dir"));
}

TEST_F(CheckpointApartTest, RemembersAWordAndSpendsIt) {
  AcceptedCopy word;
  word.kept_sha256 = note_sha256("given up\n");
  word.from.size = 42;
  word.from.root.fill(7);
  word.at = core::parse_rfc3339("2026-11-22T10:00:00Z").value();
  word.by = "jansen";
  auto apart = open();
  ASSERT_TRUE(apart.keep("given up\n"));
  ASSERT_TRUE(apart.accept(word));
  EXPECT_EQ(apart.accepted().value(), word);
  ASSERT_TRUE(apart.settle("goes on\n"));
  EXPECT_EQ(apart.note().value(), "goes on\n");
  EXPECT_EQ(apart.accepted().value(), std::nullopt);
  EXPECT_EQ(content(fs::path(dir) / ("given-up-" + word.kept_sha256.substr(0, 12))), "given up\n") << "evidence";
}

TEST_F(CheckpointApartTest, NamesAWordThatIsNone) {
  const auto apart = open();
  std::ofstream(fs::path(dir) / "accepted.json") << "{}";
  const auto word = apart.accepted();
  ASSERT_FALSE(word);
  EXPECT_THAT(word.error().detail, HasSubstr("accepted.json is not what 'wisselctl log accept-older' writes"));
}

TEST(DefaultCheckpointDir, LiesBesideTheDataDirectory) {
  EXPECT_EQ(default_checkpoint_dir("/var/lib/wissel"), "/var/lib/wissel-checkpoint");
  EXPECT_EQ(default_checkpoint_dir("/var/lib/wissel/"), "/var/lib/wissel-checkpoint");
}

}  // namespace
}  // namespace wissel::index
