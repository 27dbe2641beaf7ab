#pragma once
// base64url without padding (RFC 4648, section 5; RFC 7515, section 2), as JOSE writes bytes.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wissel::core {

[[nodiscard]] std::string to_base64url(std::span<const std::uint8_t> bytes);
/// Only the canonical form: no padding, no other characters, unused bits zero. So each text has one meaning and each
/// value one text.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

}  // namespace wissel::core
