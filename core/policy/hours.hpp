#pragma once
// Legal time of the Netherlands, and whether a moment lies within the hours of an agreement. Computed, so that every
// replica decides alike whatever its time zone database says.
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/policy/model.hpp"
#include "core/time.hpp"

namespace wissel::core {

/// Days as the API writes them, from Monday.
inline constexpr auto kDayWords = std::to_array<std::string_view>({"ma", "di", "wo", "do", "vr", "za", "zo"});

/// A moment on the clock of the wall.
struct WallTime {
  std::uint8_t day = 0;      ///< of the week; 0 is Monday
  std::uint16_t minute = 0;  ///< since midnight

  friend bool operator==(const WallTime&, const WallTime&) = default;
};

/// Central European Time, UTC+1, and UTC+2 from 01:00 UTC on the last Sunday of March until 01:00 UTC on the last
/// Sunday of October. Source: Directive 2000/84/EC, articles 2 and 3; it holds from 2002, and is used for every year.
[[nodiscard]] WallTime legal_time(Instant at) noexcept;

/// The day on the calendar of the wall.
[[nodiscard]] std::chrono::year_month_day legal_day(Instant at) noexcept;
/// When the clock of the wall shows `since_midnight` on a day; for times that every day has once (not between 02:00 and
/// 03:00).
[[nodiscard]] Instant legal_moment(std::chrono::year_month_day day, std::chrono::minutes since_midnight) noexcept;

/// Whether one of `hours` holds `at`; without hours every moment does.
[[nodiscard]] bool within_hours(std::span<const Tijdvak> hours, Instant at) noexcept;

/// The first moment from `at` on that lies within `hours`; `at` itself where that does. Nothing where no hours come
/// within eight days.
[[nodiscard]] std::optional<Instant> next_within(std::span<const Tijdvak> hours, Instant at) noexcept;

/// Minutes since midnight as "08:30"; 1440 is "24:00".
[[nodiscard]] std::string clock_text(std::uint16_t minute);
/// "ma di 08:30-17:00".
[[nodiscard]] std::string hours_text(const Tijdvak& hours);

}  // namespace wissel::core
