#include "daemon/spdlog_logger.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "daemon/log_line.hpp"

namespace wissel::daemon {
namespace {

core::Instant now() { return std::chrono::floor<core::Milliseconds>(std::chrono::system_clock::now()); }

/// Whether standard output itself goes to journald: the variable is inherited, also by what redirects its output
/// (systemd.exec(5), $JOURNAL_STREAM).
bool under_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat out{};
  if (stream == nullptr || fstat(STDOUT_FILENO, &out) != 0) return false;
  return std::to_string(out.st_dev) + ":" + std::to_string(out.st_ino) == stream;
}

}  // namespace

class LogOutput::Impl {
 public:
  Impl(const config::LoggingSettings& settings, spdlog::sink_ptr sink, bool journal)
      : out_("wissel", std::move(sink)),
        settings_(settings),
        json_(settings.format == config::LogFormat::kJson),
        journal_(journal) {
    out_.set_pattern("%v");  // the line is formatted here; spdlog brings it out whole
    out_.set_level(spdlog::level::trace);
    out_.flush_on(spdlog::level::trace);
  }

  std::atomic<core::LogLevel>& level_of(const std::string& component) {
    const std::scoped_lock lock(mutex_);
    const auto [at, added] = levels_.try_emplace(component);
    if (added) at->second = configured(component);
    return at->second;
  }

  void set_levels(const config::LoggingSettings& settings) {
    const std::scoped_lock lock(mutex_);
    settings_ = settings;
    for (auto& [component, level] : levels_) level = configured(component);
  }

  void write(const LogLine& line) {
    std::string text;
    if (json_) {
      text = format_json(line, now());
    } else {
      // journald notes the time by itself; anywhere else a line without one says little.
      text = journal_ ? std::string(journal_prefix(line.level)) : core::format_rfc3339(now()) + ' ';
      text += format_text(line);
    }
    out_.log(spdlog::level::info, spdlog::string_view_t(text.data(), text.size()));
  }

 private:
  [[nodiscard]] core::LogLevel configured(const std::string& component) const {
    const auto found = settings_.components.find(component);
    return found == settings_.components.end() ? settings_.level : found->second;
  }

  spdlog::logger out_;
  std::mutex mutex_;  // guards what follows; loggers hold references into levels_, whose nodes stay
  config::LoggingSettings settings_;
  std::map<std::string, std::atomic<core::LogLevel>, std::less<>> levels_;
  const bool json_;
  const bool journal_;
};

namespace {

/// Writes for one component. `Output` is LogOutput::Impl, which is private to its class.
template <class Output>
class SpdlogLogger final : public core::Logger {
 public:
  SpdlogLogger(Output& output, std::string component)
      : output_(output), component_(std::move(component)), level_(output.level_of(component_)) {}

  [[nodiscard]] bool enabled(core::LogLevel level) const noexcept override {
    return level >= level_.load(std::memory_order_relaxed);
  }

  void write(core::LogLevel level, std::string_view event,
             std::initializer_list<core::LogField> fields) noexcept override {
    if (!enabled(level)) return;
    try {
      output_.write({level, component_, event, fields});
    } catch (...) {  // NOLINT(bugprone-empty-catch): a line that cannot be written must not end the daemon
    }
  }

 private:
  Output& output_;  // LogOutput lives longer than its loggers
  const std::string component_;
  const std::atomic<core::LogLevel>& level_;
};

}  // namespace

LogOutput::LogOutput(const config::LoggingSettings& settings)
    : impl_(std::make_unique<Impl>(settings, std::make_shared<spdlog::sinks::stdout_sink_mt>(), under_journal())) {}

LogOutput::LogOutput(const config::LoggingSettings& settings, std::ostream& stream, bool journal)
    : impl_(std::make_unique<Impl>(settings, std::make_shared<spdlog::sinks::ostream_sink_mt>(stream), journal)) {}

LogOutput::~LogOutput() = default;

std::unique_ptr<core::Logger> LogOutput::logger(std::string component) {
  return std::make_unique<SpdlogLogger<Impl>>(*impl_, std::move(component));
}

void LogOutput::set_levels(const config::LoggingSettings& settings) { impl_->set_levels(settings); }

}  // namespace wissel::daemon
