#pragma once
// What the daemon says to systemd, and the sockets it gets from it. Without systemd all of it does nothing.
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace wissel::daemon {

void tell_systemd(const std::string& state);
/// Half of WatchdogSec, when systemd watches this process.
[[nodiscard]] std::optional<std::chrono::microseconds> watchdog_pause();
/// Listening sockets by FileDescriptorName. Call once.
[[nodiscard]] std::map<std::string, std::vector<int>> sockets_from_systemd();

}  // namespace wissel::daemon
