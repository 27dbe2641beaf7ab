#pragma once
// Port: structured log lines. Each component has its own logger, passed in; the core itself logs nothing.
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace wissel::core {

/// error = someone must act; warn = we coped; info = a change of the daemon's state; debug = per request.
enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };

/// One `key=value` of a line. Values from outside are escaped and cut by the logger. Never message content, keys,
/// tokens or a BSN.
struct LogField {
  std::string_view key;
  std::variant<std::int64_t, std::uint64_t, double, bool, std::string_view> value;

  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
  LogField(std::string_view k, int v) : key(k), value(std::int64_t{v}) {}
  LogField(std::string_view k, std::int64_t v) : key(k), value(v) {}
  LogField(std::string_view k, std::uint32_t v) : key(k), value(std::uint64_t{v}) {}
  LogField(std::string_view k, std::uint64_t v) : key(k), value(v) {}
};

/// Thread safety: all members may be called at the same time. Does not throw, does not block on a peer.
class Logger {
 public:
  virtual ~Logger() = default;
  [[nodiscard]] virtual bool enabled(LogLevel level) const noexcept = 0;
  virtual void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) noexcept = 0;

  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) noexcept {
    if (enabled(LogLevel::kDebug)) write(LogLevel::kDebug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) noexcept {
    if (enabled(LogLevel::kInfo)) write(LogLevel::kInfo, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<LogField> fields = {}) noexcept {
    if (enabled(LogLevel::kWarn)) write(LogLevel::kWarn, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) noexcept {
    if (enabled(LogLevel::kError)) write(LogLevel::kError, event, fields);
  }
};

}  // namespace wissel::core
