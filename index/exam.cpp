#include "index/exam.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>

#include "core/state/derive.hpp"
#include "index/backup.hpp"
#include "index/disk_space.hpp"
#include "index/rocks_read_only.hpp"
#include "index/store_dir.hpp"
#include "index/tables.hpp"
#include "index/wal_tail.hpp"

namespace wissel::index {
namespace {

namespace fs = std::filesystem;
using core::Errc;
using core::fail;

constexpr std::string_view kRestore =
    "put the file back from a copy, or restore a backup into an empty directory with 'wisselctl restore'";

/// What is known before any file is looked at.
struct Known {
  std::map<std::string, TableFile, std::less<>> live;  ///< by name; empty when the store does not open
  bool opened = false;
  std::string why_not;  ///< in words for the operator
  std::string manifest;
  std::string newest_wal;
};

class Exam {
 public:
  Exam(std::string dir, core::Logger& logger, const ExamProgress& progress)
      : dir_(std::move(dir)), logger_(logger), progress_(progress) {}

  core::Result<Findings> run() {
    if (auto listed = list(); !listed) return std::unexpected(listed.error());
    open();
    for (const auto& [name, bytes] : files_) look_at(name, bytes);
    for (const auto& [name, table] : known_.live) {
      if (!files_.contains(name)) {
        add(name, "table", table.bytes, Verdict::kBad, "is missing: " + describe(table), std::string(kRestore)).family =
            table.family;
      }
    }
    look_at_directory();
    look_at_store();
    return std::move(findings_);
  }

 private:
  core::Result<void> list() {
    std::error_code error;
    if (!fs::is_directory(dir_, error)) return fail(Errc::kNotFound, "there is no directory " + dir_);
    for (fs::directory_iterator entry(dir_, error), end; !error && entry != end; entry.increment(error)) {
      std::error_code ignored;
      const auto bytes = entry->is_regular_file(ignored) ? entry->file_size(ignored) : 0;
      files_[entry->path().filename().string()] = ignored ? 0 : bytes;
      total_ += ignored ? 0 : bytes;
    }
    if (error) return fail(Errc::kUnavailable, "cannot list " + dir_ + ": " + error.message());
    auto lock = DirLock::shared(dir_);
    if (!lock && lock.error().code == Errc::kConflict) return std::unexpected(std::move(lock).error());
    if (lock) lock_ = std::move(*lock);
    return {};
  }

  void open() {
    for (const auto& [name, bytes] : files_) {
      const bool newer = name.ends_with(".log") && bytes > 0 &&
                         (known_.newest_wal.size() < name.size() ||
                          (known_.newest_wal.size() == name.size() && known_.newest_wal < name));
      if (newer) known_.newest_wal = name;
    }
    auto tables = tables_of(dir_, logger_);
    if (!tables) {
      known_.why_not = tables.error().detail;
      return;
    }
    known_.opened = true;
    for (auto& table : *tables) known_.live.emplace(table.name, std::move(table));
  }

  Finding& add(std::string subject, std::string kind, std::uint64_t bytes, Verdict verdict, std::string what = {},
               std::string remedy = {}) {
    findings_.push_back({std::move(subject), std::move(kind), {}, bytes, verdict, std::move(what), std::move(remedy)});
    return findings_.back();
  }

  void look_at(const std::string& name, std::uint64_t bytes) {
    const auto before = findings_.size();
    if (name.ends_with(".sst")) {
      look_at_table(name, bytes);
    } else if (name.ends_with(".log")) {
      look_at_records(name, std::string(kWalKind), bytes, name == known_.newest_wal);
    } else if (name.starts_with("MANIFEST-")) {
      look_at_records(name, "manifest", bytes, false);
    } else if (name == "CURRENT") {
      look_at_current(bytes);
    } else if (name == kBackupManifest) {
      look_at_backup(bytes);
    } else {
      look_at_other(name, bytes);
    }
    look_at_owner(name, findings_[before]);
    done_ += name.ends_with(".sst") ? 0 : bytes;
    if (progress_) progress_(done_, total_);
  }

  void look_at_table(const std::string& name, std::uint64_t bytes) {
    const auto live = known_.live.find(name);
    if (known_.opened && live == known_.live.end()) {
      add(name, "table", bytes, Verdict::kNote, "no longer part of the store; the next start removes it");
      done_ += bytes;
      return;
    }
    TableFile table;
    table.name = name;
    if (live != known_.live.end()) table = live->second;
    const auto until = done_ + bytes;
    const auto checked = check_table(dir_, table, [this](std::uint64_t read) {
      done_ += read;
      if (progress_) progress_(done_, total_);
      return true;
    });
    done_ = until;
    if (checked) {
      add(name, "table", bytes, Verdict::kFine).family = table.family;
      return;
    }
    auto what = checked.error().detail;
    if (!table.holds.empty()) what += "; it holds " + table.holds;
    add(name, "table", bytes, Verdict::kBad, std::move(what), remedy_for(table.family)).family = table.family;
  }

  [[nodiscard]] std::string remedy_for(const std::string& family) const {
    const bool derived = std::ranges::any_of(core::kDerivedFamilies,
                                             [&](core::Family each) { return core::family_name(each) == family; });
    if (!derived) return std::string(kRestore);
    return "what it holds is derived: 'wisselctl rebuild " + dir_ + " --replace' makes it anew; or " +
           std::string(kRestore);
  }

  void look_at_records(const std::string& name, const std::string& kind, std::uint64_t bytes, bool may_be_torn) {
    const auto judged = judge_wal((fs::path(dir_) / name).string());
    if (!judged) {
      add(name, kind, bytes, Verdict::kBad, judged.error().detail, "see the system's log of the disk");
    } else if (*judged == WalTail::kWhole) {
      add(name, kind, bytes, Verdict::kFine);
    } else if (*judged == WalTail::kTorn && may_be_torn) {
      add(name, kind, bytes, Verdict::kNote,
          "its last write was cut short, so never answered; the next start drops it");
    } else {
      add(name, kind, bytes, Verdict::kBad, "its records do not verify", std::string(kRestore));
    }
  }

  void look_at_current(std::uint64_t bytes) {
    const auto state = inspect_dir(dir_);
    if (state) {
      add("CURRENT", "pointer to the manifest", bytes, Verdict::kFine);
    } else {
      add("CURRENT", "pointer to the manifest", bytes, Verdict::kBad, state.error().detail, std::string(kRestore));
    }
  }

  void look_at_backup(std::uint64_t bytes) {
    const auto verified = verify_backup(dir_);
    if (verified) {
      add(std::string(kBackupManifest), "list of the backup", bytes, Verdict::kFine);
    } else {
      add(std::string(kBackupManifest), "list of the backup", bytes, Verdict::kBad, verified.error().detail,
          "take another backup");
    }
  }

  void look_at_other(const std::string& name, std::uint64_t bytes) {
    if (name == kPidFile || name == "LOCK") {
      add(name, "lock", bytes, Verdict::kFine);
    } else if (name.starts_with("OPTIONS-") || name == "IDENTITY") {
      add(name, "note of the store's, not read", bytes, Verdict::kFine);
    } else if (name.ends_with(".dbtmp")) {
      add(name, "left by an end in the middle", bytes, Verdict::kNote, "the next start removes it");
    } else if (name != "lost+found") {
      add(name, "unknown", bytes, Verdict::kWarn, "is not of Wissel", "move it out of the data directory");
    } else {
      add(name, "of the file system", bytes, Verdict::kFine);
    }
  }

  /// A file of root's in a directory of the daemon's: what a restore without chown leaves.
  void look_at_owner(const std::string& name, Finding& finding) {
    struct stat dir{};
    struct stat file{};
    const auto path = (fs::path(dir_) / name).string();
    if (::stat(dir_.c_str(), &dir) != 0 || ::lstat(path.c_str(), &file) != 0) return;
    if (dir.st_uid == file.st_uid || name == "lost+found" || finding.verdict == Verdict::kBad) return;
    finding.verdict = Verdict::kBad;
    finding.what = "belongs to another user than the directory";
    finding.remedy = "chown -R it to the daemon's user";
  }

  void look_at_directory() {
    struct stat dir{};
    if (::stat(dir_.c_str(), &dir) != 0) return;
    if ((dir.st_mode & 077U) == 0) {
      add(dir_, "directory", 0, Verdict::kFine);
    } else {
      add(dir_, "directory", 0, Verdict::kWarn, "is open to others than its owner", "chmod 700 " + dir_);
    }
  }

  void look_at_store() {
    if (known_.opened) {
      add("store", "schema and families", 0, Verdict::kFine);
    } else if (files_.empty() || (files_.size() == 1 && files_.contains(std::string(kPidFile)))) {
      add("store", "schema and families", 0, Verdict::kNote, "the directory is empty: a start makes a new store");
    } else {
      add("store", "schema and families", 0, Verdict::kBad, known_.why_not);
    }
  }

  const std::string dir_;
  core::Logger& logger_;
  const ExamProgress& progress_;
  std::map<std::string, std::uint64_t, std::less<>> files_;
  std::optional<DirLock> lock_;
  Known known_;
  Findings findings_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace

std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::kFine:
      return "ok";
    case Verdict::kNote:
      return "note";
    case Verdict::kWarn:
      return "warn";
    case Verdict::kBad:
      return "bad";
  }
  return "bad";
}

core::Result<Findings> examine_store(const std::string& dir, core::Logger& logger, const ExamProgress& progress) {
  return Exam(dir, logger, progress).run();
}

Finding examine_space(const std::string& dir, std::uint64_t warn_free_bytes, std::uint64_t stop_free_bytes) {
  Finding out{dir, "free space", {}, 0, Verdict::kFine, {}, {}};
  const auto space = disk_space(dir);
  if (!space) {
    out.verdict = Verdict::kBad;
    out.what = space.error().detail;
    return out;
  }
  out.bytes = space->free_bytes;
  if (space->free_bytes >= warn_free_bytes) return out;
  out.verdict = space->free_bytes < stop_free_bytes ? Verdict::kBad : Verdict::kWarn;
  out.what = "only " + std::to_string(space->free_bytes >> 20U) + " MiB are free";
  out.remedy = "make room; never by removing a file of the store";
  return out;
}

}  // namespace wissel::index
