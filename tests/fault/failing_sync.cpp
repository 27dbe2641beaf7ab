// Preloaded into the daemon: while the file that WISSEL_FAIL_SYNC names exists, nothing reaches stable storage, as on a
// disk whose flushes fail.
#include <cerrno>
#include <cstdlib>
#include <dlfcn.h>
#include <unistd.h>

namespace {

bool failing() {
  static const char* const kSwitch = std::getenv("WISSEL_FAIL_SYNC");
  return kSwitch != nullptr && access(kSwitch, F_OK) == 0;
}

int sync_with(const char* name, int descriptor) {
  if (failing()) {
    errno = EIO;
    return -1;
  }
  using Sync = int (*)(int);
  return reinterpret_cast<Sync>(dlsym(RTLD_NEXT, name))(descriptor);
}

}  // namespace

extern "C" int fsync(int descriptor) { return sync_with("fsync", descriptor); }
extern "C" int fdatasync(int descriptor) { return sync_with("fdatasync", descriptor); }
