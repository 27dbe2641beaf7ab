#pragma once
// One thing that is wrong with the configuration: where, what, and what would be right.
#include <cstdint>
#include <string>
#include <vector>

namespace wissel::config {

/// Lines and columns count from 1, columns in bytes; line 0 means the file as a whole.
struct ConfigFault {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string what;
  std::string allowed;  ///< empty where `what` says it all

  friend bool operator==(const ConfigFault&, const ConfigFault&) = default;
};

using ConfigFaults = std::vector<ConfigFault>;

/// `file:line:column: what is wrong; what is allowed`, on one line.
[[nodiscard]] std::string to_string(const ConfigFault& fault);

}  // namespace wissel::config
