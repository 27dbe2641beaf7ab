#include "index/commit_queue.hpp"

#include <utility>

namespace wissel::index {

using core::Errc;
using core::fail;

core::Result<void> CommitQueue::push(core::Submission submission, std::size_t bytes, SteadyTime now) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    switch (state_) {
      case State::kOpen:
        break;
      case State::kRecovering:
        return fail(Errc::kUnavailable, "the store is being opened again");
      case State::kClosed:
      case State::kStopping:
        return fail(Errc::kUnavailable, "the committer is not running");
    }
    if (waiting_.size() >= bounds_.count_max) return fail(Errc::kOverloaded, "too many commands wait");
    if (!waiting_.empty() && waiting_bytes_ + bytes > bounds_.bytes_max) {
      return fail(Errc::kOverloaded, "the commands that wait take too much memory");
    }
    waiting_.push_back({std::move(submission), bytes, now});
    waiting_bytes_ += bytes;
    wake = std::exchange(taker_sleeps_, false);
  }
  if (wake) changed_.notify_all();
  return {};
}

std::vector<core::Submission> CommitQueue::take() {
  std::unique_lock lock(mutex_);
  while (waiting_.empty() && state_ != State::kStopping) {
    taker_sleeps_ = true;
    changed_.wait(lock);
  }
  taker_sleeps_ = false;
  std::vector<core::Submission> batch;
  std::size_t bytes = 0;
  if (!waiting_.empty()) in_work_since_ = waiting_.front().since;
  while (!waiting_.empty() && batch.size() < bounds_.batch_count_max) {
    auto& next = waiting_.front();
    if (!batch.empty() && bytes + next.bytes > bounds_.batch_bytes_max) break;
    bytes += next.bytes;
    waiting_bytes_ -= next.bytes;
    batch.push_back(std::move(next.submission));
    waiting_.pop_front();
  }
  return batch;
}

void CommitQueue::finished() {
  const std::lock_guard lock(mutex_);
  in_work_since_.reset();
}

void CommitQueue::set_state(State state) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::kStopping) state_ = state;
  }
  changed_.notify_all();
}

CommitQueue::State CommitQueue::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::vector<core::Submission> CommitQueue::recover() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kStopping) state_ = State::kRecovering;
  std::vector<core::Submission> all;
  all.reserve(waiting_.size());
  for (auto& one : waiting_) all.push_back(std::move(one.submission));
  waiting_.clear();
  waiting_bytes_ = 0;
  return all;
}

bool CommitQueue::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [this] { return state_ == State::kStopping; });
}

std::size_t CommitQueue::depth() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

std::chrono::duration<double> CommitQueue::oldest_age(SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  if (in_work_since_) return now - *in_work_since_;
  if (!waiting_.empty()) return now - waiting_.front().since;
  return {};
}

}  // namespace wissel::index
