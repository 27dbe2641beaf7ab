#include "core/time.hpp"

#include <array>
#include <charconv>
#include <concepts>

namespace wissel::core {
namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr int kYearMax = 9999;
// Digits of one number in a duration; with it no sum below can overflow 64 bits.
constexpr std::size_t kDurationDigitsMax = 9;
constexpr std::int64_t kSecondMs = 1000;
constexpr std::int64_t kMinuteMs = 60 * kSecondMs;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kDayMs = 24 * kHourMs;
constexpr std::int32_t kMonthsMax = kYearMax * 12;
constexpr std::int64_t kClockMsMax = std::int64_t{kYearMax} * 366 * kDayMs;

constexpr std::size_t kRfc3339BytesUsual = 24;  // with milliseconds

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Reads text front to back; after the first surprise ok() stays false.
class Cursor {
 public:
  explicit Cursor(std::string_view text) noexcept : rest_(text) {}

  int digits(std::size_t count) noexcept {
    if (rest_.size() < count) return failed();
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return failed();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  void expect(char c) noexcept {
    if (!take(c)) ok_ = false;
  }
  bool take(char c) noexcept {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// One or more digits as thousandths; what is finer is cut.
  int fraction_ms() noexcept {
    int value = 0;
    int weight = 100;
    std::size_t count = 0;
    for (; count < rest_.size() && is_digit(rest_[count]); ++count) {
      value += weight * (rest_[count] - '0');
      weight /= 10;
    }
    if (count == 0) return failed();
    rest_.remove_prefix(count);
    return value;
  }
  /// A number of at most kDurationDigitsMax digits.
  std::int64_t number() noexcept {
    std::size_t count = 0;
    std::int64_t value = 0;
    for (; count < rest_.size() && is_digit(rest_[count]); ++count) {
      if (count == kDurationDigitsMax) return failed();
      value = value * 10 + (rest_[count] - '0');
    }
    if (count == 0) return failed();
    rest_.remove_prefix(count);
    return value;
  }
  char any() noexcept {
    if (rest_.empty()) {
      ok_ = false;
      return '\0';
    }
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
  [[nodiscard]] bool ok() const noexcept { return ok_; }

 private:
  int failed() noexcept {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

std::optional<sys_days> read_date(Cursor& in) {
  const int y = in.digits(4);
  in.expect('-');
  const auto m = static_cast<unsigned>(in.digits(2));
  in.expect('-');
  const auto d = static_cast<unsigned>(in.digits(2));
  const year_month_day date{year{y}, month{m}, day{d}};
  if (!in.ok() || y < 1 || !date.ok()) return std::nullopt;
  return sys_days{date};
}

/// Minutes east of UTC.
std::optional<int> read_offset(Cursor& in) {
  if (in.take('Z') || in.take('z')) return 0;
  const char sign = in.any();
  if (sign != '+' && sign != '-') return std::nullopt;
  const int hours = in.digits(2);
  in.expect(':');
  const int minutes = in.digits(2);
  if (!in.ok() || hours > 23 || minutes > 59) return std::nullopt;
  return (sign == '+' ? 1 : -1) * (hours * 60 + minutes);
}

bool year_in_range(Instant at) noexcept {
  const year_month_day date{std::chrono::floor<days>(at)};
  return date.year() >= year{1} && date.year() <= year{kYearMax};
}

/// One number with its designator. `stage` is the rank of the last designator seen, so that each comes once and in
/// order: Y M W D, then after T: H M S.
bool read_duration_part(Cursor& in, bool clock, int& stage, Duration& out) {
  const std::int64_t value = in.number();
  int fraction = 0;
  bool has_fraction = false;
  if (clock && in.take('.')) {
    fraction = in.fraction_ms();
    has_fraction = true;
  }
  const char unit = in.any();
  if (!in.ok()) return false;
  struct Unit {
    char letter;
    bool clock;
    int rank;
    std::int32_t months;
    std::int64_t ms;
  };
  static constexpr std::array<Unit, 7> kUnits{{{'Y', false, 1, 12, 0},
                                               {'M', false, 2, 1, 0},
                                               {'W', false, 3, 0, 7 * kDayMs},
                                               {'D', false, 4, 0, kDayMs},
                                               {'H', true, 5, 0, kHourMs},
                                               {'M', true, 6, 0, kMinuteMs},
                                               {'S', true, 7, 0, kSecondMs}}};
  for (const Unit& u : kUnits) {
    if (u.letter != unit || u.clock != clock) continue;
    if (u.rank <= stage || (has_fraction && unit != 'S')) return false;
    stage = u.rank;
    const std::int64_t months = out.months + value * u.months;
    out.ms += value * u.ms + fraction;
    if (months > kMonthsMax || out.ms > kClockMsMax) return false;
    out.months = static_cast<std::int32_t>(months);
    return true;
  }
  return false;
}

/// `number`, with zeros before it up to `width` digits. By hand: every record holds three times, and printf is slow.
void append_digits(std::string& out, std::integral auto number, std::ptrdiff_t width) {
  std::array<char, 24> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  const std::ptrdiff_t length = end - text.data();
  if (length < width) out.append(static_cast<std::size_t>(width - length), '0');
  out.append(text.data(), end);
}

}  // namespace

std::string format_rfc3339(Instant at) {
  const auto date_part = std::chrono::floor<days>(at);
  const year_month_day date{date_part};
  const std::chrono::hh_mm_ss clock{at - date_part};
  std::string out;
  out.reserve(kRfc3339BytesUsual);
  append_digits(out, static_cast<int>(date.year()), 4);
  append_digits(out.append(1, '-'), static_cast<unsigned>(date.month()), 2);
  append_digits(out.append(1, '-'), static_cast<unsigned>(date.day()), 2);
  append_digits(out.append(1, 'T'), clock.hours().count(), 2);
  append_digits(out.append(1, ':'), clock.minutes().count(), 2);
  append_digits(out.append(1, ':'), clock.seconds().count(), 2);
  if (const auto ms = clock.subseconds().count(); ms != 0) append_digits(out.append(1, '.'), ms, 3);
  out.push_back('Z');
  return out;
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
  Cursor in(text);
  const auto date = read_date(in);
  if (!date || (!in.take('T') && !in.take('t'))) return std::nullopt;
  const int hours = in.digits(2);
  in.expect(':');
  const int minutes = in.digits(2);
  in.expect(':');
  const int seconds = in.digits(2);
  const int ms = in.take('.') ? in.fraction_ms() : 0;
  const auto offset = read_offset(in);
  if (!in.ok() || !in.empty() || !offset || hours > 23 || minutes > 59 || seconds > 60) return std::nullopt;

  const std::int64_t minute_of_day = hours * 60 + minutes - *offset;
  Instant at = Instant{*date} + std::chrono::minutes{minute_of_day};
  // A leap second exists only at the end of a UTC day (RFC 3339, section 5.7).
  if (seconds == 60 && at - std::chrono::floor<days>(at) != std::chrono::minutes{24 * 60 - 1}) return std::nullopt;
  at += std::chrono::seconds{seconds} + Milliseconds{seconds == 60 ? 0 : ms};
  if (!year_in_range(at)) return std::nullopt;
  return at;
}

bool is_date(std::string_view text) {
  Cursor in(text);
  return read_date(in).has_value() && in.empty();
}

std::optional<Duration> parse_duration(std::string_view text) {
  Cursor in(text);
  if (!in.take('P') || in.empty()) return std::nullopt;
  Duration out;
  bool clock = false;
  int stage = 0;
  while (!in.empty()) {
    if (!clock && in.take('T')) clock = true;
    if (!read_duration_part(in, clock, stage, out)) return std::nullopt;
  }
  return out;
}

Instant add(Instant at, Duration term) {
  // The last instant that can be written; a term past it means: never.
  constexpr Instant kLast{sys_days{year{kYearMax} / 12 / 31} + Milliseconds{kDayMs - 1}};
  const auto date_part = std::chrono::floor<days>(at);
  year_month_day date = year_month_day{date_part} + std::chrono::months{term.months};
  if (date.year() > year{kYearMax}) return kLast;
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  const Instant out = Instant{sys_days{date}} + (at - date_part) + Milliseconds{term.ms};
  return out > kLast ? kLast : out;
}

bool longer(Duration a, Duration b) {
  constexpr Instant kFrom{sys_days{year{2001} / 1 / 1}};
  return add(kFrom, a) > add(kFrom, b);
}

}  // namespace wissel::core
