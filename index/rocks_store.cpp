#include "index/rocks_store.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <vector>

#include "core/failpoint.hpp"
#include "index/rocks_backup.hpp"
#include "index/rocks_database.hpp"

namespace wissel::index {
namespace {

using core::Errc;
using core::fail;

constexpr std::size_t kBlockCacheBytesMin = std::size_t{8} << 20;
constexpr std::size_t kWriteBufferBytesMin = std::size_t{4} << 20;

class SnapshotReader final : public core::StoreReader {
 public:
  SnapshotReader(std::shared_ptr<const RocksDatabase> database, const rocksdb::Snapshot* at, std::uint64_t opening)
      : database_(std::move(database)), at_(at), opening_(opening) {}
  SnapshotReader(const SnapshotReader&) = delete;
  SnapshotReader& operator=(const SnapshotReader&) = delete;
  ~SnapshotReader() override {
    if (at_ != nullptr) database_->release_snapshot(at_, opening_);
  }

  core::Result<std::optional<std::string>> get(core::Family family, std::string_view key,
                                               core::ReadTier tier) const override {
    const auto use = database_->use();
    if (!use || at_ == nullptr || use.opening() != opening_) return RocksDatabase::closed();
    return database_->alarm().heard(read_key(use.db(), use.handles(), at_, family, key, tier));
  }
  core::Result<void> scan(core::Family family, const core::KeyRange& range, const core::Visitor& visit,
                          core::ReadTier tier) const override {
    const auto use = database_->use();
    if (!use || at_ == nullptr || use.opening() != opening_) return RocksDatabase::closed();
    return database_->alarm().heard(read_range(use.db(), use.handles(), at_, family, range, visit, tier));
  }

 private:
  std::shared_ptr<const RocksDatabase> database_;  // shared: a snapshot outlives the store when its request does
  const rocksdb::Snapshot* at_;                    // null when it was taken of a closed store
  std::uint64_t opening_;
};

// From so many operations on it pays to insert them in the order of their keys, each where the last one ended.
constexpr std::size_t kSortedFrom = 2'000;

rocksdb::Status fill(rocksdb::WriteBatch& out, const core::WriteBatch& batch, const FamilyHandles& handles) {
  std::vector<const core::WriteBatch::Op*> order;
  order.reserve(batch.size());
  for (const auto& op : batch.ops()) order.push_back(&op);
  // Of two operations on one key the later wins, as in the batch: their addresses rise.
  const auto place = [](const core::WriteBatch::Op* op) {
    return std::tuple(op->family, std::string_view(op->key), op);
  };
  if (order.size() >= kSortedFrom) std::ranges::sort(order, {}, place);
  for (const auto* op : order) {
    auto* handle = handles[1 + static_cast<std::size_t>(op->family)];
    const auto status = op->value ? out.Put(handle, op->key, *op->value) : out.Delete(handle, op->key);
    if (!status.ok()) return status;
  }
  return rocksdb::Status::OK();
}

std::size_t bytes_of(const core::WriteBatch& batch) {
  // Per operation at most: type, family and two lengths.
  constexpr std::size_t kOverhead = 16;
  std::size_t bytes = kOverhead;
  for (const auto& op : batch.ops()) bytes += kOverhead + op.key.size() + (op.value ? op.value->size() : 0);
  return bytes;
}

}  // namespace

RocksStore::RocksStore(std::shared_ptr<RocksDatabase> database) : database_(std::move(database)) {}

RocksStore::~RocksStore() { database_->close(); }

core::Result<std::unique_ptr<RocksStore>> open_rocks_store(const StoreOptions& options, core::Logger& logger) {
  if (options.block_cache_bytes < kBlockCacheBytesMin) {
    return fail(Errc::kInvalidInput, "a block cache below 8 MiB cannot hold what a read needs");
  }
  if (options.write_buffer_bytes < kWriteBufferBytesMin) {
    return fail(Errc::kInvalidInput, "a write buffer below 4 MiB flushes all the time");
  }
  auto lock = DirLock::exclusive(options.dir);
  if (!lock) return std::unexpected(lock.error());
  auto database = std::make_shared<RocksDatabase>(options, logger, std::move(*lock));
  if (auto opened = database->open(); !opened) return std::unexpected(opened.error());
  return std::unique_ptr<RocksStore>(new RocksStore(std::move(database)));
}

core::Result<std::optional<std::string>> RocksStore::get(core::Family family, std::string_view key,
                                                         core::ReadTier tier) const {
  const auto use = database_->use();
  if (!use) return RocksDatabase::closed();
  return database_->alarm().heard(read_key(use.db(), use.handles(), nullptr, family, key, tier));
}

core::Result<void> RocksStore::scan(core::Family family, const core::KeyRange& range, const core::Visitor& visit,
                                    core::ReadTier tier) const {
  const auto use = database_->use();
  if (!use) return RocksDatabase::closed();
  return database_->alarm().heard(read_range(use.db(), use.handles(), nullptr, family, range, visit, tier));
}

core::Result<void> RocksStore::write(const core::WriteBatch& batch, bool sync) {
  const auto use = database_->use();
  if (!use) return RocksDatabase::closed();
  if (failed()) return fail(Errc::kUnavailable, "the store failed earlier and was not opened again yet");

  rocksdb::WriteBatch writes(bytes_of(batch));
  auto status = fill(writes, batch, use.handles());
  if (status.ok()) {
    rocksdb::WriteOptions options;
    options.sync = sync;
    WISSEL_FAILPOINT("before-wal-write");
    status = use.db().Write(options, &writes);
    WISSEL_FAILPOINT("after-wal-sync");
  }
  if (status.ok()) return {};
  database_->set_failed();
  return std::unexpected(to_error(status, "write"));
}

std::unique_ptr<core::StoreReader> RocksStore::snapshot() const {
  const auto use = database_->use();
  if (!use) return std::make_unique<SnapshotReader>(database_, nullptr, 0);
  return std::make_unique<SnapshotReader>(database_, database_->take_snapshot(use), use.opening());
}

bool RocksStore::failed() const noexcept { return database_->failed(); }

core::Result<void> RocksStore::reopen() {
  database_->set_failed();  // until it is open again, so that a failed opening leaves it so
  database_->close();
  return database_->open();
}

core::Result<void> RocksStore::flush() {
  const auto use = database_->use();
  if (!use) return RocksDatabase::closed();
  const auto status = use.db().Flush(rocksdb::FlushOptions{}, use.handles());
  if (status.ok()) return {};
  return std::unexpected(to_error(status, "flush"));
}

core::Result<DiskSpace> RocksStore::free_space() const { return disk_space(database_->options().dir); }

const std::string& RocksStore::dir() const noexcept { return database_->options().dir; }

core::Result<BackupReport> RocksStore::backup(const BackupRequest& request) const {
  const auto use = database_->use();
  if (!use) return RocksDatabase::closed();
  return make_backup(use.db(), database_->options().dir, database_->logger(), request);
}

StoreFigures RocksStore::figures() const {
  StoreFigures out;
  out.read_failures = database_->alarm().count();
  out.compaction_halted = database_->compaction_halted();
  const auto use = database_->use();
  if (!use) return out;
  auto& db = use.db();
  const auto number = [&db](rocksdb::ColumnFamilyHandle* handle, const std::string& property) {
    std::uint64_t value = 0;
    return db.GetIntProperty(handle, property, &value) ? value : std::uint64_t{0};
  };
  using Properties = rocksdb::DB::Properties;
  for (std::size_t i = 0; i < core::kFamilyCount; ++i) {
    auto* handle = use.handles()[1 + i];
    FamilyFigures family;
    family.name = core::family_name(static_cast<core::Family>(i));
    family.keys_estimate = number(handle, Properties::kEstimateNumKeys);
    family.table_bytes = number(handle, Properties::kLiveSstFilesSize);
    std::string level0;
    if (db.GetProperty(handle, Properties::kNumFilesAtLevelPrefix + "0", &level0) && !level0.empty()) {
      family.level0_files = std::strtoull(level0.c_str(), nullptr, 10);
    }
    out.table_bytes += family.table_bytes;
    out.level0_files += family.level0_files;
    out.memtable_bytes += number(handle, Properties::kCurSizeAllMemTables);
    out.pending_compaction_bytes += number(handle, Properties::kEstimatePendingCompactionBytes);
    out.families.push_back(family);
  }
  auto* any = use.handles().front();
  out.running_flushes = number(any, Properties::kNumRunningFlushes);
  out.running_compactions = number(any, Properties::kNumRunningCompactions);
  out.snapshots = number(any, Properties::kNumSnapshots);
  out.writes_stopped = number(any, Properties::kIsWriteStopped) != 0;
  out.block_cache_bytes = database_->shared().block_cache->GetUsage();
  out.block_cache_bytes_max = database_->shared().block_cache->GetCapacity();
  return out;
}

}  // namespace wissel::index
