#pragma once
// One RocksDB that can be closed and opened again while others hold on to it. Private to index/.
#include <rocksdb/db.h>
#include <rocksdb/status.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/logger.hpp"
#include "core/result.hpp"
#include "core/store.hpp"
#include "index/gate.hpp"
#include "index/read_alarm.hpp"
#include "index/rocks_logger.hpp"
#include "index/rocks_options.hpp"
#include "index/store_dir.hpp"

namespace wissel::index {

/// The one translation from RocksDB's statuses: what to do, and the text with the file's name.
[[nodiscard]] core::Error to_error(const rocksdb::Status& status, std::string_view doing);

using FamilyHandles = std::vector<rocksdb::ColumnFamilyHandle*>;

/// Reads shared by the store, its snapshots and the read-only view. `handles` has index 1 + family.
[[nodiscard]] core::Result<std::optional<std::string>> read_key(rocksdb::DB& db, const FamilyHandles& handles,
                                                                const rocksdb::Snapshot* at, core::Family family,
                                                                std::string_view key, core::ReadTier tier);
[[nodiscard]] core::Result<void> read_range(rocksdb::DB& db, const FamilyHandles& handles, const rocksdb::Snapshot* at,
                                            core::Family family, const core::KeyRange& range,
                                            const core::Visitor& visit, core::ReadTier tier);

/// Reads an open database that it does not own. A family that is not there, as in a store that an older program made or
/// in one that is still empty, has no rows.
class HandlesReader final : public core::StoreReader {
 public:
  /// Of a store without any family.
  HandlesReader() : handles_(1 + core::kFamilyCount, nullptr) {}
  /// `names` and `opened` as given to RocksDB and got from it.
  HandlesReader(rocksdb::DB& db, const std::vector<std::string>& names, const FamilyHandles& opened);

  core::Result<std::optional<std::string>> get(core::Family family, std::string_view key,
                                               core::ReadTier tier) const override;
  core::Result<void> scan(core::Family family, const core::KeyRange& range, const core::Visitor& visit,
                          core::ReadTier tier) const override;

 private:
  [[nodiscard]] bool holds(core::Family family) const;

  rocksdb::DB* db_ = nullptr;
  FamilyHandles handles_;
};

/// What is known of a store before it is opened for good.
struct Known {
  std::vector<std::string> families;
  /// The log's last write is there in part (see wal_tail.hpp) and has to be dropped.
  bool torn_tail = false;
};

/// Thread safety: open, close and write belong to one thread; everything else to all.
class RocksDatabase {
 public:
  RocksDatabase(StoreOptions options, core::Logger& logger, DirLock lock);
  ~RocksDatabase();
  RocksDatabase(const RocksDatabase&) = delete;
  RocksDatabase& operator=(const RocksDatabase&) = delete;

  core::Result<void> open();
  void close();

  /// What a caller may touch between entering the gate and leaving it.
  class Use {
   public:
    explicit operator bool() const noexcept { return static_cast<bool>(pass_); }
    [[nodiscard]] rocksdb::DB& db() const noexcept { return *owner_.db_; }
    [[nodiscard]] const FamilyHandles& handles() const noexcept { return owner_.handles_; }
    [[nodiscard]] std::uint64_t opening() const noexcept { return owner_.opening_; }

   private:
    friend class RocksDatabase;
    explicit Use(const RocksDatabase& owner) : owner_(owner), pass_(owner.gate_.enter()) {}
    const RocksDatabase& owner_;
    Gate::Pass pass_;
  };
  [[nodiscard]] Use use() const { return Use{*this}; }
  [[nodiscard]] static std::unexpected<core::Error> closed();

  [[nodiscard]] const rocksdb::Snapshot* take_snapshot(const Use& use) const;
  /// `opening` is the one in which it was taken; a later one has already released it.
  void release_snapshot(const rocksdb::Snapshot* snapshot, std::uint64_t opening) const;

  /// Drops a family and makes it again, empty. Nobody else may use the store.
  core::Result<void> renew(core::Family family);

  [[nodiscard]] const StoreOptions& options() const noexcept { return options_; }
  [[nodiscard]] const RocksShared& shared() const noexcept { return shared_; }
  [[nodiscard]] core::Logger& logger() const noexcept { return logger_; }
  [[nodiscard]] bool failed() const noexcept { return background_->failed.load(); }
  void set_failed() const noexcept { background_->failed.store(true); }
  [[nodiscard]] bool compaction_halted() const noexcept { return background_->halt_compaction.load(); }
  [[nodiscard]] ReadAlarm& alarm() const noexcept { return alarm_; }

 private:
  [[nodiscard]] core::Result<Known> check_before();
  [[nodiscard]] core::Result<void> settle_schema();

  StoreOptions options_;
  core::Logger& logger_;
  mutable ReadAlarm alarm_{logger_};
  DirLock lock_;
  RocksShared shared_;
  std::shared_ptr<BackgroundState> background_ = std::make_shared<BackgroundState>();  // shared: see there
  mutable Gate gate_;
  std::unique_ptr<rocksdb::DB> db_;
  FamilyHandles handles_;
  std::uint64_t opening_ = 0;
  mutable std::mutex snapshots_mutex_;
  mutable std::set<const rocksdb::Snapshot*> snapshots_;
};

/// Refuses a store that is damaged, has another schema version, or has families this program does not know; changes
/// nothing. A store without any key (its creation was cut short) is fine. Errors of `judge`, where there is one, as
/// well.
[[nodiscard]] core::Result<Known> check_known(const std::string& dir, core::Logger& logger,
                                              const StoreJudge& judge = {});

/// An opening that fails: damage and a foreign lock in words for the operator, the rest as the system says it.
[[nodiscard]] core::Error opening_error(const std::string& dir, const rocksdb::Status& status);

}  // namespace wissel::index
