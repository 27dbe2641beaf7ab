#include "config/yaml_tree.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wissel::config {
namespace {

std::string first_fault(const std::string& text) {
  const auto document = parse_yaml(text, "f.yaml");
  return document.faults.empty() ? "" : to_string(document.faults.front());
}

std::string repeat(const std::string& part, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += part;
  return out;
}

TEST(YamlTree, KeepsOrderAndPlaces) {
  const auto document = parse_yaml("b: 1\na:\n  - x\n  - 'y'\n", "f.yaml");
  ASSERT_TRUE(document.root);
  EXPECT_TRUE(document.faults.empty());
  ASSERT_EQ(document.root->entries.size(), 2U);
  EXPECT_EQ(document.root->entries[0].key, "b");
  const auto* list = document.root->find("a");
  ASSERT_NE(list, nullptr);
  ASSERT_EQ(list->items.size(), 2U);
  EXPECT_TRUE(list->items[0].plain);
  EXPECT_FALSE(list->items[1].plain);
  EXPECT_EQ(list->items[1].line, 4U);
  EXPECT_EQ(list->items[1].column, 5U);
}

TEST(YamlTree, AnEmptyTextIsNull) {
  const auto document = parse_yaml("# nothing\n", "f.yaml");
  ASSERT_TRUE(document.root);
  EXPECT_EQ(document.root->kind, YamlNode::Kind::kNull);
}

TEST(YamlTree, ReportsEveryKeyGivenTwiceAndKeepsTheFirst) {
  const auto document = parse_yaml("a: 1\nb: 2\na: 3\nb: 4\n", "f.yaml");
  ASSERT_EQ(document.faults.size(), 2U);
  EXPECT_EQ(to_string(document.faults[0]), "f.yaml:3:1: key 'a' is given twice; once; it stands at line 1 already");
  ASSERT_TRUE(document.root);
  EXPECT_EQ(document.root->find("a")->text, "1");
}

TEST(YamlTree, ExpandsAliases) {
  const auto document = parse_yaml("a: &x {p: 1}\nb: *x\n", "f.yaml");
  ASSERT_TRUE(document.root);
  EXPECT_EQ(document.root->find("b")->find("p")->text, "1");
}

struct Refusal {
  std::string name;
  std::string text;
  std::string message;
};

class YamlTreeRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(YamlTreeRefuses, WithItsPlaceAndReason) { EXPECT_EQ(first_fault(GetParam().text), GetParam().message); }

std::string billion_laughs() {
  std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    const auto below = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below + repeat("," + below, 9) + "]\n";
  }
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, YamlTreeRefuses,
    testing::Values(
        Refusal{"SecondDocument", "a: 1\n---\nb: 2\n",
                "f.yaml:2:1: a second document begins here; a configuration is one document"},
        Refusal{"CustomTag", "a: !secret x\n",
                "f.yaml:1:4: this tag is not known; no tags, or those of the YAML core schema"},
        Refusal{"ListAsKey", "[a, b]: 1\n", "f.yaml:1:1: a list as a key is not a name; keys are plain names"},
        Refusal{"MapAsKey", "? {a: 1}\n: 1\n", "f.yaml:1:3: a map as a key is not a name; keys are plain names"},
        Refusal{"NullKey", "~: 1\n", "f.yaml:1:1: an empty key is not a name; keys are plain names"},
        Refusal{"AliasToItself", "a: &x [1, *x]\n",
                "f.yaml:1:11: this alias stands inside what it names; aliases of finished values"},
        Refusal{"UnknownAlias", "a: *nope\n", "f.yaml:1:4: the referenced anchor is not defined; YAML 1.2"},
        Refusal{"ExponentialAliases", billion_laughs(), "f.yaml:4:22: the document is too large; at most 5000 values"},
        Refusal{"ManyAliases", "a: &x 1\nb: [" + repeat("*x, ", 101) + "1]\n",
                "f.yaml:2:405: too many aliases; at most 100 in a document"},
        Refusal{"LongAliases", "a: &x " + std::string(20000, 'y') + "\nb: [" + repeat("*x, ", 60) + "1]\n",
                "f.yaml:2:209: the document is too large; at most 1048576 bytes of values"},
        Refusal{"DeepNesting", repeat("[", 100) + repeat("]", 100),
                "f.yaml:1:33: the document is too deep; at most 32 levels"},
        Refusal{"DepthThroughAlias",
                "a: &x " + repeat("[", 20) + repeat("]", 20) + "\nb: " + repeat("[", 20) + "*x" + repeat("]", 20),
                "f.yaml:2:24: the document is too deep; at most 32 levels"},
        Refusal{"NotUtf8", std::string("a: \xC3(\n"), "f.yaml:1:4: this byte is not UTF-8; text in UTF-8"},
        Refusal{"Surrogate", std::string("a: \xED\xA0\x80\n"), "f.yaml:1:4: this byte is not UTF-8; text in UTF-8"},
        Refusal{"Overlong", std::string("a: \xC0\xAF\n"), "f.yaml:1:4: this byte is not UTF-8; text in UTF-8"},
        Refusal{"Utf16",
                std::string("\xFF\xFE"
                            "a",
                            3),
                "f.yaml:1:1: this byte is not UTF-8; text in UTF-8"},
        Refusal{"Nul", std::string("a: b\0c\n", 7), "f.yaml:1:5: a control character; text, tabs and line ends"},
        Refusal{"TooLarge", std::string(kYamlBytesMax + 1, '#'), "f.yaml: the file is too large; at most 262144 bytes"},
        Refusal{"Unclosed", "a: [1, 2\n", "f.yaml:2:1: end of sequence flow not found; YAML 1.2"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace wissel::config
