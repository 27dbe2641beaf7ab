#include "transport/push/queue.hpp"

#include <algorithm>
#include <cassert>

namespace wissel::transport {
namespace {

/// After the store could not be read.
constexpr std::chrono::milliseconds kReadPause{1'000};
/// After a pass over the rows of a subscriber, so many times its length until the next: reading again and again past
/// what has to wait takes at most a tenth of the time.
constexpr int kPassPause = 9;

}  // namespace

DeliveryQueue::DeliveryQueue(QueueLimits limits, std::function<double()> random)
    : limits_(limits), random_(std::move(random)) {}

// --- what there is ---

void DeliveryQueue::unread(core::PartyNumber number) {
  auto& subscriber = subscribers_[number];
  subscriber.complete = false;
  read_again(subscriber, Deadline{});
}

void DeliveryQueue::all_listed() { listed_ = true; }

void DeliveryQueue::noticed(const std::string& key, std::string eindpunt, core::Instant accepted, Deadline now) {
  const auto parsed = core::parse_outbox_key(key);
  assert(parsed);
  auto [at, fresh] = subscribers_.try_emplace(parsed->subscriber);
  auto& subscriber = at->second;
  if (fresh) subscriber.complete = listed_;
  if (const auto head = subscriber.heads.find(parsed->order); head != subscriber.heads.end()) {
    if (head->second.row.key != key) head->second.more = true;
    return;
  }
  if (subscriber.complete && subscriber.heads.size() >= limits_.rows_max) subscriber.complete = false;
  if (!subscriber.complete) {
    // There may be older rows of its order key in the store: it waits until they are read.
    read_again(subscriber, now);
    return;
  }
  insert(parsed->subscriber, subscriber, parsed->order, {key, std::move(eindpunt), 0, false, now, accepted}, false);
}

void DeliveryQueue::read_again(Subscriber& subscriber, Deadline at) {
  subscriber.missed = true;
  subscriber.again_at = std::min(subscriber.again_at, at);
  const bool midway = subscriber.reading || !subscriber.cursor.empty();
  if (!midway) subscriber.read_after = std::max(subscriber.again_at, subscriber.next_pass);
}

bool DeliveryQueue::wants_read(const Subscriber& subscriber) const {
  return !subscriber.complete && !subscriber.reading && subscriber.heads.size() <= limits_.rows_max / 2;
}

std::optional<DeliveryQueue::Read> DeliveryQueue::take_read(Deadline now) {
  for (auto& [number, subscriber] : subscribers_) {
    if (subscriber.complete || subscriber.reading || subscriber.read_after > now) continue;
    relieve(number, subscriber, now);
    if (!wants_read(subscriber) || subscriber.read_after > now) continue;
    subscriber.reading = true;
    subscriber.read_begun = now;
    if (subscriber.cursor.empty()) {  // this pass sees all that is there by now
      subscriber.missed = false;
      subscriber.again_at = Deadline::max();
      subscriber.read_took = {};
    }
    return Read{number, subscriber.cursor, std::max<std::size_t>(1, limits_.rows_max / 2)};
  }
  return std::nullopt;
}

void DeliveryQueue::page(core::PartyNumber number, std::vector<FirstRow> rows, std::optional<std::string> next,
                         Deadline now) {
  auto& subscriber = subscribers_[number];
  subscriber.reading = false;
  subscriber.read_took += now - subscriber.read_begun;
  std::optional<Deadline> left_out;
  for (auto& row : rows) {
    const auto parsed = core::parse_outbox_key(row.key);
    assert(parsed && parsed->subscriber == number);
    if (const auto head = subscriber.heads.find(parsed->order); head != subscriber.heads.end()) {
      head->second.more = true;
      continue;
    }
    // What has to wait leaves room for what has not. Rows of an endpoint that is left alone are read when those of it
    // that are in memory have gone.
    const bool blocked_now = row.due <= now && blocked(number, row.eindpunt, now);
    const bool full = subscriber.heads.size() >= limits_.rows_max / 4;
    if (full && (row.due > now || (blocked_now && !spare(number, row.eindpunt)))) {
      left_out = std::min(left_out.value_or(Deadline::max()), blocked_now ? Deadline::max() : row.due);
      continue;
    }
    insert(number, subscriber, parsed->order, std::move(row), true);
  }
  subscriber.cursor = next.value_or("");
  if (left_out) read_again(subscriber, *left_out);
  if (next) return;
  if (subscriber.missed) {
    subscriber.next_pass = now + kPassPause * subscriber.read_took;
    subscriber.read_after = std::max(subscriber.again_at, subscriber.next_pass);
    return;
  }
  subscriber.complete = true;
  forget_idle(number);
}

void DeliveryQueue::read_failed(core::PartyNumber number, Deadline now) {
  auto& subscriber = subscribers_[number];
  subscriber.reading = false;
  subscriber.read_after = now + kReadPause;
}

/// Whether too few rows of an endpoint are in memory to leave any out.
bool DeliveryQueue::spare(core::PartyNumber number, const std::string& eindpunt) const {
  const auto at = lanes_.find({number, eindpunt});
  return at == lanes_.end() || at->second.waiting.size() < std::max<std::size_t>(1, limits_.rows_max / 16);
}

void DeliveryQueue::relieve(core::PartyNumber number, Subscriber& subscriber, Deadline now) {
  if (subscriber.heads.size() <= limits_.rows_max / 2) return;
  // Rows that cannot be tried now make room; the store knows them, with their due times.
  Deadline soonest = Deadline::max();
  std::size_t idle = 0;
  bool removed = false;
  for (auto at = subscriber.heads.begin(); at != subscriber.heads.end();) {
    const auto here = at++;
    const auto& head = here->second;
    const bool parked = head.stage == Stage::kParked;
    const bool later = head.stage == Stage::kWaiting && head.row.due > now;
    const bool held = head.stage == Stage::kWaiting && !later && blocked(number, head.row.eindpunt, now) &&
                      !spare(number, head.row.eindpunt);
    if (!(parked || later || held) || ++idle <= limits_.rows_max / 4) continue;
    if (later) soonest = std::min(soonest, head.row.due);
    remove(number, subscriber, here);
    removed = true;
  }
  if (removed) read_again(subscriber, soonest);
}

// --- what to do ---

std::optional<FirstRow> DeliveryQueue::take(Deadline now) {
  if (trying_ >= limits_.total_max || lanes_.empty()) return std::nullopt;
  auto at = lanes_.upper_bound(turn_);
  for (std::size_t i = 0; i < lanes_.size(); ++i, ++at) {
    if (at == lanes_.end()) at = lanes_.begin();
    auto& [key, lane] = *at;
    if (lane.waiting.empty() || lane.waiting.begin()->first > now || lane.hold_until > now) continue;
    auto& subscriber = subscribers_[key.first];
    if (subscriber.trying >= limits_.per_subscriber_max || !lane.breaker.try_begin(now)) continue;
    const auto order = lane.waiting.begin()->second;
    lane.waiting.erase(lane.waiting.begin());
    auto& head = subscriber.heads.find(order)->second;
    head.stage = Stage::kTrying;
    ++subscriber.trying;
    ++trying_;
    turn_ = key;
    return head.row;
  }
  return std::nullopt;
}

std::optional<DeliveryQueue::Place> DeliveryQueue::find(const std::string& key) {
  const auto parsed = core::parse_outbox_key(key);
  if (!parsed) return std::nullopt;
  const auto subscriber = subscribers_.find(parsed->subscriber);
  if (subscriber == subscribers_.end()) return std::nullopt;
  const auto head = subscriber->second.heads.find(parsed->order);
  if (head == subscriber->second.heads.end()) return std::nullopt;
  return Place{parsed->subscriber, subscriber->second, head};
}

void DeliveryQueue::end_call(core::PartyNumber number, Subscriber& subscriber, const Head& head, CallEnd call,
                             Deadline now) {
  assert(head.stage == Stage::kTrying);
  --subscriber.trying;
  --trying_;
  auto& breaker = lane(number, head.row.eindpunt).breaker;
  switch (call) {
    case CallEnd::kSucceeded:
      breaker.succeeded();
      break;
    case CallEnd::kFailed:
      breaker.failed(now);
      break;
    case CallEnd::kAbandoned:
      breaker.abandoned(now);
      break;
  }
}

bool DeliveryQueue::ended(const std::string& key, CallEnd call, bool look, Deadline now) {
  auto place = find(key);
  assert(place);
  auto& head = place->at->second;
  end_call(place->number, place->subscriber, head, call, now);
  if (look || head.more) {
    head.stage = Stage::kLooking;
    head.more = false;
    return true;
  }
  remove(place->number, place->subscriber, place->at);
  forget_idle(place->number);
  return false;
}

bool DeliveryQueue::found(const std::string& key, std::optional<FirstRow> next, Deadline now) {
  static_cast<void>(now);
  auto place = find(key);
  assert(place && place->at->second.stage == Stage::kLooking);
  auto& head = place->at->second;
  if (next) {
    ages_.erase(ages_.find(head.row.accepted));
    head.row = std::move(*next);
    ages_.insert(head.row.accepted);
    head.more = true;
    wait(place->number, place->at->first, head);
    return false;
  }
  if (std::exchange(head.more, false)) return true;  // one was written while the store was being read
  remove(place->number, place->subscriber, place->at);
  forget_idle(place->number);
  return false;
}

void DeliveryQueue::retry(const std::string& key, FirstRow failed, CallEnd call, Deadline now) {
  auto place = find(key);
  assert(place);
  auto& head = place->at->second;
  end_call(place->number, place->subscriber, head, call, now);
  failed.accepted = head.row.accepted;
  head.row = std::move(failed);
  wait(place->number, place->at->first, head);
}

void DeliveryQueue::park(const std::string& key, Deadline now) {
  auto place = find(key);
  assert(place);
  auto& head = place->at->second;
  end_call(place->number, place->subscriber, head, CallEnd::kAbandoned, now);
  head.stage = Stage::kParked;
}

void DeliveryQueue::resume(Deadline now) {
  for (auto& [number, subscriber] : subscribers_) {
    if (!subscriber.complete) read_again(subscriber, now);  // parked rows may have made room
    for (auto& [order, head] : subscriber.heads) {
      if (head.stage != Stage::kParked) continue;
      head.row.due = std::max(head.row.due, now);
      wait(number, order, head);
    }
  }
}

void DeliveryQueue::again(const std::string& key, FirstRow row, Deadline due, Deadline now) {
  row.due = due;
  retry(key, std::move(row), CallEnd::kAbandoned, now);
}

void DeliveryQueue::hold(core::PartyNumber subscriber, const std::string& eindpunt, Deadline until) {
  auto& held = lane(subscriber, eindpunt).hold_until;
  held = std::max(held, until);
}

std::chrono::milliseconds DeliveryQueue::back_off(std::uint32_t attempts) const {
  const auto doublings = std::min<std::uint32_t>(attempts > 0 ? attempts - 1 : 0, 30);
  const auto most = std::min(limits_.retry_max, limits_.retry_first * (std::int64_t{1} << doublings));
  return std::chrono::milliseconds(static_cast<std::int64_t>(random_() * static_cast<double>(most.count())));
}

Deadline DeliveryQueue::opens(const Lane& lane) const {
  using State = Breaker::State;
  if (lane.breaker.state() == State::kHalfOpen) return Deadline::max();  // its probe will tell
  const bool open = lane.breaker.state() == State::kOpen;
  return std::max(lane.hold_until, open ? lane.breaker.open_until() : Deadline{});
}

bool DeliveryQueue::blocked(core::PartyNumber number, const std::string& eindpunt, Deadline now) const {
  const auto at = lanes_.find({number, eindpunt});
  return at != lanes_.end() && opens(at->second) > now;
}

std::optional<Deadline> DeliveryQueue::next_due(Deadline now) const {
  Deadline soonest = Deadline::max();
  for (const auto& [key, lane] : lanes_) {
    if (lane.waiting.empty()) continue;
    const auto& subscriber = subscribers_.find(key.first)->second;
    const bool full = subscriber.trying >= limits_.per_subscriber_max || trying_ >= limits_.total_max;
    if (!full) soonest = std::min(soonest, std::max(lane.waiting.begin()->first, opens(lane)));
  }
  for (const auto& [number, subscriber] : subscribers_) {
    const bool later = !subscriber.complete && !subscriber.reading && subscriber.read_after > now;
    if (later || wants_read(subscriber)) soonest = std::min(soonest, subscriber.read_after);
  }
  if (soonest == Deadline::max()) return std::nullopt;
  return std::max(soonest, now);
}

std::optional<core::Instant> DeliveryQueue::oldest() const {
  if (ages_.empty()) return std::nullopt;
  return *ages_.begin();
}

// --- keeping ---

DeliveryQueue::Lane& DeliveryQueue::lane(core::PartyNumber subscriber, const std::string& eindpunt) {
  return lanes_.try_emplace({subscriber, eindpunt}, limits_.breaker).first->second;
}

void DeliveryQueue::insert(core::PartyNumber number, Subscriber& subscriber, const Order& order, FirstRow row,
                           bool more) {
  ages_.insert(row.accepted);
  auto& head = subscriber.heads.emplace(order, Head{std::move(row), Stage::kWaiting, more}).first->second;
  wait(number, order, head);
}

void DeliveryQueue::wait(core::PartyNumber number, const Order& order, Head& head) {
  head.stage = Stage::kWaiting;
  lane(number, head.row.eindpunt).waiting.emplace(head.row.due, order);
}

void DeliveryQueue::remove(core::PartyNumber number, Subscriber& subscriber, Heads::iterator at) {
  const auto& head = at->second;
  ages_.erase(ages_.find(head.row.accepted));
  auto& waiting = lane(number, head.row.eindpunt).waiting;
  if (head.stage == Stage::kWaiting) waiting.erase({head.row.due, at->first});
  if (waiting.empty() && !subscriber.complete) read_again(subscriber, Deadline{});
  subscriber.heads.erase(at);
}

void DeliveryQueue::forget_idle(core::PartyNumber number) {
  for (auto at = lanes_.lower_bound({number, {}}); at != lanes_.end() && at->first.first == number;) {
    const auto& lane = at->second;
    // A hold that is over blocks nothing; one that is not goes with the lane only when nothing waits, so it is kept.
    const bool idle = lane.waiting.empty() && lane.breaker.idle() && lane.hold_until == Deadline{};
    at = idle ? lanes_.erase(at) : std::next(at);
  }
  const auto subscriber = subscribers_.find(number);
  const auto& state = subscriber->second;
  if (state.complete && state.heads.empty() && state.trying == 0 && listed_) subscribers_.erase(subscriber);
}

}  // namespace wissel::transport
