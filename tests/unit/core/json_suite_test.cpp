// JSONTestSuite through parse_json: y_ accepted, n_ refused, i_ as recorded here. See tests/data/JSONTestSuite.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "core/json/parse.hpp"
#include "core/json/write.hpp"

namespace wissel::core {
namespace {

namespace fs = std::filesystem;

// What the standard leaves open (i_) we refuse: numbers out of range, broken UTF-8 and surrogates, a byte order mark,
// deep nesting. The exception is 100000000000000000000, which is how a double of 1e20 is written canonically.
const std::set<std::string> kAcceptedOpenCases{"i_number_too_big_pos_int.json"};
// Valid JSON by RFC 8259, refused on purpose.
const std::set<std::string> kRefusedDuplicates{"y_object_duplicated_key.json",
                                               "y_object_duplicated_key_and_value.json"};
constexpr std::chrono::milliseconds kTimeMax{50};

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> files(const char* folder) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::directory_iterator(fs::path(WISSEL_SOURCE_DIR) / "tests/data/JSONTestSuite" / folder)) {
    out.push_back(entry.path());
  }
  return out;
}

TEST(JsonTestSuite, ParsingIsAsListed) {
  std::size_t seen = 0;
  for (const auto& path : files("test_parsing")) {
    const std::string name = path.filename().string();
    const std::string bytes = read(path);
    const auto began = std::chrono::steady_clock::now();
    const auto value = parse_json(bytes);
    EXPECT_LT(std::chrono::steady_clock::now() - began, kTimeMax) << name;
    ++seen;
    if (kRefusedDuplicates.contains(name)) {
      ASSERT_FALSE(value) << name;
      EXPECT_EQ(value.error().code, ProblemCode::kJsonDuplicateName) << name;
    } else if (name.starts_with("i_")) {
      EXPECT_EQ(value.has_value(), kAcceptedOpenCases.contains(name)) << name;
    } else {
      EXPECT_EQ(value.has_value(), name.starts_with("y_")) << name;
    }
    if (value) {
      EXPECT_EQ(write_json(*parse_json(write_json(*value))), write_json(*value)) << name;
      EXPECT_EQ(jcs(*parse_json(jcs(*value))), jcs(*value)) << name;
    }
  }
  EXPECT_EQ(seen, 318U);
}

TEST(JsonTestSuite, TransformNeverChangesAValueSilently) {
  const std::set<std::string> refused{
      "number_-9223372036854775809.json",      "number_1e-999.json",
      "object_same_key_different_values.json", "object_same_key_same_value.json",
      "object_same_key_unclear_values.json",   "string_1_escaped_invalid_codepoint.json",
      "string_1_invalid_codepoint.json",       "string_2_escaped_invalid_codepoints.json",
      "string_2_invalid_codepoints.json",      "string_3_escaped_invalid_codepoints.json",
      "string_3_invalid_codepoints.json"};
  for (const auto& path : files("test_transform")) {
    const std::string name = path.filename().string();
    EXPECT_EQ(parse_json(read(path)).has_value(), !refused.contains(name)) << name;
  }
}

}  // namespace
}  // namespace wissel::core
