#pragma once
// What holds for every text file of the configuration before it is parsed. Internal to config/.
#include <optional>
#include <string>
#include <string_view>

#include "config/fault.hpp"

namespace wissel::config {

/// A fault where the bytes are more than kYamlBytesMax, not UTF-8 (RFC 3629: no surrogates, no overlong forms), or
/// hold control characters other than tab and line ends.
[[nodiscard]] std::optional<ConfigFault> check_text(std::string_view bytes, const std::string& file);

}  // namespace wissel::config
