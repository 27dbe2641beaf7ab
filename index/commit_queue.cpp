#include "index/commit_queue.hpp"

#include <algorithm>
#include <utility>

namespace wissel::index {

using core::Errc;
using core::fail;

namespace {

// Empty lanes that are kept, so that a party that comes back costs no memory to be asked for.
constexpr std::size_t kLanesMax = 4096;

}  // namespace

core::Result<void> CommitQueue::has_room(const Lane& lane, bool party, std::size_t bytes) const {
  if (waiting_ >= bounds_.count_max) return fail(Errc::kOverloaded, "too many commands wait");
  if (waiting_ != 0 && waiting_bytes_ + bytes > bounds_.bytes_max) {
    return fail(Errc::kOverloaded, "the commands that wait take too much memory");
  }
  if (!party || lane.waiting.empty()) return {};
  if (lane.waiting.size() >= bounds_.count_max - waiting_) {
    return fail(Errc::kOverloaded, "too many commands of this party wait");
  }
  if (lane.bytes + bytes > bounds_.bytes_max - waiting_bytes_) {
    return fail(Errc::kOverloaded, "the commands of this party that wait take too much memory");
  }
  return {};
}

CommitQueue::Waiting CommitQueue::pop(Lane& lane) {
  auto out = std::move(lane.waiting.front());
  lane.waiting.pop_front();
  lane.bytes -= out.bytes;
  waiting_bytes_ -= out.bytes;
  --waiting_;
  return out;
}

std::optional<SteadyTime> CommitQueue::oldest() const {
  std::optional<SteadyTime> out;
  for (const auto* lane : turns_) {
    const auto since = lane->waiting.front().since;
    if (!out || since < *out) out = since;
  }
  return out;
}

void CommitQueue::forget_empty_lanes() {
  if (lanes_.size() <= kLanesMax) return;
  std::erase_if(lanes_, [](const auto& each) { return each.second.waiting.empty(); });
}

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
    const auto& party = submission.command.party;
    auto& lane = lanes_[party];
    if (auto room = has_room(lane, party.has_value(), bytes); !room) return room;
    if (lane.waiting.empty()) turns_.push_back(&lane);
    lane.waiting.push_back({std::move(submission), bytes, now});
    lane.bytes += bytes;
    waiting_bytes_ += bytes;
    ++waiting_;
    wake = std::exchange(taker_sleeps_, false);
  }
  if (wake) changed_.notify_all();
  return {};
}

std::vector<core::Submission> CommitQueue::take() {
  std::unique_lock lock(mutex_);
  while (waiting_ == 0 && state_ != State::kStopping) {
    taker_sleeps_ = true;
    changed_.wait(lock);
  }
  taker_sleeps_ = false;
  std::vector<core::Submission> batch;
  std::size_t bytes = 0;
  in_work_since_ = oldest();
  while (!turns_.empty() && batch.size() < bounds_.batch_count_max) {
    auto& lane = *turns_.front();
    const auto next_bytes = lane.waiting.front().bytes;
    if (!batch.empty() && bytes + next_bytes > bounds_.batch_bytes_max) break;
    bytes += next_bytes;
    batch.push_back(pop(lane).submission);
    turns_.pop_front();
    if (!lane.waiting.empty()) turns_.push_back(&lane);
  }
  forget_empty_lanes();
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
  all.reserve(waiting_);
  for (auto* lane : std::exchange(turns_, {})) {
    while (!lane->waiting.empty()) all.push_back(pop(*lane).submission);
  }
  return all;
}

bool CommitQueue::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [this] { return state_ == State::kStopping; });
}

std::size_t CommitQueue::depth() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

std::chrono::duration<double> CommitQueue::oldest_age(SteadyTime now) const {
  const std::lock_guard lock(mutex_);
  if (in_work_since_) return now - *in_work_since_;
  if (const auto since = oldest()) return now - *since;
  return {};
}

}  // namespace wissel::index
