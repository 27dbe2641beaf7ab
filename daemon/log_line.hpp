#pragma once
// One log line as text or JSON. Values may come from a peer: they are escaped and cut, so that no value can forge a
// line, a field, or a terminal's control sequence.
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/logger.hpp"
#include "core/time.hpp"

namespace wissel::daemon {

inline constexpr std::size_t kLogValueBytesMax = 256;  ///< of one value, before escaping; the rest is cut

/// The parts of a line; views live as long as the call.
struct LogLine {
  core::LogLevel level;
  std::string_view component;
  std::string_view event;
  std::initializer_list<core::LogField> fields;
};

/// `LEVEL component event key=value …`, without a line end. A value with spaces, quotes, '=' or anything that is not
/// printable stands in quotes, with \n, \t, \", \\ and \xNN.
[[nodiscard]] std::string format_text(const LogLine& line);

/// One JSON object with `time` (RFC 3339), `level`, `component`, `event` and the fields as members.
[[nodiscard]] std::string format_json(const LogLine& line, core::Instant at);

/// The prefix by which journald tells levels apart (sd-daemon(3)): `<3>` error to `<7>` debug.
[[nodiscard]] std::string_view journal_prefix(core::LogLevel level) noexcept;

}  // namespace wissel::daemon
