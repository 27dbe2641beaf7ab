#pragma once
// Backups of the store: a directory with the files of one consistent state and BACKUP.json, which lists them with
// their SHA-256. It holds the store's files alone: keys and other secrets are never in the data directory, so never
// in a backup either.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/store.hpp"
#include "core/time.hpp"

namespace wissel::index {

inline constexpr std::string_view kBackupManifest = "BACKUP.json";
/// In BACKUP.json; raise it when an older program could not restore what a newer one wrote.
inline constexpr std::int64_t kBackupFormat = 1;

/// What the owner of the log says about the state that was copied.
struct BackupNote {
  std::uint64_t log_size = 0;
  std::string checkpoint;  ///< signed note of a checkpoint at or below log_size; may be empty
};

struct BackupFile {
  std::string name;
  std::uint64_t bytes = 0;
  std::string sha256;  ///< lower-case hexadecimal
};

struct BackupReport {
  std::string dir;
  core::Instant made_at{};
  BackupNote note;
  std::vector<BackupFile> files;
  std::uint64_t bytes = 0;
};

/// `done` of `total` bytes. Called on the thread that makes the backup.
using BackupProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

struct BackupRequest {
  /// Must not exist; its parent must. On the file system of the store files are linked, elsewhere copied.
  std::string target_dir;
  core::Instant made_at{};
  /// Reads the copied state itself, so the note fits what is in the backup and not what came later.
  std::function<core::Result<BackupNote>(const core::StoreReader& copied)> describe;
  BackupProgress progress;
};

/// Whether the directory holds a BACKUP.json, whatever it says.
[[nodiscard]] bool is_backup(const std::string& dir);

/// Reads BACKUP.json alone. Errors: kNotFound, kCorrupt, kConflict (a format this program does not know).
[[nodiscard]] core::Result<BackupReport> read_backup(const std::string& backup_dir);

/// Hashes every file against BACKUP.json. Errors: also kCorrupt with the first file that differs.
[[nodiscard]] core::Result<BackupReport> verify_backup(const std::string& backup_dir,
                                                       const BackupProgress& progress = {});

/// Copies a backup into a data directory, which must be empty or absent, verifying while it copies, and syncs it.
/// An end in the middle leaves no CURRENT, so no daemon starts on half a store. Errors: as verify_backup; kConflict for
/// a directory that is not empty.
[[nodiscard]] core::Result<BackupReport> restore_backup(const std::string& backup_dir, const std::string& data_dir,
                                                        const BackupProgress& progress = {});

}  // namespace wissel::index
