#pragma once
// Builds a tree from the events of yaml-cpp and keeps its bounds. Internal to config/yaml_tree.cpp.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/yaml_tree.hpp"

namespace wissel::config {

/// Ends the parsing from within an event; the event interface knows no other way to stop.
struct YamlStop {
  explicit YamlStop(ConfigFault f) : fault(std::move(f)) {}
  ConfigFault fault;
};

[[nodiscard]] ConfigFault fault_at(const std::string& file, const YAML::Mark& mark, std::string what,
                                   std::string allowed);

class YamlBuilder final : public YAML::EventHandler {
 public:
  explicit YamlBuilder(const std::string& file) : file_(file) {}

  [[nodiscard]] YamlNode take_root() { return std::move(root_); }
  [[nodiscard]] ConfigFaults take_faults() { return std::move(faults_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

 private:
  /// What one node costs, with all below it.
  struct Weight {
    std::size_t nodes = 1;
    std::size_t text = 0;
    std::size_t depth = 1;
  };
  /// A sequence or map that is not closed yet.
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    std::optional<YamlNode::Entry> key;  ///< of the map entry whose value comes next
  };

  [[nodiscard]] bool at_key() const;
  void open(YamlNode node, YAML::anchor_t anchor, const YAML::Mark& mark);
  void close();
  void place(YamlNode node, YAML::anchor_t anchor);
  void place_key(const YAML::Mark& mark, const std::string& text);
  void add_entry(Open& parent, YamlNode node);
  void charge(const YAML::Mark& mark, const Weight& weight);
  void check_tag(const YAML::Mark& mark, const std::string& tag) const;
  void refuse_as_key(const YAML::Mark& mark, const char* what) const;
  [[nodiscard]] static Weight weigh(const YamlNode& node);

  const std::string& file_;
  YamlNode root_;
  ConfigFaults faults_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  std::size_t nodes_ = 0;
  std::size_t text_ = 0;
  std::size_t aliases_ = 0;
};

}  // namespace wissel::config
