#include "core/log/verify.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/log/commitment.hpp"
#include "core/log/merkle.hpp"
#include "core/log/stored.hpp"

namespace wissel::core {

namespace {

/// How the line of a record with an annex ends; quotes inside a text are escaped, so nothing else looks like it.
std::optional<std::string_view> annex_hash_in(std::string_view line) {
  constexpr std::string_view kName = ",\"wissel.bijlage\":\"";
  constexpr std::size_t kHexDigits = 64;
  const std::size_t tail = kName.size() + kHexDigits + 3;
  if (line.size() < tail || !line.ends_with("\"}}")) return std::nullopt;
  line.remove_prefix(line.size() - tail);
  if (!line.starts_with(kName)) return std::nullopt;
  return line.substr(kName.size(), kHexDigits);
}

/// One pass. Its steps return false to end it: a fault was found, or the store gave up.
class LogVerifier {
 public:
  LogVerifier(const StoreReader& store, const VerifyOptions& options) : store_(store), options_(options) {}

  Result<LogReport> run() {
    const bool sound = read_meta() && read_checkpoints() && read_records() && check_ends() && check_root() &&
                       check_rows(Family::kLogSubject, sizeof(Bytes16)) &&
                       check_rows(Family::kLogParty, sizeof(std::uint32_t));
    if (!sound && error_) return std::unexpected(*std::move(error_));
    if (sound) report_.fault = std::move(missing_end_);
    return std::move(report_);
  }

 private:
  struct Seen {
    bool present = false;
    Entry entry{};
    std::string annex_hash;  ///< hexadecimal; empty: none named
  };

  bool fault(LogRule rule, std::uint64_t index, std::string detail = {}) {
    return fault_over(rule, index, index + 1, std::move(detail));
  }
  bool fault_over(LogRule rule, std::uint64_t from, std::uint64_t to, std::string detail = {}) {
    report_.fault = LogFault{rule, from, to, std::move(detail)};
    return false;
  }
  /// An error of the store: damaged bytes are a finding, anything else ends without one.
  bool give_up(const Error& error) {
    if (error.code == Errc::kCorrupt) return fault(LogRule::kStoreReadable, edge_.size(), error.detail);
    error_ = error;
    return false;
  }
  bool get(Family family, std::string_view key, std::optional<std::string>& out) {
    auto value = store_.get(family, key);
    if (!value) return give_up(value.error());
    out = *std::move(value);
    return true;
  }
  bool scan(Family family, const KeyRange& range, const Visitor& visit) {
    bool sound = true;
    const Visitor watched = [&](std::string_view key, std::string_view value) { return sound = visit(key, value); };
    const auto scanned = store_.scan(family, range, watched);
    return scanned ? sound : give_up(scanned.error());
  }

  bool read_meta();
  bool read_checkpoints();
  bool read_checkpoint(std::string_view note, const std::optional<VerifierKey>& key);
  bool read_kept(const std::optional<VerifierKey>& key);
  void compare_later(Checkpoint checkpoint);
  bool read_records();
  bool end_blocks_before(std::uint64_t index);
  bool see_record(std::string_view key, std::string_view value);
  bool end_block();
  bool check_bundle(std::uint64_t bundle);
  bool check_annexes();
  bool append(const Entry& entry);
  bool check_tile(const Tile& tile);
  bool check_ends();
  bool check_root();
  bool check_rows(Family family, std::size_t prefix);

  const StoreReader& store_;
  const VerifyOptions& options_;
  LogReport report_;
  std::optional<Error> error_;
  std::optional<Hash> stored_root_;
  /// What was signed, and the root that the records give at that size.
  struct Signed {
    Checkpoint checkpoint;
    Hash root_here = empty_root();
  };
  std::vector<Signed> signed_;
  std::optional<LogFault> missing_end_;
  TreeEdge edge_;
  /// The 256 indices from edge_.size(), as far as their records were met.
  std::array<Seen, kTileWidth> block_;
  std::vector<bool> has_line_;
};

bool LogVerifier::read_meta() {
  std::optional<std::string> size;
  std::optional<std::string> root;
  if (!get(Family::kMeta, kMetaLogSize, size) || !get(Family::kMeta, kMetaLogRoot, root)) return false;
  if (size) {
    ByteReader reader(*size);
    report_.size = reader.u64();
    if (!reader.done()) return fault(LogRule::kMetaPresent, 0, "log/size is not a number of eight bytes");
  }
  if (root) {
    ByteReader reader(*root);
    stored_root_ = reader.array<sizeof(Hash)>();
    if (!reader.done()) return fault(LogRule::kMetaPresent, 0, "log/root is not a hash of 32 bytes");
  }
  if (report_.size > 0 && !root) return fault(LogRule::kMetaPresent, 0, "log/root is missing");
  return true;
}

bool LogVerifier::read_checkpoints() {
  auto key = options_.key;
  std::optional<std::string> vkey;
  std::optional<std::string> note;
  if (!get(Family::kMeta, kMetaLogVkey, vkey) || !get(Family::kMeta, kMetaLogCheckpoint, note)) return false;
  if (!key && vkey) {
    const auto parsed = VerifierKey::parse(*vkey);
    if (!parsed) return fault(LogRule::kMetaPresent, 0, "log/vkey: " + parsed.error().detail);
    key = *parsed;
    report_.key_from_store = true;
  }
  if (key) report_.vkey = key->vkey();
  if (note && !read_checkpoint(*note, key)) return false;
  return options_.note.empty() || read_kept(key);
}

bool LogVerifier::read_checkpoint(std::string_view note, const std::optional<VerifierKey>& key) {
  if (!key) return fault(LogRule::kMetaPresent, 0, "log/vkey is missing and no key was given");
  const auto checkpoint = verify_checkpoint(note, *key);
  if (!checkpoint) return fault_over(LogRule::kCheckpoint, 0, report_.size, checkpoint.error().detail);
  if (checkpoint->size > report_.size) {
    return fault_over(LogRule::kCheckpoint, report_.size, checkpoint->size,
                      "it was signed over " + std::to_string(checkpoint->size) + " records and the log has " +
                          std::to_string(report_.size));
  }
  compare_later(*checkpoint);
  return true;
}

/// With the root that the records give at its size.
void LogVerifier::compare_later(Checkpoint checkpoint) {
  report_.signed_size = std::max(report_.signed_size.value_or(0), checkpoint.size);
  signed_.push_back({std::move(checkpoint)});
}

/// The one that was kept apart. It may go beyond the log, which is told after all that the log holds was verified.
bool LogVerifier::read_kept(const std::optional<VerifierKey>& key) {
  if (!key) return fault(LogRule::kMetaPresent, 0, "log/vkey is missing and no key was given");
  const auto kept = verify_checkpoint(options_.note, *key);
  if (!kept) {
    return fault_over(LogRule::kCheckpoint, 0, report_.size, options_.note_path + ": " + kept.error().detail);
  }
  if (kept->size > report_.size) {
    missing_end_ = LogFault{LogRule::kLogEnd, report_.size, kept->size, options_.note_path};
  } else {
    compare_later(*kept);
  }
  return true;
}

bool LogVerifier::read_records() {
  // The size comes from the store: memory is taken as records are met, not on its word.
  const auto visit = [this](std::string_view key, std::string_view value) { return see_record(key, value); };
  return scan(Family::kRecord, {}, visit) && end_blocks_before(report_.size + kTileWidth);
}

/// Ends every block that lies wholly below `index`, within the log.
bool LogVerifier::end_blocks_before(std::uint64_t index) {
  while (edge_.size() < report_.size && edge_.size() + kTileWidth <= index) {
    if (!end_block()) return false;
  }
  return true;
}

bool LogVerifier::see_record(std::string_view key, std::string_view value) {
  ByteReader reader(key);
  const auto index = reader.u64();
  if (!reader.done()) return fault(LogRule::kRecordFormat, edge_.size(), "its key is not a number of eight bytes");
  if (index >= report_.size) {
    // A fault before the end is named first.
    return end_blocks_before(report_.size + kTileWidth) &&
           fault(LogRule::kRecordWithinSize, index, "the log has " + std::to_string(report_.size) + " records");
  }
  if (!end_blocks_before(index)) return false;
  const auto record = decode_record(value);
  if (!record) return fault(LogRule::kRecordFormat, index, record.error().detail);
  auto& seen = block_[index - edge_.size()];
  seen.present = true;
  if (!record->has_line) {
    seen.entry = *record->entry;
    ++report_.erased;
    return true;
  }
  seen.entry = entry_of(record_commitment(record->salt, record->line));
  if (record->entry && *record->entry != seen.entry) return fault(LogRule::kRecordCommitment, index);
  if (const auto hash = annex_hash_in(record->line)) seen.annex_hash = *hash;
  if (has_line_.size() <= index) has_line_.resize(index + 1);
  has_line_[index] = true;
  ++report_.records;
  return true;
}

/// Judges the 256 indices from edge_.size(), or the rest, and adds them to the tree.
bool LogVerifier::end_block() {
  const auto first = edge_.size();
  const auto count = std::min(kTileWidth, report_.size - first);
  if (count == kTileWidth && !check_bundle(first / kTileWidth)) return false;
  if (!check_annexes()) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (!block_[i].present) return fault(LogRule::kRecordPresent, first + i);
    if (!append(block_[i].entry)) return false;
  }
  for (auto& seen : block_) {
    seen.present = false;
    seen.annex_hash.clear();
  }
  const bool due = first / kTileWidth % 64 == 0 || edge_.size() == report_.size;
  if (options_.progress && due) options_.progress(edge_.size(), report_.size);
  return true;
}

bool LogVerifier::check_bundle(std::uint64_t bundle) {
  const auto first = bundle * kTileWidth;
  std::optional<std::string> value;
  if (!get(Family::kTile, tile_key(kBundleLevel, bundle), value)) return false;
  if (!value) return fault_over(LogRule::kBundlePresent, first, first + kTileWidth);
  const auto packed = decode_tile(*value, kPackedBundleBytes);
  if (!packed) return fault_over(LogRule::kBundlePresent, first, first + kTileWidth, packed.error().detail);
  for (std::uint64_t i = 0; i < kTileWidth; ++i) {
    const auto entry = packed->substr(i * kEntryBytes, kEntryBytes);
    auto& seen = block_[i];
    if (!seen.present) {
      seen.present = true;
      seen.entry = ByteReader(entry).array<kEntryBytes>();
      ++report_.erased;
    } else if (as_view(seen.entry) != entry) {
      return fault(LogRule::kRecordCommitment, first + i);
    }
  }
  return true;
}

bool LogVerifier::check_annexes() {
  const auto first = edge_.size();
  const auto end = std::min(report_.size, first + kTileWidth);
  const auto visit = [&](std::string_view key, std::string_view value) {
    const auto index = ByteReader(key).u64();
    const auto annex = decode_stored_annex(value);
    if (key.size() != sizeof(std::uint64_t) || !annex) return fault(LogRule::kAnnexHash, index, "no known format");
    ++report_.annexes;
    // Without its line there is nothing to hold the annex against: each has its own term.
    if (index >= has_line_.size() || !has_line_[index]) return true;
    const bool fits = to_hex(annex_hash(annex->salt, annex->annex)) == block_[index - first].annex_hash;
    return fits || fault(LogRule::kAnnexHash, index);
  };
  return scan(Family::kAnnex, {.from = log_key(first), .to = log_key(end), .backwards = false}, visit);
}

bool LogVerifier::append(const Entry& entry) {
  const auto completed = edge_.append(leaf_hash(as_view(entry)));
  for (auto& each : signed_) {
    if (each.checkpoint.size == edge_.size()) each.root_here = edge_.root();
  }
  return std::ranges::all_of(completed, [this](const Tile& tile) { return check_tile(tile); });
}

bool LogVerifier::check_tile(const Tile& tile) {
  const auto level = static_cast<std::uint8_t>(tile.level);
  const auto name = tile_name(level, tile.index);
  const auto leaves = std::uint64_t{1} << (8 * tile.level);  // under one hash of the tile
  const auto first = tile.index * kTileWidth * leaves;
  const auto end = first + kTileWidth * leaves;
  std::optional<std::string> value;
  if (!get(Family::kTile, tile_key(level, tile.index), value)) return false;
  if (!value) return fault_over(LogRule::kTile, first, end, name + " is missing");
  const auto stored = decode_tile(*value, kTileBytes);
  if (!stored) return fault_over(LogRule::kTile, first, end, name + ": " + stored.error().detail);
  if (*stored == tile.hashes) return true;
  const auto differs = std::ranges::mismatch(*stored, tile.hashes).in1 - stored->begin();
  const auto at = first + static_cast<std::uint64_t>(differs) / sizeof(Hash) * leaves;
  return fault_over(LogRule::kTile, at, at + leaves, name + " holds another hash");
}

/// Nothing lies beyond the size.
bool LogVerifier::check_ends() {
  const auto annex = [this](std::string_view key, std::string_view) {
    return fault(LogRule::kAnnexHash, ByteReader(key).u64(), "an annex beyond the end of the log");
  };
  if (!scan(Family::kAnnex, {.from = log_key(report_.size), .to = {}, .backwards = false}, annex)) return false;
  const auto tile = [this](std::string_view key, std::string_view) {
    const auto at = tile_at(key);
    return (at && at->last < report_.size) ||
           fault(LogRule::kTileWithinSize, report_.size, "tile key " + to_hex(as_bytes(key)));
  };
  return scan(Family::kTile, {}, tile);
}

bool LogVerifier::check_root() {
  report_.root = edge_.root();
  // Everything under a full tile was compared with it, so another root than the stored one comes from the log's end.
  // A store rewritten as a whole has a root that fits, and only the signature tells.
  if (stored_root_ && *stored_root_ != report_.root) {
    const auto tail = report_.size / kTileWidth * kTileWidth;
    return fault_over(LogRule::kRoot, tail < report_.size ? tail : 0, report_.size);
  }
  for (const auto& [checkpoint, root_here] : signed_) {
    if (checkpoint.root == root_here) continue;
    return fault_over(LogRule::kCheckpoint, 0, checkpoint.size, "it was signed over another tree of this size");
  }
  return true;
}

bool LogVerifier::check_rows(Family family, std::size_t prefix) {
  const auto visit = [&](std::string_view key, std::string_view) {
    ByteReader reader(key);
    reader.take(prefix);
    const auto index = reader.u64();
    if (!reader.done()) return fault(LogRule::kIndexRow, 0, std::string(family_name(family)) + ": a malformed key");
    ++report_.index_rows;
    const bool live = index < has_line_.size() && has_line_[index];
    return live || fault(LogRule::kIndexRow, index, std::string(family_name(family)) + " names it");
  };
  if (scan(family, {}, visit)) return true;
  if (report_.fault && report_.fault->rule == LogRule::kStoreReadable) {
    return fault_over(LogRule::kIndexReadable, 0, report_.size, std::exchange(report_.fault->detail, {}));
  }
  return false;
}

}  // namespace

Result<LogReport> verify_log(const StoreReader& store, const VerifyOptions& options) {
  return LogVerifier(store, options).run();
}

}  // namespace wissel::core
