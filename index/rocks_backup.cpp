#include "index/rocks_backup.hpp"

#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/failpoint.hpp"
#include "index/files.hpp"
#include "index/rocks_database.hpp"
#include "index/rocks_store.hpp"

namespace wissel::index {
namespace {

namespace fs = std::filesystem;
using core::Errc;
using core::fail;

/// Removes a half-made backup, unless it was finished.
class Unfinished {
 public:
  explicit Unfinished(fs::path dir) : dir_(std::move(dir)) {}
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() {
    std::error_code ignored;
    if (!dir_.empty()) fs::remove_all(dir_, ignored);
  }
  void keep() { dir_.clear(); }

 private:
  fs::path dir_;
};

core::Result<fs::path> settle_target(const BackupRequest& request, const std::string& data_dir) {
  std::error_code error;
  const auto target = fs::absolute(request.target_dir, error).lexically_normal();
  if (error || target.filename().empty()) {
    return fail(Errc::kInvalidInput, "'" + request.target_dir + "' names no directory for a backup");
  }
  if (fs::exists(target, error)) return fail(Errc::kInvalidInput, target.string() + " exists; name a new directory");
  const auto parent = fs::canonical(target.parent_path(), error);
  if (error) return fail(Errc::kInvalidInput, "cannot use " + target.parent_path().string() + ": " + error.message());
  const auto data = fs::canonical(data_dir, error);
  if (error) return fail(Errc::kUnavailable, "cannot use " + data_dir + ": " + error.message());
  if (std::mismatch(data.begin(), data.end(), parent.begin(), parent.end()).first == data.end()) {
    return fail(Errc::kInvalidInput, target.string() + " lies inside the data directory; name one outside");
  }
  return parent / target.filename();
}

core::Result<void> list_files(const fs::path& dir, BackupReport& report) {
  std::error_code error;
  for (fs::directory_iterator entry(dir, error), end; !error && entry != end; entry.increment(error)) {
    BackupFile file;
    file.name = entry->path().filename().string();
    file.bytes = entry->file_size(error);
    report.bytes += file.bytes;
    report.files.push_back(std::move(file));
  }
  if (error) return fail(Errc::kUnavailable, "cannot list " + dir.string() + ": " + error.message());
  std::ranges::sort(report.files, {}, &BackupFile::name);
  return {};
}

core::Result<void> hash_and_sync(const fs::path& dir, BackupReport& report, const BackupProgress& progress) {
  std::uint64_t done = 0;
  const BytesSeen seen = [&](std::uint64_t bytes) {
    done += bytes;
    if (progress) progress(done, report.bytes);
  };
  for (auto& file : report.files) {
    const auto path = (dir / file.name).string();
    auto hash = hash_file(path, seen);
    if (!hash) return std::unexpected(hash.error());
    file.sha256 = std::move(*hash);
    if (auto synced = sync_path(path); !synced) return synced;
  }
  return {};
}

}  // namespace

core::Result<BackupReport> make_backup(rocksdb::DB& db, const std::string& data_dir, core::Logger& logger,
                                       const BackupRequest& request) {
  auto target = settle_target(request, data_dir);
  if (!target) return std::unexpected(target.error());
  const fs::path making = target->string() + ".unfinished";
  std::error_code ignored;
  fs::remove_all(making, ignored);  // of a backup that was cut short; its name is ours

  rocksdb::Checkpoint* created = nullptr;
  auto status = rocksdb::Checkpoint::Create(&db, &created);
  if (!status.ok()) return std::unexpected(to_error(status, "backup"));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(created);
  Unfinished unfinished(making);
  status = checkpoint->CreateCheckpoint(making.string());
  if (!status.ok()) return std::unexpected(to_error(status, "backup to " + making.string()));
  std::error_code refused;
  fs::permissions(making, fs::perms::owner_all, refused);
  if (refused) return fail(Errc::kUnavailable, "cannot close " + making.string() + " to others: " + refused.message());
  WISSEL_FAILPOINT("mid-backup");

  BackupReport report;
  report.dir = target->string();
  report.made_at = request.made_at;
  if (request.describe) {
    auto copied = open_read_only(making.string(), logger);
    if (!copied) return std::unexpected(std::move(copied).error().within("read the backup back"));
    auto note = request.describe(**copied);
    if (!note) return std::unexpected(std::move(note).error().within("describe the backup"));
    report.note = std::move(*note);
  }
  auto made = list_files(making, report);
  if (made) made = hash_and_sync(making, report, request.progress);
  if (made) made = write_new_file((making / kBackupManifest).string(), encode_backup(report));
  if (made) made = sync_path(making.string());
  if (!made) return std::unexpected(std::move(made).error().within("backup"));

  std::error_code error;
  fs::rename(making, *target, error);
  if (error) return fail(Errc::kUnavailable, "cannot rename " + making.string() + ": " + error.message());
  unfinished.keep();
  if (made = sync_path(target->parent_path().string()); !made) return std::unexpected(made.error());
  return report;
}

}  // namespace wissel::index
