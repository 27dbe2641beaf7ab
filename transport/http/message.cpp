#include "transport/http/message.hpp"

#include <algorithm>
#include <array>

namespace wissel::transport {
namespace {

constexpr auto kMethods = std::to_array<std::pair<std::string_view, Method>>({
    {"GET", Method::kGet},
    {"HEAD", Method::kHead},
    {"POST", Method::kPost},
    {"PUT", Method::kPut},
    {"PATCH", Method::kPatch},
    {"DELETE", Method::kDelete},
    {"OPTIONS", Method::kOptions},
});

// Query parameters of one request; the API never uses more than a handful.
constexpr std::size_t kQueryPairsMax = 64;
// Room for the fields of a usual request at once.
constexpr std::size_t kFieldsUsual = 8;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view lowered, std::string_view name) noexcept {
  return std::ranges::equal(lowered, name, [](char a, char b) { return a == lower(b); });
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(unsigned char c) noexcept { return c < 0x20 || c == 0x7F; }

enum class Part : std::uint8_t { kPath, kQuery };

/// Nothing for broken escapes and control characters; in a path also for an encoded '/', which would make one path
/// readable in two ways.
std::optional<std::string> decode(std::string_view text, Part part) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(part == Part::kQuery && text[i] == '+' ? ' ' : text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    const auto byte = static_cast<unsigned char>(high * 16 + low);
    if (is_control(byte) || (part == Part::kPath && byte == '/')) return std::nullopt;
    out.push_back(static_cast<char>(byte));
    i += 2;
  }
  return out;
}

}  // namespace

std::string_view to_string(Method method) noexcept {
  for (const auto& [text, value] : kMethods) {
    if (value == method) return text;
  }
  return "OTHER";
}

Method parse_method(std::string_view text) noexcept {
  for (const auto& [name, value] : kMethods) {
    if (name == text) return value;
  }
  return Method::kOther;
}

void Headers::add(std::string_view name, std::string_view value) {
  if (fields_.empty()) fields_.reserve(kFieldsUsual);
  Field field{std::string(name), std::string(value)};
  std::ranges::transform(field.name, field.name.begin(), lower);
  fields_.push_back(std::move(field));
}

std::optional<std::string_view> Headers::find(std::string_view name) const noexcept {
  for (const auto& field : fields_) {
    if (same_name(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(fields_, [name](const Field& field) { return same_name(field.name, name); }));
}

std::optional<std::string_view> RequestHead::query_value(std::string_view name) const noexcept {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

bool parse_target(std::string_view target, RequestHead& head) {
  if (target.empty() || target.front() != '/' || target.find('#') != std::string_view::npos) return false;
  head.target = target;
  const auto question = target.find('?');
  auto path = decode(target.substr(0, question), Part::kPath);
  if (!path) return false;
  head.path = std::move(*path);
  head.query.clear();
  if (question == std::string_view::npos) return true;

  std::string_view rest = target.substr(question + 1);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = decode(pair.substr(0, equals), Part::kQuery);
    auto value = decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), Part::kQuery);
    if (!name || !value || head.query.size() == kQueryPairsMax) return false;
    head.query.emplace_back(std::move(*name), std::move(*value));
  }
  return true;
}

}  // namespace wissel::transport
