#pragma once
// Verification of a whole log, offline: every line against its commitment, every commitment against the tree, the
// tree against the signed checkpoint. It trusts nothing in the store but, where none is given, the key.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/log/note.hpp"
#include "core/result.hpp"
#include "core/store.hpp"

namespace wissel::core {

/// What a log has to satisfy.
enum class LogRule : std::uint8_t {
  kStoreReadable,     ///< the store gives its bytes back
  kMetaPresent,       ///< size, root and key stand in meta
  kRecordPresent,     ///< each index below the size has a record, or an entry in a full bundle
  kRecordFormat,      ///< a record's value is in a known format
  kRecordWithinSize,  ///< no record at or above the size
  kRecordCommitment,  ///< the line and salt give the committed hash
  kAnnexHash,         ///< an annex gives the hash that its record names
  kBundlePresent,     ///< each 256 entries have their bundle
  kTile,              ///< a tile is present and holds the hashes of what it covers
  kTileWithinSize,    ///< no tile beyond the size
  kRoot,              ///< the root in meta is that of the records
  kCheckpoint,        ///< the signed checkpoint holds and is of this tree
  kLogEnd,            ///< the log has all that a checkpoint kept apart was signed over
  kIndexReadable,     ///< rows by subject and party can be read
  kIndexRow,          ///< they point at records with a line
};

struct LogFault {
  LogRule rule;
  /// The first record that does not fit. Where a rule speaks of several, they are [index, index_end).
  std::uint64_t index = 0;
  std::uint64_t index_end = 0;
  std::string detail;

  /// What was expected and what to do, for an operator.
  [[nodiscard]] std::string explain() const;
};
/// A stable word for a rule: "record-commitment".
[[nodiscard]] std::string_view to_string(LogRule rule) noexcept;

struct LogReport {
  std::uint64_t size = 0;
  std::uint64_t records = 0;  ///< with their line
  std::uint64_t erased = 0;   ///< only the entry is left
  std::uint64_t annexes = 0;
  std::uint64_t index_rows = 0;
  Hash root{};       ///< as recomputed; meaningless after a fault
  std::string vkey;  ///< the key by which the checkpoint was judged
  bool key_from_store = false;
  /// Size of the signed checkpoint; nothing when none was signed yet. Records beyond it are held by no signature.
  std::optional<std::uint64_t> signed_size;
  /// The first fault; verification ends there.
  std::optional<LogFault> fault;

  [[nodiscard]] bool verified() const noexcept { return !fault; }
};

struct VerifyOptions {
  /// Without it, the key in the store is trusted, and the report says so.
  std::optional<VerifierKey> key;
  /// A signed checkpoint of this log that was kept beside the store, or in a backup; empty: none. It has to hold as the
  /// one in the store has to, and the log to reach as far.
  std::string note;
  /// Where it was kept, for what is said of it.
  std::string note_path;
  /// Called now and then with the records done and their total.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// Reads everything once, in order, in memory of one bit a record. Blocking. Errors: kUnavailable where the store
/// cannot be read at all; what can be read and is wrong is a fault in the report.
[[nodiscard]] Result<LogReport> verify_log(const StoreReader& store, const VerifyOptions& options = {});

}  // namespace wissel::core
