#include "daemon/systemd.hpp"

#include <systemd/sd-daemon.h>

#include <cstdlib>

namespace wissel::daemon {

void tell_systemd(const std::string& state) { sd_notify(0, state.c_str()); }

std::optional<std::chrono::microseconds> watchdog_pause() {
  std::uint64_t usec = 0;
  if (sd_watchdog_enabled(0, &usec) <= 0) return std::nullopt;
  return std::chrono::microseconds(usec / 2);
}

std::map<std::string, std::vector<int>> sockets_from_systemd() {
  std::map<std::string, std::vector<int>> out;
  char** names = nullptr;
  const int count = sd_listen_fds_with_names(1, &names);
  for (int i = 0; i < count; ++i) {
    out[names != nullptr && names[i] != nullptr ? names[i] : "partners"].push_back(SD_LISTEN_FDS_START + i);
    if (names != nullptr) std::free(names[i]);  // NOLINT(cppcoreguidelines-no-malloc): libsystemd's own contract
  }
  std::free(static_cast<void*>(names));
  return out;
}

}  // namespace wissel::daemon
