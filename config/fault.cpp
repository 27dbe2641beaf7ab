#include "config/fault.hpp"

namespace wissel::config {

std::string to_string(const ConfigFault& fault) {
  std::string out = fault.file;
  if (fault.line != 0) out += ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column);
  out += ": " + fault.what;
  if (!fault.allowed.empty()) out += "; " + fault.allowed;
  return out;
}

}  // namespace wissel::config
