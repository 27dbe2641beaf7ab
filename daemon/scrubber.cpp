#include "daemon/scrubber.hpp"

#include <algorithm>
#include <utility>

namespace wissel::daemon {
namespace {

/// A disk does many times this, so that the hot path keeps nearly all of it.
constexpr std::uint64_t kBackgroundBytesPerSecond = std::uint64_t{16} << 20U;
/// While an operator waits for it.
constexpr std::uint64_t kAskedBytesPerSecond = std::uint64_t{256} << 20U;
constexpr std::chrono::minutes kFirstAfter{10};

std::string list_of(const index::DamagedTable& table) {
  return table.holds.empty() ? std::string("unknown") : table.holds;
}

}  // namespace

Scrubber::Scrubber(const index::RocksStore& store, std::chrono::milliseconds period, Clock now, core::Logger& logger)
    : store_(store), period_(period), now_(std::move(now)), logger_(logger) {}

Scrubber::~Scrubber() { stop(); }

void Scrubber::start() {
  thread_ = std::thread([this] { run(); });
}

void Scrubber::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

/// True when it is stopping.
bool Scrubber::wait(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  return stopped_.wait_for(lock, time, [this] { return stopping_; });
}

void Scrubber::run() {
  if (wait(std::min<std::chrono::nanoseconds>(period_ / 10, kFirstAfter))) return;
  while (true) {
    const std::unique_lock alone(one_at_a_time_, std::try_to_lock);
    if (alone) {
      [[maybe_unused]] const auto report = scrub(background_rate(), {});  // conclude() has told
    }
    if (wait(period_)) return;
  }
}

/// So that one run takes half the period at most.
std::uint64_t Scrubber::background_rate() const {
  const auto half = static_cast<std::uint64_t>(std::max<std::int64_t>(1, period_.count() / 2'000));
  return std::max(kBackgroundBytesPerSecond, store_.figures().table_bytes / half);
}

core::Result<index::ScrubReport> Scrubber::run_now(const Progress& progress) {
  const std::unique_lock alone(one_at_a_time_, std::try_to_lock);
  if (!alone) return core::fail(core::Errc::kConflict, "the store is being scrubbed; see wisselctl status");
  return scrub(kAskedBytesPerSecond, progress);
}

core::Result<index::ScrubReport> Scrubber::scrub(std::uint64_t bytes_per_second, const Progress& progress) {
  const auto begun = std::chrono::steady_clock::now();
  struct Running {
    explicit Running(Scrubber& owner) : owner_(owner) { set(true); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() { set(false); }
    void set(bool value) {
      const std::lock_guard lock(owner_.mutex_);
      owner_.figures_.running = value;
      owner_.figures_.done_bytes = 0;
    }
    Scrubber& owner_;
  };
  const Running running(*this);
  auto report = store_.scrub([&](std::uint64_t read, std::uint64_t done, std::uint64_t total) {
    {
      const std::lock_guard lock(mutex_);
      figures_.done_bytes = done;
      figures_.total_bytes = total;
    }
    if (progress) progress(done, total);
    return !wait(std::chrono::nanoseconds(read * 1'000'000'000 / bytes_per_second));
  });
  conclude(report, std::chrono::steady_clock::now() - begun);
  return report;
}

void Scrubber::conclude(const core::Result<index::ScrubReport>& report, std::chrono::duration<double> took) {
  if (!report) {
    logger_.warn("scrub ended early", {{"why", std::string_view(report.error().detail)}});
    return;
  }
  for (const auto& table : report->damaged) {
    logger_.error("damaged file", {{"file", table.name.c_str()},
                                   {"family", table.family.c_str()},
                                   {"holds", std::string_view(list_of(table))},
                                   {"detail", std::string_view(table.what)}});
  }
  logger_.info("scrubbed", {{"files", report->files},
                            {"bytes", report->bytes},
                            {"damaged", std::uint64_t{report->damaged.size()}},
                            {"seconds", took.count()}});
  const std::lock_guard lock(mutex_);
  figures_.duration = took;
  figures_.bytes = report->bytes;
  figures_.damaged = report->damaged;
  if (report->damaged.empty()) figures_.last_success = now_();
}

ScrubFigures Scrubber::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

}  // namespace wissel::daemon
