#include "index/gate.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace wissel::index {
namespace {

TEST(Gate, TurnsAwayUntilItIsOpen) {
  Gate gate;
  EXPECT_FALSE(gate.enter());
  gate.open();
  EXPECT_TRUE(gate.enter());
  gate.close();
  EXPECT_FALSE(gate.enter());
}

TEST(Gate, LetsOneWhoIsInsideEnterAgain) {
  Gate gate;
  gate.open();
  const auto outer = gate.enter();
  EXPECT_TRUE(gate.enter());
  EXPECT_TRUE(outer);
}

TEST(Gate, ClosesAfterTheLastHasLeft) {
  Gate gate;
  gate.open();
  std::atomic<int> inside{0};
  std::atomic<int> passed{0};
  std::vector<std::jthread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      while (true) {
        const auto pass = gate.enter();
        if (!pass) return;
        inside.fetch_add(1);
        passed.fetch_add(1);
        inside.fetch_sub(1);
      }
    });
  }
  while (passed.load() < 1000) std::this_thread::yield();
  gate.close();
  EXPECT_EQ(inside.load(), 0);
}

}  // namespace
}  // namespace wissel::index
