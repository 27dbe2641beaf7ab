#include "daemon/ctl/progress.hpp"

#include <ostream>

namespace wissel::ctl {

ProgressLine::~ProgressLine() {
  if (shows_) io_.err << "\r\x1b[K" << std::flush;
}

void ProgressLine::show(std::uint64_t done, std::uint64_t total) {
  const auto now = std::chrono::steady_clock::now();
  if (!io_.terminal.progress || now - shown_ < std::chrono::milliseconds{100}) return;
  shown_ = now;
  shows_ = true;
  io_.err << "\r\x1b[K" << what_;
  if (total > 0) {
    io_.err << ' ' << static_cast<int>(100.0 * static_cast<double>(done) / static_cast<double>(total)) << '%';
  } else if (done > 0) {
    io_.err << ' ' << done;
  }
  io_.err << std::flush;
}

}  // namespace wissel::ctl
