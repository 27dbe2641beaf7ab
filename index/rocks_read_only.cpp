// A stopped store or a backup, opened for reading: nothing in the directory changes.
#include "index/rocks_read_only.hpp"

#include <algorithm>

#include "index/rocks_database.hpp"
#include "index/rocks_store.hpp"

namespace wissel::index {
namespace {

class ReadOnlyStore final : public core::StoreReader {
 public:
  ReadOnlyStore(DirLock lock, std::unique_ptr<rocksdb::DB> db, FamilyHandles handles)
      : lock_(std::move(lock)), db_(std::move(db)), handles_(std::move(handles)) {}
  ReadOnlyStore(const ReadOnlyStore&) = delete;
  ReadOnlyStore& operator=(const ReadOnlyStore&) = delete;
  ~ReadOnlyStore() override {
    for (auto* handle : handles_) {
      if (handle != nullptr) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    }
  }

  core::Result<std::optional<std::string>> get(core::Family family, std::string_view key,
                                               core::ReadTier tier) const override {
    if (!holds(family)) return std::nullopt;
    return read_key(*db_, handles_, nullptr, family, key, tier);
  }
  core::Result<void> scan(core::Family family, const core::KeyRange& range, const core::Visitor& visit,
                          core::ReadTier tier) const override {
    if (!holds(family)) return {};
    return read_range(*db_, handles_, nullptr, family, range, visit, tier);
  }

  [[nodiscard]] std::vector<TableFile> tables() const { return live_tables(*db_); }

 private:
  /// A store that an older program made may lack a family; it is empty then.
  [[nodiscard]] bool holds(core::Family family) const {
    return handles_[1 + static_cast<std::size_t>(family)] != nullptr;
  }

  DirLock lock_;
  std::unique_ptr<rocksdb::DB> db_;
  FamilyHandles handles_;  // null for a family that is not there
};

bool is_one_of(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

core::Result<std::unique_ptr<ReadOnlyStore>> open_stopped(const std::string& dir, core::Logger& logger) {
  auto lock = DirLock::shared(dir);
  if (!lock) return std::unexpected(lock.error());
  auto state = inspect_dir(dir);
  if (!state) return std::unexpected(state.error());
  if (*state == DirState::kEmpty) return core::fail(core::Errc::kNotFound, "there is no store in " + dir);
  auto known = check_known(dir, logger);
  if (!known) return std::unexpected(known.error());

  StoreOptions options;
  options.dir = dir;
  RocksShared shared = make_shared_memory(options);
  std::vector<rocksdb::ColumnFamilyDescriptor> present;
  std::vector<std::size_t> places;
  auto all = family_descriptors(options, shared);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!is_one_of(known->families, all[i].name)) continue;
    present.push_back(std::move(all[i]));
    places.push_back(i);
  }
  FamilyHandles opened_handles;
  rocksdb::DB* opened = nullptr;
  auto db_options = read_only_db_options(logger);
  db_options.wal_recovery_mode = recovery_mode(known->torn_tail);
  const auto status = rocksdb::DB::OpenForReadOnly(db_options, dir, present, &opened_handles, &opened);
  if (!status.ok()) return std::unexpected(opening_error(dir, status));
  FamilyHandles handles(1 + core::kFamilyCount, nullptr);
  for (std::size_t i = 0; i < places.size(); ++i) handles[places[i]] = opened_handles[i];
  return std::make_unique<ReadOnlyStore>(std::move(*lock), std::unique_ptr<rocksdb::DB>(opened), std::move(handles));
}

}  // namespace

core::Result<std::unique_ptr<core::StoreReader>> open_read_only(const std::string& dir, core::Logger& logger) {
  auto opened = open_stopped(dir, logger);
  if (!opened) return std::unexpected(std::move(opened).error());
  return std::move(*opened);
}

core::Result<void> check_tables(const std::string& dir, core::Logger& logger) {
  const auto opened = open_stopped(dir, logger);
  if (!opened) return std::unexpected(opened.error());
  for (const auto& table : (*opened)->tables()) {
    auto checked = check_table(dir, table, [](std::uint64_t) { return true; });
    if (!checked) return std::unexpected(std::move(checked).error().within(describe(table)));
  }
  return {};
}

core::Result<std::vector<TableFile>> tables_of(const std::string& dir, core::Logger& logger) {
  const auto opened = open_stopped(dir, logger);
  if (!opened) return std::unexpected(opened.error());
  return (*opened)->tables();
}

}  // namespace wissel::index
