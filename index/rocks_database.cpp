#include "index/rocks_database.hpp"

#include <algorithm>
#include <utility>

#include "core/bytes.hpp"
#include "index/status_text.hpp"
#include "index/wal_tail.hpp"

namespace wissel::index {
namespace {

using core::Errc;
using core::fail;

// First byte of the value under kSchemaKey. Never renumber.
constexpr std::uint8_t kSchemaFormat = 1;

std::string schema_text(const std::string& dir, const std::string& found) {
  return "the store in " + dir + " has schema version " + found + "; this program knows version " +
         std::to_string(kSchemaVersion) +
         "; nothing was changed. Start the program that made it, or restore a backup of a known version";
}

core::Result<void> judge_schema(const std::string& dir, std::string_view value) {
  core::ByteReader reader(value);
  const auto format = reader.u8();
  const auto version = reader.u32();
  if (!reader.done() || format != kSchemaFormat) return fail(Errc::kConflict, schema_text(dir, "of an unknown form"));
  if (version != kSchemaVersion) return fail(Errc::kConflict, schema_text(dir, std::to_string(version)));
  return {};
}

/// A derived family that was being replaced may miss rows.
core::Result<void> judge_rebuild(const std::string& dir, rocksdb::DB& db, rocksdb::ColumnFamilyHandle* meta) {
  std::string family;
  const auto status = db.Get({}, meta, rocksdb::Slice(kRebuildKey.data(), kRebuildKey.size()), &family);
  if (status.IsNotFound()) return {};
  if (!status.ok()) return std::unexpected(opening_error(dir, status));
  return fail(Errc::kConflict, "a rebuild of family " + family + " in " + dir +
                                   " was cut short; end it with 'wisselctl rebuild " + dir + " --replace'");
}

std::string schema_value() {
  std::string value;
  core::append_u8(value, kSchemaFormat);
  core::append_u32(value, kSchemaVersion);
  return value;
}

class HandlesOwner {
 public:
  HandlesOwner(rocksdb::DB& db, const FamilyHandles& handles) : db_(db), handles_(handles) {}
  HandlesOwner(const HandlesOwner&) = delete;
  HandlesOwner& operator=(const HandlesOwner&) = delete;
  ~HandlesOwner() {
    for (auto* handle : handles_) db_.DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }

 private:
  rocksdb::DB& db_;
  const FamilyHandles& handles_;
};

/// Whether a store without a schema version was never written to: its creation was cut short.
bool is_untouched(rocksdb::DB& db, const FamilyHandles& handles) {
  return std::ranges::all_of(handles, [&](auto* handle) {
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    const std::unique_ptr<rocksdb::Iterator> entry(db.NewIterator(options, handle));
    entry->SeekToFirst();
    return !entry->Valid() && entry->status().ok();
  });
}

core::Result<void> check_schema(const std::string& dir, rocksdb::DB& db, const std::vector<std::string>& names,
                                const FamilyHandles& handles) {
  const auto meta = std::ranges::find(names, core::family_name(core::Family::kMeta));
  if (meta != names.end()) {
    std::string value;
    const rocksdb::Slice key(kSchemaKey.data(), kSchemaKey.size());
    const auto read = db.Get({}, handles[static_cast<std::size_t>(meta - names.begin())], key, &value);
    if (read.ok()) return judge_schema(dir, value);
    if (!read.IsNotFound()) return std::unexpected(opening_error(dir, read));
  }
  if (is_untouched(db, handles)) return {};
  return fail(Errc::kConflict, schema_text(dir, "unknown: the key 'schema' is missing"));
}

core::Result<std::vector<std::string>> known_families(const std::string& dir, const rocksdb::DBOptions& options) {
  std::vector<std::string> names;
  const auto status = rocksdb::DB::ListColumnFamilies(options, dir, &names);
  if (!status.ok()) return std::unexpected(opening_error(dir, status));
  for (const auto& name : names) {
    bool known = name == rocksdb::kDefaultColumnFamilyName;
    for (std::size_t i = 0; i < core::kFamilyCount; ++i) {
      known = known || name == core::family_name(static_cast<core::Family>(i));
    }
    if (!known) {
      return fail(Errc::kConflict, schema_text(dir, "unknown: it has the family '" + core::to_printable(name) + "'"));
    }
  }
  return names;
}

}  // namespace

core::Error opening_error(const std::string& dir, const rocksdb::Status& status) {
  auto text = status_text(status);
  // A table that is missing under its own name is looked for under LevelDB's, and only that one is reported.
  if (const auto at = text.find(".ldb"); at != std::string::npos) text.replace(at, 4, ".sst");
  if (status.IsCorruption()) {
    // RocksDB names the file of a table that it reads, and none of its logs.
    for (const auto& name : unverified_records(dir)) {
      if (text.find(name) == std::string::npos) text += "; " + name + " does not verify";
    }
  }
  if (status.IsCorruption() || text.find("No such file") != std::string::npos) {
    return {Errc::kCorrupt, damaged_text(dir, text)};
  }
  if (text.find("While lock file") != std::string::npos) {
    return {Errc::kConflict, "another program holds " + dir + "/LOCK: " + text + "; stop it first"};
  }
  return {Errc::kUnavailable, "cannot open the store in " + dir + ": " + text};
}

core::Result<Known> check_known(const std::string& dir, core::Logger& logger, const StoreJudge& judge) {
  auto options = read_only_db_options(logger);
  auto names = known_families(dir, options);
  if (!names) return std::unexpected(names.error());
  Known known{.families = std::move(*names), .torn_tail = false};

  const StoreOptions defaults{};
  const RocksShared none;
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  // The tables are read as they are on disk; what their family's tuning says does not matter here.
  for (const auto& name : known.families) {
    descriptors.emplace_back(name, family_options(core::Family::kMeta, defaults, none));
  }
  FamilyHandles handles;
  rocksdb::DB* opened = nullptr;
  options.wal_recovery_mode = recovery_mode(false);
  auto status = rocksdb::DB::OpenForReadOnly(options, dir, descriptors, &handles, &opened);
  if (status.IsCorruption() && judge_newest_wal(dir) == WalTail::kTorn) {
    known.torn_tail = true;
    options.wal_recovery_mode = recovery_mode(true);
    status = rocksdb::DB::OpenForReadOnly(options, dir, descriptors, &handles, &opened);
  }
  if (!status.ok()) return std::unexpected(opening_error(dir, status));
  const std::unique_ptr<rocksdb::DB> db(opened);
  const HandlesOwner owner(*db, handles);
  if (auto fine = check_schema(dir, *db, known.families, handles); !fine) return std::unexpected(fine.error());
  if (judge) {
    if (auto fine = judge(HandlesReader(*db, known.families, handles)); !fine) return std::unexpected(fine.error());
  }
  return known;
}

RocksDatabase::RocksDatabase(StoreOptions options, core::Logger& logger, DirLock lock)
    : options_(std::move(options)), logger_(logger), lock_(std::move(lock)), shared_(make_shared_memory(options_)) {}

RocksDatabase::~RocksDatabase() { close(); }

std::unexpected<core::Error> RocksDatabase::closed() {
  return fail(Errc::kUnavailable, "the store is closed, or was opened again since");
}

core::Result<Known> RocksDatabase::check_before() {
  auto state = inspect_dir(options_.dir);
  if (!state) return std::unexpected(state.error());
  const auto judge = std::exchange(options_.judge, {});
  if (*state == DirState::kEmpty) {
    if (judge) {
      if (auto fine = judge(HandlesReader()); !fine) return std::unexpected(fine.error());
    }
    return Known{};
  }
  auto known = check_known(options_.dir, logger_, judge);
  if (known && known->torn_tail) {
    logger_.warn("store drops the last write of its log", {{"reason", "cut short, so never acknowledged"}});
  }
  return known;
}

core::Result<void> RocksDatabase::settle_schema() {
  auto* meta = handles_[1 + static_cast<std::size_t>(core::Family::kMeta)];
  const rocksdb::Slice key(kSchemaKey.data(), kSchemaKey.size());
  std::string value;
  auto status = db_->Get(rocksdb::ReadOptions{}, meta, key, &value);
  if (status.ok()) {
    const auto judged = judge_schema(options_.dir, value);
    return judged && !options_.rebuilding ? judge_rebuild(options_.dir, *db_, meta) : judged;
  }
  if (status.IsNotFound()) {
    rocksdb::WriteOptions options;
    options.sync = true;
    status = db_->Put(options, meta, key, schema_value());
  }
  if (!status.ok()) return std::unexpected(opening_error(options_.dir, status));
  return {};
}

core::Result<void> RocksDatabase::open() {
  const auto known = check_before();
  if (!known) return std::unexpected(known.error());
  background_->failed.store(false);
  auto options = db_options(options_, shared_, logger_, background_);
  options.wal_recovery_mode = recovery_mode(known->torn_tail);
  auto descriptors = family_descriptors(options_, shared_);
  if (compaction_halted()) halt_compaction(descriptors);
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::Open(options, options_.dir, descriptors, &handles_, &opened);
  if (!status.ok()) {
    background_->failed.store(true);
    handles_.clear();
    return std::unexpected(opening_error(options_.dir, status));
  }
  db_.reset(opened);
  if (auto fine = settle_schema(); !fine) {
    background_->failed.store(true);
    close();
    return fine;
  }
  ++opening_;
  gate_.open();
  return {};
}

core::Result<void> RocksDatabase::renew(core::Family family) {
  const auto use = this->use();
  if (!use) return closed();
  auto*& handle = handles_[1 + static_cast<std::size_t>(family)];
  auto status = db_->DropColumnFamily(handle);
  if (status.ok()) status = db_->DestroyColumnFamilyHandle(handle);
  if (status.ok()) {
    handle = nullptr;
    status = db_->CreateColumnFamily(family_options(family, options_, shared_), std::string(core::family_name(family)),
                                     &handle);
  }
  if (status.ok()) return {};
  set_failed();
  return std::unexpected(to_error(status, "renew family " + std::string(core::family_name(family))));
}

void RocksDatabase::close() {
  gate_.close();
  if (!db_) return;
  {
    const std::lock_guard lock(snapshots_mutex_);
    for (const auto* snapshot : snapshots_) db_->ReleaseSnapshot(snapshot);
    snapshots_.clear();
  }
  {
    const HandlesOwner owner(*db_, handles_);
  }
  handles_.clear();
  if (const auto status = db_->Close(); !status.ok()) {
    const auto text = status_text(status);
    logger_.warn("store closed with an error", {{"text", std::string_view(text)}});
  }
  db_.reset();
}

const rocksdb::Snapshot* RocksDatabase::take_snapshot(const Use& use) const {
  const auto* snapshot = use.db().GetSnapshot();
  const std::lock_guard lock(snapshots_mutex_);
  snapshots_.insert(snapshot);
  return snapshot;
}

void RocksDatabase::release_snapshot(const rocksdb::Snapshot* snapshot, std::uint64_t opening) const {
  const auto now = use();
  if (!now || now.opening() != opening) return;
  const std::lock_guard lock(snapshots_mutex_);
  if (snapshots_.erase(snapshot) != 0) now.db().ReleaseSnapshot(snapshot);
}

}  // namespace wissel::index
