// Verifying every table of an open store while it is read and written, and emptying a family that is made anew.
#include <algorithm>
#include <filesystem>
#include <system_error>

#include "index/rocks_database.hpp"
#include "index/rocks_store.hpp"
#include "index/tables.hpp"
#include "index/wal_tail.hpp"

namespace wissel::index {
namespace {

namespace fs = std::filesystem;

/// Compaction may have replaced it since the list was made.
bool is_live(const RocksDatabase& database, const std::string& name) {
  const auto use = database.use();
  if (!use) return true;
  const auto now = live_tables(use.db());
  return std::ranges::find(now, name, &TableFile::name) != now.end();
}

/// The manifest and the write-ahead logs: while they grow they may end in the middle of a record, and no more than
/// that.
void check_records(const std::string& dir, ScrubReport& report) {
  std::error_code error;
  for (fs::directory_iterator entry(dir, error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    const bool is_manifest = name.starts_with("MANIFEST-");
    if (!is_manifest && !name.ends_with(".log")) continue;
    const auto judged = judge_wal(entry->path().string());
    if (!judged) continue;  // gone since
    ++report.files;
    if (*judged != WalTail::kDamaged) continue;
    report.damaged.push_back({name, is_manifest ? "manifest" : "write-ahead log", {}, "its records do not verify"});
  }
}

}  // namespace

core::Result<ScrubReport> RocksStore::scrub(const ScrubPace& pace) const {
  std::vector<TableFile> tables;
  {
    // Not held while files are read: a store that failed has to be closed meanwhile.
    const auto use = database_->use();
    if (!use) return RocksDatabase::closed();
    tables = live_tables(use.db());
  }
  std::uint64_t total = 0;
  for (const auto& table : tables) total += table.bytes;
  ScrubReport report;
  bool ended = false;
  const Pace read = [&](std::uint64_t bytes) {
    report.bytes += bytes;
    ended = !pace(bytes, std::min(report.bytes, total), total);
    return !ended;
  };
  for (const auto& table : tables) {
    const auto checked = check_table(database_->options().dir, table, read);
    if (ended) return core::fail(core::Errc::kUnavailable, "it was stopped");
    ++report.files;
    if (checked || !is_live(*database_, table.name)) continue;
    report.damaged.push_back({table.name, table.family, table.holds, checked.error().detail});
  }
  check_records(database_->options().dir, report);
  return report;
}

core::Result<void> RocksStore::mark_rebuild(std::optional<core::Family> family) {
  core::WriteBatch batch(*this);
  if (family) {
    batch.put(core::Family::kMeta, std::string(kRebuildKey), std::string(core::family_name(*family)));
  } else {
    batch.remove(core::Family::kMeta, std::string(kRebuildKey));
  }
  return write(batch, /*sync=*/true);
}

core::Result<void> RocksStore::renew_family(core::Family family) { return database_->renew(family); }

}  // namespace wissel::index
