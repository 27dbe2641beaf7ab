#pragma once
// Table files, each verified by itself: the whole file against the checksum that the manifest keeps of it. Private to
// index/.
#include <rocksdb/db.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace wissel::index {

struct TableFile {
  std::string name;    ///< "000012.sst"
  std::string family;  ///< empty where it is not known
  std::uint64_t bytes = 0;
  std::string checksum;  ///< of the whole file, as RocksDB keeps it; empty for a file of before it did
  std::string holds;     ///< which log indices lie in it, for a family of the log; no other keys are told
};

/// The tables that make up the store now.
[[nodiscard]] std::vector<TableFile> live_tables(rocksdb::DB& db);

/// Told of each piece that was read; may wait. False ends the reading.
using Pace = std::function<bool(std::uint64_t bytes)>;

/// Reads the file and compares: the whole of it where a checksum is kept, otherwise block by block. What is read goes
/// past the caches of store and system. Errors: kCorrupt with what differs, kNotFound, kUnavailable (the disk does not
/// give it back, or `pace` ended it).
[[nodiscard]] core::Result<void> check_table(const std::string& dir, const TableFile& table, const Pace& pace);

/// "table 000012.sst of family holder": what a log line may name.
[[nodiscard]] std::string describe(const TableFile& table);

}  // namespace wissel::index
