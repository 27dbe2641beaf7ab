#pragma once
// The daemon's log on standard output, behind core's port.
#include <iosfwd>
#include <memory>
#include <string>

#include "config/settings.hpp"
#include "core/logger.hpp"

namespace wissel::daemon {

/// Where all lines go, and the levels of all components. Lives longer than the loggers it gives.
///
/// Thread safety: all members may be called at the same time.
class LogOutput {
 public:
  /// To standard output. Where $JOURNAL_STREAM says that this is journald, text lines begin with the priority that it
  /// understands, and otherwise with the time (RFC 3339, UTC).
  explicit LogOutput(const config::LoggingSettings& settings);
  /// To a stream that lives longer (tests).
  LogOutput(const config::LoggingSettings& settings, std::ostream& stream, bool journal);
  LogOutput(const LogOutput&) = delete;
  LogOutput& operator=(const LogOutput&) = delete;
  ~LogOutput();

  /// The logger of one component ("transport"). Several for one component share its level.
  [[nodiscard]] std::unique_ptr<core::Logger> logger(std::string component);

  /// Works at once, on loggers given before as well. The format stays.
  void set_levels(const config::LoggingSettings& settings);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wissel::daemon
