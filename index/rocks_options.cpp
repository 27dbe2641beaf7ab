#include "index/rocks_options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>
#include <sys/resource.h>

#include <algorithm>
#include <limits>
#include <sched.h>
#include <unistd.h>
#include <utility>

#include "core/failpoint.hpp"
#include "index/rocks_logger.hpp"

namespace wissel::index {
namespace {

using core::Family;

// 2^4 shards: enough for the few threads that read, and few enough that a small cache still has shards larger than
// any block in it, which a strict bound needs.
constexpr int kCacheShardBits = 4;
constexpr double kBloomBitsPerKey = 10;
constexpr std::size_t kBlockBytes = std::size_t{8} * 1024;
constexpr std::size_t kMetadataBlockBytes = std::size_t{8} * 1024;
// Of a write buffer: about ten bits a key.
constexpr double kMemtableBloomRatio = 0.02;
// A third of a processor's share beside a thread that never rests (nice(2), sched(7)).
constexpr int kFlushNice = 5;
constexpr std::uint64_t kBytesPerSync = std::uint64_t{256} * 1024;
// Below this RocksDB would flush on every few batches.
constexpr std::size_t kFamilyBufferBytesMin = std::size_t{1} << 20;

/// Families that are asked for one key that may not be there; the others are read in order.
bool is_looked_up(Family family) {
  switch (family) {
    case Family::kReference:
    case Family::kHolder:
    case Family::kMessage:
    case Family::kDelivered:
    case Family::kRepeat:
    case Family::kEntity:
    case Family::kEntityHistory:
    case Family::kMeta:
      return true;
    case Family::kOutbox:
    case Family::kMailbox:
    case Family::kRecord:
    case Family::kAnnex:
    case Family::kTile:
    case Family::kLogSubject:
    case Family::kLogParty:
    case Family::kTimer:
      return false;
  }
  return false;
}

/// Families of small rows that come in all over the range of their keys and are seldom read: in levels, each four
/// tables of level 0, some MiB, would be merged with all that there is until that is hundreds of MiB.
bool is_tiered(Family family) {
  return family == Family::kLogSubject || family == Family::kLogParty || family == Family::kRepeat;
}

/// What runs behind yields the processor to what somebody waits for. A flush still gets its share where none is left
/// over, since all writes wait for one that starves. A compaction takes only what is left over, and gives it back at
/// once: where that is too little, level 0 grows until RocksDB slows the writes, which leaves it some (sched(7),
/// SCHED_IDLE).
class YieldingListener final : public rocksdb::EventListener {
 public:
  void OnFlushBegin(rocksdb::DB* /*db*/, const rocksdb::FlushJobInfo& /*info*/) override {
    once([] { return ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kFlushNice); });
  }
  void OnCompactionBegin(rocksdb::DB* /*db*/, const rocksdb::CompactionJobInfo& /*info*/) override {
    once([] {
      const sched_param idle{};
      return ::sched_setscheduler(::gettid(), SCHED_IDLE, &idle);
    });
  }

 private:
  /// Called on the thread that does the work, of a pool of its own; on Linux a priority is the thread's.
  static void once(int (*yield)()) {
    static thread_local bool done = false;
    if (std::exchange(done, true)) return;
    [[maybe_unused]] const int refused = yield();  // then it stays as it was
  }
};

#ifdef WISSEL_FAILPOINTS
/// New tables are there, and the store does not name them yet.
class FailpointListener final : public rocksdb::EventListener {
 public:
  void OnTableFileCreated(const rocksdb::TableFileCreationInfo& info) override {
    if (info.reason == rocksdb::TableFileCreationReason::kCompaction) WISSEL_FAILPOINT("mid-compaction");
    if (info.reason == rocksdb::TableFileCreationReason::kFlush) WISSEL_FAILPOINT("mid-flush");
  }
};
#endif

}  // namespace

RocksShared make_shared_memory(const StoreOptions& options) {
  RocksShared shared;
  shared.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes, kCacheShardBits, /*strict_capacity_limit=*/true);
  shared.write_buffers = std::make_shared<rocksdb::WriteBufferManager>(options.write_buffer_bytes);
  return shared;
}

rocksdb::DBOptions db_options(const StoreOptions& options, const RocksShared& shared, core::Logger& logger,
                              const std::shared_ptr<BackgroundState>& background) {
  rocksdb::DBOptions db;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  db.paranoid_checks = true;
  db.info_log = std::make_shared<RocksLogger>(logger);
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.write_buffer_manager = shared.write_buffers;
  db.max_open_files = options.max_open_files;
  db.max_background_jobs = options.background_jobs;
  db.max_total_wal_size = options.wal_bytes_max;
  db.listeners.push_back(std::make_shared<FailureListener>(logger, background));
  db.listeners.push_back(std::make_shared<YieldingListener>());
#ifdef WISSEL_FAILPOINTS
  db.listeners.push_back(std::make_shared<FailpointListener>());
#endif
  db.max_bgerror_resume_count = 0;
  // A flush or compaction goes to the disk as it is written, not all at its end: the log's fsync waits behind it.
  db.bytes_per_sync = kBytesPerSync;
  // There is one writer, so inserts need no atomic steps and can use hints.
  db.allow_concurrent_memtable_write = false;
  // Of each new table the manifest keeps a checksum over all its bytes: a flipped bit is found wherever it is.
  db.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  // A log file that was closed and is gone or shorter at the next opening is damage, not an end.
  db.track_and_verify_wals_in_manifest = true;
  // What is read back from the log after a failed fsync is written again to new files before it is built upon.
  db.avoid_flush_during_recovery = false;
  // An idle daemon uses no processor time.
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

rocksdb::DBOptions read_only_db_options(core::Logger& logger) {
  rocksdb::DBOptions db;
  db.paranoid_checks = true;
  db.info_log = std::make_shared<RocksLogger>(logger);
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.track_and_verify_wals_in_manifest = true;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

rocksdb::WALRecoveryMode recovery_mode(bool torn_tail) noexcept {
  return torn_tail ? rocksdb::WALRecoveryMode::kPointInTimeRecovery
                   : rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
}

rocksdb::ColumnFamilyOptions family_options(Family family, const StoreOptions& options, const RocksShared& shared) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = shared.block_cache;
  table.block_size = kBlockBytes;
  // Index and filters are charged to the cache as well, in small partitions, so that memory stays within its bound.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = false;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.metadata_block_size = kMetadataBlockBytes;
  table.format_version = 5;
  if (is_looked_up(family)) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));

  rocksdb::ColumnFamilyOptions cf;
  cf.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  cf.compression = rocksdb::kLZ4Compression;
  cf.compaction_style = is_tiered(family) ? rocksdb::kCompactionStyleUniversal : rocksdb::kCompactionStyleLevel;
  cf.level_compaction_dynamic_level_bytes = !is_tiered(family);
  cf.write_buffer_size = std::max(options.write_buffer_bytes / 4, kFamilyBufferBytesMin);
  cf.max_write_buffer_number = 4;
  if (is_looked_up(family)) {
    // A key that is new, as most are in a bulk, is known to be so without a walk through the memory table.
    cf.memtable_prefix_bloom_size_ratio = kMemtableBloomRatio;
    cf.memtable_whole_key_filtering = family != Family::kReference;
  }
  // Each insert begins where the last one with the same prefix ended: within one party keys only rise, and a large
  // batch comes in the order of its keys.
  const std::size_t hinted = family == Family::kLogParty ? kLogPartyPrefix : 0;
  cf.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(hinted));
  if (family == Family::kReference) {
    cf.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kReferencePrefix));
  }
  return cf;
}

std::vector<rocksdb::ColumnFamilyDescriptor> family_descriptors(const StoreOptions& options,
                                                                const RocksShared& shared) {
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.emplace_back(rocksdb::kDefaultColumnFamilyName, family_options(Family::kMeta, options, shared));
  for (std::size_t i = 0; i < core::kFamilyCount; ++i) {
    const auto family = static_cast<Family>(i);
    descriptors.emplace_back(std::string(core::family_name(family)), family_options(family, options, shared));
  }
  return descriptors;
}

void halt_compaction(std::vector<rocksdb::ColumnFamilyDescriptor>& families) {
  for (auto& family : families) {
    family.options.disable_auto_compactions = true;
    // Level 0 grows meanwhile; writes do not wait for a compaction that will not come.
    family.options.level0_slowdown_writes_trigger = std::numeric_limits<int>::max();
    family.options.level0_stop_writes_trigger = std::numeric_limits<int>::max();
    family.options.soft_pending_compaction_bytes_limit = 0;
    family.options.hard_pending_compaction_bytes_limit = 0;
  }
}

}  // namespace wissel::index
