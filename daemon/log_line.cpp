#include "daemon/log_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <type_traits>
#include <variant>

namespace wissel::daemon {
namespace {

constexpr std::string_view kCut = "...";

std::string_view level_name(core::LogLevel level) noexcept {
  switch (level) {
    case core::LogLevel::kDebug:
      return "DEBUG";
    case core::LogLevel::kInfo:
      return "INFO";
    case core::LogLevel::kWarn:
      return "WARN";
    case core::LogLevel::kError:
      return "ERROR";
  }
  return "ERROR";
}

std::string_view json_level_name(core::LogLevel level) noexcept {
  switch (level) {
    case core::LogLevel::kDebug:
      return "debug";
    case core::LogLevel::kInfo:
      return "info";
    case core::LogLevel::kWarn:
      return "warn";
    case core::LogLevel::kError:
      return "error";
  }
  return "error";
}

bool is_plain_ascii(char c) noexcept { return c >= 0x20 && c < 0x7F; }

void append_hex(std::string& out, std::string_view prefix, std::uint8_t byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += prefix;
  out += kDigits[byte >> 4U];
  out += kDigits[byte & 0x0FU];
}

/// What is not printable ASCII becomes `prefix`NN byte by byte: no decoder of ours, a terminal's or a log viewer's can
/// then take it for a control character.
void append_escaped(std::string& out, std::string_view value, std::string_view prefix) {
  for (const char c : value.substr(0, kLogValueBytesMax)) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (is_plain_ascii(c)) {
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      append_hex(out, prefix, static_cast<std::uint8_t>(c));
    }
  }
  if (value.size() > kLogValueBytesMax) out += kCut;
}

void append_quoted(std::string& out, std::string_view value, std::string_view prefix) {
  out += '"';
  append_escaped(out, value, prefix);
  out += '"';
}

bool needs_quotes(std::string_view value) {
  return value.empty() || value.size() > kLogValueBytesMax || !std::ranges::all_of(value, [](char c) {
           return is_plain_ascii(c) && c != ' ' && c != '"' && c != '\\' && c != '=';
         });
}

template <class Number>
void append_number(std::string& out, Number value) {
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), end);
}

/// `string` writes a text value; the other kinds look the same in both forms.
template <class AppendText>
void append_value(std::string& out, const core::LogField& field, const AppendText& append_text) {
  const auto append = [&](auto value) {
    using Value = decltype(value);
    if constexpr (std::is_same_v<Value, std::string_view>) {
      append_text(out, value);
    } else if constexpr (std::is_same_v<Value, bool>) {
      out += value ? "true" : "false";
    } else {
      append_number(out, value);
    }
  };
  std::visit(append, field.value);
}

void append_text_value(std::string& out, std::string_view value) {
  if (needs_quotes(value)) {
    append_quoted(out, value, "\\x");
  } else {
    out += value;
  }
}

/// JSON knows no \xNN; U+0000 to U+00FF stand for the bytes.
void append_json_value(std::string& out, std::string_view value) { append_quoted(out, value, "\\u00"); }

void append_json_member(std::string& out, std::string_view key, std::string_view value) {
  append_json_value(out, key);
  out += ':';
  append_json_value(out, value);
  out += ',';
}

}  // namespace

std::string format_text(const LogLine& line) {
  std::string out(level_name(line.level));
  out.append(" ").append(line.component).append(" ");
  append_text_value(out, line.event);
  for (const auto& field : line.fields) {
    out.append(" ").append(field.key).append("=");
    append_value(out, field, append_text_value);
  }
  return out;
}

std::string format_json(const LogLine& line, core::Instant at) {
  std::string out = "{";
  append_json_member(out, "time", core::format_rfc3339(at));
  append_json_member(out, "level", json_level_name(line.level));
  append_json_member(out, "component", line.component);
  append_json_member(out, "event", line.event);
  for (const auto& field : line.fields) {
    append_json_value(out, field.key);
    out += ':';
    append_value(out, field, append_json_value);
    out += ',';
  }
  out.back() = '}';
  return out;
}

std::string_view journal_prefix(core::LogLevel level) noexcept {
  switch (level) {
    case core::LogLevel::kDebug:
      return "<7>";
    case core::LogLevel::kInfo:
      return "<6>";
    case core::LogLevel::kWarn:
      return "<4>";
    case core::LogLevel::kError:
      return "<3>";
  }
  return "<3>";
}

}  // namespace wissel::daemon
