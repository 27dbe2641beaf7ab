#include "config/yaml_builder.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace wissel::config {
namespace {

// yaml-cpp's names for "no tag given" on a plain and on a quoted scalar.
constexpr std::string_view kNoTag = "?";
constexpr std::string_view kNoTagQuoted = "!";

YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) {
  YamlNode node;
  node.kind = kind;
  node.line = static_cast<std::uint32_t>(std::max(mark.line, 0)) + 1;
  node.column = static_cast<std::uint32_t>(std::max(mark.column, 0)) + 1;
  return node;
}

std::string most(std::size_t count, const char* what) { return "at most " + std::to_string(count) + " " + what; }

}  // namespace

ConfigFault fault_at(const std::string& file, const YAML::Mark& mark, std::string what, std::string allowed) {
  const auto at = node_at(mark, YamlNode::Kind::kNull);
  return {file, at.line, at.column, std::move(what), std::move(allowed)};
}

void YamlBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (at_key()) refuse_as_key(mark, "an empty key");
  charge(mark, {});
  place(node_at(mark, YamlNode::Kind::kNull), anchor);
}

void YamlBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (at_key()) refuse_as_key(mark, "an alias as a key");
  if (++aliases_ > kYamlAliasesMax) {
    throw YamlStop(fault_at(file_, mark, "too many aliases", most(kYamlAliasesMax, "in a document")));
  }
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) {
    throw YamlStop(fault_at(file_, mark, "this alias stands inside what it names", "aliases of finished values"));
  }
  charge(mark, weigh(found->second));
  place(found->second, 0);
}

void YamlBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  check_tag(mark, tag);
  charge(mark, {.nodes = 1, .text = value.size(), .depth = 1});
  if (at_key()) {
    if (anchor != 0) refuse_as_key(mark, "an anchor on a key");
    return place_key(mark, value);
  }
  auto node = node_at(mark, YamlNode::Kind::kScalar);
  node.plain = tag == kNoTag;
  node.text = value;
  place(std::move(node), anchor);
}

void YamlBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value) {
  check_tag(mark, tag);
  if (at_key()) refuse_as_key(mark, "a list as a key");
  open(node_at(mark, YamlNode::Kind::kSequence), anchor, mark);
}

void YamlBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
  check_tag(mark, tag);
  if (at_key()) refuse_as_key(mark, "a map as a key");
  open(node_at(mark, YamlNode::Kind::kMap), anchor, mark);
}

bool YamlBuilder::at_key() const {
  return !open_.empty() && open_.back().node.kind == YamlNode::Kind::kMap && !open_.back().key;
}

void YamlBuilder::open(YamlNode node, YAML::anchor_t anchor, const YAML::Mark& mark) {
  charge(mark, {});
  open_.push_back({std::move(node), anchor, std::nullopt});
}

void YamlBuilder::close() {
  auto done = std::move(open_.back());
  open_.pop_back();
  place(std::move(done.node), done.anchor);
}

void YamlBuilder::place(YamlNode node, YAML::anchor_t anchor) {
  if (anchor != 0) anchors_.insert_or_assign(anchor, node);
  if (open_.empty()) {
    root_ = std::move(node);
    return;
  }
  auto& parent = open_.back();
  if (parent.node.kind == YamlNode::Kind::kSequence) {
    parent.node.items.push_back(std::move(node));
  } else {
    add_entry(parent, std::move(node));
  }
}

void YamlBuilder::place_key(const YAML::Mark& mark, const std::string& text) {
  const auto at = node_at(mark, YamlNode::Kind::kScalar);
  open_.back().key = YamlNode::Entry{text, at.line, at.column, {}};
}

void YamlBuilder::add_entry(Open& parent, YamlNode node) {
  auto entry = *std::move(parent.key);
  parent.key.reset();
  const auto first = std::ranges::find(parent.node.entries, entry.key, &YamlNode::Entry::key);
  if (first == parent.node.entries.end()) {
    entry.value = std::move(node);
    parent.node.entries.push_back(std::move(entry));
    return;
  }
  ConfigFault fault{file_, entry.line, entry.column, "key '" + entry.key + "' is given twice",
                    "once; it stands at line " + std::to_string(first->line) + " already"};
  if (faults_.size() >= kYamlFaultsMax) throw YamlStop(std::move(fault));
  faults_.push_back(std::move(fault));
}

void YamlBuilder::charge(const YAML::Mark& mark, const Weight& weight) {
  nodes_ += weight.nodes;
  text_ += weight.text;
  if (nodes_ > kYamlNodesMax) {
    throw YamlStop(fault_at(file_, mark, "the document is too large", most(kYamlNodesMax, "values")));
  }
  if (text_ > kYamlTextMax) {
    throw YamlStop(fault_at(file_, mark, "the document is too large", most(kYamlTextMax, "bytes of values")));
  }
  if (open_.size() + weight.depth > kYamlDepthMax) {
    throw YamlStop(fault_at(file_, mark, "the document is too deep", most(kYamlDepthMax, "levels")));
  }
}

void YamlBuilder::check_tag(const YAML::Mark& mark, const std::string& tag) const {
  static constexpr std::array<std::string_view, 9> kCore = {kNoTag,
                                                            kNoTagQuoted,
                                                            "tag:yaml.org,2002:str",
                                                            "tag:yaml.org,2002:int",
                                                            "tag:yaml.org,2002:float",
                                                            "tag:yaml.org,2002:bool",
                                                            "tag:yaml.org,2002:null",
                                                            "tag:yaml.org,2002:seq",
                                                            "tag:yaml.org,2002:map"};
  if (std::ranges::find(kCore, std::string_view(tag)) == kCore.end()) {
    throw YamlStop(fault_at(file_, mark, "this tag is not known", "no tags, or those of the YAML core schema"));
  }
}

void YamlBuilder::refuse_as_key(const YAML::Mark& mark, const char* what) const {
  throw YamlStop(fault_at(file_, mark, std::string(what) + " is not a name", "keys are plain names"));
}

YamlBuilder::Weight YamlBuilder::weigh(const YamlNode& node) {
  // Depth is bounded by kYamlDepthMax, so is this recursion.
  Weight total{.nodes = 1, .text = node.text.size(), .depth = 1};
  const auto add = [&total](const Weight& part) {
    total.nodes += part.nodes;
    total.text += part.text;
    total.depth = std::max(total.depth, part.depth + 1);
  };
  for (const auto& item : node.items) add(weigh(item));
  for (const auto& entry : node.entries) {
    total.text += entry.key.size();
    add(weigh(entry.value));
  }
  return total;
}

}  // namespace wissel::config
