#include "config/yaml_tree.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <exception>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/text_check.hpp"
#include "config/yaml_builder.hpp"

namespace wissel::config {
namespace {

/// Ends the second document before it costs anything.
class RefuseDocument final : public YAML::EventHandler {
 public:
  explicit RefuseDocument(const std::string& file) : file_(file) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    throw YamlStop(fault_at(file_, mark, "a second document begins here", "a configuration is one document"));
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  const std::string& file_;
};

YamlDocument build(std::string_view bytes, const std::string& file) {
  YamlDocument document;
  if (auto fault = check_text(bytes, file)) {
    document.faults.push_back(*std::move(fault));
    return document;
  }
  YamlBuilder builder(file);
  try {
    std::istringstream in{std::string(bytes)};
    YAML::Parser parser(in);
    if (parser.HandleNextDocument(builder)) {
      RefuseDocument refuse(file);
      parser.HandleNextDocument(refuse);
    }
    document.root = builder.take_root();
    document.faults = builder.take_faults();
  } catch (const YamlStop& stop) {
    document.faults = builder.take_faults();
    document.faults.push_back(stop.fault);
  } catch (const YAML::Exception& error) {
    document.faults = builder.take_faults();
    document.faults.push_back(fault_at(file, error.mark, error.msg, "YAML 1.2"));
  }
  return document;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const noexcept {
  const auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? nullptr : &found->value;
}

YamlDocument parse_yaml(std::string_view bytes, const std::string& file) noexcept {
  try {
    return build(bytes, file);
  } catch (const std::exception& error) {
    return {.root = std::nullopt, .faults = {{file, 0, 0, std::string("cannot be read: ") + error.what(), "YAML 1.2"}}};
  }
}

}  // namespace wissel::config
