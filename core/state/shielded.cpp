#include "core/state/shielded.hpp"

#include <algorithm>

#include "core/policy/hours.hpp"

namespace wissel::core {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::chrono::minutes kTold{6 * 60};  // since midnight, on the clock of the wall
constexpr std::chrono::minutes kSettled{2};    // longer than a record may lag

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

/// Six in the morning exists once each day.
Instant six_of(year_month_day day) { return legal_moment(day, kTold); }

}  // namespace

std::string shielded_day_text(sys_days day) {
  std::string out;
  append_u32(out, static_cast<std::uint32_t>(day.time_since_epoch().count()));
  return out;
}

std::string shielded_prefix(sys_days day, PartyNumber holder) {
  auto key = std::string(kMetaShieldedPrefix).append(shielded_day_text(day));
  append_u32(key, holder);
  return key;
}

std::string shielded_key(sys_days day, PartyNumber holder, Instant at, std::uint64_t index) {
  auto key = shielded_prefix(day, holder);
  append_u64(key, static_cast<std::uint64_t>(to_ms(at)));
  append_u64(key, index);
  return key;
}

std::string encode(const ShieldedRow& row) {
  std::string out;
  append_u8(out, kFormat);
  append_u64(out, static_cast<std::uint64_t>(to_ms(row.at)));
  append_u8(out, static_cast<std::uint8_t>(row.actie));
  append_string(out, row.oin.view());
  append_string(out, row.namens ? row.namens->view() : std::string_view());
  out.append(row.agreement.view());
  const auto count = std::min(row.references.size(), kShieldedIdsMax);
  append_u8(out, static_cast<std::uint8_t>(count));
  for (std::size_t i = 0; i < count; ++i) out.append(row.references[i].view());
  return out;
}

Result<ShieldedRow> decode_shielded(std::string_view value) {
  const auto corrupt = [] { return fail(Errc::kCorrupt, "family meta: a shielded row is damaged"); };
  ByteReader in(value);
  if (in.u8() != kFormat) return corrupt();
  const auto at = from_ms(static_cast<std::int64_t>(in.u64()));
  const auto actie = in.u8();
  const auto oin = Oin::parse(in.string());
  const auto namens = in.string();
  if (!in.ok() || !oin || actie > static_cast<std::uint8_t>(Actie::kBeheren)) return corrupt();
  ShieldedRow row{at, static_cast<Actie>(actie), *oin, {}, Uuid(in.array<16>()), {}};
  if (!namens.empty()) {
    const auto represented = Oin::parse(namens);
    if (!represented) return corrupt();
    row.namens = *represented;
  }
  const auto count = in.u8();
  for (unsigned i = 0; i < count && in.ok(); ++i) row.references.emplace_back(in.array<16>());
  if (!in.ok() || !in.rest().empty()) return corrupt();
  return row;
}

Overview overview_of(year_month_day day) {
  const auto until = six_of(day);
  return {day, six_of(year_month_day(sys_days(day) - days{1})), until, until + kSettled};
}

sys_days overview_day(Instant at) {
  const sys_days day(legal_day(at));
  return at < six_of(day) ? day : day + days{1};
}

Overview newest_overview(Instant now) {
  auto day = sys_days(legal_day(now));
  // Before six the newest is that of the day before.
  while (overview_of(day).told > now) day -= days{1};
  return overview_of(day);
}

Instant shielded_until(sys_days day) { return day + days{kOverviewDays + 1}; }

}  // namespace wissel::core
