// The workers on the store: timers and what follows a synchronisation, over the real state machine.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "core/state/keys.hpp"
#include "core/state/machine.hpp"
#include "tests/fakes/memory_store.hpp"
#include "tests/fakes/recording_logger.hpp"
#include "tests/fakes/recording_metrics.hpp"
#include "transport/work/listeners.hpp"
#include "transport/work/syncs.hpp"
#include "transport/work/timers.hpp"

namespace wissel::transport {
namespace {

using core::Family;
using core::Instant;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr Instant kStart{milliseconds{1'800'000'000'000}};

core::Oin holder() { return *core::Oin::parse("00000099000000001000"); }
core::Uuid uuid(unsigned number) {
  core::Bytes16 bytes{};
  bytes[14] = static_cast<std::uint8_t>(number >> 8U);
  bytes[15] = static_cast<std::uint8_t>(number);
  return core::Uuid(bytes);
}

core::ReferenceChange reference(unsigned number, std::optional<Instant> until = {}) {
  core::ReferenceChange out{.holder = holder(),
                            .id = uuid(number),
                            .subjects = {uuid(number).bytes()},
                            .kinds = {core::SubjectKind::kBsn},
                            .zaaktype = {},
                            .categorie = {},
                            .geldig_tot = until,
                            .digests = {},
                            .sealed = "verzegeld"};
  core::Hash mac{};
  mac[0] = static_cast<std::uint8_t>(number);
  out.digests = {{1, mac}};
  return out;
}

/// Commits each command at once; can refuse some first. What waits for a state is woken by each commit.
class DirectSequencer final : public core::Sequencer {
 public:
  DirectSequencer(fakes::MemoryStore& store, IoThreads& threads) : store_(store), threads_(threads) {}
  void drive(core::Machine& machine) { machine_ = &machine; }

  core::Result<void> submit(core::Submission submission) override {
    const std::unique_lock lock(mutex_);
    if (refusals_ > 0) {
      --refusals_;
      return core::fail(core::Errc::kOverloaded, "refused by the test");
    }
    core::WriteBatch batch(store_);
    auto outcome = machine_->apply(batch, submission.command);
    EXPECT_TRUE(outcome);
    EXPECT_TRUE(machine_->finish(batch));
    EXPECT_TRUE(store_.write(batch, true));
    machine_->committed();
    changed_.notify_all();
    auto answer = [done = std::move(submission.done), outcome = std::move(outcome)]() mutable {
      if (done) done(std::move(outcome));
    };
    asio::post(threads_.context(submission.wake_group), std::move(answer));
    return {};
  }
  void commit(Instant now, core::Effect effect) {
    core::Command command;
    command.now = now;
    command.effect = std::move(effect);
    EXPECT_TRUE(submit({std::move(command), 0, {}}));
  }
  void refuse(unsigned count) {
    const std::unique_lock lock(mutex_);
    refusals_ = count;
  }
  /// False when `holds` does not come true in the time that a hanging test is given.
  bool wait_until(const std::function<bool()>& holds) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), holds);
  }

 private:
  fakes::MemoryStore& store_;
  IoThreads& threads_;
  core::Machine* machine_ = nullptr;
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned refusals_ = 0;
};

class WorkTest : public testing::Test {
 protected:
  WorkTest() {
    machine = core::Machine::load({}, store, &listeners).value();
    sequencer.drive(*machine);
    threads.start();
  }
  [[nodiscard]] WorkPorts ports() {
    return {sequencer, *machine, store, blocking, [this] { return Instant{milliseconds{clock.load()}}; }, log, metrics};
  }
  [[nodiscard]] WorkThread thread() { return {threads.context(0), 0}; }
  void set(core::ReferenceChange change) {
    sequencer.commit(Instant{milliseconds{clock.load()}}, core::SetReference{std::move(change), {}});
  }
  [[nodiscard]] bool all_gone() { return store.count(Family::kHolder) == 0; }
  [[nodiscard]] bool settled() {
    const auto view = machine->view();
    return !view->syncs->empty() && view->syncs->begin()->second.phase == core::SyncState::Phase::kNone;
  }
  void switch_to(std::vector<core::ReferenceChange> lines) {
    sequencer.commit(kStart, core::BeginSync{holder(), uuid(9'999)});
    sequencer.commit(kStart, core::SyncLines{holder(), uuid(9'999), std::move(lines)});
    sequencer.commit(kStart, core::SwitchSync{holder(), uuid(9'999)});
  }

  static constexpr WorkLoop::Pauses kShort{milliseconds{1}, milliseconds{4}};
  std::atomic<std::int64_t> clock{core::to_ms(kStart)};
  fakes::MemoryStore store;
  fakes::RecordingLogger log;
  fakes::RecordingMetrics metrics;
  Listeners listeners;
  std::unique_ptr<core::Machine> machine;
  IoThreads threads{1, "test"};
  BlockingPool blocking{1};
  DirectSequencer sequencer{store, threads};
};

TEST_F(WorkTest, TimersThatFellDueWhileTheDaemonWasAwayRunAtStart) {
  for (unsigned i = 1; i <= 600; ++i) set(reference(i, kStart + milliseconds(i)));
  clock += 1'000;
  TimerWorker worker(ports(), thread(), kShort);
  worker.start();
  EXPECT_TRUE(sequencer.wait_until([&] { return all_gone(); }));
  worker.stop();
  EXPECT_EQ(store.count(Family::kTimer), 0U);
  EXPECT_EQ(metrics.value("wissel_timers_run_total"), 600);
}

TEST_F(WorkTest, ATimerThatIsNotDueStays) {
  set(reference(1, kStart + hours(2)));
  set(reference(2, kStart + milliseconds(1)));
  clock += 1'000;
  TimerWorker worker(ports(), thread(), kShort);
  worker.start();
  EXPECT_TRUE(sequencer.wait_until([&] { return store.count(Family::kHolder) == 1; }));
  worker.stop();
  EXPECT_EQ(store.count(Family::kTimer), 1U);
}

TEST_F(WorkTest, AnEarlierTimerWakesTheWorker) {
  set(reference(1, kStart + hours(2)));
  TimerWorker worker(ports(), thread(), kShort);
  listeners.add(worker);
  worker.start();
  clock += 3 * 3'600'000;
  set(reference(2, kStart + hours(1)));  // both are due by now; only this one says so
  EXPECT_TRUE(sequencer.wait_until([&] { return all_gone(); }));
  worker.stop();
}

TEST_F(WorkTest, TheAlarmRingsWhenTheMomentComes) {
  const auto begun = SteadyClock::now();
  auto running = ports();
  running.now = [begun] { return kStart + std::chrono::duration_cast<milliseconds>(SteadyClock::now() - begun); };
  set(reference(1, kStart + milliseconds(60)));
  TimerWorker worker(std::move(running), thread(), kShort);
  worker.start();
  EXPECT_TRUE(sequencer.wait_until([&] { return all_gone(); }));
  EXPECT_GE(SteadyClock::now() - begun, milliseconds(60));
  worker.stop();
}

TEST_F(WorkTest, WhatIsRefusedIsTriedAgain) {
  for (unsigned i = 1; i <= 5; ++i) set(reference(i, kStart + milliseconds(i)));
  clock += 1'000;
  sequencer.refuse(12);
  TimerWorker worker(ports(), thread(), kShort);
  worker.start();
  EXPECT_TRUE(sequencer.wait_until([&] { return all_gone(); }));
  worker.stop();
  EXPECT_EQ(metrics.value("wissel_timers_refused_total"), 12);
}

TEST_F(WorkTest, AStoreThatCannotBeReadIsTriedAgain) {
  set(reference(1, kStart + milliseconds(1)));
  clock += 1'000;
  store.fail_reads(core::Error{core::Errc::kUnavailable, "away"});
  TimerWorker worker(ports(), thread(), kShort);
  worker.start();
  while (!log.has("timers cannot be read")) std::this_thread::yield();
  store.fail_reads({});
  EXPECT_TRUE(sequencer.wait_until([&] { return all_gone(); }));
  worker.stop();
}

TEST_F(WorkTest, AKeyOfAnUnknownFormIsLeftAndSaid) {
  store.put(Family::kTimer, "kort", {});
  set(reference(1, kStart + milliseconds(1)));
  clock += 1'000;
  TimerWorker worker(ports(), thread(), kShort);
  worker.start();
  EXPECT_TRUE(sequencer.wait_until([&] { return all_gone(); }));
  worker.stop();
  EXPECT_TRUE(log.has("timers of an unknown form"));
  EXPECT_TRUE(store.get(Family::kTimer, "kort").value());
}

TEST_F(WorkTest, ASwitchIsWorkedOffWhenItIsCommitted) {
  for (unsigned i = 1; i <= 700; ++i) set(reference(i));
  SyncWorker worker(ports(), thread(), kShort);
  listeners.add(worker);
  worker.start();
  switch_to({reference(1), reference(1'000)});
  EXPECT_TRUE(sequencer.wait_until([&] { return settled(); }));
  worker.stop();
  EXPECT_EQ(store.count(Family::kReference), 2U);
}

TEST_F(WorkTest, ASwitchIsWorkedOffAfterARestartAlsoWhenRefusedAtFirst) {
  set(reference(1));
  switch_to({reference(2)});
  sequencer.refuse(3);
  SyncWorker worker(ports(), thread(), kShort);
  worker.start();
  EXPECT_TRUE(sequencer.wait_until([&] { return settled(); }));
  worker.stop();
  EXPECT_EQ(store.count(Family::kReference), 1U);
}

TEST_F(WorkTest, StoppingTwiceOrWithoutAStartIsHarmless) {
  TimerWorker never(ports(), thread(), kShort);
  never.stop();
  never.committed({.outbox = {}, .mailboxes = {}, .network_changed = false, .earliest_timer = kStart, .syncs = {}});
  TimerWorker worker(ports(), thread(), kShort);
  worker.start();
  worker.stop();
  worker.stop();
}

}  // namespace
}  // namespace wissel::transport
