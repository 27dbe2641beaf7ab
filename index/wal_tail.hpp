#pragma once
// Judges a write-ahead log that does not verify. A power cut may leave the last write in part, with any of its pieces
// zero or old; it was never acknowledged, and may go. Damage that has whole writes behind it hit acknowledged ones,
// and must be told. RocksDB offers only to drop both or to refuse both.
#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace wissel::index {

enum class WalTail : std::uint8_t {
  kWhole,    ///< every record verifies
  kTorn,     ///< what does not verify is the last write
  kDamaged,  ///< writes follow what does not verify
};

/// Format: RocksDB wiki, "Write Ahead Log File Format"; records are never recycled here. Errors: kUnavailable.
[[nodiscard]] core::Result<WalTail> judge_wal(const std::string& path);

/// Of the newest log in a data directory, the only one whose end a power cut can tear. kWhole without any.
[[nodiscard]] core::Result<WalTail> judge_newest_wal(const std::string& dir);

/// The names of the logs and manifests in a data directory that do not verify, for messages; those that cannot be read
/// are left out.
[[nodiscard]] std::vector<std::string> unverified_records(const std::string& dir);

}  // namespace wissel::index
