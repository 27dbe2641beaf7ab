#include "core/log/stored.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace wissel::core {

namespace {

constexpr std::uint8_t kWithLine = 1;
constexpr std::uint8_t kErased = 2;
constexpr std::uint8_t kWithLineAndCommitment = 3;
constexpr std::uint8_t kAnnexFormat = 1;
constexpr std::uint8_t kTileFormat = 1;

std::unexpected<Error> missing(const std::string& what) { return fail(Errc::kCorrupt, what + " is missing"); }

/// The hash that stands for a full tile one level up.
Hash tile_root(std::string_view hashes) {
  ByteReader reader(hashes);
  TreeEdge edge;
  while (!reader.rest().empty()) edge.append(reader.array<sizeof(Hash)>());
  return edge.root();
}

/// The hashes of the partial tile of `level` ≥ 1: the roots of full tiles one level lower.
Result<std::vector<Hash>> load_level(const StoredTiles& tiles, unsigned level, std::uint64_t size) {
  std::vector<Hash> hashes;
  const auto end = full_tiles(level - 1, size);
  for (auto index = end - partial_width(level, size); index < end; ++index) {
    const auto tile = tiles.tile(level - 1, index, kTileWidth);
    if (!tile) return std::unexpected(tile.error());
    hashes.push_back(tile_root(*tile));
  }
  return hashes;
}

/// So many bits of a leaf's index are its place in a tile of that level, 63 at most: no tree is larger.
unsigned tile_bits(std::uint8_t level) {
  const unsigned above = level == kBundleLevel ? 1 : level + 1U;
  return std::min(8 * above, 63U);
}

}  // namespace

std::string log_key(std::uint64_t index) {
  std::string key;
  append_u64(key, index);
  return key;
}

std::string tile_key(std::uint8_t level, std::uint64_t index) {
  std::string key;
  append_u64(key, ((index + 1) << tile_bits(level)) - 1);
  append_u8(key, level);
  return key;
}

std::optional<TileAt> tile_at(std::string_view key) {
  ByteReader in(key);
  const auto last = in.u64();
  const auto level = in.u8();
  if (!in.done() || (level != kBundleLevel && level >= kTileLevels)) return std::nullopt;
  const TileAt at{.level = level, .index = last >> tile_bits(level), .last = last};
  if (tile_key(at.level, at.index) != key) return std::nullopt;
  return at;
}

std::string tile_name(std::uint8_t level, std::uint64_t index) {
  const auto kind = level == kBundleLevel ? std::string("bundle ") : "tile " + std::to_string(level) + "/";
  return kind + std::to_string(index);
}

std::string log_subject_key(const Bytes16& pseudonym, std::uint64_t index) {
  std::string key(as_view(pseudonym));
  append_u64(key, index);
  return key;
}

std::string log_party_key(std::uint32_t party, std::uint64_t index) {
  std::string key;
  append_u32(key, party);
  append_u64(key, index);
  return key;
}

std::string encode_record(const Salt& salt, std::string_view line) {
  std::string value;
  value.reserve(1 + salt.size() + line.size());
  append_u8(value, kWithLine);
  value += as_view(salt);
  value += line;
  return value;
}

std::string encode_record(const Salt& salt, const Hash& commitment, std::string_view line) {
  std::string value;
  value.reserve(1 + salt.size() + commitment.size() + line.size());
  append_u8(value, kWithLineAndCommitment);
  value += as_view(salt);
  value += as_view(commitment);
  value += line;
  return value;
}

std::string encode_erased_record(const Entry& entry) {
  std::string value;
  append_u8(value, kErased);
  value += as_view(entry);
  return value;
}

Result<StoredRecord> decode_record(std::string_view value) {
  ByteReader reader(value);
  StoredRecord record;
  const auto format = reader.u8();
  if (format == kErased) {
    record.entry = reader.array<kEntryBytes>();
    if (reader.done()) return record;
  } else if (format == kWithLine || format == kWithLineAndCommitment) {
    record.has_line = true;
    record.salt = reader.array<sizeof(Salt)>();
    if (format == kWithLineAndCommitment) record.entry = entry_of(reader.array<sizeof(Hash)>());
    record.line = reader.rest();
    if (reader.ok() && !record.line.empty()) return record;
  }
  return fail(Errc::kCorrupt, "a record's value in no known format");
}

std::string encode_stored_annex(const Salt& salt, std::string_view annex) {
  std::string value;
  append_u8(value, kAnnexFormat);
  value += as_view(salt);
  value += annex;
  return value;
}

Result<StoredAnnex> decode_stored_annex(std::string_view value) {
  ByteReader reader(value);
  StoredAnnex annex;
  const bool known = reader.u8() == kAnnexFormat;
  annex.salt = reader.array<sizeof(Salt)>();
  annex.annex = reader.rest();
  if (!known || !reader.ok()) return fail(Errc::kCorrupt, "an annex's value in no known format");
  return annex;
}

std::string encode_tile(std::string_view bytes) {
  std::string value;
  value.reserve(1 + bytes.size());
  append_u8(value, kTileFormat);
  value += bytes;
  return value;
}

Result<std::string_view> decode_tile(std::string_view value, std::size_t bytes) {
  if (value.size() != 1 + bytes || static_cast<std::uint8_t>(value.front()) != kTileFormat) {
    return fail(Errc::kCorrupt, "a tile's value has another format or length than it should");
  }
  return value.substr(1);
}

Result<std::string> StoredTiles::tile(unsigned level, std::uint64_t index, std::uint64_t width) const {
  const auto stored_level = static_cast<std::uint8_t>(level);
  const auto value = store_.get(Family::kTile, tile_key(stored_level, index), tier_);
  if (!value) return std::unexpected(value.error());
  if (!*value) return missing(tile_name(stored_level, index));
  const auto hashes = decode_tile(**value, kTileBytes);
  if (!hashes) return std::unexpected(hashes.error());
  return std::string(hashes->substr(0, width * sizeof(Hash)));
}

Result<std::string> read_entries(const StoreReader& store, std::uint64_t size, std::uint64_t index,
                                 std::uint64_t width) {
  if (index > size / kTileWidth || width > kTileWidth || index * kTileWidth + width > size) {
    return fail(Errc::kNotFound, "the log does not reach that bundle");
  }
  if (index < size / kTileWidth) {
    const auto value = store.get(Family::kTile, tile_key(kBundleLevel, index));
    if (!value) return std::unexpected(value.error());
    if (!*value) return missing(tile_name(kBundleLevel, index));
    const auto entries = decode_tile(**value, kPackedBundleBytes);
    if (!entries) return std::unexpected(entries.error());
    return std::string(entries->substr(0, width * kEntryBytes));
  }
  std::string packed;
  const auto first = index * kTileWidth;
  auto expected = first;
  const auto visit = [&](std::string_view key, std::string_view value) {
    const auto record = decode_record(value);
    if (ByteReader(key).u64() != expected || !record) return false;
    const auto entry = record->entry ? *record->entry : entry_of(record_commitment(record->salt, record->line));
    packed += as_view(entry);
    ++expected;
    return true;
  };
  const KeyRange range{.from = log_key(first), .to = log_key(first + width), .backwards = false};
  const auto scanned = store.scan(Family::kRecord, range, visit);
  if (!scanned) return std::unexpected(scanned.error());
  if (expected != first + width) return missing("record " + std::to_string(expected));
  return packed;
}

Result<TreeEdge> load_edge(const StoreReader& store, std::uint64_t size) {
  std::vector<std::vector<Hash>> partial(kTileLevels);
  const auto entries = read_entries(store, size, size / kTileWidth, size % kTileWidth);
  if (!entries) return std::unexpected(entries.error());
  for (std::string_view rest = *entries; !rest.empty(); rest.remove_prefix(kEntryBytes)) {
    partial[0].push_back(leaf_hash(rest.substr(0, kEntryBytes)));
  }
  const StoredTiles tiles(store);
  for (unsigned level = 1; level < kTileLevels; ++level) {
    auto hashes = load_level(tiles, level, size);
    if (!hashes) return std::unexpected(std::move(hashes).error());
    partial[level] = *std::move(hashes);
  }
  return TreeEdge::restore(size, partial);
}

}  // namespace wissel::core
