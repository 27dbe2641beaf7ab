#include "index/wal_tail.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/unit/index/rocks_fixture.hpp"

namespace wissel::index {
namespace {

namespace fs = std::filesystem;

/// Logs that RocksDB itself wrote, with every kind of damage.
class WalTailTest : public RocksStoreTest {
 protected:
  /// The log of writes with values of these sizes.
  std::string make_log(const std::vector<std::size_t>& sizes) {
    const auto store = open();
    ends.clear();
    for (const auto size : sizes) {
      contract::write(*store, core::Family::kRecord, {{"key", std::string(size, 'v')}});
      ends.push_back(fs::file_size(file_ending(".log")));
    }
    std::ifstream file(file_ending(".log"), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  WalTail judge(const std::string& content) const {
    const auto path = temp.at("judged.log");
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
    const auto judged = judge_wal(path);
    EXPECT_TRUE(judged);
    return judged.value_or(WalTail::kWhole);
  }

  std::vector<std::size_t> ends;  ///< of each write in the log
};

TEST_F(WalTailTest, VerifiesWhatRocksDbWrote) {
  EXPECT_EQ(judge(make_log({10, 1000, 100'000, 32'700, 10, 200'000, 7})), WalTail::kWhole);
}

TEST_F(WalTailTest, TellsDamageBeforeTheLastWriteFromDamageInIt) {
  const auto log = make_log({10, 3000, 70'000, 500, 40'000});
  const auto last_begins = ends[3];
  for (std::size_t at = 0; at < log.size(); at += 97) {
    auto damaged = log;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    const auto judged = judge(damaged);
    if (at < last_begins) {
      // Padding at the end of a block carries nothing, so damage there is none.
      EXPECT_NE(judged, WalTail::kTorn) << at;
    } else {
      EXPECT_EQ(judged, WalTail::kTorn) << at;
    }
  }
}

TEST_F(WalTailTest, CallsALastWriteWithZeroedBlocksTorn) {
  auto log = make_log({500, 200'000});
  std::fill(log.begin() + 40'000, log.begin() + 120'000, '\0');
  EXPECT_EQ(judge(log), WalTail::kTorn);
  auto all = make_log({500, 200'000});
  std::fill(all.begin() + static_cast<std::ptrdiff_t>(ends[0]), all.end(), '\0');
  EXPECT_EQ(judge(all), WalTail::kTorn);
}

TEST_F(WalTailTest, IsSafeOnAnyBytes) {
  std::string noise(100'000, '\0');
  std::uint32_t state = 1;
  for (auto& byte : noise) {
    state = state * 1'664'525U + 1'013'904'223U;
    byte = static_cast<char>(state >> 24);
  }
  EXPECT_EQ(judge(noise), WalTail::kTorn);
  EXPECT_EQ(judge(""), WalTail::kWhole);
  EXPECT_FALSE(judge_wal(temp.at("none.log")));
}

}  // namespace
}  // namespace wissel::index
