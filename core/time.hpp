#pragma once
// Wall-clock instants in milliseconds, and the text forms of the API. The core has no clock: times are passed in.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wissel::core {

using Milliseconds = std::chrono::milliseconds;
/// Wall clock, UTC, milliseconds since the Unix epoch.
using Instant = std::chrono::sys_time<Milliseconds>;

[[nodiscard]] constexpr std::int64_t to_ms(Instant at) noexcept { return at.time_since_epoch().count(); }
[[nodiscard]] constexpr Instant from_ms(std::int64_t ms) noexcept { return Instant{Milliseconds{ms}}; }

/// RFC 3339 in UTC with milliseconds when there are any: 2026-03-02T09:15:00Z.
[[nodiscard]] std::string format_rfc3339(Instant at);
/// Any offset is accepted; a fraction is cut to milliseconds; a leap second counts as the next second. Nothing for
/// dates that do not exist and years outside 1–9999.
[[nodiscard]] std::optional<Instant> parse_rfc3339(std::string_view text);
/// A date alone: 2026-04-27.
[[nodiscard]] bool is_date(std::string_view text);

/// An ISO 8601 duration (P2Y, P7D, PT5M, P1Y6M): calendar part and clock part kept apart.
struct Duration {
  std::int32_t months = 0;
  std::int64_t ms = 0;

  friend bool operator==(const Duration&, const Duration&) = default;
};
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
/// Months by the calendar (31 January + P1M is the last day of February), the rest by the clock.
[[nodiscard]] Instant add(Instant at, Duration term);
/// For "the longest term": compares by what they give from one fixed day.
[[nodiscard]] bool longer(Duration a, Duration b);

}  // namespace wissel::core
