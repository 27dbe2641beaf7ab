#pragma once
// How the log lies in the store: keys and values of the families record, annex, tile, log_subject and log_party, and
// of the log's names in meta. Values on disk: never renumber.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/log/commitment.hpp"
#include "core/log/merkle.hpp"
#include "core/result.hpp"
#include "core/store.hpp"

namespace wissel::core {

inline constexpr std::string_view kMetaLogSize = "log/size";              ///< u64
inline constexpr std::string_view kMetaLogRoot = "log/root";              ///< 32 bytes
inline constexpr std::string_view kMetaLogClock = "log/clock";            ///< u64 ms: the latest time that was met
inline constexpr std::string_view kMetaLogVkey = "log/vkey";              ///< text
inline constexpr std::string_view kMetaLogCheckpoint = "log/checkpoint";  ///< the newest signed note

/// Level under which family tile keeps bundles of entries; levels of hashes are 0–7.
inline constexpr std::uint8_t kBundleLevel = 0xFF;
/// 256 entries of 33 bytes.
inline constexpr std::size_t kPackedBundleBytes = kTileWidth * kEntryBytes;

[[nodiscard]] std::string log_key(std::uint64_t index);  ///< of record and annex
/// The last leaf under the tile, then its level: tiles and bundles come in the order of their keys, so that the store
/// never merges what it wrote with what it writes (docs/decisions/0013).
[[nodiscard]] std::string tile_key(std::uint8_t level, std::uint64_t index);
struct TileAt {
  std::uint8_t level = 0;
  std::uint64_t index = 0;
  std::uint64_t last = 0;  ///< index of its last leaf
};
/// What that key stands for; nothing for what is no tile's key.
[[nodiscard]] std::optional<TileAt> tile_at(std::string_view key);
/// As messages call it: "tile 1/7", "bundle 7".
[[nodiscard]] std::string tile_name(std::uint8_t level, std::uint64_t index);
[[nodiscard]] std::string log_subject_key(const Bytes16& pseudonym, std::uint64_t index);
[[nodiscard]] std::string log_party_key(std::uint32_t party, std::uint64_t index);

/// A record as it is kept; views point into the value it was read from.
struct StoredRecord {
  /// False once the line is erased: then only the entry is left.
  bool has_line = false;
  Salt salt{};
  std::string_view line;
  /// The entry as it was computed when the record was made. Absent in the form without it.
  std::optional<Entry> entry;
};
/// 0x01 ‖ salt ‖ line.
[[nodiscard]] std::string encode_record(const Salt& salt, std::string_view line);
/// 0x03 ‖ salt ‖ commitment ‖ line: a changed line is found by itself, also where no tile covers it yet.
[[nodiscard]] std::string encode_record(const Salt& salt, const Hash& commitment, std::string_view line);
/// 0x02 ‖ entry: the line was erased before its bundle was full.
[[nodiscard]] std::string encode_erased_record(const Entry& entry);
/// Errors: kCorrupt.
[[nodiscard]] Result<StoredRecord> decode_record(std::string_view value);

/// 0x01 ‖ salt ‖ annex.
[[nodiscard]] std::string encode_stored_annex(const Salt& salt, std::string_view annex);
struct StoredAnnex {
  Salt salt{};
  std::string_view annex;
};
/// Errors: kCorrupt.
[[nodiscard]] Result<StoredAnnex> decode_stored_annex(std::string_view value);

/// 0x01 ‖ the hashes of a full tile, or the entries of a full bundle.
[[nodiscard]] std::string encode_tile(std::string_view bytes);
/// Errors: kCorrupt for another format or length than `bytes`.
[[nodiscard]] Result<std::string_view> decode_tile(std::string_view value, std::size_t bytes);

/// The full tiles in a store, which outlives it.
class StoredTiles final : public TileSource {
 public:
  explicit StoredTiles(const StoreReader& store, ReadTier tier = ReadTier::kAll) : store_(store), tier_(tier) {}
  [[nodiscard]] Result<std::string> tile(unsigned level, std::uint64_t index, std::uint64_t width) const override;

 private:
  const StoreReader& store_;
  ReadTier tier_;
};

/// `width` entries from the start of bundle `index` in a log of `size`, packed: from the full bundle, or from the
/// records where it is not full yet. Errors: kNotFound beyond the log, kCorrupt where a record is missing, and those
/// of the store.
[[nodiscard]] Result<std::string> read_entries(const StoreReader& store, std::uint64_t size, std::uint64_t index,
                                               std::uint64_t width);

/// The right edge of a log of `size`, from at most 255 records and 255 tiles a level: for the start of a daemon.
/// Errors: kCorrupt where something is missing, and those of the store.
[[nodiscard]] Result<TreeEdge> load_edge(const StoreReader& store, std::uint64_t size);

}  // namespace wissel::core
