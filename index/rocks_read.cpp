// Reads: one key, or a range in either direction, from the newest state or a snapshot.
#include <rocksdb/iterator.h>

#include <algorithm>

#include "index/rocks_database.hpp"
#include "index/status_text.hpp"

namespace wissel::index {
namespace {

using core::Errc;

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

rocksdb::ColumnFamilyHandle* handle_of(const FamilyHandles& handles, core::Family family) {
  return handles[1 + static_cast<std::size_t>(family)];
}

rocksdb::ReadOptions read_options(const rocksdb::Snapshot* at, core::ReadTier tier) {
  rocksdb::ReadOptions options;
  options.snapshot = at;
  options.verify_checksums = true;
  if (tier == core::ReadTier::kMemory) options.read_tier = rocksdb::kBlockCacheTier;
  return options;
}

/// Whether all keys of the range share the first bytes that the bloom filters are built on. Only then may a filter
/// judge: any other range needs a total order, in which filters play no part.
bool is_within_one_prefix(core::Family family, const core::KeyRange& range) {
  if (family != core::Family::kReference || range.backwards || range.to.empty()) return false;
  if (range.from.size() < kReferencePrefix) return false;
  const auto prefix = std::string_view(range.from).substr(0, kReferencePrefix);
  return std::string_view(range.to).starts_with(prefix) || range.to == core::after_prefix(prefix);
}

}  // namespace

core::Error to_error(const rocksdb::Status& status, std::string_view doing) {
  auto text = std::string(doing) + ": " + status_text(status);
  if (status.IsIncomplete()) return {Errc::kWouldBlock, std::move(text)};
  if (status.IsCorruption()) return {Errc::kCorrupt, std::move(text)};
  return {Errc::kUnavailable, std::move(text)};
}

core::Result<std::optional<std::string>> read_key(rocksdb::DB& db, const FamilyHandles& handles,
                                                  const rocksdb::Snapshot* at, core::Family family,
                                                  std::string_view key, core::ReadTier tier) {
  std::string value;
  const auto status = db.Get(read_options(at, tier), handle_of(handles, family), slice(key), &value);
  // From memory alone RocksDB (7.8, TableCache::Get) calls a key found, with an empty value, when it would first have
  // to open the table that may hold it. So an empty value has to be read again from the disk.
  if (status.ok() && value.empty() && tier == core::ReadTier::kMemory) {
    return core::fail(Errc::kWouldBlock,
                      "read " + std::string(core::family_name(family)) + ": maybe in a closed table");
  }
  if (status.ok()) return value;
  if (status.IsNotFound()) return std::nullopt;
  return std::unexpected(to_error(status, "read " + std::string(core::family_name(family))));
}

core::Result<void> read_range(rocksdb::DB& db, const FamilyHandles& handles, const rocksdb::Snapshot* at,
                              core::Family family, const core::KeyRange& range, const core::Visitor& visit,
                              core::ReadTier tier) {
  if (!range.to.empty() && range.to <= range.from) return {};
  auto options = read_options(at, tier);
  const auto lower = slice(range.from);
  const auto upper = slice(range.to);
  options.iterate_lower_bound = &lower;
  if (!range.to.empty()) options.iterate_upper_bound = &upper;
  options.prefix_same_as_start = is_within_one_prefix(family, range);
  options.total_order_seek = !options.prefix_same_as_start;

  const std::unique_ptr<rocksdb::Iterator> entry(db.NewIterator(options, handle_of(handles, family)));
  if (range.backwards) {
    entry->SeekToLast();
  } else {
    entry->Seek(lower);
  }
  while (entry->Valid() && visit(view(entry->key()), view(entry->value()))) {
    if (range.backwards) {
      entry->Prev();
    } else {
      entry->Next();
    }
  }
  if (entry->status().ok()) return {};
  return std::unexpected(to_error(entry->status(), "scan " + std::string(core::family_name(family))));
}

HandlesReader::HandlesReader(rocksdb::DB& db, const std::vector<std::string>& names, const FamilyHandles& opened)
    : db_(&db), handles_(1 + core::kFamilyCount, nullptr) {
  for (std::size_t i = 0; i < core::kFamilyCount; ++i) {
    const auto at = std::ranges::find(names, core::family_name(static_cast<core::Family>(i)));
    if (at != names.end()) handles_[1 + i] = opened[static_cast<std::size_t>(at - names.begin())];
  }
}

bool HandlesReader::holds(core::Family family) const {
  return handles_[1 + static_cast<std::size_t>(family)] != nullptr;
}

core::Result<std::optional<std::string>> HandlesReader::get(core::Family family, std::string_view key,
                                                            core::ReadTier tier) const {
  if (!holds(family)) return std::nullopt;
  return read_key(*db_, handles_, nullptr, family, key, tier);
}

core::Result<void> HandlesReader::scan(core::Family family, const core::KeyRange& range, const core::Visitor& visit,
                                       core::ReadTier tier) const {
  if (!holds(family)) return {};
  return read_range(*db_, handles_, nullptr, family, range, visit, tier);
}

}  // namespace wissel::index
