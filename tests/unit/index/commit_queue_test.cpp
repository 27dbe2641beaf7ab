#include "index/commit_queue.hpp"

#include <gtest/gtest.h>

namespace wissel::index {
namespace {

using core::Errc;

constexpr CommitQueue::Bounds kBounds{.count_max = 4, .bytes_max = 100, .batch_count_max = 3, .batch_bytes_max = 60};

core::Submission numbered(std::size_t number) {
  core::Submission submission;
  submission.wake_group = number;
  return submission;
}

class CommitQueueTest : public testing::Test {
 protected:
  CommitQueueTest() { queue.set_state(CommitQueue::State::kOpen); }
  core::Result<void> push(std::size_t number, std::size_t bytes, int second = 0) {
    return queue.push(numbered(number), bytes, SteadyTime{std::chrono::seconds(second)});
  }
  double age_at(int second) const { return queue.oldest_age(SteadyTime{std::chrono::seconds(second)}).count(); }

  CommitQueue queue{kBounds};
};

TEST_F(CommitQueueTest, GivesInOrderOfArrivalUpToTheBatchBounds) {
  for (std::size_t i = 0; i < 4; ++i) ASSERT_TRUE(push(i, 1));
  const auto first = queue.take();
  ASSERT_EQ(first.size(), 3U);
  EXPECT_EQ(first[0].wake_group, 0U);
  EXPECT_EQ(first[2].wake_group, 2U);
  EXPECT_EQ(queue.take().size(), 1U);
}

TEST_F(CommitQueueTest, EndsABatchAtItsBytes) {
  ASSERT_TRUE(push(0, 40));
  ASSERT_TRUE(push(1, 40));
  EXPECT_EQ(queue.take().size(), 1U);
  EXPECT_EQ(queue.take().size(), 1U);
}

TEST_F(CommitQueueTest, RefusesAboveItsCount) {
  for (std::size_t i = 0; i < 4; ++i) ASSERT_TRUE(push(i, 1));
  EXPECT_EQ(push(4, 1).error().code, Errc::kOverloaded);
  queue.take();
  EXPECT_TRUE(push(5, 1));
}

TEST_F(CommitQueueTest, RefusesAboveItsBytesUnlessItIsEmpty) {
  ASSERT_TRUE(push(0, 500));
  EXPECT_EQ(push(1, 1).error().code, Errc::kOverloaded);
  EXPECT_EQ(queue.take().size(), 1U) << "a single larger one still goes";
  EXPECT_TRUE(push(1, 1));
}

TEST_F(CommitQueueTest, RefusesWhileRecoveringAndGivesWhatWaited) {
  ASSERT_TRUE(push(0, 1));
  EXPECT_EQ(queue.recover().size(), 1U);
  EXPECT_EQ(push(1, 1).error().code, Errc::kUnavailable);
  EXPECT_EQ(queue.depth(), 0U);
  queue.set_state(CommitQueue::State::kOpen);
  EXPECT_TRUE(push(1, 100)) << "the bytes were given back";
}

TEST_F(CommitQueueTest, GivesWhatIsLeftAfterAStop) {
  ASSERT_TRUE(push(0, 1));
  queue.set_state(CommitQueue::State::kStopping);
  EXPECT_EQ(push(1, 1).error().code, Errc::kUnavailable);
  EXPECT_EQ(queue.take().size(), 1U);
  EXPECT_TRUE(queue.take().empty());
  queue.set_state(CommitQueue::State::kOpen);
  EXPECT_EQ(queue.state(), CommitQueue::State::kStopping) << "a stop is final";
  EXPECT_TRUE(queue.pause(std::chrono::hours(1))) << "and does not wait";
}

TEST_F(CommitQueueTest, KnowsTheAgeOfTheOldestWithoutAnswer) {
  EXPECT_EQ(age_at(9), 0);
  ASSERT_TRUE(push(0, 1, 2));
  ASSERT_TRUE(push(1, 1, 3));
  EXPECT_EQ(age_at(9), 7);
  queue.take();
  EXPECT_EQ(age_at(9), 7) << "taken is not answered";
  queue.finished();
  EXPECT_EQ(age_at(9), 0);
}

}  // namespace
}  // namespace wissel::index
