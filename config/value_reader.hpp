#pragma once
// From a node to the place of a key: type, form, bounds. Internal to config/load.cpp and config/schema.cpp.
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "config/fault.hpp"
#include "config/key_table.hpp"
#include "config/yaml_tree.hpp"

namespace wissel::config {

/// The words of an enumeration in the file.
template <class E>
struct Words;
template <>
struct Words<Environment> {
  static constexpr std::array<std::pair<std::string_view, Environment>, 3> kAll = {
      {{"production", Environment::kProduction},
       {"acceptance", Environment::kAcceptance},
       {"test", Environment::kTest}}};
};
template <>
struct Words<LogFormat> {
  static constexpr std::array<std::pair<std::string_view, LogFormat>, 2> kAll = {
      {{"text", LogFormat::kText}, {"json", LogFormat::kJson}}};
};
template <>
struct Words<Confirmation> {
  static constexpr std::array<std::pair<std::string_view, Confirmation>, 2> kAll = {
      {{"refused", Confirmation::kRefused}, {"allowed", Confirmation::kAllowed}}};
};
template <>
struct Words<core::LogLevel> {
  static constexpr std::array<std::pair<std::string_view, core::LogLevel>, 4> kAll = {
      {{"debug", core::LogLevel::kDebug},
       {"info", core::LogLevel::kInfo},
       {"warn", core::LogLevel::kWarn},
       {"error", core::LogLevel::kError}}};
};

/// What a key takes, in words: "a size from 1KiB to 64MiB, such as 16KiB".
[[nodiscard]] std::string allowed_text(const KeyRow& row);

/// Reads values into settings and collects what is wrong with them.
class ValueReader {
 public:
  /// Relative paths count from `base`. `file` and `faults` outlive the reader.
  ValueReader(std::filesystem::path base, const std::string& file, ConfigFaults& faults)
      : base_(std::move(base)), file_(file), faults_(faults) {}

  /// Leaves the default where the node is not what the row allows.
  void read(const KeyRow& row, const YamlNode& node, Settings& settings);

 private:
  void into(const YamlNode& node, bool& out);
  void into(const YamlNode& node, std::uint32_t& out);
  void into(const YamlNode& node, std::uint64_t& out);
  void into(const YamlNode& node, Milliseconds& out);
  void into(const YamlNode& node, core::Duration& out);
  void into(const YamlNode& node, std::string& out);
  void into(const YamlNode& node, Endpoint& out);
  void into(const YamlNode& node, std::filesystem::path& out);
  void into(const YamlNode& node, SecretLocation& out);
  void into(const YamlNode& node, LevelMap& out);
  template <class T>
  void into(const YamlNode& node, std::vector<T>& out);
  template <class E>
    requires requires { Words<E>::kAll; }
  void into(const YamlNode& node, E& out);

  /// The text of a scalar, or nullptr after the fault was noted.
  const std::string* scalar(const YamlNode& node);
  [[nodiscard]] bool within(const YamlNode& node, std::uint64_t value);
  [[nodiscard]] std::filesystem::path resolve(const std::string& text) const;
  void refuse(const YamlNode& node, std::string what);

  std::filesystem::path base_;
  const std::string& file_;
  ConfigFaults& faults_;
  const KeyRow* row_ = nullptr;  ///< being read
};

}  // namespace wissel::config
