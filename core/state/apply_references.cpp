// References: set, withdraw, bulk, and moving a subject to a newer key.
#include <boost/json.hpp>

#include <algorithm>

#include "core/policy/policy.hpp"
#include "core/state/objects.hpp"
#include "core/state/working.hpp"

namespace wissel::core {
namespace {

/// An unchanged reference counts its term anew, but is written for that only when it gains at least this.
constexpr Milliseconds kWorthExtending{86'400'000};

/// The same content under a key that both were hashed with.
bool same_content(const HolderEntry& entry, const ReferenceChange& change) {
  return std::ranges::any_of(entry.digests, [&](const ReferenceDigest& digest) {
    return std::ranges::find(change.digests, digest) != change.digests.end();
  });
}

/// Above it no reference of this holder that left the store ever was.
std::uint64_t gone_version(const Applying& on, const Oin& holder) {
  const auto number = on.state.parties->number(holder);
  const auto at = number ? on.state.syncs->find(*number) : on.state.syncs->end();
  return at == on.state.syncs->end() ? 0 : at->second.gone_version;
}

HolderEntry entry_of(Applying& on, const ReferenceChange& change, const std::optional<HolderEntry>& old) {
  HolderEntry entry;
  // It rises for ever, also when a reference is withdrawn and set anew and nothing of the old one is left.
  entry.version = (old ? old->version : gone_version(on, change.holder)) + 1;
  entry.since = old && !old->withdrawn ? old->since : on.now;
  entry.until_given = change.geldig_tot.has_value();
  entry.ended = old ? old->ended : std::nullopt;
  entry.until = change.geldig_tot ? *change.geldig_tot
                                  : end_of_term(on, change.holder, change.categorie, entry.ended.value_or(on.now));
  entry.in_onderzoek = old && old->in_onderzoek;
  entry.zichtbaarheid = change.zichtbaarheid;
  entry.subjects = change.subjects;
  entry.kinds = change.kinds;
  entry.zaaktype = change.zaaktype;
  entry.categorie = change.categorie;
  entry.digests = change.digests;
  entry.sealed = change.sealed;
  return entry;
}

/// Fills a draft that was made before the subject and version were known.
void about(RecordDraft& draft, const HolderEntry& entry, std::size_t subject) {
  draft.subject = entry.subjects[subject];
  draft.record.data_subject_id = entry.subjects[subject];
  draft.record.data_subject_id_type = std::string(to_string(entry.kinds[subject]));
  draft.sealed = false;
}

std::string reference_answer(const Uuid& id, const HolderEntry& entry) {
  return boost::json::serialize(
      boost::json::object{{"id", id.str()}, {"versie", entry.version}, {"geldigTot", format_rfc3339(entry.until)}});
}

}  // namespace

Result<std::optional<HolderEntry>> find_entry(const StoreReader& store, PartyNumber holder, Generation generation,
                                              const Uuid& id) {
  auto stored = store.get(Family::kHolder, holder_key(holder, generation, id));
  if (!stored) return std::unexpected(std::move(stored).error());
  if (!*stored) return std::optional<HolderEntry>();
  auto entry = decode_holder_entry(**stored);
  if (!entry) return std::unexpected(std::move(entry).error());
  return std::optional(std::move(*entry));
}

Result<std::optional<HolderEntry>> find_seen(const StoreReader& store, PartyNumber holder, Generation generation,
                                             const Uuid& id) {
  auto entry = find_entry(store, holder, generation, id);
  if (entry && *entry && (*entry)->withdrawn) entry->reset();
  return entry;
}

Result<void> log_subjects(Applying& on, const RecordDraft& lent, const Uuid& id, const HolderEntry& entry) {
  for (std::size_t i = 0; i < entry.subjects.size(); ++i) {
    auto draft = on.derive(lent);
    about(draft, entry, i);
    draft.record.object = reference_object(id, entry.version, entry.zaaktype);
    if (auto logged = on.log(draft); !logged) return std::unexpected(std::move(logged).error());
  }
  return {};
}

HolderEntry uploaded_entry(Applying& on, const ReferenceChange& change, const std::optional<HolderEntry>& seen) {
  auto entry = entry_of(on, change, seen);
  if (seen && same_content(*seen, change)) entry.version = seen->version;
  return entry;
}

void put_entry(Applying& on, PartyNumber holder, Generation generation, const Uuid& id, const HolderEntry& entry,
               const std::optional<HolderEntry>& old) {
  if (old) {
    for (const auto& subject : old->subjects) {
      if (std::ranges::find(entry.subjects, subject) == entry.subjects.end()) {
        on.batch.remove(Family::kReference, reference_key(subject, holder, id, generation));
      }
    }
  }
  on.batch.put(Family::kHolder, holder_key(holder, generation, id), encode(entry));
  const auto row = encode_reference_value(entry);
  for (const auto& subject : entry.subjects) {
    on.batch.put(Family::kReference, reference_key(subject, holder, id, generation), row);
  }
}

void remove_entry(Applying& on, PartyNumber holder, Generation generation, const Uuid& id, const HolderEntry& entry) {
  for (const auto& subject : entry.subjects) {
    on.batch.remove(Family::kReference, reference_key(subject, holder, id, generation));
  }
  on.batch.remove(Family::kHolder, holder_key(holder, generation, id));
}

namespace {

/// An unchanged reference: it may count its term anew, and be known under keys that were added since.
bool refresh(HolderEntry& entry, const HolderEntry& old) {
  entry.version = old.version;
  const bool extend = !entry.until_given && entry.until - old.until >= kWorthExtending;
  if (!extend) entry.until = old.until;
  return extend || entry.digests != old.digests;
}

/// The record of the access itself, about the subject where there is one, and otherwise a record for each.
Result<void> log_change(Applying& on, const RecordDraft& lent, const Uuid& id, const HolderEntry& entry) {
  const auto status = on.outcome.status;
  for (auto& access : on.command.records) {
    access.record.object = reference_object(id, entry.version, entry.zaaktype);
    access.sealed = false;
    if (entry.subjects.size() == 1) about(access, entry, 0);
  }
  if (auto logged = on.log_access(Uitkomst::kToegestaan, status); !logged) return logged;
  return entry.subjects.size() == 1 ? Result<void>() : log_subjects(on, lent, id, entry);
}

}  // namespace

Result<SetDone> set_reference(Applying& on, const ReferenceChange& change, const RecordDraft& lent) {
  auto holder = on.party(change.holder);
  if (!holder) return std::unexpected(std::move(holder).error());
  if (auto settled = settle_switched(on, *holder, change.id, lent); !settled) {
    return std::unexpected(std::move(settled).error());
  }
  const SyncState sync = on.sync(*holder);
  auto old = find_seen(on.batch, *holder, sync.current, change.id);
  if (!old) return std::unexpected(std::move(old).error());

  SetDone done{SetResult::kNew, entry_of(on, change, *old)};
  if (*old && same_content(**old, change)) {
    done.result = SetResult::kUnchanged;
    if (!refresh(done.entry, **old) && !sync.open) return done;
  } else if (*old) {
    done.result = SetResult::kChanged;
  }
  // While the changes of a switch are being noted, this one has its own record.
  done.entry.direct = sync.phase == SyncState::Phase::kNoteChanges;
  put_entry(on, *holder, sync.current, change.id, done.entry, *old);
  follow_term(on, *holder, change.id, done.entry, *old);
  if (sync.open) {
    auto uploaded = find_entry(on.batch, *holder, *sync.open, change.id);
    if (!uploaded) return std::unexpected(std::move(uploaded).error());
    HolderEntry beside = done.entry;
    beside.direct = true;
    put_entry(on, *holder, *sync.open, change.id, beside, *uploaded);
  }
  return done;
}

Result<std::optional<HolderEntry>> withdraw_reference(Applying& on, PartyNumber holder, const Uuid& id,
                                                      const RecordDraft& lent) {
  if (auto settled = settle_switched(on, holder, id, lent); !settled) {
    return std::unexpected(std::move(settled).error());
  }
  const SyncState sync = on.sync(holder);
  auto old = find_seen(on.batch, holder, sync.current, id);
  if (!old || !*old) return old;
  if (auto removed = remove_seen(on, holder, id, **old); !removed) return std::unexpected(std::move(removed).error());
  if (sync.open) {
    auto uploaded = find_entry(on.batch, holder, *sync.open, id);
    if (!uploaded) return uploaded;
    HolderEntry mark;
    mark.version = (*old)->version;
    mark.direct = true;
    mark.withdrawn = true;
    put_entry(on, holder, *sync.open, id, mark, *uploaded);
  }
  return old;
}

Result<void> apply_effect(Applying& on, SetReference& effect) {
  const Uuid id = effect.change.id;
  auto done = set_reference(on, effect.change, effect.record);
  if (!done) return std::unexpected(std::move(done).error());
  on.outcome.status = done->result == SetResult::kNew ? 201 : 200;
  on.outcome.version = done->entry.version;
  on.outcome.body = reference_answer(id, done->entry);
  if (done->result != SetResult::kUnchanged) return log_change(on, effect.record, id, done->entry);
  for (auto& access : on.command.records) {
    access.record.object = unchanged_object(id);
    access.sealed = false;
    if (done->entry.subjects.size() == 1) about(access, done->entry, 0);
  }
  return on.log_access(Uitkomst::kToegestaan, on.outcome.status);
}

Result<void> apply_effect(Applying& on, WithdrawReference& effect) {
  auto holder = on.party(effect.holder);
  if (!holder) return std::unexpected(std::move(holder).error());
  auto old = find_seen(on.batch, *holder, on.sync(*holder).current, effect.id);
  if (!old) return std::unexpected(std::move(old).error());
  if (!*old) return on.refuse({ProblemCode::kNotFound, "Er is geen verwijzing met deze id.", {}});
  if (effect.if_version && *effect.if_version != (*old)->version) {
    return on.refuse({ProblemCode::kVersionDiffers, "De verwijzing is intussen gewijzigd.", {}});
  }
  auto withdrawn = withdraw_reference(on, *holder, effect.id, effect.record);
  if (!withdrawn) return std::unexpected(std::move(withdrawn).error());
  on.outcome.status = 204;
  return log_change(on, effect.record, effect.id, **old);
}

namespace {

Result<void> set_line(Applying& on, const RecordDraft& lent, const ReferenceChange& change) {
  auto done = set_reference(on, change, lent);
  if (!done) return std::unexpected(std::move(done).error());
  if (done->result == SetResult::kUnchanged) {
    ++on.outcome.unchanged;
    return {};
  }
  ++on.outcome.changed;
  return log_subjects(on, lent, change.id, done->entry);
}

Result<void> withdraw_line(Applying& on, const RecordDraft& lent, PartyNumber holder, const Uuid& id,
                           std::uint64_t number) {
  auto old = withdraw_reference(on, holder, id, lent);
  if (!old) return std::unexpected(std::move(old).error());
  if (!*old) {
    on.outcome.unknown.push_back(number);
    return {};
  }
  ++on.outcome.withdrawn;
  RecordDraft withdrawal = on.derive(lent);
  withdrawal.record.actie = Actie::kIntrekken;
  return log_subjects(on, withdrawal, id, **old);
}

}  // namespace

Result<void> apply_effect(Applying& on, BulkReferences& effect) {
  auto holder = on.party(effect.holder);
  if (!holder) return std::unexpected(std::move(holder).error());
  on.outcome.status = 200;
  if (auto logged = on.log_access(Uitkomst::kToegestaan, 200); !logged) return logged;
  for (const auto& line : effect.lines) {
    const auto* change = std::get_if<ReferenceChange>(&line.change);
    auto done = change != nullptr ? set_line(on, effect.record, *change)
                                  : withdraw_line(on, effect.record, *holder, std::get<Uuid>(line.change), line.number);
    if (!done) return done;
  }
  return {};
}

Result<void> move_subject(Applying& on, const PseudonymMove& move) {
  std::vector<ReferenceRow> rows;
  Result<void> decoded;
  auto scanned = on.batch.scan(Family::kReference, prefix_range(as_view(move.from)),
                               [&](std::string_view key, std::string_view value) {
                                 auto row = decode_reference(key, value);
                                 if (!row) decoded = std::unexpected(std::move(row).error());
                                 if (row) rows.push_back(std::move(*row));
                                 return decoded.has_value();
                               });
  if (!scanned) return scanned;
  if (!decoded) return decoded;
  for (const auto& row : rows) {
    auto entry = find_entry(on.batch, row.holder, row.generation, row.id);
    if (!entry) return std::unexpected(std::move(entry).error());
    on.batch.remove(Family::kReference, reference_key(move.from, row.holder, row.id, row.generation));
    if (!*entry) continue;
    std::ranges::replace((*entry)->subjects, move.from, move.to);
    on.batch.put(Family::kHolder, holder_key(row.holder, row.generation, row.id), encode(**entry));
    on.batch.put(Family::kReference, reference_key(move.to, row.holder, row.id, row.generation),
                 encode_reference_value(**entry));
  }
  return move_subscriptions(on, move);
}

}  // namespace wissel::core
