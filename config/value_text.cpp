#include "config/value_text.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <system_error>

namespace wissel::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::uint64_t kDayMs = 24ULL * 60 * 60 * 1000;
constexpr std::uint64_t kMonthDays = 30;
constexpr std::array<Unit, 5> kTimeUnits = {
    {{"ms", 1}, {"s", 1000}, {"m", 60ULL * 1000}, {"h", 60ULL * 60 * 1000}, {"d", kDayMs}}};
constexpr std::array<Unit, 6> kSizeUnits = {
    {{"", 1}, {"B", 1}, {"KiB", 1ULL << 10}, {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30}, {"TiB", 1ULL << 40}}};
// Far above every bound of a key, far below the range of the types.
constexpr std::uint64_t kValueMax = std::numeric_limits<std::int64_t>::max() / 4;

std::optional<std::uint64_t> parse_with_unit(std::string_view text, std::span<const Unit> units) {
  const auto digits = text.find_first_not_of("0123456789");
  const auto number = parse_number(text.substr(0, digits));
  const auto unit = digits == std::string_view::npos ? std::string_view{} : text.substr(digits);
  if (!number) return std::nullopt;
  for (const auto& known : units) {
    if (known.name != unit) continue;
    if (*number > kValueMax / known.factor) return std::nullopt;
    return *number * known.factor;
  }
  return std::nullopt;
}

/// In the largest unit that divides the value.
std::string format_with_unit(std::uint64_t value, std::span<const Unit> units) {
  const Unit* best = units.data();
  for (const auto& unit : units) {
    if (value != 0 && value % unit.factor == 0) best = &unit;
  }
  return std::to_string(value / best->factor) + std::string(best->name);
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || value > kValueMax) return std::nullopt;
  return value;
}

std::optional<Milliseconds> parse_milliseconds(std::string_view text) {
  const auto term = parse_term(text);
  if (!term || term->months != 0) return std::nullopt;
  return Milliseconds{term->ms};
}

std::optional<core::Duration> parse_term(std::string_view text) {
  if (text.starts_with('P')) {
    const auto iso = core::parse_duration(text);
    if (!iso || iso->months < 0 || iso->ms < 0) return std::nullopt;
    return iso;
  }
  const auto ms = parse_with_unit(text, kTimeUnits);
  if (!ms) return std::nullopt;
  return core::Duration{.months = 0, .ms = static_cast<std::int64_t>(*ms)};
}

std::optional<std::uint64_t> parse_size(std::string_view text) { return parse_with_unit(text, kSizeUnits); }

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_number(text.substr(colon + 1));
  if (!port || *port > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  auto host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  Endpoint endpoint{std::string(host), static_cast<std::uint16_t>(*port)};
  in6_addr address{};
  if (inet_pton(bracketed ? AF_INET6 : AF_INET, endpoint.host.c_str(), &address) != 1) return std::nullopt;
  return endpoint;
}

bool is_loopback(const Endpoint& endpoint) { return endpoint.host.starts_with("127.") || endpoint.host == "::1"; }

std::string format_milliseconds(Milliseconds value) {
  const auto ms = static_cast<std::uint64_t>(value.count());
  if (ms != 0 && ms % kDayMs == 0) return "P" + std::to_string(ms / kDayMs) + "D";
  return format_with_unit(ms, kTimeUnits);
}

std::string format_term(const core::Duration& value) {
  if (value.months == 0) return format_milliseconds(Milliseconds{value.ms});
  std::string out = "P";
  if (value.months / 12 != 0) out += std::to_string(value.months / 12) + "Y";
  if (value.months % 12 != 0) out += std::to_string(value.months % 12) + "M";
  if (value.ms != 0) out += "T" + std::to_string(value.ms / 1000) + "S";
  return out;
}

std::string format_size(std::uint64_t bytes) { return format_with_unit(bytes, kSizeUnits); }

std::uint64_t approximate_ms(const core::Duration& value) {
  return static_cast<std::uint64_t>(value.months) * kMonthDays * kDayMs + static_cast<std::uint64_t>(value.ms);
}

}  // namespace wissel::config
