#pragma once
// What is kept of a search or pull that references with `afgeschermd` were kept from, until their holder reads of it in
// an overview of the day (api.md: told at a fixed time once a day, also when there is nothing).
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/identity/oin.hpp"
#include "core/identity/uuid.hpp"
#include "core/log/record.hpp"
#include "core/result.hpp"
#include "core/state/draft.hpp"
#include "core/state/reference.hpp"
#include "core/time.hpp"

namespace wissel::core {

/// Family meta: "shielded/" · day on which it is told (days since 1970, u32) · holder (4) · moment (ms, u64) · log
/// index (8). The row of day 0 tells of nobody. It is no key of the log: who reads it may not read the record.
inline constexpr std::string_view kMetaShieldedPrefix = "shielded/";
[[nodiscard]] std::string shielded_day_text(std::chrono::sys_days day);
/// What the keys of all rows of a holder and a day begin with.
[[nodiscard]] std::string shielded_prefix(std::chrono::sys_days day, PartyNumber holder);
[[nodiscard]] std::string shielded_key(std::chrono::sys_days day, PartyNumber holder, Instant at, std::uint64_t index);

struct ShieldedRow {
  Instant at;
  Actie actie = Actie::kZoeken;
  Oin oin;                    ///< who asked
  std::optional<Oin> namens;  ///< for whom
  Uuid agreement;
  std::vector<Uuid> references;
};
[[nodiscard]] std::string encode(const ShieldedRow& row);
[[nodiscard]] Result<ShieldedRow> decode_shielded(std::string_view value);  ///< Errors: kCorrupt.

/// One overview: what happened from `from` until `until`, told from `told` on. A little later than `until`, because
/// records come into the log up to a minute after the moment they name.
struct Overview {
  std::chrono::year_month_day day;  ///< of legal time, on which it is told
  Instant from;
  Instant until;
  Instant told;
};
/// From 06:00 until 06:00, legal time of the Netherlands.
[[nodiscard]] Overview overview_of(std::chrono::year_month_day day);
/// The day on which it is told what happened at `at`.
[[nodiscard]] std::chrono::sys_days overview_day(Instant at);
/// The newest that is told at `now`.
[[nodiscard]] Overview newest_overview(Instant now);
/// So many days are told of; rows are kept for one more.
inline constexpr int kOverviewDays = 30;
[[nodiscard]] Instant shielded_until(std::chrono::sys_days day);

}  // namespace wissel::core
