#pragma once
// The order of webhook deliveries: what may be tried now, and when what failed may be tried again. No I/O, no clock and
// no randomness of its own.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "core/state/keys.hpp"
#include "transport/asio.hpp"
#include "transport/pull/breaker.hpp"

namespace wissel::transport {

struct QueueLimits {
  std::size_t per_subscriber_max = 8;  ///< attempts under way at the same time
  std::size_t total_max = 256;         ///< the same, of all subscribers together
  std::size_t rows_max = 1024;         ///< rows of one subscriber in memory: the first of each order key
  std::chrono::milliseconds retry_first{1'000};
  std::chrono::milliseconds retry_max{std::chrono::minutes{15}};
  std::chrono::milliseconds retry_after_max{std::chrono::hours{1}};  ///< a Retry-After above it counts as this
  BreakerSettings breaker{5, std::chrono::milliseconds{10'000}};     ///< of each endpoint of a subscriber
};

/// The first row of an order key, which is the only one of it that may be tried.
struct FirstRow {
  std::string key;  ///< in family `outbox`
  std::string eindpunt;
  std::uint32_t attempts = 0;
  bool may_have_left = false;  ///< the body of an attempt may have reached the subscriber
  Deadline due{};
  core::Instant accepted{};
};

/// Per subscriber and order key first in, first out; parallel across order keys; attempts bounded for each subscriber
/// and in total; a breaker for each endpoint. In memory is the first row of each order key only, and of those a window
/// for each subscriber: the rest is read from the store when there is room.
/// Thread safety: none.
class DeliveryQueue {
 public:
  /// `random` gives numbers in [0, 1).
  DeliveryQueue(QueueLimits limits, std::function<double()> random);

  // --- what there is ---
  /// There are rows of this subscriber that nobody told of.
  void unread(core::PartyNumber subscriber);
  /// unread() has been called for all subscribers with rows: whose rows were never mentioned has none.
  void all_listed();
  /// A row was written just now.
  void noticed(const std::string& key, std::string eindpunt, core::Instant accepted, Deadline now);

  /// A page of first rows to read: `count` of them, from this order key on (empty: from the start).
  struct Read {
    core::PartyNumber subscriber = 0;
    std::string from;
    std::size_t count = 0;
  };
  /// Nothing when none is due. Answer each with page() or read_failed().
  [[nodiscard]] std::optional<Read> take_read(Deadline now);
  /// `next`: where the next page begins; nothing when this was the last.
  void page(core::PartyNumber subscriber, std::vector<FirstRow> rows, std::optional<std::string> next, Deadline now);
  void read_failed(core::PartyNumber subscriber, Deadline now);

  // --- what to do ---
  /// The next row to try, in turn over subscribers. Answer each with exactly one of ended(), retry(), park(), again().
  [[nodiscard]] std::optional<FirstRow> take(Deadline now);

  /// The row has left the outbox. `look`: there may be others that nobody told of. True: look for the first row of its
  /// order key now, and tell it with found().
  [[nodiscard]] bool ended(const std::string& key, CallEnd call, bool look, Deadline now);
  /// True: look again.
  [[nodiscard]] bool found(const std::string& key, std::optional<FirstRow> next, Deadline now);
  /// The attempt failed, and is stored as such with this due time.
  void retry(const std::string& key, FirstRow failed, CallEnd call, Deadline now);
  /// Held back until resume().
  void park(const std::string& key, Deadline now);
  void resume(Deadline now);
  /// Nothing was tried and nothing stored: the row is due again at `due`.
  void again(const std::string& key, FirstRow row, Deadline due, Deadline now);
  /// The endpoint asked for quiet.
  void hold(core::PartyNumber subscriber, const std::string& eindpunt, Deadline until);

  /// Exponential with full jitter: between 0 and retry_first · 2^(attempts−1), that at most retry_max.
  [[nodiscard]] std::chrono::milliseconds back_off(std::uint32_t attempts) const;
  /// When take() or take_read() may next give something, if nothing else happens before.
  [[nodiscard]] std::optional<Deadline> next_due(Deadline now) const;

  [[nodiscard]] std::size_t trying() const noexcept { return trying_; }
  [[nodiscard]] std::size_t rows() const noexcept { return ages_.size(); }
  /// When the oldest row in memory was accepted.
  [[nodiscard]] std::optional<core::Instant> oldest() const;

 private:
  using Order = core::Bytes16;
  enum class Stage : std::uint8_t { kWaiting, kTrying, kLooking, kParked };
  struct Head {
    FirstRow row;
    Stage stage = Stage::kWaiting;
    bool more = true;  ///< there may be rows behind it
  };
  struct Subscriber {
    std::map<Order, Head> heads;
    std::size_t trying = 0;
    bool complete = false;  ///< every order key with rows is in `heads`
    bool reading = false;
    bool missed = false;  ///< another pass over its rows is due, at again_at
    Deadline again_at = Deadline::max();
    std::string cursor;     ///< where this pass goes on; empty: none is under way
    Deadline read_after{};  ///< the next page
    Deadline read_begun{};
    SteadyClock::duration read_took{};  ///< in this pass, without what lay between its pages
    Deadline next_pass{};               ///< at the earliest
  };
  using LaneKey = std::pair<core::PartyNumber, std::string>;  ///< subscriber and endpoint
  struct Lane {
    explicit Lane(const BreakerSettings& settings) : breaker(settings) {}
    Breaker breaker;
    Deadline hold_until{};
    std::set<std::pair<Deadline, Order>> waiting;
  };
  using Heads = std::map<Order, Head>;

  struct Place {
    core::PartyNumber number;
    Subscriber& subscriber;
    Heads::iterator at;
  };
  [[nodiscard]] std::optional<Place> find(const std::string& key);
  [[nodiscard]] Lane& lane(core::PartyNumber subscriber, const std::string& eindpunt);
  [[nodiscard]] Deadline opens(const Lane& lane) const;
  [[nodiscard]] bool blocked(core::PartyNumber number, const std::string& eindpunt, Deadline now) const;
  void insert(core::PartyNumber number, Subscriber& subscriber, const Order& order, FirstRow row, bool more);
  void wait(core::PartyNumber number, const Order& order, Head& head);
  void remove(core::PartyNumber number, Subscriber& subscriber, Heads::iterator at);
  void end_call(core::PartyNumber number, Subscriber& subscriber, const Head& head, CallEnd call, Deadline now);
  void relieve(core::PartyNumber number, Subscriber& subscriber, Deadline now);
  [[nodiscard]] bool wants_read(const Subscriber& subscriber) const;
  static void read_again(Subscriber& subscriber, Deadline at);
  [[nodiscard]] bool spare(core::PartyNumber number, const std::string& eindpunt) const;
  void forget_idle(core::PartyNumber number);

  QueueLimits limits_;
  std::function<double()> random_;
  std::map<core::PartyNumber, Subscriber> subscribers_;
  std::map<LaneKey, Lane> lanes_;
  std::multiset<core::Instant> ages_;
  LaneKey turn_;  ///< the lane that had the last turn
  std::size_t trying_ = 0;
  bool listed_ = false;
};

}  // namespace wissel::transport
