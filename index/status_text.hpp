#pragma once
// RocksDB's words for what went wrong. They quote names and values from files that may be damaged, so they are made
// printable. Private to index/.
#include <rocksdb/status.h>

#include <string>

#include "core/bytes.hpp"

namespace wissel::index {

[[nodiscard]] inline std::string status_text(const rocksdb::Status& status) {
  return core::to_printable(status.ToString());
}

}  // namespace wissel::index
