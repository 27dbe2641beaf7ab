#include "core/state/ledger.hpp"

#include "core/log/continuity.hpp"
#include "core/log/stored.hpp"

namespace wissel::core {

Result<void> Ledger::load(const StoreReader& store) {
  auto edge = stored_edge(store);
  if (!edge) return std::unexpected(std::move(edge).error());
  const auto size = edge->size();
  bundle_.clear();
  if (const auto width = partial_width(0, size); width > 0) {
    auto entries = read_entries(store, size, full_tiles(0, size), width);
    if (!entries) return std::unexpected(std::move(entries).error());
    bundle_ = std::move(*entries);
  }
  edge_ = std::move(*edge);
  return {};
}

std::uint64_t Ledger::append(WriteBatch& batch, RecordDraft& draft, const std::vector<PartyNumber>& parties) {
  if (!draft.sealed) draft.seal();
  const std::uint64_t index = edge_.size();
  const std::string key = log_key(index);
  batch.put(Family::kRecord, key, encode_record(draft.salt, draft.commitment, draft.line));
  if (draft.annex) batch.put(Family::kAnnex, key, encode_stored_annex(draft.annex->salt, draft.annex->bytes));
  if (draft.subject) batch.put(Family::kLogSubject, log_subject_key(*draft.subject, index), {});
  for (const auto party : parties) batch.put(Family::kLogParty, log_party_key(party, index), {});

  const Entry bytes = entry_of(draft.commitment);
  bundle_ += as_view(bytes);
  for (const auto& tile : edge_.append(leaf_hash(as_view(bytes)))) {
    batch.put(Family::kTile, tile_key(static_cast<std::uint8_t>(tile.level), tile.index), encode_tile(tile.hashes));
    if (tile.level == 0) {
      batch.put(Family::kTile, tile_key(kBundleLevel, tile.index), encode_tile(bundle_));
      bundle_.clear();
    }
  }
  return index;
}

}  // namespace wissel::core
