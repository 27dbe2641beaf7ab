#include "index/committer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <semaphore>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/contract/store_contract.hpp"
#include "tests/fakes/faulty_store.hpp"
#include "tests/fakes/recording_logger.hpp"
#include "tests/fakes/recording_metrics.hpp"

namespace wissel::index {
namespace {

using contract::keys;
using core::Errc;
using core::Family;
using core::Outcome;
using core::Result;

/// Logs each command under the next index, as the real one does; a command is known by its network_version.
class CountingMachine final : public core::StateMachine {
 public:
  Result<Outcome> apply(core::WriteBatch& batch, core::Command& command) override {
    if (held) {
      entered.release();
      gate.acquire();
    }
    const auto number = command.network_version;
    if (number == poisoned) return core::fail(poison, "poisoned");
    if (number == thrown) throw std::runtime_error("broken");
    batch.put(Family::kRecord, std::to_string(1000 + next_), std::to_string(number));
    Outcome outcome;
    outcome.logged = true;
    outcome.log_index = next_++;
    return outcome;
  }
  Result<void> finish(core::WriteBatch& batch) override {
    batch.put(Family::kMeta, "size", std::to_string(next_));
    return {};
  }
  void committed() override { ++commits; }
  Result<void> reload(const core::StoreReader& store) override {
    ++reloads;
    auto size = store.get(Family::kMeta, "size");
    if (!size) return std::unexpected(size.error());
    next_ = *size ? std::stoull(**size) : 0;
    return {};
  }

  std::atomic<bool> held = false;  ///< apply() waits at the gate, once entered
  std::counting_semaphore<> entered{0};
  std::counting_semaphore<> gate{0};
  std::atomic<std::uint64_t> poisoned = 999'999;
  std::atomic<std::uint64_t> thrown = 999'999;
  Errc poison = Errc::kCorrupt;
  std::atomic<int> commits = 0;
  std::atomic<int> reloads = 0;

 private:
  std::uint64_t next_ = 0;
};

class CountingWakeUp final : public core::WakeUp {
 public:
  void run(std::size_t group, std::vector<std::move_only_function<void()>> completions) override {
    {
      const std::lock_guard lock(mutex_);
      calls_.emplace_back(group, completions.size());
    }
    for (auto& completion : completions) completion();
  }
  [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<std::size_t, std::size_t>> calls_;
};

class CommitterTest : public testing::Test {
 protected:
  CommitterTest() {
    options.reopen_pause = std::chrono::milliseconds(1);
    make();
  }
  void make() {
    const auto reopen = [this] { return store.reopen(); };
    sequencer = std::make_unique<LocalSequencer>(store, reopen, machine, wake_up, metrics, logger, options);
  }
  void start() { ASSERT_TRUE(sequencer->start()); }

  std::future<Result<Outcome>> submit(std::uint64_t number, std::size_t group = 0) {
    auto promise = std::make_shared<std::promise<Result<Outcome>>>();
    auto future = promise->get_future();
    core::Submission submission;
    submission.command.network_version = number;
    submission.wake_group = group;
    submission.done = [promise](Result<Outcome> outcome) { promise->set_value(std::move(outcome)); };
    if (auto accepted = sequencer->submit(std::move(submission)); !accepted) {
      promise->set_value(std::unexpected(accepted.error()));
    }
    return future;
  }
  /// The committer stands in the first command; what is submitted next makes one batch.
  std::future<Result<Outcome>> hold() {
    machine.held = true;
    auto first = submit(0);
    machine.entered.acquire();
    machine.held = false;
    return first;
  }
  void let_go() { machine.gate.release(); }
  void wait_until_available() const {
    while (!sequencer->available()) std::this_thread::yield();
  }

  fakes::FaultyStore store;
  CountingMachine machine;
  CountingWakeUp wake_up;
  fakes::RecordingMetrics metrics;
  fakes::RecordingLogger logger;
  SequencerOptions options;
  std::unique_ptr<LocalSequencer> sequencer;
};

TEST_F(CommitterTest, AnswersAfterTheWriteIsDurable) {
  start();
  const auto outcome = submit(7).get();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->log_index, 0U);
  store.power_cut();
  EXPECT_THAT(keys(store, Family::kRecord), testing::ElementsAre("1000"));
}

TEST_F(CommitterTest, WritesAllThatWaitAtOnceAndWakesEachThreadOnce) {
  start();
  auto first = hold();
  std::vector<std::future<Result<Outcome>>> rest;
  for (std::uint64_t i = 1; i <= 6; ++i) rest.push_back(submit(i, i % 2));
  let_go();
  ASSERT_TRUE(first.get());
  for (std::size_t i = 0; i < rest.size(); ++i) EXPECT_EQ(rest[i].get()->log_index, i + 1) << "in order of arrival";
  EXPECT_EQ(store.writes(), 2U);
  EXPECT_EQ(machine.commits, 2);
  sequencer->stop();
  EXPECT_THAT(wake_up.calls(),
              testing::UnorderedElementsAre(testing::Pair(0, 1), testing::Pair(0, 3), testing::Pair(1, 3)));
  EXPECT_EQ(metrics.observations("wissel_commit_batch_commands"), 2U);
  EXPECT_EQ(metrics.value("wissel_commit_batch_commands"), 7);
  EXPECT_EQ(metrics.value("wissel_commit_commands_total", {{"outcome", "committed"}}), 7);
}

TEST_F(CommitterTest, RefusesAboveTheBoundOfItsQueue) {
  options.queue_count_max = 2;
  make();
  start();
  auto first = hold();
  auto second = submit(1);
  auto third = submit(2);
  EXPECT_EQ(submit(3).get().error().code, Errc::kOverloaded);
  metrics.scrape();
  EXPECT_EQ(metrics.value("wissel_commit_queue_depth"), 2);
  let_go();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(third.get());
  EXPECT_EQ(metrics.value("wissel_commit_commands_total", {{"outcome", "overloaded"}}), 1);
}

class CommitterFailure : public CommitterTest, public testing::WithParamInterface<fakes::FaultyStore::Torn> {};

TEST_P(CommitterFailure, AnswersNothingOfABatchThatWasNotWrittenAndComesBack) {
  start();
  ASSERT_TRUE(submit(1).get());
  auto first = hold();
  auto second = submit(2);
  store.fail_write(1, GetParam());
  store.refuse_reopen(3);
  let_go();
  EXPECT_EQ(first.get().error().code, Errc::kUnavailable);
  EXPECT_EQ(second.get().error().code, Errc::kUnavailable) << "it would have built on the one that failed";
  wait_until_available();
  EXPECT_EQ(store.reopens(), 4U);

  const bool whole = GetParam() == fakes::FaultyStore::Torn::kWhole;
  const auto after = submit(3).get();
  ASSERT_TRUE(after);
  EXPECT_EQ(after->log_index, whole ? 2U : 1U) << "the state is what is stored, whatever became of the write";
  EXPECT_EQ(metrics.value("wissel_commit_failures_total"), 1);
  EXPECT_TRUE(logger.has("commit failed"));
  EXPECT_TRUE(logger.has("store is back"));
}

INSTANTIATE_TEST_SUITE_P(Torn, CommitterFailure,
                         testing::Values(fakes::FaultyStore::Torn::kNothing, fakes::FaultyStore::Torn::kWhole));

TEST_F(CommitterTest, RefusesWhileTheStoreIsAway) {
  start();
  store.fail_write(1);
  store.refuse_reopen(1'000'000);
  EXPECT_EQ(submit(1).get().error().code, Errc::kUnavailable);
  while (store.reopens() < 2) std::this_thread::yield();
  EXPECT_FALSE(sequencer->available());
  EXPECT_EQ(submit(2).get().error().code, Errc::kUnavailable);
  metrics.scrape();
  EXPECT_EQ(metrics.value("wissel_commit_available"), 0);
  sequencer->stop();  // ends although the store never came back
}

TEST_F(CommitterTest, DropsABatchWithACommandThatMeetsDamage) {
  start();
  machine.poisoned = 2;
  auto first = hold();
  auto good = submit(1);
  auto bad = submit(2);
  let_go();
  ASSERT_TRUE(first.get());
  EXPECT_EQ(bad.get().error().code, Errc::kCorrupt);
  EXPECT_EQ(good.get().error().code, Errc::kUnavailable);
  wait_until_available();
  EXPECT_EQ(store.reopens(), 0U) << "the store did nothing wrong";
  EXPECT_EQ(submit(3).get()->log_index, 1U);
  EXPECT_EQ(machine.reloads, 2);
}

TEST_F(CommitterTest, SurvivesAnException) {
  start();
  machine.thrown = 1;
  EXPECT_EQ(submit(1).get().error().code, Errc::kUnavailable);
  wait_until_available();
  EXPECT_EQ(submit(2).get()->log_index, 0U);
}

TEST_F(CommitterTest, DrainsWhatWaitsWhenItStops) {
  start();
  auto first = hold();
  auto second = submit(1);
  std::thread stopper([this] { sequencer->stop(); });
  while (sequencer->available()) std::this_thread::yield();
  let_go();
  stopper.join();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
  EXPECT_EQ(submit(3).get().error().code, Errc::kUnavailable);
}

TEST_F(CommitterTest, RefusesBeforeItsStart) {
  EXPECT_FALSE(sequencer->available());
  EXPECT_EQ(submit(1).get().error().code, Errc::kUnavailable);
}

TEST_F(CommitterTest, GivesEachOfManyCallersItsOwnIndex) {
  start();
  std::mutex mutex;
  std::set<std::uint64_t> indices;
  {
    std::vector<std::jthread> callers;
    for (std::size_t group = 0; group < 4; ++group) {
      callers.emplace_back([&, group] {
        for (int i = 0; i < 200; ++i) {
          const auto outcome = submit(5, group).get();
          if (!outcome) continue;
          const std::lock_guard lock(mutex);
          indices.insert(outcome->log_index);
        }
      });
    }
  }
  EXPECT_EQ(indices.size(), 800U);
  EXPECT_EQ(*indices.rbegin(), 799U);
}

TEST_F(CommitterTest, LetsTheRegistryOutliveIt) {
  start();
  sequencer.reset();
  metrics.scrape();
  EXPECT_EQ(metrics.value("wissel_commit_available"), 0);
}

}  // namespace
}  // namespace wissel::index
