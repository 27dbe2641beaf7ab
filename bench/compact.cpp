// wissel-compact: compacts families of a stopped store whole, with the options it was written with, and says how many
// bytes each then takes on disk. For bench/compare; a daemon compacts by itself.
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/utilities/options_util.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

void require(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

/// A store that is open, with its families.
class Store {
 public:
  explicit Store(const std::string& directory) {
    rocksdb::DBOptions options;
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    require(rocksdb::LoadLatestOptions(rocksdb::ConfigOptions(), directory, &options, &families));
    rocksdb::DB* opened = nullptr;
    require(rocksdb::DB::Open(options, directory, families, &handles_, &opened));
    db_.reset(opened);
  }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store() {
    for (auto* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  }

  /// Bytes of the family's files once it is compacted.
  std::uint64_t compact(std::string_view name) {
    const auto named = [name](const auto* handle) { return handle->GetName() == name; };
    const auto found = std::ranges::find_if(handles_, named);
    if (found == handles_.end()) throw std::runtime_error("there is no family " + std::string(name));
    rocksdb::CompactRangeOptions whole;
    whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    require(db_->CompactRange(whole, *found, nullptr, nullptr));
    std::uint64_t bytes = 0;
    if (!db_->GetIntProperty(*found, rocksdb::DB::Properties::kLiveSstFilesSize, &bytes)) {
      throw std::runtime_error("no size of " + std::string(name));
    }
    return bytes;
  }

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  if (argc < 3) {
    std::fputs("usage: wissel-compact STORE FAMILY...\n", stderr);
    return 2;
  }
  try {
    Store store(arguments[1]);
    for (const char* family : arguments.subspan(2)) {
      std::printf("%s %llu\n", family, static_cast<unsigned long long>(store.compact(family)));
    }
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "wissel-compact: %s\n", failure.what());
    return 1;
  }
}
