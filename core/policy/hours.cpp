#include "core/policy/hours.hpp"

#include <algorithm>
#include <chrono>

namespace wissel::core {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;

/// 01:00 UTC on the last Sunday of a month, when clocks change everywhere in the Union at once.
constexpr Instant change_of_clocks(std::chrono::year year, std::chrono::month month) noexcept {
  return std::chrono::sys_days(year / month / std::chrono::Sunday[std::chrono::last]) + hours{1};
}

constexpr bool summer(Instant at) noexcept {
  const auto year = std::chrono::year_month_day(floor<days>(at)).year();
  return change_of_clocks(year, std::chrono::March) <= at && at < change_of_clocks(year, std::chrono::October);
}

}  // namespace

WallTime legal_time(Instant at) noexcept {
  const auto wall = at + (summer(at) ? hours{2} : hours{1});
  const auto day = floor<days>(wall);
  const auto weekday = std::chrono::weekday(day).iso_encoding() - 1;
  const auto minute = floor<minutes>(wall - day).count();
  return {static_cast<std::uint8_t>(weekday), static_cast<std::uint16_t>(minute)};
}

std::chrono::year_month_day legal_day(Instant at) noexcept {
  return floor<days>(at + (summer(at) ? hours{2} : hours{1}));
}

Instant legal_moment(std::chrono::year_month_day day, std::chrono::minutes since_midnight) noexcept {
  const Instant wall = std::chrono::sys_days(day) + since_midnight;
  const Instant in_winter = wall - hours{1};
  return summer(in_winter) ? wall - hours{2} : in_winter;
}

bool within_hours(std::span<const Tijdvak> hours, Instant at) noexcept {
  if (hours.empty()) return true;
  const auto wall = legal_time(at);
  return std::ranges::any_of(hours, [wall](const Tijdvak& one) {
    return (one.dagen >> wall.day & 1U) != 0 && one.van <= wall.minute && wall.minute < one.tot;
  });
}

std::optional<Instant> next_within(std::span<const Tijdvak> hours, Instant at) noexcept {
  if (within_hours(hours, at)) return at;
  constexpr int kDaysAhead = 8;
  const auto wall = legal_time(at);
  const auto this_minute = floor<minutes>(at);
  std::optional<Instant> first;
  // Hours that begin within the hour that is skipped in spring begin when that is over.
  const auto spring = change_of_clocks(std::chrono::year_month_day(floor<days>(at)).year(), std::chrono::March);
  if (spring > at && spring < at + days{kDaysAhead} && within_hours(hours, spring)) first = spring;
  for (int ahead = 0; ahead <= kDaysAhead; ++ahead) {
    for (const auto& one : hours) {
      // A change of the clocks in between moves the beginning by an hour.
      for (const auto moved : {minutes{0}, minutes{-60}, minutes{60}}) {
        const Instant begin = this_minute + minutes{ahead * 1440 + one.van - wall.minute} + moved;
        if (begin > at && within_hours({&one, 1}, begin) && (!first || begin < *first)) first = begin;
      }
    }
  }
  return first;
}

std::string clock_text(std::uint16_t minute) {
  std::string out = "00:00";
  out[0] = static_cast<char>('0' + minute / 600);
  out[1] = static_cast<char>('0' + minute / 60 % 10);
  out[3] = static_cast<char>('0' + minute % 60 / 10);
  out[4] = static_cast<char>('0' + minute % 10);
  return out;
}

std::string hours_text(const Tijdvak& hours) {
  std::string out;
  for (std::size_t day = 0; day < kDayWords.size(); ++day) {
    if ((hours.dagen >> day & 1U) != 0) out.append(kDayWords[day]).push_back(' ');
  }
  return out.append(clock_text(hours.van)).append("-").append(clock_text(hours.tot));
}

}  // namespace wissel::core
