#include "core/state/ledger.hpp"

#include "core/state/keys.hpp"

namespace wissel::core {
namespace {

// First byte of the values of family record: the line with its salt, or the bare entry once the line is erased.
constexpr std::uint8_t kLineFormat = 1;
constexpr std::uint8_t kErasedFormat = 2;
constexpr std::uint8_t kTileFormat = 1;
constexpr std::uint8_t kAnnexFormat = 1;

/// The 33-byte entry of a stored record.
Result<std::string> stored_entry(std::string_view value) {
  ByteReader in(value);
  const auto format = in.u8();
  if (format == kErasedFormat && in.rest().size() == kEntryBytes) return std::string(in.rest());
  const auto salt = in.array<16>();
  if (format != kLineFormat || !in.ok()) return fail(Errc::kCorrupt, "family record: unknown form of a value");
  return std::string(as_view(entry_of(record_commitment(salt, in.rest()))));
}

/// The root over a full tile, which is one hash of the level above.
Hash tile_root(std::string_view hashes) {
  TreeEdge tree;
  ByteReader in(hashes);
  for (std::uint64_t i = 0; i < kTileWidth; ++i) tree.append(in.array<32>());
  return tree.root();
}

Result<std::vector<Hash>> hashes_of(const StoreReader& store, unsigned level, std::uint64_t size) {
  std::vector<Hash> out;
  const auto first = full_tiles(level, size) * kTileWidth;
  const auto width = partial_width(level, size);
  // Each hash of a higher level is the root of one full tile of the level below.
  for (std::uint64_t i = first; i < first + width; ++i) {
    auto stored = store.get(Family::kTile, tile_key(static_cast<std::uint8_t>(level - 1), i));
    if (!stored) return std::unexpected(std::move(stored).error());
    if (!*stored || (*stored)->size() != kTileBytes + 1) {
      return fail(Errc::kCorrupt, "family tile: level " + std::to_string(level - 1) + " lacks tile " +
                                      std::to_string(i) + "; run wisselctl log verify");
    }
    out.push_back(tile_root(std::string_view(**stored).substr(1)));
  }
  return out;
}

}  // namespace

Result<void> Ledger::load(const StoreReader& store) {
  auto stored = store.get(Family::kMeta, kMetaLogSize);
  if (!stored) return std::unexpected(std::move(stored).error());
  const std::uint64_t size = *stored ? ByteReader(**stored).u64() : 0;
  std::vector<std::vector<Hash>> levels(1);
  bundle_.clear();
  for (std::uint64_t i = size - partial_width(0, size); i < size; ++i) {
    auto value = store.get(Family::kRecord, log_key(i));
    if (!value) return std::unexpected(std::move(value).error());
    if (!*value) return fail(Errc::kCorrupt, "family record: record " + std::to_string(i) + " is missing");
    auto bytes = stored_entry(**value);
    if (!bytes) return std::unexpected(std::move(bytes).error());
    levels[0].push_back(leaf_hash(*bytes));
    bundle_ += *bytes;
  }
  for (unsigned level = 1; level < kTileLevels && (size >> (8 * level)) > 0; ++level) {
    auto hashes = hashes_of(store, level, size);
    if (!hashes) return std::unexpected(std::move(hashes).error());
    levels.push_back(std::move(*hashes));
  }
  auto edge = TreeEdge::restore(size, levels);
  if (!edge) return std::unexpected(std::move(edge).error());
  edge_ = std::move(*edge);
  return {};
}

std::uint64_t Ledger::append(WriteBatch& batch, RecordDraft& draft, const std::vector<PartyNumber>& parties) {
  if (!draft.sealed) draft.seal();
  const std::uint64_t index = edge_.size();
  const std::string key = log_key(index);

  std::string value;
  value.reserve(17 + draft.line.size());
  append_u8(value, kLineFormat);
  value.append(as_view(draft.salt)).append(draft.line);
  batch.put(Family::kRecord, key, std::move(value));
  if (draft.annex) {
    std::string annex;
    append_u8(annex, kAnnexFormat);
    annex.append(as_view(draft.annex->salt)).append(draft.annex->bytes);
    batch.put(Family::kAnnex, key, std::move(annex));
  }
  if (draft.subject) batch.put(Family::kLogSubject, log_subject_key(*draft.subject, index), {});
  for (const auto party : parties) batch.put(Family::kLogParty, log_party_key(party, index), {});

  const Entry bytes = entry_of(draft.commitment);
  bundle_ += as_view(bytes);
  for (auto& tile : edge_.append(leaf_hash(as_view(bytes)))) {
    std::string tile_value(1, static_cast<char>(kTileFormat));
    batch.put(Family::kTile, tile_key(static_cast<std::uint8_t>(tile.level), tile.index),
              tile_value.append(tile.hashes));
    if (tile.level == 0) {
      batch.put(Family::kTile, tile_key(kEntriesLevel, tile.index),
                std::string(1, static_cast<char>(kTileFormat)).append(bundle_));
      bundle_.clear();
    }
  }
  return index;
}

}  // namespace wissel::core
