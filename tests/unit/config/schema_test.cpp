#include "config/schema.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "config/key_table.hpp"
#include "config/value_reader.hpp"

namespace wissel::config {
namespace {

TEST(ConfigSchema, TheCommittedFileIsTheGeneratedOne) {
  std::ifstream in(std::string(WISSEL_SOURCE_DIR) + "/docs/config.schema.json", std::ios::binary);
  const std::string committed{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(committed, config_schema()) << "write it anew: wisselctl config-schema > docs/config.schema.json";
}

TEST(ConfigSchema, IsJsonWithAllSections) {
  const auto schema = boost::json::parse(config_schema());
  EXPECT_EQ(schema.at("properties").as_object().size(), 21U);
  EXPECT_EQ(schema.at_pointer("/properties/pull/properties/wait_default/default").as_string(), "5s");
  EXPECT_EQ(schema.at_pointer("/properties/partners/properties/limits/properties/connections_max/default").as_int64(),
            10'000);
}

std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '-' ? "\\-" : c == '\'' ? "\\(aq" : std::string(1, c);
  return out;
}

TEST(KeyTable, IsInTheManualPage) {
  std::ifstream in(std::string(WISSEL_SOURCE_DIR) + "/docs/man/wisseld.yaml.5", std::ios::binary);
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  for (const auto& row : key_table()) {
    const auto entry = ".B " + roff(row.key) + "\n" + roff(row.description) + ".\nTakes " + roff(allowed_text(row));
    EXPECT_NE(page.find(entry), std::string::npos) << entry;
  }
}

TEST(KeyTable, NamesEveryKeyOnceAndDescribesIt) {
  std::set<std::string_view> seen;
  for (const auto& row : key_table()) {
    EXPECT_TRUE(seen.insert(row.key).second) << row.key;
    EXPECT_FALSE(row.description.empty()) << row.key;
    EXPECT_LE(row.bounds.min, row.bounds.max) << row.key;
  }
}

}  // namespace
}  // namespace wissel::config
