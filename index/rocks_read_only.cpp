// A stopped store or a backup, opened for reading: nothing in the directory changes.
#include "index/rocks_read_only.hpp"

#include <algorithm>

#include "index/rocks_database.hpp"
#include "index/rocks_store.hpp"

namespace wissel::index {
namespace {

class ReadOnlyStore final : public core::StoreReader {
 public:
  ReadOnlyStore(DirLock lock, std::unique_ptr<rocksdb::DB> db, const std::vector<std::string>& names,
                FamilyHandles handles)
      : lock_(std::move(lock)), db_(std::move(db)), handles_(std::move(handles)), reader_(*db_, names, handles_) {}
  ReadOnlyStore(const ReadOnlyStore&) = delete;
  ReadOnlyStore& operator=(const ReadOnlyStore&) = delete;
  ~ReadOnlyStore() override {
    for (auto* handle : handles_) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }

  core::Result<std::optional<std::string>> get(core::Family family, std::string_view key,
                                               core::ReadTier tier) const override {
    return reader_.get(family, key, tier);
  }
  core::Result<void> scan(core::Family family, const core::KeyRange& range, const core::Visitor& visit,
                          core::ReadTier tier) const override {
    return reader_.scan(family, range, visit, tier);
  }

  [[nodiscard]] std::vector<TableFile> tables() const { return live_tables(*db_); }

 private:
  DirLock lock_;
  std::unique_ptr<rocksdb::DB> db_;
  FamilyHandles handles_;
  HandlesReader reader_;
};

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
  std::vector<std::string> names;
  for (auto& family : family_descriptors(options, shared)) {
    if (std::ranges::find(known->families, family.name) == known->families.end()) continue;
    names.push_back(family.name);
    present.push_back(std::move(family));
  }
  FamilyHandles handles;
  rocksdb::DB* opened = nullptr;
  auto db_options = read_only_db_options(logger);
  db_options.wal_recovery_mode = recovery_mode(known->torn_tail);
  const auto status = rocksdb::DB::OpenForReadOnly(db_options, dir, present, &handles, &opened);
  if (!status.ok()) return std::unexpected(opening_error(dir, status));
  return std::make_unique<ReadOnlyStore>(std::move(*lock), std::unique_ptr<rocksdb::DB>(opened), names,
                                         std::move(handles));
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
