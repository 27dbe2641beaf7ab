#include "transport/routes/lookup.hpp"

#include <algorithm>

#include "core/policy/network.hpp"

namespace wissel::transport {
namespace {

/// References of one subject that a look-up reads at most; a subject with more is not one person or zaak.
constexpr std::size_t kRowsMax = 10'000;

bool asked_for(const Lookup& lookup, const core::ReferenceRow& row) {
  return !lookup.question.zaaktype || *lookup.question.zaaktype == row.zaaktype;
}

/// The rows of one subject, judged as they are read.
class Rows {
 public:
  Rows(const core::View& view, const Lookup& lookup) : view_(view), lookup_(lookup) {}

  /// False: enough, or damage.
  bool take(std::string_view key, std::string_view value) {
    auto row = core::decode_reference(key, value);
    if (!row) {
      decoded_ = std::unexpected(std::move(row).error());
      return false;
    }
    judge(std::move(*row));
    return ++count_ < kRowsMax;
  }

  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] bool nothing_to_show() const noexcept { return holders_.empty(); }
  [[nodiscard]] const core::Result<void>& decoded() const noexcept { return decoded_; }
  [[nodiscard]] Found found() && {
    Found out;
    out.hidden = std::move(hidden_);
    for (auto& [oin, holder] : holders_) {
      std::ranges::sort(holder.zaaktypen);
      out.holders.push_back(std::move(holder));
    }
    return out;
  }

 private:
  void judge(core::ReferenceRow row) {
    const auto* oin = view_.parties->oin(row.holder);
    if (oin == nullptr || row.generation != view_.generation(row.holder)) return;
    const auto* holder = view_.network->participant(*oin);
    const bool alive = row.until > lookup_.question.at && holder != nullptr && holder->active();
    if (lookup_.agreement == nullptr || !alive || !asked_for(lookup_, row)) return;
    if (row.zichtbaarheid == core::Zichtbaarheid::kAfgeschermd) {
      hide(*oin, row.id);
    } else if (core::may_see(*lookup_.agreement, *oin, {row.zaaktype, row.categorie, row.zichtbaarheid})) {
      add(*oin, std::move(row));
    }
  }

  void hide(const core::Oin& oin, const core::Uuid& id) {
    auto at = std::ranges::find(hidden_, oin, &core::Shielded::holder);
    if (at == hidden_.end()) at = hidden_.insert(hidden_.end(), core::Shielded{oin, {}});
    if (at->references.size() < core::kShieldedIdsMax) at->references.push_back(id);
  }

  void add(const core::Oin& oin, core::ReferenceRow row) {
    auto& holder = holders_.try_emplace(oin, FoundHolder{oin, {}, row.since, false}).first->second;
    if (!row.zaaktype.empty() && std::ranges::find(holder.zaaktypen, row.zaaktype) == holder.zaaktypen.end()) {
      holder.zaaktypen.push_back(std::move(row.zaaktype));
    }
    holder.since = std::min(holder.since, row.since);
    holder.in_onderzoek |= row.in_onderzoek;
  }

  const core::View& view_;
  const Lookup& lookup_;
  std::map<core::Oin, FoundHolder> holders_;
  std::vector<core::Shielded> hidden_;
  std::size_t count_ = 0;
  core::Result<void> decoded_;
};

/// A subject without rows would be told from one whose rows are all hidden by how long it takes: the store's filter
/// says at once that there is nothing to read. So whoever has none reads and judges a row, whose it may be, and whoever
/// has some asks for one that is not there; both have then done both. What is read is forgotten.
core::Result<void> even_out(const core::View& view, const core::StoreReader& store, const Lookup& lookup, bool has_rows,
                            core::ReadTier tier) {
  Rows forgotten(view, lookup);
  const auto take_one = [&](std::string_view key, std::string_view value) {
    return forgotten.count() == 0 && forgotten.take(key, value);
  };
  auto subject = lookup.pseudonyms.front();
  if (!has_rows) {
    return store.scan(core::Family::kReference, {std::string(core::as_view(subject)), {}}, take_one, tier);
  }
  for (auto& byte : subject) byte = static_cast<std::uint8_t>(~byte);
  return store.scan(core::Family::kReference, core::prefix_range(core::as_view(subject)), take_one, tier);
}

}  // namespace

core::Result<Found> find_holders(const core::View& view, const core::StoreReader& store, const Lookup& lookup,
                                 core::ReadTier tier) {
  Rows rows(view, lookup);
  const auto take = [&](std::string_view key, std::string_view value) { return rows.take(key, value); };
  for (const auto& pseudonym : lookup.pseudonyms) {
    auto scanned = store.scan(core::Family::kReference, core::prefix_range(core::as_view(pseudonym)), take, tier);
    if (!scanned) return std::unexpected(std::move(scanned).error());
    if (!rows.decoded()) return std::unexpected(rows.decoded().error());
  }
  if (rows.nothing_to_show()) {
    auto evened = even_out(view, store, lookup, rows.count() > 0, tier);
    if (!evened) return std::unexpected(std::move(evened).error());
  }
  return std::move(rows).found();
}

}  // namespace wissel::transport
