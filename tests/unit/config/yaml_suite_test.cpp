// The cases of yaml-test-suite through parse_yaml; see tests/data/yaml-test-suite/SOURCES.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/yaml_tree.hpp"

namespace wissel::config {
namespace {

namespace fs = std::filesystem;

const fs::path kSuite = fs::path(WISSEL_SOURCE_DIR) / "tests/data/yaml-test-suite";

struct SuiteCase {
  std::string id;  ///< file name, and "-<index>" where a file holds several
  std::string yaml;
  bool must_fail = false;
};

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// The suite writes white space visibly: ␣ a space, » a tab (— before it only fills the width), ↵ a line end, ∎ no line
// end at the end, ← a carriage return, ⇔ a byte order mark.
std::string unescape(std::string text) {
  replace_all(text, "␣", " ");
  while (text.find("—»") != std::string::npos) replace_all(text, "—»", "»");
  replace_all(text, "»", "\t");
  replace_all(text, "⇔", "\xEF\xBB\xBF");
  replace_all(text, "↵", "");
  replace_all(text, "∎\n", "");
  replace_all(text, "←", "\r");
  return text;
}

std::vector<SuiteCase> cases_of(const fs::path& file) {
  const auto document = parse_yaml(slurp(file), file.filename().string());
  EXPECT_TRUE(document.root.has_value() && document.faults.empty())
      << file << (document.faults.empty() ? "" : to_string(document.faults.front()));
  std::vector<SuiteCase> cases;
  if (!document.root) return cases;
  const auto& items = document.root->items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto* yaml = items[i].find("yaml");
    const auto* fail = items[i].find("fail");
    if (yaml == nullptr) continue;
    auto id = file.stem().string();
    if (items.size() > 1) id += "-" + std::to_string(i);
    cases.push_back({std::move(id), unescape(yaml->text), fail != nullptr && fail->text == "true"});
  }
  return cases;
}

std::vector<SuiteCase> all_cases() {
  std::vector<SuiteCase> all;
  for (const auto& entry : fs::directory_iterator(kSuite / "src")) {
    for (auto& one : cases_of(entry.path())) all.push_back(std::move(one));
  }
  return all;
}

std::set<std::string> known_let_through() {
  std::set<std::string> ids;
  std::ifstream in(kSuite / "let-through.txt");
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.front() != '#') ids.insert(line);
  }
  return ids;
}

TEST(YamlSuite, RefusesWhatMustFailExceptTheKnownList) {
  std::set<std::string> let_through;
  std::size_t must_fail = 0;
  for (const auto& one : all_cases()) {
    const auto document = parse_yaml(one.yaml, one.id);
    if (!one.must_fail) continue;
    ++must_fail;
    if (document.root && document.faults.empty()) let_through.insert(one.id);
  }
  EXPECT_EQ(must_fail, 94U);
  EXPECT_THAT(let_through, testing::ElementsAreArray(known_let_through()))
      << "a new one: fix the loader; one less: take it off let-through.txt";
}

TEST(YamlSuite, EveryRefusalHasAPlaceAndAReason) {
  for (const auto& one : all_cases()) {
    const auto document = parse_yaml(one.yaml, one.id);
    EXPECT_TRUE(document.root || !document.faults.empty()) << one.id;
    for (const auto& fault : document.faults) {
      EXPECT_FALSE(fault.what.empty()) << one.id;
      EXPECT_GT(fault.line, 0U) << one.id << " " << to_string(fault);
    }
  }
}

}  // namespace
}  // namespace wissel::config
