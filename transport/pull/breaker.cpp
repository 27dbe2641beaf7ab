#include "transport/pull/breaker.hpp"

#include <algorithm>

namespace wissel::transport {

bool Breaker::try_begin(Deadline now) {
  if (state_ == State::kClosed) return true;
  if (state_ == State::kHalfOpen || now < open_until_) return false;
  state_ = State::kHalfOpen;
  return true;
}

void Breaker::succeeded() {
  state_ = State::kClosed;
  failures_ = 0;
}

void Breaker::failed(Deadline now) {
  // Calls that began before it opened end while it is open: they say nothing new.
  if (state_ == State::kOpen) return;
  ++failures_;
  if (state_ == State::kHalfOpen || failures_ >= settings_.failures) open(now);
}

void Breaker::abandoned(Deadline now) {
  // A probe that said nothing leaves room for the next one at once.
  if (state_ == State::kHalfOpen) {
    state_ = State::kOpen;
    open_until_ = now;
  }
}

void Breaker::open(Deadline now) {
  state_ = State::kOpen;
  open_until_ = now + settings_.open_for;
}

bool Breakers::try_begin(const core::Oin& caller, const core::Oin& holder, Deadline now) {
  const std::scoped_lock lock(mutex_);
  const auto at = all_.find({caller, holder});
  return at == all_.end() || at->second.try_begin(now);
}

void Breakers::end(const core::Oin& caller, const core::Oin& holder, CallEnd how, Deadline now) {
  const std::scoped_lock lock(mutex_);
  auto at = all_.find({caller, holder});
  if (at == all_.end()) {
    if (how != CallEnd::kFailed) return;
    at = all_.try_emplace({caller, holder}, settings_).first;
  }
  switch (how) {
    case CallEnd::kSucceeded:
      at->second.succeeded();
      break;
    case CallEnd::kFailed:
      at->second.failed(now);
      break;
    case CallEnd::kAbandoned:
      at->second.abandoned(now);
      break;
  }
  if (at->second.idle()) all_.erase(at);
}

std::size_t Breakers::open() const {
  const std::scoped_lock lock(mutex_);
  const auto is_open = [](const auto& row) { return row.second.state() != Breaker::State::kClosed; };
  return static_cast<std::size_t>(std::ranges::count_if(all_, is_open));
}

}  // namespace wissel::transport
