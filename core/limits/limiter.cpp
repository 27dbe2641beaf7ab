#include "core/limits/limiter.hpp"

#include <algorithm>
#include <cmath>

namespace wissel::core {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
const Uuid kOwn;

std::int64_t ns_of(SteadyTime at) noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
}
/// From 1: 0 is a window that nothing was counted in.
std::uint32_t minute_of(SteadyTime at) noexcept {
  return static_cast<std::uint32_t>(ns_of(at) / TokenBucket::kMinute) + 1;
}

bool is_there(const Network& network, const Accounts::Key& key) {
  if (network.participant(key.party) == nullptr && !network.is_bootstrap_operator(key.party)) return false;
  if (key.agreement == kOwn) return true;
  const auto* agreement = network.dossier(key.agreement);
  return agreement != nullptr && !agreement->einde;
}

}  // namespace

std::uint32_t Admission::retry_after_s() const noexcept {
  return static_cast<std::uint32_t>(std::max<std::int64_t>(1, (wait_ns + kSecond - 1) / kSecond));
}

Admission Limiter::access(const Oin& party, std::optional<std::uint32_t> per_minute, SteadyTime now) {
  auto* account = accounts_.of(party, kOwn);
  if (account == nullptr) return {};
  const auto rate = per_minute.value_or(settings_.per_minute);
  const auto wait = account->bucket.take(rate, 1, ns_of(now));
  if (wait == 0) return {};
  return {Admission::Kind::kQuota, wait, rate, 0, 0, false};
}

Admission Limiter::use(const Oin& party, const Uuid& agreement, std::optional<std::uint32_t> per_minute,
                       std::uint32_t subjects, bool braked, SteadyTime now) {
  auto* account = accounts_.of(party, agreement);
  if (account == nullptr) return {};
  if (braked && account->brake.load(std::memory_order_acquire) != BrakeState::kFree) {
    return {Admission::Kind::kBraked, TokenBucket::kMinute, 0, 0, 0, false};
  }
  if (per_minute) {
    if (const auto wait = account->bucket.take(*per_minute, subjects, ns_of(now)); wait != 0) {
      return {Admission::Kind::kQuota, wait, *per_minute, 0, 0, subjects > *per_minute};
    }
  }
  if (!braked || !settings_.brake) return {};
  return count(*account, subjects, now);
}

Admission Limiter::count(Account& account, std::uint32_t subjects, SteadyTime now) {
  const auto minute = minute_of(now);
  auto seen = account.window.load(std::memory_order_relaxed);
  std::uint32_t asked = 0;
  while (high(seen) < minute && asked == 0) {
    if (!account.window.compare_exchange_weak(seen, packed(minute, subjects), std::memory_order_relaxed)) continue;
    asked = subjects;
    if (high(seen) != 0) fold(account, low(seen));
  }
  // A request of the minute before that comes late counts in this one.
  if (asked == 0) asked = low(account.window.fetch_add(subjects, std::memory_order_relaxed)) + subjects;
  const float normal = account.normal();
  const auto limit = std::max(static_cast<float>(settings_.floor), normal * static_cast<float>(settings_.factor));
  if (static_cast<float>(asked) <= limit) return {};
  auto free = BrakeState::kFree;
  if (!account.brake.compare_exchange_strong(free, BrakeState::kTripping)) {
    return {Admission::Kind::kBraked, TokenBucket::kMinute, 0, 0, 0, false};
  }
  return {
      Admission::Kind::kTrip, TokenBucket::kMinute, 0, asked, static_cast<std::uint32_t>(std::lround(normal)), false};
}

/// A mean over the first minutes, and one that forgets at the pace of `learning` from then on. Minutes in which nothing
/// was asked do not count: a night makes no morning suspicious.
void Limiter::fold(Account& account, std::uint32_t asked) {
  const auto learnt = account.learnt.load(std::memory_order_relaxed);
  const auto minutes = std::min(low(learnt) + 1, settings_.learning);
  const float before = account.normal();
  account.learn(before + (static_cast<float>(asked) - before) / static_cast<float>(minutes), minutes);
  account.changed = true;
  if (!learnt_.exchange(true)) wake_();
}

void Limiter::not_tripped(const Oin& party, const Uuid& agreement) noexcept {
  if (auto* account = accounts_.find(party, agreement); account != nullptr) account->brake = BrakeState::kFree;
}

void Limiter::follow(const Brakes& tripped) {
  const std::scoped_lock lock(mutex_);
  for (const auto& [id, brake] : tripped_) {
    if (tripped.contains(id)) continue;
    auto* account = accounts_.of(brake.party, brake.agreement);
    if (account == nullptr) continue;
    account->window = 0;  // the minute that tripped it is not learnt from a second time
    account->learn(std::max(account->normal(), static_cast<float>(brake.asked)), settings_.learning);
    account->brake = BrakeState::kFree;
  }
  for (const auto& [id, brake] : tripped) {
    if (auto* account = accounts_.of(brake.party, brake.agreement); account != nullptr) {
      account->brake = BrakeState::kTripped;
    }
  }
  tripped_ = tripped;
}

void Limiter::add(const Refusals& more) {
  const auto [at, fresh] = refusals_.try_emplace({more.party, more.agreement}, more);
  if (fresh) return;
  at->second.count += more.count;
  at->second.first = std::min(at->second.first, more.first);
}

void Limiter::refused(const Oin& party, const std::optional<Uuid>& agreement, Actie actie, Instant at) {
  bool first = false;
  {
    const std::scoped_lock lock(mutex_);
    first = refusals_.empty();
    add({party, agreement, actie, at, 1});
  }
  if (first) wake_();
}

std::vector<Refusals> Limiter::take_refusals() {
  const std::scoped_lock lock(mutex_);
  std::vector<Refusals> out;
  out.reserve(refusals_.size());
  for (auto& [pair, refusals] : std::exchange(refusals_, {})) out.push_back(refusals);
  return out;
}

void Limiter::put_back(const std::vector<Refusals>& refusals) {
  const std::scoped_lock lock(mutex_);
  for (const auto& each : refusals) add(each);
}

bool Limiter::any_refused() const {
  const std::scoped_lock lock(mutex_);
  return !refusals_.empty();
}

void Limiter::restore(const std::vector<Normal>& normals) {
  for (const auto& normal : normals) {
    auto* account = accounts_.of(normal.party, normal.agreement);
    if (account != nullptr) account->learn(normal.subjects, std::min(normal.minutes, settings_.learning));
  }
}

Limiter::Learnt Limiter::take_learnt(const Network& network) {
  learnt_ = false;
  Learnt out;
  accounts_.sweep([&](const Accounts::Key& key, Account& account) {
    const Normal normal{key.party, key.agreement, account.normal(), low(account.learnt.load())};
    const bool braked = account.brake.load() != BrakeState::kFree;
    if (!braked && !is_there(network, key)) {
      if (normal.minutes > 0) out.gone.push_back(normal);
      return false;
    }
    if (account.changed.exchange(false)) out.changed.push_back(normal);
    return true;
  });
  return out;
}

void Limiter::put_back(const Learnt& learnt) {
  for (const auto& normal : learnt.changed) {
    if (auto* account = accounts_.find(normal.party, normal.agreement); account != nullptr) account->changed = true;
  }
  // What is gone is found again at the next start: its normal is stored, and its agreement is not.
  if (!learnt.changed.empty()) learnt_ = true;
}

}  // namespace wissel::core
