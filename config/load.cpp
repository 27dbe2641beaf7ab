#include "config/load.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "config/checks.hpp"
#include "config/key_table.hpp"
#include "config/nearest.hpp"
#include "config/value_reader.hpp"
#include "config/yaml_tree.hpp"

namespace wissel::config {
namespace {

namespace fs = std::filesystem;

bool is_section(std::string_view prefix) {
  return std::ranges::any_of(key_table(), [&](const KeyRow& row) {
    return row.key.size() > prefix.size() && row.key.starts_with(prefix) && row.key[prefix.size()] == '.';
  });
}

/// The names that may stand directly in a section ("" is the whole file).
std::vector<std::string_view> names_in(std::string_view section) {
  std::vector<std::string_view> names;
  const auto skip = section.empty() ? 0 : section.size() + 1;
  for (const auto& row : key_table()) {
    if (!section.empty() && !(row.key.starts_with(section) && row.key.size() > skip && row.key[skip - 1] == '.')) {
      continue;
    }
    const auto rest = row.key.substr(skip);
    const auto name = rest.substr(0, rest.find('.'));
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

/// Walks the tree along the table.
class Loader {
 public:
  Loader(const fs::path& path, ConfigFaults faults)
      : file_(path.string()), faults_(std::move(faults)), reader_(path.parent_path(), file_, faults_) {}

  std::expected<Settings, ConfigFaults> load(const YamlNode& root, Files files) {
    settings_.sources[""] = {file_, 0, 0};
    read_section("", root);
    for (const auto& row : key_table()) {
      if (row.presence == Presence::kRequired && !given_.contains(row.key)) missing(row);
    }
    fill_outgoing(settings_);
    fill_checkpoint_dir(settings_);
    check_together(settings_, faults_);
    if (files == Files::kCheck) check_files(settings_, faults_);
    if (faults_.empty()) return std::move(settings_);
    return std::unexpected(std::move(faults_));
  }

 private:
  void read_section(const std::string& section, const YamlNode& node) {
    if (node.kind == YamlNode::Kind::kNull) return;
    if (node.kind != YamlNode::Kind::kMap) {
      const auto name = section.empty() ? std::string("the configuration") : section;
      return refuse(node.line, node.column, name + " is not a map", "keys with values");
    }
    for (const auto& entry : node.entries) read_entry(section, entry);
  }

  void read_entry(const std::string& section, const YamlNode::Entry& entry) {
    const auto key = section.empty() ? entry.key : section + "." + entry.key;
    // A dot within a key would make two spellings of one place.
    const bool dotted = entry.key.find('.') != std::string::npos;
    const auto* row = dotted ? nullptr : find_key(key);
    if (row != nullptr) {
      given_.insert(row->key);
      settings_.sources[key] = {file_, entry.value.line, entry.value.column};
      return reader_.read(*row, entry.value, settings_);
    }
    if (dotted || entry.key.empty() || !is_section(key)) return unknown(section, entry);
    settings_.sources[key] = {file_, entry.line, entry.column};
    read_section(key, entry.value);
  }

  void unknown(const std::string& section, const YamlNode::Entry& entry) {
    const auto names = names_in(section);
    std::string allowed;
    if (const auto near = nearest(entry.key, names)) {
      allowed = "did you mean '" + std::string(*near) + "'?";
    } else {
      allowed = "known here:";
      for (const auto name : names) allowed += (allowed.back() == ':' ? " " : ", ") + std::string(name);
    }
    refuse(entry.line, entry.column, "unknown key '" + entry.key + "'" + (section.empty() ? "" : " in " + section),
           std::move(allowed));
  }

  void missing(const KeyRow& row) {
    auto section = std::string(row.key.substr(0, row.key.rfind('.')));
    const auto at = settings_.sources.find(section);
    const auto place = at == settings_.sources.end() ? Source{file_, 1, 1} : at->second;
    refuse(place.line, place.column, std::string(row.key) + " is missing", allowed_text(row));
  }

  void refuse(std::uint32_t line, std::uint32_t column, std::string what, std::string allowed) {
    faults_.push_back({file_, line, column, std::move(what), std::move(allowed)});
  }

  const std::string file_;
  ConfigFaults faults_;
  Settings settings_;
  ValueReader reader_;
  std::set<std::string_view> given_;
};

/// The key's name and its value come from a file of others: keep each message on one line, and the list bounded.
ConfigFaults tidy(ConfigFaults found) {
  // A multimap keeps the order of equal places (std::stable_sort of this library does not compile cleanly with clang).
  std::multimap<std::pair<std::uint32_t, std::uint32_t>, ConfigFault> by_place;
  for (auto& fault : found) by_place.emplace(std::pair(fault.line, fault.column), std::move(fault));
  ConfigFaults faults;
  for (auto& [place, fault] : by_place) faults.push_back(std::move(fault));
  if (faults.size() > kYamlFaultsMax) faults.resize(kYamlFaultsMax);
  for (auto& fault : faults) {
    for (auto* text : {&fault.what, &fault.allowed}) {
      std::ranges::replace_if(*text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    }
  }
  return faults;
}

std::expected<Settings, ConfigFaults> parse_checked(std::string_view bytes, const fs::path& path, Files files) {
  auto document = parse_yaml(bytes, path.string());
  if (!document.root) return std::unexpected(std::move(document.faults));
  return Loader(path, std::move(document.faults)).load(*document.root, files);
}

}  // namespace

std::expected<Settings, ConfigFaults> parse_settings(std::string_view bytes, const fs::path& path, Files files) {
  auto loaded = parse_checked(bytes, path, files);
  if (!loaded) return std::unexpected(tidy(std::move(loaded).error()));
  return loaded;
}

std::expected<Settings, ConfigFaults> load_settings(const fs::path& path, Files files) {
  std::error_code error;
  const auto absolute = fs::absolute(path, error);
  if (error) return std::unexpected(ConfigFaults{{path.string(), 0, 0, "cannot be read: " + error.message(), ""}});
  errno = 0;
  std::ifstream in(absolute, std::ios::binary);
  if (!in || fs::is_directory(absolute, error)) {
    const auto why = in ? std::string("it is a directory") : std::generic_category().message(errno);
    return std::unexpected(ConfigFaults{{path.string(), 0, 0, "cannot be read: " + why, "a file in YAML"}});
  }
  // One byte more than allowed is enough to see that it is too large.
  std::string bytes(kYamlBytesMax + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return parse_settings(bytes, absolute, files);
}

}  // namespace wissel::config
