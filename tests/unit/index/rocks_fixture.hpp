#pragma once
// A store in a directory of the test's own, and the ways to damage it.
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "index/rocks_store.hpp"
#include "tests/contract/store_contract.hpp"
#include "tests/fakes/flip_bit.hpp"
#include "tests/fakes/recording_logger.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace wissel::index {

class RocksStoreTest : public testing::Test {
 protected:
  core::Result<std::unique_ptr<RocksStore>> try_open() {
    StoreOptions options;
    options.dir = dir;
    return open_rocks_store(options, logger);
  }
  std::unique_ptr<RocksStore> open() {
    auto opened = try_open();
    if (!opened) throw std::runtime_error(opened.error().detail);
    return std::move(*opened);
  }
  core::Error refusal() {
    const auto opened = try_open();
    return opened ? core::Error{core::Errc::kNotFound, "it opened"} : opened.error();
  }
  /// Some entries in a table file and some in the log alone.
  void make_store() {
    const auto store = open();
    for (int i = 0; i < 500; ++i)
      contract::write(*store, core::Family::kRecord, {{std::to_string(i), std::string(200, 'x')}}, false);
    ASSERT_TRUE(store->flush());
    contract::write(*store, core::Family::kEntity, {{"a", "1"}});
  }
  /// The largest of its kind: of the tables, the one of `record`.
  std::filesystem::path file_ending(const std::string& ending) const {
    std::filesystem::path found;
    for (const auto& entry : std::filesystem::directory_iterator(dir)) {
      if (!entry.path().string().ends_with(ending)) continue;
      if (found.empty() || entry.file_size() > std::filesystem::file_size(found)) found = entry.path();
    }
    if (found.empty()) throw std::runtime_error("no file ends with " + ending);
    return found;
  }
  /// As make_store(), with a bit flipped in the first block of the table of `record`; the table's path.
  std::filesystem::path make_damaged_store() {
    make_store();
    const auto table = file_ending(".sst");
    fakes::flip_bit(table, 10);
    return table;
  }
  std::map<std::string, std::filesystem::file_time_type> listing() const {
    std::map<std::string, std::filesystem::file_time_type> out;
    for (const auto& entry : std::filesystem::directory_iterator(dir))
      out[entry.path().string()] = entry.last_write_time();
    return out;
  }
  void put_raw(const std::string& family, const std::string& key, const std::string& content) const {
    std::vector<std::string> names;
    if (!rocksdb::DB::ListColumnFamilies({}, dir, &names).ok()) names = {"default"};
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    bool is_new = true;
    for (const auto& name : names) {
      descriptors.emplace_back(name, rocksdb::ColumnFamilyOptions{});
      is_new = is_new && name != family;
    }
    if (is_new) descriptors.emplace_back(family, rocksdb::ColumnFamilyOptions{});
    rocksdb::DBOptions options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* raw = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options, dir, descriptors, &handles, &raw).ok());
    const std::unique_ptr<rocksdb::DB> db(raw);
    for (std::size_t i = 0; i < descriptors.size(); ++i) {
      if (descriptors[i].name == family) {
        EXPECT_TRUE(db->Put({}, handles[i], key, content).ok());
      }
    }
    for (auto* handle : handles) EXPECT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
  }

  fakes::TempDir temp;
  std::string dir = temp.at("data");
  fakes::RecordingLogger logger;
};

}  // namespace wissel::index
