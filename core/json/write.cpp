#include "core/json/write.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace wissel::core {
namespace {

namespace json = boost::json;

enum class Form : std::uint8_t { kAsIs, kCanonical };

/// The place of a UTF-8 byte when names are sorted by UTF-16 code units: lead bytes of four (F0–F4), which become
/// surrogates (D800–DFFF), sort before EE and EF (U+E000–FFFF).
constexpr unsigned utf16_rank(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0xF0) return byte - 0xF0U + 0xEEU;
  if (byte >= 0xEE) return byte - 0xEEU + 0xF4U;
  return byte;
}

bool sorts_before(std::string_view a, std::string_view b) noexcept {
  return std::ranges::lexicographical_compare(a, b, {}, utf16_rank, utf16_rank);
}

void append_escaped(std::string& out, char c) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  static constexpr std::string_view kShort = "\"\"\\\\\bb\tt\nn\ff\rr";  // pairs: what it is, how it is written
  out += '\\';
  for (std::size_t i = 0; i < kShort.size(); i += 2) {
    if (kShort[i] != c) continue;
    out += kShort[i + 1];
    return;
  }
  out += "u00";
  out += kHex[static_cast<unsigned char>(c) >> 4U];
  out += kHex[static_cast<unsigned char>(c) & 0x0FU];
}

void append_value(std::string& out, const json::value& value, Form form);

void append_member(std::string& out, const json::key_value_pair& member, Form form) {
  append_json_string(out, member.key());
  out += ':';
  append_value(out, member.value(), form);
}

void append_object(std::string& out, const json::object& object, Form form) {
  std::vector<const json::key_value_pair*> members;
  members.reserve(object.size());
  for (const auto& member : object) members.push_back(&member);
  if (form == Form::kCanonical) {
    std::ranges::sort(members, [](const auto* a, const auto* b) { return sorts_before(a->key(), b->key()); });
  }
  out += '{';
  for (const auto* member : members) {
    if (member != members.front()) out += ',';
    append_member(out, *member, form);
  }
  out += '}';
}

void append_array(std::string& out, const json::array& array, Form form) {
  out += '[';
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i != 0) out += ',';
    append_value(out, array[i], form);
  }
  out += ']';
}

void append_value(std::string& out, const json::value& value, Form form) {
  switch (value.kind()) {
    case json::kind::null:
      out += "null";
      return;
    case json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      return;
    case json::kind::int64:
      if (form == Form::kCanonical) return append_json_number(out, static_cast<double>(value.get_int64()));
      out += std::to_string(value.get_int64());
      return;
    case json::kind::uint64:
      if (form == Form::kCanonical) return append_json_number(out, static_cast<double>(value.get_uint64()));
      out += std::to_string(value.get_uint64());
      return;
    case json::kind::double_:
      append_json_number(out, value.get_double());
      return;
    case json::kind::string:
      append_json_string(out, value.get_string());
      return;
    case json::kind::array:
      append_array(out, value.get_array(), form);
      return;
    case json::kind::object:
      append_object(out, value.get_object(), form);
      return;
  }
}

}  // namespace

void append_json_number(std::string& out, double number) {
  if (number == 0) {
    out += '0';
    return;
  }
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), std::fabs(number), std::chars_format::scientific);
  const std::string_view scientific(text.data(), static_cast<std::size_t>(end.ptr - text.data()));
  const auto e = scientific.find('e');
  std::string digits(1, scientific[0]);
  if (e > 2) digits += scientific.substr(2, e - 2);
  int exponent = 0;
  const std::string_view exponent_text = scientific.substr(scientific[e + 1] == '+' ? e + 2 : e + 1);
  std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);

  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits before the decimal point
  if (number < 0) out += '-';
  if (count <= point && point <= 21) {
    out += digits + std::string(static_cast<std::size_t>(point - count), '0');
  } else if (0 < point && point <= 21) {
    out += digits.substr(0, static_cast<std::size_t>(point)) + '.' + digits.substr(static_cast<std::size_t>(point));
  } else if (-6 < point && point <= 0) {
    out += "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  } else {
    out += digits[0];
    if (count > 1) out += '.' + digits.substr(1);
    out += exponent < 0 ? "e-" : "e+";
    out += std::to_string(std::abs(exponent));
  }
}

void append_json_string(std::string& out, std::string_view text) {
  const auto needs_escape = [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; };
  out += '"';
  while (!text.empty()) {
    const auto run = static_cast<std::size_t>(std::ranges::find_if(text, needs_escape) - text.begin());
    out.append(text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty()) break;
    append_escaped(out, text.front());
    text.remove_prefix(1);
  }
  out += '"';
}

std::string jcs(const json::value& value) {
  std::string out;
  append_value(out, value, Form::kCanonical);
  return out;
}

std::string jcs(const json::object& object) {
  std::string out;
  append_object(out, object, Form::kCanonical);
  return out;
}

std::string write_json(const json::object& object) {
  std::string out;
  append_object(out, object, Form::kAsIs);
  return out;
}

std::string write_json(const json::value& value) {
  std::string out;
  append_value(out, value, Form::kAsIs);
  return out;
}

}  // namespace wissel::core
