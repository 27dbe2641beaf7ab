#include "core/limits/accounts.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace wissel::core {
namespace {

constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15ULL;  // 2^64 divided by the golden ratio

constexpr std::uint32_t tag_of(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32U) | 1U; }
constexpr std::size_t set_of(std::uint64_t hash) noexcept { return hash % Accounts::kSets; }

}  // namespace

std::int64_t TokenBucket::take(std::uint32_t rate, std::uint32_t count, std::int64_t now) noexcept {
  auto full_at = full_at_.load(std::memory_order_relaxed);
  if (count > rate) return std::max(full_at - now, kMinute);
  const std::int64_t cost = std::int64_t{count} * kMinute / rate;
  while (true) {
    const auto next = std::max(full_at, now) + cost;
    if (next - now > kMinute) return next - now - kMinute;
    if (full_at_.compare_exchange_weak(full_at, next, std::memory_order_relaxed)) return 0;
  }
}

float Account::normal() const noexcept { return std::bit_cast<float>(high(learnt.load(std::memory_order_relaxed))); }

void Account::learn(float subjects, std::uint32_t minutes) noexcept {
  learnt.store(packed(std::bit_cast<std::uint32_t>(subjects), minutes), std::memory_order_relaxed);
}

Accounts::Words Accounts::words_of(const Oin& party, const Uuid& agreement) noexcept {
  Words out{};
  std::memcpy(out.data(), party.view().data(), Oin::kLength);
  std::memcpy(out.data() + 3, agreement.bytes().data(), agreement.bytes().size());
  return out;
}

std::uint64_t Accounts::hash_of(const Words& words) const noexcept {
  std::uint64_t hash = seed_;
  for (const auto word : words) {
    hash = (hash ^ word) * kMultiplier;
    hash ^= hash >> 29U;
  }
  return hash;
}

Account* Accounts::find(const Words& words, std::uint64_t hash) const noexcept {
  auto* set = sets_[set_of(hash)].load(std::memory_order_acquire);
  if (set == nullptr) return nullptr;
  const auto tag = tag_of(hash);
  for (std::size_t way = 0; way < kWays; ++way) {
    if (set->tags[way].load(std::memory_order_acquire) != tag) continue;
    auto& account = set->accounts[way];
    bool same = true;
    for (std::size_t i = 0; i < words.size(); ++i) same &= account.key[i].load(std::memory_order_relaxed) == words[i];
    if (same) return &account;
  }
  return nullptr;
}

Account* Accounts::find(const Oin& party, const Uuid& agreement) const noexcept {
  const auto words = words_of(party, agreement);
  return find(words, hash_of(words));
}

Account* Accounts::of(const Oin& party, const Uuid& agreement) {
  const auto words = words_of(party, agreement);
  const auto hash = hash_of(words);
  if (auto* known = find(words, hash); known != nullptr) return known;
  const std::scoped_lock lock(mutex_);
  if (auto* known = find(words, hash); known != nullptr) return known;  // made by another thread meanwhile
  auto& place = sets_[set_of(hash)];
  auto* set = place.load(std::memory_order_relaxed);
  if (set == nullptr) {
    set = owned_.emplace_back(std::make_unique<Set>()).get();
    place.store(set, std::memory_order_release);
  }
  const auto free = std::ranges::find_if(set->tags, [](const auto& tag) { return tag.load() == 0; });
  if (free == set->tags.end()) return nullptr;
  const auto way = static_cast<std::size_t>(free - set->tags.begin());
  auto& account = set->accounts[way];
  for (std::size_t i = 0; i < words.size(); ++i) account.key[i].store(words[i], std::memory_order_relaxed);
  account.bucket.reset();
  account.window = 0;
  account.learnt = 0;
  account.brake = BrakeState::kFree;
  account.changed = false;
  used_.push_back({{party, agreement}, static_cast<std::uint32_t>(set_of(hash)), static_cast<std::uint32_t>(way)});
  free->store(tag_of(hash), std::memory_order_release);
  return &account;
}

void Accounts::sweep(const std::function<bool(const Key&, Account&)>& visit) {
  const std::scoped_lock lock(mutex_);
  const auto leaves = [&](const Used& each) {
    auto& set = *sets_[each.set].load(std::memory_order_relaxed);
    if (visit(each.key, set.accounts[each.way])) return false;
    set.tags[each.way].store(0, std::memory_order_release);
    return true;
  };
  std::erase_if(used_, leaves);
}

std::size_t Accounts::size() const {
  const std::scoped_lock lock(mutex_);
  return used_.size();
}

}  // namespace wissel::core
