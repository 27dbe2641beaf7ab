// What runs behind takes the processor from nobody who waits.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <sched.h>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/index/rocks_fixture.hpp"

namespace wissel::index {
namespace {

/// This process' threads of that name.
std::vector<id_t> threads(const std::string& name) {
  std::vector<id_t> out;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string found;
    std::getline(std::ifstream(task.path() / "comm"), found);
    if (found == name) out.push_back(static_cast<id_t>(std::stoul(task.path().filename().string())));
  }
  return out;
}

TEST_F(RocksStoreTest, CompactsWithWhatIsLeftOverAndFlushesWithAShare) {
  std::vector<int> policies;
  {
    const auto store = open();
    // RocksDB compacts four tables of level 0; each spans the others, so that none is moved down as it is.
    for (int i = 0; i < 4; ++i) {
      contract::write(*store, core::Family::kRecord, {{"a" + std::to_string(i), "1"}, {"z" + std::to_string(i), "1"}});
      ASSERT_TRUE(store->flush());
    }
    while (store->figures().level0_files >= 4 && !store->failed()) std::this_thread::yield();
    for (const auto thread : threads("rocksdb:low"))
      policies.push_back(::sched_getscheduler(static_cast<pid_t>(thread)));
  }
  EXPECT_THAT(policies, testing::Contains(SCHED_IDLE));

  std::vector<int> priorities;
  for (const auto thread : threads("rocksdb:high")) priorities.push_back(::getpriority(PRIO_PROCESS, thread));
  EXPECT_THAT(priorities, testing::Contains(5));
}

}  // namespace
}  // namespace wissel::index
