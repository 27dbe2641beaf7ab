#pragma once
// A logger that keeps its lines, for tests that ask what was logged.
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/logger.hpp"

namespace wissel::fakes {

/// Thread safety: as the port promises.
class RecordingLogger final : public core::Logger {
 public:
  [[nodiscard]] bool enabled(core::LogLevel) const noexcept override { return true; }
  void write(core::LogLevel level, std::string_view event,
             std::initializer_list<core::LogField> fields) noexcept override {
    std::string line(event);
    for (const auto& field : fields) {
      line += ' ';
      line += field.key;
      line += '=';
      std::visit([&line](const auto& value) { append(line, value); }, field.value);
    }
    const std::lock_guard lock(mutex_);
    lines_.push_back({level, std::move(line)});
  }

  struct Line {
    core::LogLevel level;
    std::string text;  ///< "event key=value key=value"
  };
  [[nodiscard]] std::vector<Line> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  [[nodiscard]] bool has(std::string_view text) const {
    const std::lock_guard lock(mutex_);
    for (const auto& line : lines_) {
      if (line.text.find(text) != std::string::npos) return true;
    }
    return false;
  }

 private:
  static void append(std::string& line, std::string_view value) { line += value; }
  static void append(std::string& line, bool value) { line += value ? "true" : "false"; }
  template <class Number>
  static void append(std::string& line, Number value) {
    line += std::to_string(value);
  }

  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

}  // namespace wissel::fakes
