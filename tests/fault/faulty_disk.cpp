// Preloaded into the daemon: a disk that fails as a test says. The file that WISSEL_DISK_FAULTS names holds a rule a
// line:
//
//   OPERATION PATH ACTION [FIRST [EVERY [TIMES]]]
//
// OPERATION is sync, write or read; PATH a part of the file's path; ACTION an errno (EIO, ENOSPC), `short` (one byte of
// a write or read), `kill` (SIGKILL to ourselves before it is done) or `delay=MS` (late, and then as ever). It hits the
// FIRSTth operation that fits (1) since the file was written, then each EVERYth (1; 0: none), TIMES in all (0: no end).
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

struct Rule {
  std::string operation, path, action;
  std::uint64_t first = 1, every = 1, times = 0;
  std::uint64_t seen = 0, hit = 0;

  bool fits() {
    ++seen;
    if (seen < first || (times != 0 && hit >= times)) return false;
    if (seen != first && (every == 0 || (seen - first) % every != 0)) return false;
    ++hit;
    return true;
  }
};

class Faults {
 public:
  /// What is to happen to this operation; empty: nothing.
  std::string action(const char* operation, int descriptor) {
    if (file_ == nullptr) return {};
    struct stat now{};
    const std::lock_guard lock(mutex_);
    if (::stat(file_, &now) != 0) {
      rules_.clear();
      read_ = {};
      return {};
    }
    reread(now);
    if (rules_.empty()) return {};
    const auto path = path_of(descriptor);
    for (auto& rule : rules_) {
      if (rule.operation == operation && path.find(rule.path) != std::string::npos && rule.fits()) return rule.action;
    }
    return {};
  }

 private:
  void reread(const struct stat& now) {
    if (read_ && read_->st_ino == now.st_ino && read_->st_mtim.tv_sec == now.st_mtim.tv_sec &&
        read_->st_mtim.tv_nsec == now.st_mtim.tv_nsec) {
      return;
    }
    read_ = now;
    rules_.clear();
    std::ifstream in(file_);
    for (std::string line; std::getline(in, line);) {
      std::istringstream words(line);
      Rule rule;
      words >> rule.operation >> rule.path >> rule.action >> rule.first >> rule.every >> rule.times;
      rules_.push_back(std::move(rule));
    }
  }
  static std::string path_of(int descriptor) {
    char path[4096];
    const auto link = "/proc/self/fd/" + std::to_string(descriptor);
    const auto length = ::readlink(link.c_str(), path, sizeof path);
    return length < 0 ? std::string() : std::string(path, static_cast<std::size_t>(length));
  }

  const char* file_ = std::getenv("WISSEL_DISK_FAULTS");
  std::mutex mutex_;
  std::optional<struct stat> read_;
  std::vector<Rule> rules_;
};

/// Never destroyed: files are still written while a process ends.
Faults& faults() {
  static auto* const the = new Faults;
  return *the;
}

thread_local bool busy = false;  // our own reading of the rules is nobody's operation

enum class Verdict { kGoOn, kFail, kShort };

Verdict judge(const char* operation, int descriptor) {
  if (busy) return Verdict::kGoOn;
  busy = true;
  const int before = errno;
  const auto action = faults().action(operation, descriptor);
  busy = false;
  errno = before;
  if (action.empty()) return Verdict::kGoOn;
  if (action == "kill") {
    std::raise(SIGKILL);
  } else if (action == "short") {
    return Verdict::kShort;
  } else if (action.starts_with("delay=")) {
    const long ms = std::atol(action.c_str() + std::strlen("delay="));
    const timespec pause{ms / 1000, ms % 1000 * 1'000'000};
    ::nanosleep(&pause, nullptr);
    return Verdict::kGoOn;
  }
  errno = action == "ENOSPC" ? ENOSPC : EIO;
  return Verdict::kFail;
}

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int sync_with(const char* name, int descriptor) {
  if (judge("sync", descriptor) == Verdict::kFail) return -1;
  return real<int (*)(int)>(name)(descriptor);
}

std::size_t bounded(Verdict verdict, std::size_t count) { return verdict == Verdict::kShort && count > 1 ? 1 : count; }

}  // namespace

extern "C" {

int fsync(int descriptor) { return sync_with("fsync", descriptor); }
int fdatasync(int descriptor) { return sync_with("fdatasync", descriptor); }

ssize_t write(int descriptor, const void* bytes, size_t count) {
  static const auto kReal = real<ssize_t (*)(int, const void*, size_t)>("write");
  const auto verdict = judge("write", descriptor);
  return verdict == Verdict::kFail ? -1 : kReal(descriptor, bytes, bounded(verdict, count));
}
ssize_t pwrite64(int descriptor, const void* bytes, size_t count, off64_t at) {
  static const auto kReal = real<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  const auto verdict = judge("write", descriptor);
  return verdict == Verdict::kFail ? -1 : kReal(descriptor, bytes, bounded(verdict, count), at);
}
ssize_t pwrite(int descriptor, const void* bytes, size_t count, off_t at) {
  return pwrite64(descriptor, bytes, count, at);
}
ssize_t read(int descriptor, void* bytes, size_t count) {
  static const auto kReal = real<ssize_t (*)(int, void*, size_t)>("read");
  const auto verdict = judge("read", descriptor);
  return verdict == Verdict::kFail ? -1 : kReal(descriptor, bytes, bounded(verdict, count));
}
ssize_t pread64(int descriptor, void* bytes, size_t count, off64_t at) {
  static const auto kReal = real<ssize_t (*)(int, void*, size_t, off64_t)>("pread64");
  const auto verdict = judge("read", descriptor);
  return verdict == Verdict::kFail ? -1 : kReal(descriptor, bytes, bounded(verdict, count), at);
}
ssize_t pread(int descriptor, void* bytes, size_t count, off_t at) { return pread64(descriptor, bytes, count, at); }

}  // extern "C"
