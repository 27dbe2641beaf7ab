#include "tests/contract/store_contract.hpp"

#include <filesystem>

#include "index/rocks_store.hpp"
#include "tests/fakes/faulty_store.hpp"
#include "tests/fakes/memory_store.hpp"
#include "tests/fakes/recording_logger.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace wissel::contract {
namespace {

class MemoryBench {
 public:
  core::Store& store() { return store_; }

 private:
  fakes::MemoryStore store_;
};

class FaultyBench {
 public:
  core::Store& store() { return store_; }
  void reopen() { ASSERT_TRUE(store_.reopen()); }
  void crash() { store_.power_cut(); }

 private:
  fakes::FaultyStore store_;
};

class RocksBench {
 public:
  RocksBench() { open("0"); }
  core::Store& store() { return *store_; }
  void reopen() {
    store_.reset();
    open(std::to_string(copies_));
  }
  /// A running store is copied file by file after its last synced write: what a crash leaves, without the crash.
  void crash() {
    const auto from = store_->dir();
    ++copies_;
    std::filesystem::copy(from, dir_.at(std::to_string(copies_)), std::filesystem::copy_options::recursive);
    store_.reset();
    open(std::to_string(copies_));
  }

 private:
  void open(const std::string& name) {
    index::StoreOptions options;
    options.dir = dir_.at(name);
    auto opened = index::open_rocks_store(options, logger_);
    ASSERT_TRUE(opened) << opened.error().detail;
    store_ = std::move(*opened);
  }

  fakes::TempDir dir_;
  fakes::RecordingLogger logger_;
  std::unique_ptr<index::RocksStore> store_;
  int copies_ = 0;
};

/// All entries in table files, none in the memtable: the other half of the read path.
class FlushedRocksStore final : public core::Store {
 public:
  explicit FlushedRocksStore(std::unique_ptr<index::RocksStore> store) : store_(std::move(store)) {}
  core::Result<std::optional<std::string>> get(core::Family family, std::string_view key,
                                               core::ReadTier tier) const override {
    return store_->get(family, key, tier);
  }
  core::Result<void> scan(core::Family family, const core::KeyRange& range, const core::Visitor& visit,
                          core::ReadTier tier) const override {
    return store_->scan(family, range, visit, tier);
  }
  core::Result<void> write(const core::WriteBatch& batch, bool sync) override {
    if (auto written = store_->write(batch, sync); !written) return written;
    return store_->flush();
  }
  [[nodiscard]] std::unique_ptr<core::StoreReader> snapshot() const override { return store_->snapshot(); }

 private:
  std::unique_ptr<index::RocksStore> store_;
};

class FlushedRocksBench {
 public:
  FlushedRocksBench() {
    index::StoreOptions options;
    options.dir = dir_.at("data");
    auto opened = index::open_rocks_store(options, logger_);
    if (!opened) throw std::runtime_error(opened.error().detail);
    store_ = std::make_unique<FlushedRocksStore>(std::move(*opened));
  }
  core::Store& store() { return *store_; }

 private:
  fakes::TempDir dir_;
  fakes::RecordingLogger logger_;
  std::unique_ptr<FlushedRocksStore> store_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreContract, MemoryBench);
INSTANTIATE_TYPED_TEST_SUITE_P(Faulty, StoreContract, FaultyBench);
INSTANTIATE_TYPED_TEST_SUITE_P(Rocks, StoreContract, RocksBench);
INSTANTIATE_TYPED_TEST_SUITE_P(RocksTables, StoreContract, FlushedRocksBench);
INSTANTIATE_TYPED_TEST_SUITE_P(Faulty, DurableStoreContract, FaultyBench);
INSTANTIATE_TYPED_TEST_SUITE_P(Rocks, DurableStoreContract, RocksBench);

}  // namespace
}  // namespace wissel::contract
