#pragma once
// What is counted of each party, and of each party under each agreement: a table that readers search without a lock.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/identity/oin.hpp"
#include "core/identity/uuid.hpp"

namespace wissel::core {

/// A bucket of tokens that fills evenly: `rate` in a minute, and holds a minute's worth. One number says how full it
/// is, so taking is one exchange.
class TokenBucket {
 public:
  static constexpr std::int64_t kMinute = 60'000'000'000;  ///< ns

  /// Takes `count` at `now` (ns, monotonic): 0. Otherwise nothing is taken, and it says after how many ns there is
  /// room; for more than a minute's worth, which never fits, after how many it is full.
  std::int64_t take(std::uint32_t rate, std::uint32_t count, std::int64_t now) noexcept;
  void reset() noexcept { full_at_.store(0, std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> full_at_{0};  ///< when it is full again
};

enum class BrakeState : std::uint8_t { kFree, kTripping, kTripped };

/// Two numbers in one atomic.
[[nodiscard]] constexpr std::uint64_t packed(std::uint32_t high, std::uint32_t low) noexcept {
  return std::uint64_t{high} << 32U | low;
}
[[nodiscard]] constexpr std::uint32_t high(std::uint64_t both) noexcept {
  return static_cast<std::uint32_t>(both >> 32U);
}
[[nodiscard]] constexpr std::uint32_t low(std::uint64_t both) noexcept { return static_cast<std::uint32_t>(both); }

/// Any member may be used by any thread. One that left the table may be given to another pair while a request still
/// counts in it: that miscounts one request, no more.
struct alignas(128) Account {
  std::array<std::atomic<std::uint64_t>, 5> key{};
  TokenBucket bucket;
  std::atomic<std::uint64_t> window{0};  ///< minute, subjects asked in it
  std::atomic<std::uint64_t> learnt{0};  ///< bits of the normal as float, minutes it was learnt from
  std::atomic<BrakeState> brake{BrakeState::kFree};
  std::atomic<bool> changed{false};  ///< `learnt` is not stored as it is

  [[nodiscard]] float normal() const noexcept;
  void learn(float subjects, std::uint32_t minutes) noexcept;
};

/// Thread safety: all members may be called at the same time; find() takes no lock. Memory grows with the accounts in
/// use up to kAccountsMax of 128 bytes, and is used again for others when accounts leave.
class Accounts {
 public:
  static constexpr std::size_t kWays = 16;
  static constexpr std::size_t kSets = 8192;
  static constexpr std::size_t kAccountsMax = kWays * kSets;

  /// `seed` makes the places of keys unforeseeable.
  explicit Accounts(std::uint64_t seed) noexcept : seed_(seed) {}

  struct Key {
    Oin party;
    Uuid agreement;  ///< nil: the party's own account
  };
  /// The account, made where there was none; nullptr only when its place is full of others.
  [[nodiscard]] Account* of(const Oin& party, const Uuid& agreement);
  /// nullptr where there is none.
  [[nodiscard]] Account* find(const Oin& party, const Uuid& agreement) const noexcept;
  /// Calls `visit(key, account)` for all there are; what it says false about leaves. May take a while.
  void sweep(const std::function<bool(const Key&, Account&)>& visit);
  [[nodiscard]] std::size_t size() const;

 private:
  using Words = std::array<std::uint64_t, 5>;
  struct Set {
    std::array<std::atomic<std::uint32_t>, kWays> tags{};  ///< 0: free
    std::array<Account, kWays> accounts;
  };
  struct Used {
    Key key;
    std::uint32_t set;
    std::uint32_t way;
  };
  static Words words_of(const Oin& party, const Uuid& agreement) noexcept;
  [[nodiscard]] std::uint64_t hash_of(const Words& words) const noexcept;
  [[nodiscard]] Account* find(const Words& words, std::uint64_t hash) const noexcept;

  const std::uint64_t seed_;
  std::array<std::atomic<Set*>, kSets> sets_{};
  mutable std::mutex mutex_;  ///< for who adds and removes
  std::vector<std::unique_ptr<Set>> owned_;
  std::vector<Used> used_;
};

}  // namespace wissel::core
