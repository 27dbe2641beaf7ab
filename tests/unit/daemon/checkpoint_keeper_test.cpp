#include "daemon/checkpoint_keeper.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>

#include "tests/fakes/recording_logger.hpp"
#include "tests/fakes/recording_metrics.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace wissel::daemon {
namespace {

namespace fs = std::filesystem;

class Views final : public core::ViewSource {
 public:
  [[nodiscard]] std::shared_ptr<const core::View> view() const override {
    const std::lock_guard lock(mutex_);
    return view_;
  }
  void grow() {
    const std::lock_guard lock(mutex_);
    auto next = std::make_shared<core::View>(*view_);
    next->edge.append(core::leaf_hash("x"));
    view_ = std::move(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const core::View> view_ = std::make_shared<core::View>();
};

class CheckpointKeeperTest : public testing::Test {
 protected:
  std::unique_ptr<CheckpointKeeper> make(std::chrono::milliseconds pause) {
    auto apart = index::CheckpointApart::open(dir);
    if (!apart) throw std::runtime_error(apart.error().detail);
    auto sign = [this](std::uint64_t size, const core::Hash&) {
      const std::lock_guard lock(mutex);
      last_signed = size;
      signed_one.notify_all();
      return "size " + std::to_string(size);
    };
    return std::make_unique<CheckpointKeeper>(std::move(*apart), views, sign, logger, metrics, pause);
  }
  void wait_for(std::uint64_t size) {
    std::unique_lock lock(mutex);
    signed_one.wait(lock, [&] { return last_signed == size; });
  }
  [[nodiscard]] std::string kept() const {
    std::ifstream file(fs::path(dir) / "checkpoint");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fakes::TempDir temp;
  std::string dir = temp.at("apart");
  fakes::RecordingLogger logger;
  fakes::RecordingMetrics metrics;
  Views views;
  std::mutex mutex;
  std::condition_variable signed_one;
  std::uint64_t last_signed = 99;
};

TEST_F(CheckpointKeeperTest, KeepsAtTheStartAndTheFirstGrowthAtOnce) {
  const auto keeper = make(std::chrono::hours{1});
  ASSERT_TRUE(keeper->start());
  EXPECT_EQ(kept(), "size 0");
  views.grow();
  keeper->grown();
  EXPECT_EQ(kept(), "size 1") << "before it returned";
  EXPECT_EQ(metrics.value("wissel_checkpoint_kept_records"), 1);
}

TEST_F(CheckpointKeeperTest, KeepsLaterGrowthByItself) {
  const auto keeper = make(std::chrono::milliseconds{1});
  ASSERT_TRUE(keeper->start());
  for (std::uint64_t size = 1; size <= 5; ++size) {
    views.grow();
    keeper->grown();
    wait_for(size);
  }
}

TEST_F(CheckpointKeeperTest, KeepsTheLastAtTheEnd) {
  const auto keeper = make(std::chrono::hours{1});
  ASSERT_TRUE(keeper->start());
  for (int i = 0; i < 5; ++i) {
    views.grow();
    keeper->grown();
  }
  keeper->stop();
  EXPECT_EQ(kept(), "size 5");
  EXPECT_EQ(keeper->kept_size(), 5U);
}

TEST_F(CheckpointKeeperTest, SaysOnceWhyItCannotAndTriesAgain) {
  const auto keeper = make(std::chrono::milliseconds{1});
  ASSERT_TRUE(keeper->start());
  fs::rename(dir, temp.at("away"));
  views.grow();
  keeper->grown();
  EXPECT_NE(keeper->failure(), "");
  EXPECT_GE(metrics.value("wissel_checkpoint_keep_failures_total"), 1);
  wait_for(1);
  fs::rename(temp.at("away"), dir);
  views.grow();
  keeper->grown();
  wait_for(2);
  keeper->stop();
  EXPECT_EQ(kept(), "size 2");
  const auto lines = logger.lines();
  const auto said = std::ranges::count_if(lines, [](const auto& line) { return line.text.contains("not kept"); });
  EXPECT_EQ(said, 1);
}

}  // namespace
}  // namespace wissel::daemon
