#include "daemon/checkpoint_keeper.hpp"

#include <utility>

namespace wissel::daemon {

CheckpointKeeper::CheckpointKeeper(index::CheckpointApart apart, const core::ViewSource& views, Sign sign,
                                   core::Logger& logger, core::Metrics& metrics, std::chrono::milliseconds pause)
    : apart_(std::move(apart)),
      views_(views),
      sign_(std::move(sign)),
      logger_(logger),
      kept_gauge_(metrics.gauge("wissel_checkpoint_kept_records",
                                "Records that the checkpoint kept apart from the store covers.")),
      failures_(metrics.counter("wissel_checkpoint_keep_failures_total",
                                "Attempts to keep a checkpoint apart from the store that failed.")),
      pause_(pause) {}

CheckpointKeeper::~CheckpointKeeper() { stop(); }

std::string CheckpointKeeper::sign_newest(std::uint64_t& size) const {
  const auto view = views_.view();
  size = view->edge.size();
  return sign_(size, view->edge.root());
}

void CheckpointKeeper::note_kept(std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  kept_size_ = size;
  failure_.clear();
  kept_gauge_.set(static_cast<double>(size));
}

core::Result<void> CheckpointKeeper::start() {
  std::uint64_t size = 0;
  if (auto kept = apart_.keep(sign_newest(size)); !kept) return kept;
  note_kept(size);
  thread_ = std::thread([this] { run(); });
  return {};
}

core::Result<void> CheckpointKeeper::start_over() {
  std::uint64_t size = 0;
  if (auto settled = apart_.settle(sign_newest(size)); !settled) return settled;
  note_kept(size);
  thread_ = std::thread([this] { run(); });
  return {};
}

void CheckpointKeeper::grown() {
  if (!std::exchange(ever_grew_, true)) {
    keep();  // its thread has nothing to do yet
    if (failure().empty()) return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(grown_, true)) return;
  }
  changed_.notify_one();
}

void CheckpointKeeper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void CheckpointKeeper::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return grown_ || stopping_; });
    if (!grown_) return;
    grown_ = false;
    lock.unlock();
    keep();
    lock.lock();
    if (!failure_.empty()) grown_ = true;  // again, after the pause
    if (stopping_ && !failure_.empty()) return;
    changed_.wait_for(lock, pause_, [this] { return stopping_; });
  }
}

void CheckpointKeeper::keep() {
  std::uint64_t size = 0;
  auto kept = apart_.keep(sign_newest(size));
  if (kept) return note_kept(size);
  failures_.add();
  const auto& why = kept.error().detail;
  const std::lock_guard lock(mutex_);
  // Said once for each reason, not at each attempt.
  if (std::exchange(failure_, why) == why) return;
  logger_.error("checkpoint not kept", {{"dir", apart_.dir().c_str()}, {"why", std::string_view(failure_)}});
}

std::string CheckpointKeeper::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

std::uint64_t CheckpointKeeper::kept_size() const {
  const std::lock_guard lock(mutex_);
  return kept_size_;
}

}  // namespace wissel::daemon
