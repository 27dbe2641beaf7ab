#pragma once
// What must be true of a data directory before a store is opened in it: one daemon at a time, and either empty or a
// whole store. Nothing here changes what is in it, except for the lock file.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.hpp"

namespace wissel::index {

/// Beside the store's own files; holds the pid of the daemon that has the directory, and its flock.
inline constexpr std::string_view kPidFile = "wissel.pid";

/// The right to use a data directory, until destroyed. The lock is the kernel's (flock), so it ends with the process.
class DirLock {
 public:
  /// Creates the directory (0700) and the pid file where needed. Errors: kConflict when another process has it, with
  /// its pid; kUnavailable when the directory cannot be used.
  [[nodiscard]] static core::Result<DirLock> exclusive(const std::string& dir);
  /// Beside other readers, never beside a daemon; creates nothing. Without a pid file (a backup) nothing is locked.
  [[nodiscard]] static core::Result<DirLock> shared(const std::string& dir);

  DirLock(DirLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  DirLock& operator=(DirLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  DirLock(const DirLock&) = delete;
  DirLock& operator=(const DirLock&) = delete;
  ~DirLock();

 private:
  explicit DirLock(int fd) noexcept : fd_(fd) {}
  int fd_;
};

enum class DirState : std::uint8_t { kEmpty, kStore };

/// Errors: kCorrupt for a store without CURRENT or without the manifest it names, kConflict for a directory that holds
/// other things; the message names file and remedy.
[[nodiscard]] core::Result<DirState> inspect_dir(const std::string& dir);

/// A sentence for the operator: which directory, what is wrong with it, what to do.
[[nodiscard]] std::string damaged_text(const std::string& dir, std::string_view what);

}  // namespace wissel::index
