#include "config/text_check.hpp"

#include <cstddef>
#include <cstdint>

#include "config/yaml_tree.hpp"

namespace wissel::config {
namespace {

bool is_continuation(std::string_view bytes, std::size_t at) {
  return at < bytes.size() && (static_cast<std::uint8_t>(bytes[at]) & 0xC0U) == 0x80U;
}

/// Bytes of the character at `at`; 0 where it is none. RFC 3629, section 4.
std::size_t utf8_length(std::string_view bytes, std::size_t at) {
  const auto lead = static_cast<std::uint8_t>(bytes[at]);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(bytes, at + i)) return 0;
  }
  const auto second = static_cast<std::uint8_t>(bytes[at + 1]);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool outside = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || outside ? 0 : length;
}

bool is_forbidden_control(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

}  // namespace

std::optional<ConfigFault> check_text(std::string_view bytes, const std::string& file) {
  if (bytes.size() > kYamlBytesMax) {
    return ConfigFault{file, 0, 0, "the file is too large", "at most " + std::to_string(kYamlBytesMax) + " bytes"};
  }
  std::uint32_t line = 1;
  std::size_t line_start = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto length = utf8_length(bytes, at);
    const auto column = static_cast<std::uint32_t>(at - line_start + 1);
    if (length == 0) return ConfigFault{file, line, column, "this byte is not UTF-8", "text in UTF-8"};
    if (is_forbidden_control(bytes[at])) {
      return ConfigFault{file, line, column, "a control character", "text, tabs and line ends"};
    }
    if (bytes[at] == '\n') {
      ++line;
      line_start = at + 1;
    }
    at += length;
  }
  return std::nullopt;
}

}  // namespace wissel::config
