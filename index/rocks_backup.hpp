#pragma once
// The half of a backup that needs RocksDB. Private to index/.
#include <rocksdb/db.h>

#include <string>

#include "core/logger.hpp"
#include "core/result.hpp"
#include "index/backup.hpp"

namespace wissel::index {

[[nodiscard]] core::Result<BackupReport> make_backup(rocksdb::DB& db, const std::string& data_dir, core::Logger& logger,
                                                     const BackupRequest& request);

/// The text of BACKUP.json.
[[nodiscard]] std::string encode_backup(const BackupReport& report);

}  // namespace wissel::index
