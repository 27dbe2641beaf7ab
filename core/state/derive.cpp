#include "core/state/derive.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "core/log/continuity.hpp"
#include "core/log/record.hpp"
#include "core/state/keys.hpp"

namespace wissel::core {
namespace {

/// Scans a family; the first error, the visitor's or the store's, ends it.
Result<void> each(const StoreReader& store, Family family, const KeyRange& range,
                  const std::function<Result<void>(std::string_view, std::string_view)>& take) {
  Result<void> outcome;
  auto scanned = store.scan(family, range, [&](std::string_view key, std::string_view value) {
    outcome = take(key, value);
    return outcome.has_value();
  });
  return scanned ? outcome : scanned;
}

std::unexpected<Error> at_index(Error error, std::uint64_t index) {
  return std::unexpected(std::move(error).within("record " + std::to_string(index)));
}

Result<void> derive_references(const StoreReader& store, const RowSink& sink, const std::function<void()>& read) {
  return each(store, Family::kHolder, {}, [&](std::string_view key, std::string_view value) -> Result<void> {
    read();
    ByteReader in(key);
    const auto holder = in.u32();
    const auto generation = in.u32();
    auto entry = decode_holder_entry(value);
    if (!entry) return std::unexpected(std::move(entry).error());
    const auto row = encode_reference_value(*entry);
    for (const auto& subject : entry->subjects) {
      auto put = sink(Family::kReference, reference_key(subject, holder, id_of_holder_key(key), generation), row);
      if (!put) return put;
    }
    return {};
  });
}

Result<std::map<Oin, PartyNumber>> party_numbers(const StoreReader& store) {
  std::map<Oin, PartyNumber> out;
  const auto take = [&](std::string_view key, std::string_view value) -> Result<void> {
    auto oin = Oin::parse(key.substr(kMetaPartyPrefix.size()));
    if (!oin) return fail(Errc::kCorrupt, "meta party: not an OIN");
    out.emplace(*oin, ByteReader(value).u32());
    return {};
  };
  auto loaded = each(store, Family::kMeta, prefix_range(kMetaPartyPrefix), take);
  if (!loaded) return std::unexpected(std::move(loaded).error());
  return out;
}

/// Under whom a record is found: its caller, whom it acted for, and whom its answer named. The answer to a message
/// names nobody.
std::vector<Oin> parties_of(const LogRecord& record) {
  std::vector<Oin> out;
  if (record.oin) out.push_back(*record.oin);
  if (record.namens) out.push_back(*record.namens);
  if (record.actie != Actie::kMelden) {
    out.insert(out.end(), record.bronhouders.begin(), record.bronhouders.end());
  }
  return out;
}

/// Calls `take` with each record whose line still stands.
Result<void> each_line(const StoreReader& store, const std::function<void()>& read,
                       const std::function<Result<void>(std::uint64_t, const LogRecord&)>& take) {
  return each(store, Family::kRecord, {}, [&](std::string_view key, std::string_view value) -> Result<void> {
    read();
    const auto index = index_of_key(key);
    const auto stored = decode_record(value);
    if (!stored) return at_index(stored.error(), index);
    if (!stored->has_line) return {};
    const auto record = decode_line(stored->line);
    if (!record) return at_index(record.error(), index);
    return take(index, *record);
  });
}

Result<void> derive_subjects(const StoreReader& store, const RowSink& sink, const std::function<void()>& read) {
  return each_line(store, read, [&](std::uint64_t index, const LogRecord& record) -> Result<void> {
    if (!record.data_subject_id) return {};
    return sink(Family::kLogSubject, log_subject_key(*record.data_subject_id, index), {});
  });
}

Result<void> derive_parties(const StoreReader& store, const RowSink& sink, const std::function<void()>& read) {
  const auto numbers = party_numbers(store);
  if (!numbers) return std::unexpected(numbers.error());
  return each_line(store, read, [&](std::uint64_t index, const LogRecord& record) -> Result<void> {
    for (const auto& oin : parties_of(record)) {
      const auto number = numbers->find(oin);
      if (number == numbers->end()) return at_index({Errc::kCorrupt, "a party of it has no number in meta"}, index);
      auto put = sink(Family::kLogParty, log_party_key(number->second, index), {});
      if (!put) return put;
    }
    return {};
  });
}

/// The tree grown anew, entry by entry.
class TileMaker {
 public:
  TileMaker(const StoreReader& store, const RowSink& sink) : store_(store), sink_(sink) {}

  Result<void> add(const Entry& entry) {
    bundle_ += as_view(entry);
    for (const auto& tile : edge_.append(leaf_hash(as_view(entry)))) {
      auto put =
          sink_(Family::kTile, tile_key(static_cast<std::uint8_t>(tile.level), tile.index), encode_tile(tile.hashes));
      if (put && tile.level == 0) {
        put = sink_(Family::kTile, tile_key(kBundleLevel, tile.index), encode_tile(std::exchange(bundle_, {})));
      }
      if (!put) return put;
    }
    return {};
  }

  /// Entries up to `index` whose rows are gone: erased ones, which only their bundle still holds.
  Result<void> fill_up_to(std::uint64_t index) {
    while (edge_.size() < index) {
      const auto at = edge_.size();
      const auto value = store_.get(Family::kTile, tile_key(kBundleLevel, at / kTileWidth));
      if (!value) return std::unexpected(value.error());
      const auto packed = *value ? decode_tile(**value, kPackedBundleBytes)
                                 : Result<std::string_view>(fail(Errc::kCorrupt, "neither a row nor a bundle"));
      if (!packed) return at_index(packed.error(), at);
      auto added = add(ByteReader(packed->substr(at % kTileWidth * kEntryBytes, kEntryBytes)).array<kEntryBytes>());
      if (!added) return added;
    }
    return {};
  }

  [[nodiscard]] const TreeEdge& edge() const noexcept { return edge_; }

 private:
  const StoreReader& store_;
  const RowSink& sink_;
  TreeEdge edge_;
  std::string bundle_;
};

Result<void> derive_tiles(const StoreReader& store, const RowSink& sink, const std::function<void()>& read) {
  TileMaker maker(store, sink);
  auto made = each(store, Family::kRecord, {}, [&](std::string_view key, std::string_view value) -> Result<void> {
    read();
    const auto index = index_of_key(key);
    if (auto filled = maker.fill_up_to(index); !filled) return filled;
    const auto stored = decode_record(value);
    if (!stored) return at_index(stored.error(), index);
    return maker.add(stored->has_line ? entry_of(record_commitment(stored->salt, stored->line)) : *stored->entry);
  });
  if (!made) return made;
  const auto root = store.get(Family::kMeta, kMetaLogRoot);
  const auto size = store.get(Family::kMeta, kMetaLogSize);
  if (!root) return std::unexpected(root.error());
  if (!size) return std::unexpected(size.error());
  if (!*size || !*root) return {};
  if (auto filled = maker.fill_up_to(ByteReader(**size).u64()); !filled) return filled;
  // Tiles of another tree than the stored root's are never made: the records are what is wrong then.
  if (as_view(maker.edge().root()) == **root) return {};
  return fail(Errc::kCorrupt, "the records do not give the root in meta; 'wisselctl log verify' names the first");
}

}  // namespace

Result<void> derive_rows(const StoreReader& store, Family family, const RowSink& sink,
                         const std::function<void()>& read) {
  switch (family) {
    case Family::kReference:
      return derive_references(store, sink, read);
    case Family::kTile:
      return derive_tiles(store, sink, read);
    case Family::kLogSubject:
      return derive_subjects(store, sink, read);
    case Family::kLogParty:
      return derive_parties(store, sink, read);
    default:
      return fail(Errc::kInvalidInput, "family " + std::string(family_name(family)) + " is not derived");
  }
}

Result<bool> may_stand(const StoreReader& store, Family family, std::string_view key) {
  if (family != Family::kLogParty) return false;
  const auto value = store.get(Family::kRecord, log_key(index_of_key(key)));
  if (!value) return std::unexpected(value.error());
  if (!*value) return false;
  const auto stored = decode_record(**value);
  if (!stored) return std::unexpected(stored.error());
  if (!stored->has_line) return false;
  const auto record = decode_line(stored->line);
  if (!record) return std::unexpected(record.error());
  return record->bronhouders_aantal.has_value();
}

}  // namespace wissel::core
