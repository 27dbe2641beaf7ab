#pragma once
// From our few settings to RocksDB's many: one place for the tuning of every family.
#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <memory>
#include <string>
#include <vector>

#include "core/logger.hpp"
#include "core/store.hpp"
#include "index/rocks_logger.hpp"
#include "index/rocks_store.hpp"

namespace wissel::index {

/// The bytes of a `reference` key that name the subject, and that its bloom filters are built on.
inline constexpr std::size_t kReferencePrefix = 16;
/// Keys of the log by party begin with the party's number (core/log/stored.hpp).
inline constexpr std::size_t kLogPartyPrefix = 4;

/// What several openings of one store share, so that a reopen keeps its bounds.
struct RocksShared {
  std::shared_ptr<rocksdb::Cache> block_cache;
  std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
};

[[nodiscard]] RocksShared make_shared_memory(const StoreOptions& options);

[[nodiscard]] rocksdb::DBOptions db_options(const StoreOptions& options, const RocksShared& shared,
                                            core::Logger& logger, const std::shared_ptr<BackgroundState>& background);
/// For reading a directory without changing it.
[[nodiscard]] rocksdb::DBOptions read_only_db_options(core::Logger& logger);

/// An incomplete last record is a write that was never acknowledged; anything else that does not verify refuses the
/// opening, instead of silently dropping what follows it. Only where the damage was judged to be that last write
/// (`torn_tail`) may RocksDB stop there.
[[nodiscard]] rocksdb::WALRecoveryMode recovery_mode(bool torn_tail) noexcept;

[[nodiscard]] rocksdb::ColumnFamilyOptions family_options(core::Family family, const StoreOptions& options,
                                                          const RocksShared& shared);

/// All families of the port, after RocksDB's own `default`, which stays empty: index 0 is `default`, 1 + family ours.
[[nodiscard]] std::vector<rocksdb::ColumnFamilyDescriptor> family_descriptors(const StoreOptions& options,
                                                                              const RocksShared& shared);

/// For a store in which a table does not verify: it takes writes and answers what it can, and no compaction meets that
/// table again, which would close the store each time.
void halt_compaction(std::vector<rocksdb::ColumnFamilyDescriptor>& families);

}  // namespace wissel::index
