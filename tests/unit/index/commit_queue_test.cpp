#include "index/commit_queue.hpp"

#include <gtest/gtest.h>

#include <vector>

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

/// Who asks without end, and others beside it.
class CommitQueueShareTest : public testing::Test {
 protected:
  CommitQueueShareTest() { queue.set_state(CommitQueue::State::kOpen); }
  core::Result<void> push(const core::Oin& party, std::size_t bytes = 1) {
    core::Submission submission;
    submission.command.party = party;
    return queue.push(std::move(submission), bytes, SteadyTime{});
  }
  /// Until it is refused; how many went in.
  std::size_t fill(const core::Oin& party, std::size_t bytes = 1) {
    std::size_t count = 0;
    while (push(party, bytes)) ++count;
    return count;
  }
  std::vector<core::Oin> taken() {
    std::vector<core::Oin> out;
    for (const auto& each : queue.take()) out.push_back(each.command.party.value());
    return out;
  }

  const core::Oin greedy = core::Oin::parse("00000099000000001000").value();
  const core::Oin second = core::Oin::parse("00000099000000002000").value();
  const core::Oin third = core::Oin::parse("00000099000000003000").value();
  CommitQueue queue{{.count_max = 12, .bytes_max = 1'200, .batch_count_max = 4, .batch_bytes_max = 1'000}};
};

TEST_F(CommitQueueShareTest, OneThatAsksWithoutEndFillsItsShareAndAnotherGetsIn) {
  EXPECT_EQ(fill(greedy), 6U) << "half";
  EXPECT_EQ(push(greedy).error().code, Errc::kOverloaded);
  EXPECT_TRUE(push(second));
  EXPECT_EQ(push(greedy).error().code, Errc::kOverloaded);
  EXPECT_EQ(fill(second), 2U) << "with the one before, half of what the first left";
  EXPECT_TRUE(push(third));
  EXPECT_TRUE(queue.push({}, 1, SteadyTime{})) << "the gateway's own work";
}

TEST_F(CommitQueueShareTest, WhoHasOneWaitingDoesNotStandBehindWhoHasMany) {
  fill(greedy);
  ASSERT_TRUE(push(second));
  ASSERT_TRUE(push(third));
  EXPECT_EQ(taken(), (std::vector{greedy, second, third, greedy}));
  EXPECT_EQ(taken().size(), 4U);
  EXPECT_EQ(queue.depth(), 0U);
}

TEST_F(CommitQueueShareTest, BytesAreSharedLikewise) {
  EXPECT_EQ(fill(greedy, 300), 2U) << "half of 1,200 bytes";
  EXPECT_TRUE(push(second, 300));
  EXPECT_EQ(push(greedy, 300).error().code, Errc::kOverloaded);
  while (queue.depth() > 0) queue.take();
  EXPECT_TRUE(push(greedy, 300)) << "what was taken was given back";
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
