#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>

#include "transport/push/queue.hpp"

namespace wissel::test {
namespace {

using namespace std::chrono_literals;
using namespace transport;

core::Bytes16 order_of(unsigned number) {
  core::Bytes16 out{};
  out[14] = static_cast<std::uint8_t>(number >> 8U);
  out[15] = static_cast<std::uint8_t>(number);
  return out;
}

std::string key_of(core::PartyNumber subscriber, unsigned order, std::uint64_t sequence) {
  return core::outbox_key(subscriber, order_of(order), sequence, 0);
}

/// A queue of which every row was told, as after a start with an empty outbox.
class DeliveryQueueTest : public testing::Test {
 protected:
  DeliveryQueue& queue() {
    if (!queue_) {
      queue_.emplace(limits, [this] { return random; });
      queue_->all_listed();
    }
    return *queue_;
  }
  void add(core::PartyNumber subscriber, unsigned order, std::uint64_t sequence, const std::string& eindpunt = "e") {
    queue().noticed(key_of(subscriber, order, sequence), eindpunt, core::from_ms(1'000), now);
  }
  std::string take() {
    auto row = queue().take(now);
    return row ? row->key : std::string();
  }
  void fail(const std::string& key, SteadyClock::duration delay, CallEnd call = CallEnd::kFailed) {
    queue().retry(key, FirstRow{key, "e", 1, false, now + delay, {}}, call, now);
  }

  QueueLimits limits;
  double random = 0.5;
  Deadline now{1h};
  std::optional<DeliveryQueue> queue_;
};

TEST_F(DeliveryQueueTest, GivesOneRowOfAnOrderKeyAtATime) {
  add(1, 1, 10);
  add(1, 1, 11);
  EXPECT_EQ(take(), key_of(1, 1, 10));
  EXPECT_EQ(take(), "");
  ASSERT_TRUE(queue().ended(key_of(1, 1, 10), CallEnd::kSucceeded, false, now)) << "another was told";
  EXPECT_EQ(take(), "");
  EXPECT_FALSE(queue().found(key_of(1, 1, 10), FirstRow{key_of(1, 1, 11), "e", 0, false, now, {}}, now));
  EXPECT_EQ(take(), key_of(1, 1, 11));
}

TEST_F(DeliveryQueueTest, LooksAgainForWhatWasWrittenDuringTheLook) {
  add(1, 1, 10);
  add(1, 1, 11);
  take();
  ASSERT_TRUE(queue().ended(key_of(1, 1, 10), CallEnd::kSucceeded, false, now));
  add(1, 1, 12);
  EXPECT_TRUE(queue().found(key_of(1, 1, 10), std::nullopt, now));
  EXPECT_FALSE(queue().found(key_of(1, 1, 10), std::nullopt, now));
  EXPECT_EQ(queue().rows(), 0U);
}

TEST_F(DeliveryQueueTest, AnOrderKeyThatFailsHoldsUpItselfOnly) {
  add(1, 1, 10);
  add(1, 1, 11);
  add(1, 2, 12);
  EXPECT_EQ(take(), key_of(1, 1, 10));
  fail(key_of(1, 1, 10), 5s, CallEnd::kSucceeded);
  EXPECT_EQ(take(), key_of(1, 2, 12));
  EXPECT_EQ(take(), "");
  EXPECT_EQ(queue().next_due(now), now + 5s);
  now += 5s;
  EXPECT_EQ(take(), key_of(1, 1, 10));
}

TEST_F(DeliveryQueueTest, BoundsAttemptsPerSubscriberAndInTotal) {
  limits.per_subscriber_max = 2;
  limits.total_max = 3;
  for (unsigned order = 0; order < 5; ++order) {
    add(1, order, order);
    add(2, order, order);
  }
  std::map<core::PartyNumber, int> taken;
  for (auto key = take(); !key.empty(); key = take()) ++taken[core::parse_outbox_key(key)->subscriber];
  EXPECT_EQ(taken[1] + taken[2], 3);
  EXPECT_LE(taken[1], 2);
  EXPECT_LE(taken[2], 2);
}

TEST_F(DeliveryQueueTest, SubscribersTakeTurns) {
  limits.per_subscriber_max = 100;
  for (unsigned order = 0; order < 50; ++order) add(1, order, order);
  add(2, 1, 100);
  take();
  EXPECT_EQ(take(), key_of(2, 1, 100)) << "fifty rows of another do not come first";
}

TEST_F(DeliveryQueueTest, ABreakerLeavesADeadEndpointAloneAndProbesIt) {
  limits.breaker = {3, 10s};
  for (unsigned order = 0; order < 10; ++order) add(1, order, order);
  add(1, 20, 20, "ander");
  std::vector<std::string> keys;
  for (int i = 0; i < 3; ++i) {
    auto key = take();
    while (core::parse_outbox_key(key)->sequence == 20) key = take();
    keys.push_back(key);
  }
  for (const auto& key : keys) fail(key, 1ms);
  now += 1s;
  const auto other = take();
  EXPECT_TRUE(other.empty() || other == key_of(1, 20, 20)) << "another endpoint of the same subscriber goes on";
  EXPECT_EQ(take(), "");
  EXPECT_EQ(queue().next_due(now), Deadline{1h} + 10s);
  now = Deadline{1h} + 10s;
  const auto probe = take();
  EXPECT_NE(probe, "");
  EXPECT_EQ(take(), "") << "one probe, no more";
  EXPECT_FALSE(queue().ended(probe, CallEnd::kSucceeded, false, now));
  EXPECT_NE(take(), "");
}

TEST_F(DeliveryQueueTest, RetryAfterHoldsTheWholeEndpoint) {
  add(1, 1, 10);
  add(1, 2, 11);
  const auto key = take();
  fail(key, 30s);
  queue().hold(1, "e", now + 30s);
  EXPECT_EQ(take(), "");
  now += 30s;
  EXPECT_NE(take(), "");
  EXPECT_NE(take(), "");
}

TEST_F(DeliveryQueueTest, ParkedRowsWaitForResume) {
  add(1, 1, 10);
  queue().park(take(), now);
  now += 1h;
  EXPECT_EQ(take(), "");
  EXPECT_EQ(queue().next_due(now), std::nullopt);
  queue().resume(now);
  EXPECT_EQ(take(), key_of(1, 1, 10));
}

TEST_F(DeliveryQueueTest, BackOffStaysWithinItsBounds) {
  std::mt19937 engine(7);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (std::uint32_t attempts = 1; attempts < 100; ++attempts) {
    const std::chrono::milliseconds doubled = 1s * (1LL << std::min(attempts - 1, 20U));
    const auto most = std::min(limits.retry_max, doubled);
    for (int i = 0; i < 100; ++i) {
      random = uniform(engine);
      EXPECT_GE(queue().back_off(attempts), 0ms);
      EXPECT_LE(queue().back_off(attempts), most);
    }
    random = 0.999999;
    EXPECT_GE(queue().back_off(attempts), most * 9 / 10) << "the whole of the interval is used";
  }
}

TEST_F(DeliveryQueueTest, UnknownRowsAreReadBeforeNewOnesAreTaken) {
  queue_.emplace(limits, [] { return 0.5; });
  queue_->unread(1);
  queue_->all_listed();
  add(1, 1, 20);
  EXPECT_EQ(take(), "") << "an older row of its order key may stand in the store";
  const auto read = queue().take_read(now);
  ASSERT_TRUE(read);
  queue().page(1, {FirstRow{key_of(1, 1, 10), "e", 3, true, now, {}}}, std::nullopt, now);
  EXPECT_EQ(take(), key_of(1, 1, 10));
}

// --- a model: a store of rows, a queue, and subscribers that fail at random ---

struct Simulation {
  struct Waiting {
    core::PartyNumber subscriber;
    unsigned order;
    std::uint64_t sequence;
  };

  Simulation(QueueLimits limits, unsigned seed)
      : engine(seed), queue(limits, [this] { return std::uniform_real_distribution<double>(0, 1)(engine); }) {}

  unsigned below(unsigned bound) { return std::uniform_int_distribution<unsigned>(0, bound - 1)(engine); }

  void write(core::PartyNumber subscriber, unsigned order, bool told) {
    const auto key = key_of(subscriber, order, ++sequence);
    store[key] = now;
    expected[{subscriber, order}].push_back(sequence);
    if (told) queue.noticed(key, endpoint_of(key), core::from_ms(1), now);
  }

  /// Each subscriber has two endpoints.
  static std::string endpoint_of(const std::string& key) {
    return core::parse_outbox_key(key)->order[15] % 2 == 0 ? "even" : "oneven";
  }
  FirstRow first(const std::string& key) { return {key, endpoint_of(key), 0, false, store.at(key), core::from_ms(1)}; }

  void read_pages() {
    while (const auto read = queue.take_read(now)) {
      std::vector<FirstRow> rows;
      std::optional<std::string> next;
      std::string prefix;
      core::append_u32(prefix, read->subscriber);
      auto at = store.lower_bound(prefix + read->from);
      while (at != store.end() && at->first.starts_with(prefix)) {
        if (rows.size() == read->count) {
          next = at->first.substr(4, 16);
          break;
        }
        rows.push_back(first(at->first));
        at = store.lower_bound(core::after_prefix(std::string_view(at->first).substr(0, 20)));
      }
      ++pages;
      queue.page(read->subscriber, std::move(rows), std::move(next), now);
    }
  }

  std::optional<FirstRow> behind(const std::string& key) {
    const auto at = store.upper_bound(key);
    if (at == store.end() || !at->first.starts_with(key.substr(0, 20))) return std::nullopt;
    return first(at->first);
  }

  void finish(const std::string& key, bool dead) {
    const auto parsed = *core::parse_outbox_key(key);
    if (dead || below(4) == 0) {
      const auto delay = queue.back_off(1 + below(5)) + 1ms;
      store[key] = now + delay;
      auto row = first(key);
      queue.retry(key, row, dead || below(2) == 0 ? CallEnd::kFailed : CallEnd::kSucceeded, now);
      return;
    }
    const unsigned order = parsed.order[14] * 256U + parsed.order[15];
    auto& line = expected[{parsed.subscriber, order}];
    ASSERT_FALSE(line.empty());
    ASSERT_EQ(line.front(), parsed.sequence) << "out of order";
    line.pop_front();
    ++delivered;
    store.erase(key);
    if (!queue.ended(key, CallEnd::kSucceeded, false, now)) return;
    while (queue.found(key, behind(key), now)) {
    }
  }

  std::size_t left() const {
    std::size_t out = 0;
    for (const auto& [place, line] : expected) out += line.size();
    return out;
  }

  std::mt19937 engine;
  Deadline now{1h};
  std::uint64_t sequence = 0;
  std::map<std::string, Deadline> store;  ///< key → next try
  std::map<std::pair<core::PartyNumber, unsigned>, std::deque<std::uint64_t>> expected;
  std::size_t delivered = 0;
  std::size_t pages = 0;
  DeliveryQueue queue;
};

class DeliveryQueueModel : public testing::TestWithParam<unsigned> {};

TEST_P(DeliveryQueueModel, DeliversEverythingInOrderWhoeverIsDead) {
  QueueLimits limits;
  limits.per_subscriber_max = 3;
  limits.total_max = 7;
  limits.rows_max = 16;  // far fewer than there are order keys, so that pages and windows are walked through
  limits.breaker = {4, 2s};
  Simulation sim(limits, GetParam());
  for (int i = 0; i < 300; ++i) sim.write(1 + sim.below(4), sim.below(60), false);
  for (core::PartyNumber subscriber = 1; subscriber <= 4; ++subscriber) sim.queue.unread(subscriber);
  sim.queue.all_listed();
  const core::PartyNumber dead = 4;
  std::vector<std::string> trying;
  int written = 0;
  for (int step = 0; step < 30'000; ++step) {
    sim.read_pages();
    if (written < 500 && sim.below(3) == 0) {
      sim.write(1 + sim.below(4), sim.below(60), true);
      ++written;
    }
    while (auto row = sim.queue.take(sim.now)) trying.push_back(row->key);
    ASSERT_LE(trying.size(), limits.total_max);
    ASSERT_EQ(trying.size(), sim.queue.trying());
    if (!trying.empty() && sim.below(3) != 0) {
      const auto at = sim.below(static_cast<unsigned>(trying.size()));
      const auto key = trying[at];
      trying.erase(trying.begin() + at);
      const bool is_dead =
          core::parse_outbox_key(key)->subscriber == dead && sim.endpoint_of(key) == "even" && step < 8'000;
      ASSERT_NO_FATAL_FAILURE(sim.finish(key, is_dead));
    } else if (trying.empty()) {
      const auto next = sim.queue.next_due(sim.now);
      if (!next && written == 500) break;
      sim.now = next ? std::max(*next, sim.now + 1ms) : sim.now + 1ms;
    }
    if (step == 7'999) {
      for (const auto& [place, line] : sim.expected) {
        const bool waits_for_dead = place.first == dead && place.second % 2 == 0;
        EXPECT_TRUE(waits_for_dead || line.empty()) << "subscriber " << place.first << " waits for another's endpoint";
      }
    }
    if (written == 500 && sim.left() == 0) break;
  }
  EXPECT_EQ(sim.left(), 0U) << "something was never delivered";
  EXPECT_EQ(sim.delivered, 800U);
  EXPECT_LT(sim.pages, 4'000U) << "what has to wait is not read over and over";
}

INSTANTIATE_TEST_SUITE_P(Seeds, DeliveryQueueModel, testing::Range(1U, 21U));

}  // namespace
}  // namespace wissel::test
