#include "index/backup.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/bytes.hpp"
#include "core/log/note.hpp"
#include "index/files.hpp"
#include "index/rocks_backup.hpp"

namespace wissel::index {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using core::Errc;
using core::fail;

// About 150 bytes a file, and a store of 2 TiB has some 30,000 files.
constexpr std::size_t kManifestBytesMax = std::size_t{64} << 20;
constexpr std::string_view kCurrent = "CURRENT";

std::unexpected<core::Error> unreadable(const std::string& path, std::string_view why) {
  return fail(Errc::kCorrupt, path + " is not a list of a backup: " + std::string(why));
}

/// A plain name within the backup: the list may not lead elsewhere.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name.front() != '.' && name.find('/') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos && name != kBackupManifest;
}

bool find_string(const json::object& object, std::string_view name, std::string& out) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return false;
  out = std::string(std::string_view(value->get_string()));
  return true;
}

bool find_number(const json::object& object, std::string_view name, std::uint64_t& out) {
  const auto* value = object.if_contains(name);
  if (value == nullptr) return false;
  boost::system::error_code error;
  out = value->to_number<std::uint64_t>(error);
  return !error;
}

bool decode_file(const json::value& value, BackupFile& file) {
  const auto* object = value.if_object();
  if (object == nullptr || !find_string(*object, "name", file.name) || !is_plain_name(file.name)) {
    return false;
  }
  if (!find_string(*object, "sha256", file.sha256) || !find_number(*object, "bytes", file.bytes)) {
    return false;
  }
  const auto hash = core::from_hex(file.sha256);
  return hash && hash->size() == std::tuple_size_v<core::Hash>;
}

/// The checkpoint's signature is for who has the key to judge; here it only has to be one, of no more than was copied.
bool fits_checkpoint(const BackupNote& note) {
  if (note.checkpoint.empty()) return true;
  const auto parsed = core::parse_note(note.checkpoint);
  if (!parsed) return false;
  const auto checkpoint = core::Checkpoint::parse(parsed->text);
  return checkpoint && checkpoint->size <= note.log_size;
}

core::Result<BackupReport> decode_backup(const std::string& path, const std::string& text) {
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error || !value.is_object()) return unreadable(path, "no JSON object");
  const auto& object = value.get_object();
  std::uint64_t format = 0;
  if (!find_number(object, "format", format)) return unreadable(path, "no format");
  if (format != kBackupFormat) {
    return fail(Errc::kConflict, path + " has backup format " + std::to_string(format) + "; this program knows " +
                                     std::to_string(kBackupFormat) + ". Restore it with the program that made it");
  }
  BackupReport report;
  std::string made_at;
  if (!find_string(object, "made_at", made_at)) return unreadable(path, "no made_at");
  const auto at = core::parse_rfc3339(made_at);
  if (!at) return unreadable(path, "made_at is no time");
  report.made_at = *at;
  if (!find_number(object, "log_size", report.note.log_size)) return unreadable(path, "no log_size");
  if (!find_string(object, "checkpoint", report.note.checkpoint)) return unreadable(path, "no checkpoint");
  if (!fits_checkpoint(report.note))
    return unreadable(path, "log_size below the size that its checkpoint was signed for");
  const auto* files = object.if_contains("files");
  if (files == nullptr || !files->is_array()) return unreadable(path, "no files");
  for (const auto& entry : files->get_array()) {
    BackupFile file;
    if (!decode_file(entry, file)) return unreadable(path, "a file without a plain name, bytes and sha256");
    report.bytes += file.bytes;
    report.files.push_back(std::move(file));
  }
  const auto has_current = [](const BackupFile& file) { return file.name == kCurrent; };
  if (std::ranges::none_of(report.files, has_current)) return unreadable(path, "no CURRENT among the files");
  return report;
}

core::Result<void> compare(const std::string& path, const BackupFile& file, const core::Result<std::string>& hash) {
  if (!hash && hash.error().code == Errc::kNotFound) {
    return fail(Errc::kCorrupt, path + ", which BACKUP.json lists, is missing; take another backup");
  }
  if (!hash) return std::unexpected(hash.error());
  if (*hash != file.sha256) {
    return fail(Errc::kCorrupt, path + " is not what was backed up: its SHA-256 differs; take another backup");
  }
  return {};
}

core::Result<void> settle_data_dir(const std::string& data_dir) {
  std::error_code error;
  if (fs::create_directories(data_dir, error)) fs::permissions(data_dir, fs::perms::owner_all, error);
  if (error) return fail(Errc::kUnavailable, "data directory " + data_dir + ": " + error.message());
  for (fs::directory_iterator entry(data_dir, error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (name == "lost+found") continue;
    return fail(Errc::kConflict, "data directory " + data_dir + " is not empty (it holds " + name +
                                     "); restore into an empty one, and move the old one aside rather than delete it");
  }
  if (error) return fail(Errc::kUnavailable, "data directory " + data_dir + ": " + error.message());
  return {};
}

/// Takes back what a restore that failed has made.
void remove_files(const std::string& data_dir, const std::vector<BackupFile>& files) {
  std::error_code ignored;
  for (const auto& file : files) fs::remove(fs::path(data_dir) / file.name, ignored);
}

}  // namespace

std::string encode_backup(const BackupReport& report) {
  json::array files;
  for (const auto& file : report.files) {
    files.push_back(json::object{{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  }
  const json::object object{{"format", kBackupFormat},
                            {"made_at", core::format_rfc3339(report.made_at)},
                            {"log_size", report.note.log_size},
                            {"checkpoint", report.note.checkpoint},
                            {"files", std::move(files)}};
  return json::serialize(object) + "\n";
}

bool is_backup(const std::string& dir) {
  std::error_code ignored;  // what cannot be looked at is no backup; opening it says why
  return fs::exists(fs::path(dir) / kBackupManifest, ignored);
}

core::Result<BackupReport> read_backup(const std::string& backup_dir) {
  const auto path = (fs::path(backup_dir) / kBackupManifest).string();
  auto text = read_file(path, kManifestBytesMax);
  if (!text) return std::unexpected(std::move(text).error().within(backup_dir + " holds no backup"));
  auto report = decode_backup(path, *text);
  if (report) report->dir = backup_dir;
  return report;
}

core::Result<BackupReport> verify_backup(const std::string& backup_dir, const BackupProgress& progress) {
  auto report = read_backup(backup_dir);
  if (!report) return report;
  std::uint64_t done = 0;
  const BytesSeen seen = [&](std::uint64_t bytes) {
    done += bytes;
    if (progress) progress(done, report->bytes);
  };
  for (const auto& file : report->files) {
    const auto path = (fs::path(backup_dir) / file.name).string();
    if (auto same = compare(path, file, hash_file(path, seen)); !same) return std::unexpected(same.error());
  }
  return report;
}

core::Result<BackupReport> restore_backup(const std::string& backup_dir, const std::string& data_dir,
                                          const BackupProgress& progress) {
  auto report = read_backup(backup_dir);
  if (!report) return report;
  if (auto settled = settle_data_dir(data_dir); !settled) return std::unexpected(settled.error());

  // CURRENT last: until it is there, the directory is no store.
  auto files = report->files;
  std::ranges::sort(files, {}, [](const BackupFile& file) { return file.name == kCurrent; });
  std::uint64_t done = 0;
  const BytesSeen seen = [&](std::uint64_t bytes) {
    done += bytes;
    if (progress) progress(done, report->bytes);
  };
  core::Result<void> copied;
  for (const auto& file : files) {
    const auto from = (fs::path(backup_dir) / file.name).string();
    if (file.name == kCurrent) copied = sync_path(data_dir);
    if (!copied) break;
    copied = compare(from, file, copy_file(from, (fs::path(data_dir) / file.name).string(), seen));
    if (!copied) break;
  }
  if (copied) copied = sync_path(data_dir);
  if (!copied) {
    remove_files(data_dir, files);
    return std::unexpected(copied.error());
  }
  report->dir = data_dir;
  return report;
}

}  // namespace wissel::index
