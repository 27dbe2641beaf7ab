// Scrubbing on a real store: by itself, at once, ended, and what it says of damage.
#include "daemon/scrubber.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/store.hpp"
#include "tests/fakes/flip_bit.hpp"
#include "tests/fakes/recording_logger.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace wissel::daemon {
namespace {

using core::Errc;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr core::Instant kNow = core::from_ms(1'700'000'000'000);
const Scrubber::Progress kNoProgress;

class ScrubberTest : public testing::Test {
 protected:
  ScrubberTest() {
    index::StoreOptions options;
    options.dir = temp.at("data");
    auto opened = index::open_rocks_store(options, logger);
    if (!opened) throw std::runtime_error(opened.error().detail);
    store = std::move(*opened);
    core::WriteBatch batch(*store);
    const std::string value(200, 'x');
    for (int i = 0; i < 5'000; ++i) batch.put(core::Family::kRecord, std::to_string(i), value);
    if (!store->write(batch, true) || !store->flush()) throw std::runtime_error("the store takes nothing");
  }

  std::unique_ptr<Scrubber> make(milliseconds period) {
    // Asked at the end of a run that found everything well.
    auto now = [this] {
      const std::lock_guard lock(mutex);
      ++ends;
      ended.notify_all();
      return kNow;
    };
    return std::make_unique<Scrubber>(*store, period, now, logger);
  }
  void await_ends(int count) {
    std::unique_lock lock(mutex);
    ended.wait(lock, [&] { return ends >= count; });
  }
  /// The largest: that of `record`.
  [[nodiscard]] std::filesystem::path table() const {
    std::filesystem::path found;
    for (const auto& entry : std::filesystem::directory_iterator(temp.at("data"))) {
      if (entry.path().extension() != ".sst") continue;
      if (found.empty() || entry.file_size() > std::filesystem::file_size(found)) found = entry.path();
    }
    return found;
  }

  fakes::TempDir temp;
  fakes::RecordingLogger logger;
  std::unique_ptr<index::RocksStore> store;
  std::mutex mutex;
  std::condition_variable ended;
  int ends = 0;
};

/// A run on a thread of its own that stands still after its first piece until it is let go.
class HeldRun {
 public:
  explicit HeldRun(Scrubber& scrubber) {
    auto hold = [this](std::uint64_t, std::uint64_t) {
      if (std::exchange(held_, true)) return;
      arrived_.set_value();
      release_.get_future().wait();
    };
    outcome_ = std::async(std::launch::async, [&scrubber, hold] { return scrubber.run_now(hold); });
    arrived_.get_future().wait();
  }
  core::Result<index::ScrubReport> end() {
    release_.set_value();
    return outcome_.get();
  }

 private:
  bool held_ = false;
  std::promise<void> arrived_;
  std::promise<void> release_;
  std::future<core::Result<index::ScrubReport>> outcome_;
};

TEST_F(ScrubberTest, RunsByItselfAgainAndAgain) {
  const auto scrubber = make(milliseconds{10});
  scrubber->start();
  await_ends(1);
  const auto figures = scrubber->figures();  // waits until the end is noted
  EXPECT_EQ(figures.last_success, kNow);
  EXPECT_EQ(figures.bytes, store->figures().table_bytes);
  EXPECT_TRUE(logger.has("scrubbed files="));
  await_ends(3);
}

TEST_F(ScrubberTest, WaitsBeforeItsFirstRunAndCanBeStoppedThen) {
  const auto scrubber = make(hours{24 * 7});
  scrubber->start();
  scrubber->stop();
  scrubber->stop();
  EXPECT_FALSE(scrubber->figures().running);
  EXPECT_EQ(scrubber->figures().last_success, core::Instant{});
  EXPECT_TRUE(logger.lines().empty());
}

TEST_F(ScrubberTest, LeavesNothingRunningBehind) {
  const auto scrubber = make(milliseconds{1});
  scrubber->start();
  await_ends(1);
  scrubber->stop();
  EXPECT_FALSE(scrubber->figures().running);
  const auto said = logger.lines().size();
  const auto later = scrubber->run_now(kNoProgress);
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, Errc::kUnavailable);
  EXPECT_EQ(logger.lines().size(), said + 1) << "its own end, and no other run";
}

TEST_F(ScrubberTest, RunsAtOnceAndTellsHowFarItIs) {
  const auto scrubber = make(hours{1});
  const auto size = store->figures().table_bytes;
  std::vector<std::uint64_t> seen;
  const auto report = scrubber->run_now([&](std::uint64_t done, std::uint64_t total) {
    const auto figures = scrubber->figures();
    EXPECT_TRUE(figures.running);
    EXPECT_EQ(figures.done_bytes, done);
    EXPECT_EQ(figures.total_bytes, total);
    EXPECT_EQ(total, size);
    seen.push_back(done);
  });
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->bytes, size);
  EXPECT_GT(report->files, 1U) << "the manifest and the write-ahead log as well";
  EXPECT_TRUE(report->damaged.empty());
  ASSERT_FALSE(seen.empty());
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_EQ(seen.back(), size);
  const auto figures = scrubber->figures();
  EXPECT_FALSE(figures.running);
  EXPECT_EQ(figures.done_bytes, 0U);
  EXPECT_EQ(figures.bytes, size);
  EXPECT_EQ(figures.last_success, kNow);
}

TEST_F(ScrubberTest, RunsOnceAtATime) {
  const auto scrubber = make(hours{1});
  HeldRun first(*scrubber);
  const auto second = scrubber->run_now(kNoProgress);
  EXPECT_TRUE(scrubber->figures().running) << "the first goes on";
  EXPECT_TRUE(first.end());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kConflict);
  EXPECT_TRUE(scrubber->run_now(kNoProgress));
}

TEST_F(ScrubberTest, EndsARunThatIsStopped) {
  const auto scrubber = make(hours{1});
  HeldRun run(*scrubber);
  scrubber->stop();
  const auto report = run.end();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::kUnavailable);
  EXPECT_TRUE(logger.has("scrub ended early why="));
  EXPECT_FALSE(scrubber->figures().running);
  EXPECT_EQ(scrubber->figures().last_success, core::Instant{});
}

TEST_F(ScrubberTest, IsFreeAgainAfterWhoAskedHasGone) {
  const auto scrubber = make(hours{1});
  const auto gone = [](std::uint64_t, std::uint64_t) { throw std::runtime_error("nobody listens"); };
  EXPECT_THROW(static_cast<void>(scrubber->run_now(gone)), std::runtime_error);
  EXPECT_FALSE(scrubber->figures().running);
  EXPECT_TRUE(scrubber->run_now(kNoProgress));
}

TEST_F(ScrubberTest, NamesDamageUntilARunFindsNone) {
  const auto scrubber = make(hours{1});
  const auto name = table().filename().string();
  fakes::flip_bit(table(), 10);
  const auto report = scrubber->run_now(kNoProgress);
  ASSERT_TRUE(report) << "damage is no error";
  ASSERT_EQ(report->damaged.size(), 1U);
  EXPECT_EQ(report->damaged[0].name, name);
  EXPECT_TRUE(logger.has("damaged file file=" + name + " family=record"));
  EXPECT_TRUE(logger.has("damaged=1"));
  auto figures = scrubber->figures();
  ASSERT_EQ(figures.damaged.size(), 1U);
  EXPECT_EQ(figures.damaged[0].family, "record");
  EXPECT_EQ(figures.last_success, core::Instant{});

  fakes::flip_bit(table(), 10);
  ASSERT_TRUE(scrubber->run_now(kNoProgress));
  figures = scrubber->figures();
  EXPECT_TRUE(figures.damaged.empty());
  EXPECT_EQ(figures.last_success, kNow);
}

}  // namespace
}  // namespace wissel::daemon
