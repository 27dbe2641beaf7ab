#pragma once
// The newest signed checkpoint of the log, kept in a directory apart from the store: whoever puts back an older copy of
// the store does not put this back, so a start finds out. It is a file of its own, in the form in which checkpoints are
// served, and holds nothing secret or personal.
#include <optional>
#include <string>
#include <string_view>

#include "core/log/continuity.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "index/store_dir.hpp"

namespace wissel::index {

inline constexpr std::string_view kCheckpointFile = "checkpoint";
inline constexpr std::string_view kAcceptedFile = "accepted.json";

/// An operator's word that the log goes on from an older copy: that of `kept_sha256` is given up, knowingly.
struct AcceptedCopy {
  std::string kept_sha256;  ///< of the file that is given up: the word holds for no other
  core::LogPoint from;      ///< the end of the copy's log
  core::Instant at{};
  std::string by;  ///< the account of the system that gave it

  friend bool operator==(const AcceptedCopy&, const AcceptedCopy&) = default;
};

/// Thread safety: one thread at a time. Blocks on the disk.
class CheckpointApart {
 public:
  /// Makes the directory (0700) where it is not there, and locks it against other daemons. Errors: kConflict when
  /// another process has it; kUnavailable with directory and remedy.
  [[nodiscard]] static core::Result<CheckpointApart> open(const std::string& dir);

  /// The kept note; nothing when none was kept yet. Errors: kUnavailable, kCorrupt (too long to be one).
  [[nodiscard]] core::Result<std::optional<std::string>> note() const;
  /// Replaces it: whole or not at all, also through a power cut. Errors: kUnavailable.
  [[nodiscard]] core::Result<void> keep(std::string_view note);

  /// Errors: kUnavailable, kCorrupt.
  [[nodiscard]] core::Result<std::optional<AcceptedCopy>> accepted() const;
  [[nodiscard]] core::Result<void> accept(const AcceptedCopy& accepted);
  /// Keeps `note` from now on, and what was given up beside it, as evidence, under a name with its SHA-256; the word
  /// that gave it up is spent.
  [[nodiscard]] core::Result<void> settle(std::string_view note);

  [[nodiscard]] const std::string& dir() const noexcept { return dir_; }
  /// The path of the kept note, for messages.
  [[nodiscard]] std::string path() const;

 private:
  CheckpointApart(std::string dir, DirLock lock) : dir_(std::move(dir)), lock_(std::move(lock)) {}
  [[nodiscard]] core::Result<void> replace(std::string_view name, std::string_view content) const;

  std::string dir_;
  DirLock lock_;
};

/// The note that is kept in a directory, for a look beside a daemon: nothing is locked, made or written.
/// Errors: as CheckpointApart::note().
[[nodiscard]] core::Result<std::optional<std::string>> read_kept_note(const std::string& dir);

/// Where a checkpoint is kept when nobody says: beside the data directory.
[[nodiscard]] std::string default_checkpoint_dir(const std::string& data_dir);

/// Of the note that is kept in a directory.
[[nodiscard]] std::string kept_note_path(const std::string& dir);

/// Lower-case hexadecimal SHA-256, by which an AcceptedCopy names a note.
[[nodiscard]] std::string note_sha256(std::string_view note);

}  // namespace wissel::index
