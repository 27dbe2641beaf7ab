#include "index/store_dir.hpp"

#include <sys/file.h>

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <unistd.h>

#include "core/bytes.hpp"

namespace wissel::index {
namespace {

namespace fs = std::filesystem;
using core::Errc;
using core::fail;

std::string reason(int error) { return std::generic_category().message(error); }

std::string pid_path(const std::string& dir) { return (fs::path(dir) / kPidFile).string(); }

std::string pid_in(const std::string& path) {
  std::ifstream file(path);
  std::string pid;
  file >> pid;
  // The file is ours, but it is read while another process may be writing it.
  if (pid.empty() || pid.size() > 10 || pid.find_first_not_of("0123456789") != std::string::npos) return "unknown";
  return pid;
}

std::unexpected<core::Error> in_use(const std::string& dir, std::string_view remedy) {
  return fail(Errc::kConflict, "another wisseld (pid " + pid_in(pid_path(dir)) + ") uses this directory: " + dir +
                                   "; " + std::string(remedy));
}

/// Every store that was ever finished has one of these.
bool holds_data(const std::string& name) {
  return name.ends_with(".sst") || name.ends_with(".log") || name.ends_with(".blob");
}

/// What RocksDB makes before CURRENT, so what an end in the middle of the creation leaves, and our own.
bool is_ours(const std::string& name) {
  return name == kPidFile || name == "lost+found" || name == "BACKUP.json" || name == "IDENTITY" || name == "LOCK" ||
         name.starts_with("MANIFEST-") || name.starts_with("OPTIONS-") || name.ends_with(".dbtmp");
}

}  // namespace

DirLock::~DirLock() {
  if (fd_ >= 0) ::close(fd_);
}

core::Result<DirLock> DirLock::exclusive(const std::string& dir) {
  std::error_code error;
  const bool created = fs::create_directories(dir, error);
  if (error) return fail(Errc::kUnavailable, "data directory " + dir + ": " + error.message());
  if (created) fs::permissions(dir, fs::perms::owner_all, error);

  const auto path = pid_path(dir);
  DirLock lock{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (lock.fd_ < 0) return fail(Errc::kUnavailable, "cannot open " + path + ": " + reason(errno));
  if (::flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return in_use(dir, "stop it first, or give this one another directory");
    return fail(Errc::kUnavailable, "cannot lock " + path + ": " + reason(errno));
  }
  // Only a hint for people: the lock is what counts, so a full disk does not stop us here.
  const auto text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock.fd_, 0) == 0) {
    [[maybe_unused]] const auto written = ::pwrite(lock.fd_, text.data(), text.size(), 0);
  }
  return lock;
}

core::Result<DirLock> DirLock::shared(const std::string& dir) {
  const auto path = pid_path(dir);
  DirLock lock{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (lock.fd_ < 0) {
    if (errno == ENOENT) return lock;
    return fail(Errc::kUnavailable, "cannot open " + path + ": " + reason(errno));
  }
  if (::flock(lock.fd_, LOCK_SH | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return in_use(dir, "stop it first, or read a backup");
    return fail(Errc::kUnavailable, "cannot lock " + path + ": " + reason(errno));
  }
  return lock;
}

std::string damaged_text(const std::string& dir, std::string_view what) {
  return "the store in " + dir + " is damaged: " + std::string(what) +
         "; nothing was changed. Put the file back, or restore a backup into an empty directory with 'wisselctl "
         "restore'";
}

core::Result<DirState> inspect_dir(const std::string& dir) {
  std::error_code error;
  std::string data_file;
  std::string foreign;
  for (fs::directory_iterator entry(dir, error), end; !error && entry != end; entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (!is_ours(name)) (holds_data(name) ? data_file : foreign) = name;
  }
  if (error) return fail(Errc::kUnavailable, "cannot read data directory " + dir + ": " + error.message());

  const auto current = fs::path(dir) / "CURRENT";
  if (!fs::exists(current, error)) {
    if (!data_file.empty()) {
      return fail(Errc::kCorrupt, damaged_text(dir, "CURRENT is missing, but " + data_file + " is there"));
    }
    if (!foreign.empty()) {
      return fail(Errc::kConflict, "data directory " + dir + " is no store and not empty (it holds " + foreign +
                                       "); give an empty directory");
    }
    return DirState::kEmpty;
  }

  std::ifstream file(current);
  std::string manifest;
  std::getline(file, manifest);
  if (!manifest.starts_with("MANIFEST-") || manifest.find('/') != std::string::npos) {
    return fail(Errc::kCorrupt, damaged_text(dir, "CURRENT names no manifest"));
  }
  if (!fs::exists(fs::path(dir) / manifest, error)) {
    return fail(Errc::kCorrupt, damaged_text(dir, core::to_printable(manifest) + ", which CURRENT names, is missing"));
  }
  return DirState::kStore;
}

}  // namespace wissel::index
