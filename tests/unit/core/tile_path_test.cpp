#include "core/log/tile_path.hpp"

#include <gtest/gtest.h>

namespace wissel::core {
namespace {

TEST(TilePath, ReadsAndWritesTheFormsOfTheSpecification) {
  const std::pair<const char*, TilePath> cases[] = {
      {"0/000", {false, 0, 0, std::nullopt}},         {"0/999", {false, 0, 999, std::nullopt}},
      {"0/x001/000", {false, 0, 1000, std::nullopt}}, {"3/x001/x234/067", {false, 3, 1234067, std::nullopt}},
      {"63/000.p/255", {false, 63, 0, 255}},          {"0/x001/067.p/5", {false, 0, 1067, 5}},
      {"entries/x001/000.p/1", {true, 0, 1000, 1}},   {"entries/273", {true, 0, 273, std::nullopt}},
  };
  for (const auto& [text, path] : cases) {
    const auto parsed = parse_tile_path(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, path) << text;
    EXPECT_EQ(format_tile_path(path), text);
  }
}

TEST(TilePath, RefusesEveryOtherForm) {
  for (const char* text : {"",
                           "/",
                           "0",
                           "0/",
                           "00/000",
                           "64/000",
                           "-1/000",
                           "+1/000",
                           "0/0",
                           "0/00",
                           "0/0000",
                           "0/1000",
                           "0/x001",
                           "0/x001/",
                           "0/x000/001",
                           "0/001/000",
                           "0/x001/x000",
                           "0/X001/000",
                           "0/000/",
                           "0//000",
                           "/0/000",
                           "0/000.p",
                           "0/000.p/",
                           "0/000.p/0",
                           "0/000.p/256",
                           "0/000.p/05",
                           "0/000.p/-1",
                           "0/000.p/1.p/1",
                           "0/000.p/1/",
                           "0/0a0",
                           "0/ 00",
                           "entries/",
                           "Entries/000",
                           "entries/0/000",
                           "0/x111/x111/x111/x111/x111/x111/111",
                           "0/000?x",
                           "0/000.p/2 "}) {
    EXPECT_FALSE(parse_tile_path(text)) << text;
  }
}

}  // namespace
}  // namespace wissel::core
