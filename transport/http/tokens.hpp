#pragma once
// The characters of HTTP: tokens and field values.
// Source: RFC 9110, sections 5.5 and 5.6.2.
#include <algorithm>
#include <array>
#include <string_view>

namespace wissel::transport {

[[nodiscard]] inline bool is_token_character(char c) noexcept {
  static constexpr auto kToken = [] {
    std::array<bool, 256> table{};
    for (const char each : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(each)] = true;
    for (unsigned each = '0'; each <= '9'; ++each) table[each] = true;
    for (unsigned each = 'a'; each <= 'z'; ++each) table[each] = true;
    for (unsigned each = 'A'; each <= 'Z'; ++each) table[each] = true;
    return table;
  }();
  return kToken[static_cast<unsigned char>(c)];
}

[[nodiscard]] inline bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

/// No control character but the tab.
[[nodiscard]] inline bool is_field_value(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7F); });
}

[[nodiscard]] inline char lower_case(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Equal but for the case of letters.
[[nodiscard]] inline bool same_word(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower_case(x) == lower_case(y); });
}

}  // namespace wissel::transport
