#pragma once
// From bytes to a tree, strictly. yaml-cpp alone keeps the last of two equal keys and copies aliases without limit;
// this loader sits on its event interface and refuses both.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/fault.hpp"

namespace wissel::config {

// Bounds of one document. A full configuration has about 100 keys in 4 KiB at depth 4; these leave room for one
// order of magnitude more and keep the tree below some 10 MiB.
inline constexpr std::size_t kYamlBytesMax = std::size_t{256} * 1024;
inline constexpr std::size_t kYamlDepthMax = 32;
inline constexpr std::size_t kYamlNodesMax = 5000;        ///< after expansion of aliases
inline constexpr std::size_t kYamlTextMax = 1024 * 1024;  ///< bytes of all scalars, after expansion of aliases
inline constexpr std::size_t kYamlAliasesMax = 100;
inline constexpr std::size_t kYamlFaultsMax = 100;  ///< reported in one run

/// A node with its place. A plain value: aliases are expanded.
struct YamlNode {
  enum class Kind : std::uint8_t { kNull, kScalar, kSequence, kMap };
  struct Entry;

  Kind kind = Kind::kNull;
  bool plain = false;  ///< a scalar without quotes and tag, so one that may be a number or a truth value
  std::string text;    ///< of a scalar
  std::vector<YamlNode> items;
  std::vector<Entry> entries;  ///< in the order of the file, no key twice
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  /// The value of a key, or nullptr.
  [[nodiscard]] const YamlNode* find(std::string_view key) const noexcept;
};

struct YamlNode::Entry {
  std::string key;
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  YamlNode value;
};

/// `root` is absent where the text could not be read to its end; with faults and a root, the text was well formed but
/// some nodes were left out (the second of two equal keys).
struct YamlDocument {
  std::optional<YamlNode> root;
  ConfigFaults faults;
};

/// Never throws. Refuses: bytes that are not UTF-8, more than one document, equal keys in one map, keys that are not
/// scalars, tags other than those of the core schema, aliases to an enclosing node, and whatever exceeds the bounds
/// above. `file` only serves the messages. No I/O.
[[nodiscard]] YamlDocument parse_yaml(std::string_view bytes, const std::string& file) noexcept;

}  // namespace wissel::config
