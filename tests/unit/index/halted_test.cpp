// A compaction that meets a table which does not verify: it ends once, and the store goes on without compaction.
#include <gmock/gmock.h>

#include <set>
#include <string>

#include "tests/unit/index/rocks_fixture.hpp"

namespace wissel::index {
namespace {

using contract::value;
using contract::write;
using core::Errc;
using core::Family;

TEST_F(RocksStoreTest, GoesOnWithoutCompactionAfterADamagedTable) {
  make_damaged_store();
  const auto store = open();
  // RocksDB compacts four tables of level 0.
  std::set<std::string> written;
  for (int i = 0; i < 64 && !store->failed(); ++i) {
    const auto key = "x" + std::to_string(i);
    core::WriteBatch batch(*store);
    // Over the whole range of keys, so that no table is moved down as it is.
    batch.put(Family::kRecord, "!" + key, std::string(200, 'y'));
    batch.put(Family::kRecord, key, std::string(200, 'y'));
    if (store->write(batch, true)) written.insert(key);
    if (!store->flush()) break;
  }
  ASSERT_TRUE(store->failed());
  EXPECT_TRUE(store->figures().compaction_halted);
  EXPECT_TRUE(logger.has("compaction is halted"));
  ASSERT_TRUE(store->reopen());
  for (int i = 100; i < 110; ++i) {
    write(*store, Family::kRecord, {{"x" + std::to_string(i), "1"}});
    ASSERT_TRUE(store->flush());
  }
  EXPECT_FALSE(store->failed());
  for (const auto& key : written) EXPECT_NE(value(*store, Family::kRecord, key), "<none>") << key;
  EXPECT_EQ(store->get(Family::kRecord, "0").error().code, Errc::kCorrupt) << "what is damaged is not served";
}

}  // namespace
}  // namespace wissel::index
