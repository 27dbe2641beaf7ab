#pragma once
// Named points at which a test ends the process, as a crash would. Only the program wisseld-failpoints of the tests has
// them (tests/fault/CMakeLists.txt compiles the files that use this once more).
//
// Built with WISSEL_FAILPOINTS, WISSEL_FP=name:nth in the environment ends the process by SIGKILL when it passes the
// point `name` for the nth time (counted from 1).
#ifdef WISSEL_FAILPOINTS
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace wissel::core {

/// Thread safety: any thread.
inline void pass_failpoint(std::string_view name) {
  static const char* const kWanted = std::getenv("WISSEL_FP");
  static std::atomic<std::uint64_t> passed{0};
  if (kWanted == nullptr) return;
  const std::string_view wanted(kWanted);
  const auto colon = wanted.rfind(':');
  if (wanted.substr(0, colon) != name) return;
  std::uint64_t nth = 1;
  if (colon != std::string_view::npos) {
    std::from_chars(wanted.data() + colon + 1, wanted.data() + wanted.size(), nth);
  }
  if (passed.fetch_add(1) + 1 == nth) std::raise(SIGKILL);
}

}  // namespace wissel::core

#define WISSEL_FAILPOINT(name) ::wissel::core::pass_failpoint(name)
#else
#define WISSEL_FAILPOINT(name) static_cast<void>(0)
#endif
