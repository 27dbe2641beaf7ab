#include "bench/load/machine.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

namespace wissel::load {
namespace {

TEST(TicksOfProcess, AddsUserAndSystemTimeBehindAnyName) {
  EXPECT_EQ(ticks_of_process("12 (a) b (c)) S 1 12 12 0 -1 4194304 10 0 1 0 250 75 0 0 20 0 5 0 99 1 2"), 325U);
}

TEST(TicksOfProcess, RefusesWhatIsCutOff) {
  EXPECT_FALSE(ticks_of_process("").has_value());
  EXPECT_FALSE(ticks_of_process("12 (a)").has_value());
  EXPECT_FALSE(ticks_of_process("12 (a) S 1 12 12 0 -1 4194304 10 0 1 0 250").has_value());
}

TEST(TicksOfMachine, LeavesOutIdleTimeAndWaiting) {
  EXPECT_EQ(ticks_of_machine("cpu  100 10 20 5000 300 4 6 7 0 0\ncpu0 1 1 1 1 1 1 1\n"), 140U);
  EXPECT_FALSE(ticks_of_machine("cpu  1 2\n").has_value());
  EXPECT_FALSE(ticks_of_machine("intr 5\n").has_value());
}

TEST(SampleCpu, KnowsThisProcessAndNoOther) {
  EXPECT_TRUE(sample_cpu(::getpid()).has_value());
  EXPECT_GT(resident_bytes(::getpid()).value_or(0), 0U);
  EXPECT_FALSE(sample_cpu(0x7FFFFFF0).has_value());
  EXPECT_FALSE(resident_bytes(0x7FFFFFF0).has_value());
}

TEST(MeasureFdatasync, LeavesNothingBehind) {
  const auto directory = std::filesystem::path(testing::TempDir()) / ("sync-" + std::to_string(::getpid()));
  std::filesystem::create_directory(directory);
  const auto measured = measure_fdatasync(directory);
  ASSERT_TRUE(measured.has_value()) << measured.error();
  EXPECT_GT(measured->count(), 0U);
  EXPECT_TRUE(std::filesystem::remove(directory)) << "not empty";
  EXPECT_FALSE(measure_fdatasync(directory).has_value());
}

}  // namespace
}  // namespace wissel::load
