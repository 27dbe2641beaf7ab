#include "transport/routes/lookup.hpp"

#include <algorithm>

#include "core/policy/network.hpp"

namespace wissel::transport {
namespace {

/// References of one subject that a look-up reads at most; a subject with more is not one person or zaak.
constexpr std::size_t kRowsMax = 10'000;

void add(std::map<core::Oin, FoundHolder>& holders, const core::Oin& oin, core::ReferenceRow row) {
  auto& holder = holders.try_emplace(oin, FoundHolder{oin, {}, row.since, false}).first->second;
  if (!row.zaaktype.empty() && std::ranges::find(holder.zaaktypen, row.zaaktype) == holder.zaaktypen.end()) {
    holder.zaaktypen.push_back(std::move(row.zaaktype));
  }
  holder.since = std::min(holder.since, row.since);
  holder.in_onderzoek |= row.in_onderzoek;
}

bool asked_for(const Lookup& lookup, const core::ReferenceRow& row) {
  return !lookup.question.zaaktype || *lookup.question.zaaktype == row.zaaktype;
}

/// Reads one row, whose it may be: a subject without rows would otherwise be told from one whose rows are all hidden by
/// how long it takes, since its filter says that there is no block to read. What is read is forgotten.
core::Result<void> read_any_row(const core::StoreReader& store, const core::Bytes16& from, core::ReadTier tier) {
  const auto forget = [](std::string_view key, std::string_view value) {
    const auto row = core::decode_reference(key, value);
    static_cast<void>(row);
    return false;
  };
  return store.scan(core::Family::kReference, {std::string(core::as_view(from)), {}}, forget, tier);
}

}  // namespace

core::Result<Found> find_holders(const core::View& view, const core::StoreReader& store, const Lookup& lookup,
                                 core::ReadTier tier) {
  std::map<core::Oin, FoundHolder> holders;
  Found found;
  std::size_t rows = 0;
  core::Result<void> decoded;
  const auto take = [&](std::string_view key, std::string_view value) {
    auto row = core::decode_reference(key, value);
    if (!row) {
      decoded = std::unexpected(std::move(row).error());
      return false;
    }
    const auto* oin = view.parties->oin(row->holder);
    if (oin == nullptr || row->generation != view.generation(row->holder)) return ++rows < kRowsMax;
    const auto* holder = view.network->participant(*oin);
    const bool alive = row->until > lookup.question.at && holder != nullptr && holder->active();
    if (lookup.agreement == nullptr || !alive || !asked_for(lookup, *row)) return ++rows < kRowsMax;
    if (row->zichtbaarheid == core::Zichtbaarheid::kAfgeschermd) {
      if (std::ranges::find(found.hidden, *oin) == found.hidden.end()) found.hidden.push_back(*oin);
    } else if (core::may_see(*lookup.agreement, *oin, {row->zaaktype, row->categorie, row->zichtbaarheid})) {
      add(holders, *oin, std::move(*row));
    }
    return ++rows < kRowsMax;
  };
  for (const auto& pseudonym : lookup.pseudonyms) {
    auto scanned = store.scan(core::Family::kReference, core::prefix_range(core::as_view(pseudonym)), take, tier);
    if (!scanned) return std::unexpected(std::move(scanned).error());
    if (!decoded) return std::unexpected(std::move(decoded).error());
  }
  if (rows == 0) {
    auto read = read_any_row(store, lookup.pseudonyms.front(), tier);
    if (!read) return std::unexpected(std::move(read).error());
  }
  for (auto& [oin, holder] : holders) {
    std::ranges::sort(holder.zaaktypen);
    found.holders.push_back(std::move(holder));
  }
  return found;
}

}  // namespace wissel::transport
