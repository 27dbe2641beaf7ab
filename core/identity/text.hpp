#pragma once
// What text from outside may hold: UTF-8, control characters, and one spelling for what looks the same.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace wissel::core {

/// The number of code points; nothing when the bytes are not UTF-8 (RFC 3629: no surrogates, no overlong forms).
[[nodiscard]] std::optional<std::size_t> utf8_length(std::string_view text) noexcept;

enum class LineBreaks : std::uint8_t { kRefused, kAllowed };

/// UTF-8 without control characters (U+0000–001F, U+007F–009F) and noncharacters, the set of CloudEvents 1.0, "String".
/// With kAllowed, line feed, carriage return and tab may occur.
[[nodiscard]] bool is_plain_text(std::string_view text, LineBreaks breaks = LineBreaks::kRefused) noexcept;

/// UTF-8 in Normalization Form C, by a rule that needs no tables of compositions: no code point that NFC changes and
/// none that could combine with its neighbour. So é (U+00E9) passes and e followed by U+0301 does not. Stricter than
/// NFC in one respect: a combining mark is refused also where nothing composes with it; no identification needs one.
[[nodiscard]] bool is_composed_text(std::string_view text) noexcept;

}  // namespace wissel::core
