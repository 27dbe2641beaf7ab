#pragma once
// The core's store on RocksDB: opening with every check that must come first, failure and reopening, backup, figures.
// No RocksDB name leaves this folder.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/logger.hpp"
#include "core/result.hpp"
#include "core/store.hpp"
#include "index/backup.hpp"
#include "index/disk_space.hpp"

namespace wissel::index {

/// The layout this program writes. Stands under kSchemaKey in `meta`; raise it with each change of an encoding that an
/// older program would misread.
inline constexpr std::uint32_t kSchemaVersion = 2;
inline constexpr std::string_view kSchemaKey = "schema";
/// In `meta` while a derived family is being replaced: its name.
inline constexpr std::string_view kRebuildKey = "rebuild";

/// Is shown a store as it is on disk, before anything of it changes; keeps no hold of it. An error keeps it closed.
using StoreJudge = std::function<core::Result<void>(const core::StoreReader& before)>;

struct StoreOptions {
  std::string dir;
  /// Blocks, indexes and filters read from disk; a strict bound, shared by all families. At least 8 MiB.
  std::size_t block_cache_bytes = std::size_t{256} << 20;
  /// Written but not yet flushed, over all families together; passed by at most one batch.
  std::size_t write_buffer_bytes = std::size_t{64} << 20;
  /// Bytes of log after which the oldest families are flushed: bounds disk and the time an opening takes.
  std::uint64_t wal_bytes_max = std::uint64_t{128} << 20;
  /// Table files kept open, each one descriptor.
  int max_open_files = 512;
  /// Threads for flushes and compactions.
  int background_jobs = 2;
  /// Opens a store in which a rebuild was cut short, to end it.
  bool rebuilding = false;
  /// Asked once, by the thread that opens, before the first opening. Empty: nobody judges.
  StoreJudge judge;
};

struct FamilyFigures {
  std::string_view name;
  std::uint64_t keys_estimate = 0;
  std::uint64_t table_bytes = 0;   ///< live table files
  std::uint64_t level0_files = 0;  ///< rises when compaction falls behind
};

/// For metrics and `wisselctl status`. All zero while the store is closed.
struct StoreFigures {
  std::uint64_t table_bytes = 0;
  std::uint64_t memtable_bytes = 0;
  std::uint64_t level0_files = 0;
  std::uint64_t block_cache_bytes = 0;
  std::uint64_t block_cache_bytes_max = 0;
  std::uint64_t pending_compaction_bytes = 0;
  std::uint64_t running_flushes = 0;
  std::uint64_t running_compactions = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t read_failures = 0;  ///< since the start
  bool writes_stopped = false;
  /// A table that does not verify came in the way of a compaction: none is done until the next start.
  bool compaction_halted = false;
  std::vector<FamilyFigures> families;
};

/// A table file that does not verify. Reads that need what is broken in it fail, as kCorrupt; nothing of it is served.
struct DamagedTable {
  std::string name;
  std::string family;
  std::string holds;  ///< log indices, for the families of the log; empty for others, whose keys could name a person
  std::string what;
};

struct ScrubReport {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::vector<DamagedTable> damaged;
};

/// Told of each piece that was read: its bytes, how many so far, how many in all. May wait; false ends the scrub.
using ScrubPace = std::function<bool(std::uint64_t read, std::uint64_t done, std::uint64_t total)>;

class RocksDatabase;

/// Thread safety: as the port says; write, reopen and close belong to one thread, the committer's.
/// A scan of ReadTier::kMemory may have shown some entries before it gives kWouldBlock: start again from nothing.
class RocksStore final : public core::Store {
 public:
  ~RocksStore() override;

  core::Result<std::optional<std::string>> get(core::Family family, std::string_view key,
                                               core::ReadTier tier = core::ReadTier::kAll) const override;
  core::Result<void> scan(core::Family family, const core::KeyRange& range, const core::Visitor& visit,
                          core::ReadTier tier = core::ReadTier::kAll) const override;
  core::Result<void> write(const core::WriteBatch& batch, bool sync) override;
  /// Stays safe to use, with kUnavailable, after a reopen or the end of the store. It holds back compaction: keep it
  /// for as long as a request, not longer.
  [[nodiscard]] std::unique_ptr<core::StoreReader> snapshot() const override;

  /// After a failed write, fsync, flush or compaction; writes are refused until a reopen, reads go on.
  [[nodiscard]] bool failed() const noexcept;
  /// Closes and opens again. Waits for reads that are running, turns others away with kUnavailable meanwhile, and ends
  /// every snapshot. On an error the store stays closed, and this may be called again. Never call it from a visitor.
  core::Result<void> reopen();

  /// Writes what is in memory to table files, which makes the next opening short.
  core::Result<void> flush();
  /// Reads every table file past the caches and compares its checksums, to the end also where one is damaged. Long; for
  /// a background thread. Errors: kUnavailable (closed, or ended by `pace`).
  [[nodiscard]] core::Result<ScrubReport> scrub(const ScrubPace& pace) const;

  /// Notes durably that a family is being replaced, or (nothing) that none is: until then only a rebuild opens it.
  core::Result<void> mark_rebuild(std::optional<core::Family> family);
  /// Empties a family, also one that cannot be read. Nobody else may use the store. Errors: kUnavailable.
  core::Result<void> renew_family(core::Family family);

  [[nodiscard]] core::Result<DiskSpace> free_space() const;
  [[nodiscard]] StoreFigures figures() const;
  [[nodiscard]] const std::string& dir() const noexcept;

  /// A consistent copy while others read and write: see BackupRequest. Errors: kInvalidInput (a target that exists or
  /// lies in the data directory), kUnavailable, kCorrupt.
  core::Result<BackupReport> backup(const BackupRequest& request) const;

 private:
  friend core::Result<std::unique_ptr<RocksStore>> open_rocks_store(const StoreOptions& options, core::Logger& logger);
  explicit RocksStore(std::shared_ptr<RocksDatabase> database);

  std::shared_ptr<RocksDatabase> database_;  // shared with snapshots, which may live longer than an opening
};

/// Opens the store in options.dir, or makes a new one in an empty directory. `logger` outlives the store.
/// Errors, each with a message that names directory or file and the remedy: kConflict (another process has it, no
/// store, unknown schema version), kCorrupt (damaged), kUnavailable (the system refuses), kInvalidInput (options).
[[nodiscard]] core::Result<std::unique_ptr<RocksStore>> open_rocks_store(const StoreOptions& options,
                                                                         core::Logger& logger);

/// Reads a stopped store or a backup, and changes nothing in it. Errors: as open_rocks_store; kNotFound when there is
/// no store. `logger` outlives the reader.
[[nodiscard]] core::Result<std::unique_ptr<core::StoreReader>> open_read_only(const std::string& dir,
                                                                              core::Logger& logger);

/// Reads every table file of a stopped store or a backup and compares its checksums: also what no record of the log
/// covers. Changes nothing. Errors: as open_read_only; kCorrupt with the file.
[[nodiscard]] core::Result<void> check_tables(const std::string& dir, core::Logger& logger);

}  // namespace wissel::index
