// References: set, withdraw, bulk, lapse, and moving a subject to a newer key.
#include <boost/json.hpp>

#include <algorithm>

#include "core/policy/policy.hpp"
#include "core/state/objects.hpp"
#include "core/state/working.hpp"

namespace wissel::core {
namespace {

/// An unchanged reference counts its term anew, but is written for that only when it gains at least this.
constexpr Milliseconds kWorthExtending{86'400'000};

std::string lapse_id(PartyNumber holder, const Uuid& id) {
  std::string out;
  append_u32(out, holder);
  return out.append(id.view());
}

/// The same content under a key that both were hashed with.
bool same_content(const HolderEntry& entry, const ReferenceChange& change) {
  return std::ranges::any_of(entry.digests, [&](const ReferenceDigest& digest) {
    return std::ranges::find(change.digests, digest) != change.digests.end();
  });
}

HolderEntry entry_of(Applying& on, const ReferenceChange& change, const std::optional<HolderEntry>& old) {
  HolderEntry entry;
  entry.version = old ? old->version + 1 : 1;
  entry.since = old && !old->withdrawn ? old->since : on.now;
  entry.until_given = change.geldig_tot.has_value();
  entry.until = change.geldig_tot ? *change.geldig_tot
                                  : reference_end(*on.state.network, change.holder, change.categorie, on.now,
                                                  on.state.settings.reference_term_max);
  entry.zichtbaarheid = change.zichtbaarheid;
  entry.subjects = change.subjects;
  entry.kinds = change.kinds;
  entry.zaaktype = change.zaaktype;
  entry.categorie = change.categorie;
  entry.digests = change.digests;
  entry.sealed = change.sealed;
  return entry;
}

/// Fills a draft that was lent before the subject and version were known.
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

HolderEntry uploaded_entry(Applying& on, const ReferenceChange& change, const std::optional<HolderEntry>& seen) {
  auto entry = entry_of(on, change, seen);
  if (seen && same_content(*seen, change)) entry.version = seen->version;
  return entry;
}

void forget_term(Applying& on, PartyNumber holder, const Uuid& id, const HolderEntry& entry) {
  on.batch.remove(Family::kTimer, timer_key(entry.until, TimerKind::kReferenceLapse, lapse_id(holder, id)));
}

void follow_term(Applying& on, PartyNumber holder, const Uuid& id, const HolderEntry& entry,
                 const std::optional<HolderEntry>& old) {
  if (old && old->until != entry.until) forget_term(on, holder, id, *old);
  on.timer(entry.until, TimerKind::kReferenceLapse, lapse_id(holder, id));
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

Result<SetDone> set_reference(Applying& on, const ReferenceChange& change) {
  auto holder = on.party(change.holder);
  if (!holder) return std::unexpected(std::move(holder).error());
  const SyncState sync = on.sync(*holder);
  auto old = find_entry(on.batch, *holder, sync.current, change.id);
  if (!old) return std::unexpected(std::move(old).error());

  SetDone done{SetResult::kNew, entry_of(on, change, *old)};
  const bool unchanged = *old && same_content(**old, change);
  if (unchanged) {
    done.result = SetResult::kUnchanged;
    const bool extend = !done.entry.until_given && done.entry.until - (*old)->until >= kWorthExtending;
    done.entry.version = (*old)->version;
    if (!extend) done.entry = **old;
    if (!extend && !sync.open) return done;
  } else if (*old) {
    done.result = SetResult::kChanged;
  }
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

Result<std::optional<HolderEntry>> withdraw_reference(Applying& on, PartyNumber holder, const Uuid& id) {
  const SyncState sync = on.sync(holder);
  auto old = find_entry(on.batch, holder, sync.current, id);
  if (!old) return old;
  if (*old) {
    remove_entry(on, holder, sync.current, id, **old);
    forget_term(on, holder, id, **old);
  }
  if (sync.open) {
    auto uploaded = find_entry(on.batch, holder, *sync.open, id);
    if (!uploaded) return uploaded;
    HolderEntry mark;
    mark.version = *old ? (*old)->version : 0;
    mark.direct = true;
    mark.withdrawn = true;
    put_entry(on, holder, *sync.open, id, mark, *uploaded);
  }
  return old;
}

Result<void> apply_effect(Applying& on, SetReference& effect) {
  auto done = set_reference(on, effect.change);
  if (!done) return std::unexpected(std::move(done).error());
  on.outcome.status = done->result == SetResult::kNew ? 201 : 200;
  on.outcome.version = done->entry.version;
  on.outcome.body = reference_answer(effect.change.id, done->entry);
  for (auto& draft : on.command.records) {
    draft.record.object = reference_object(effect.change.id, done->entry.version, done->entry.zaaktype);
    draft.sealed = false;
  }
  if (auto logged = on.log_access(Uitkomst::kToegestaan, on.outcome.status); !logged) return logged;
  if (done->result == SetResult::kUnchanged) return {};
  return on.log_children(Uitkomst::kToegestaan, on.outcome.status);
}

Result<void> apply_effect(Applying& on, WithdrawReference& effect) {
  auto holder = on.party(effect.holder);
  if (!holder) return std::unexpected(std::move(holder).error());
  auto old = find_entry(on.batch, *holder, on.sync(*holder).current, effect.id);
  if (!old) return std::unexpected(std::move(old).error());
  if (!*old) return on.refuse({ProblemCode::kNotFound, "Er is geen verwijzing met deze id.", {}});
  if (effect.if_version && *effect.if_version != (*old)->version) {
    return on.refuse({ProblemCode::kVersionDiffers, "De verwijzing is intussen gewijzigd.", {}});
  }
  auto withdrawn = withdraw_reference(on, *holder, effect.id);
  if (!withdrawn) return std::unexpected(std::move(withdrawn).error());
  on.outcome.status = 204;
  if (auto logged = on.log_access(Uitkomst::kToegestaan, 204); !logged) return logged;
  // The subjects are the store's, not the caller's: the children it lends are filled in here.
  for (std::size_t i = 0; i < (*withdrawn)->subjects.size() && i + 1 < on.command.records.size(); ++i) {
    auto& draft = on.command.records[i + 1];
    about(draft, **withdrawn, i);
    draft.record.object = reference_object(effect.id, (*withdrawn)->version, (*withdrawn)->zaaktype);
    draft.conclude(Uitkomst::kToegestaan, 204);
    if (auto logged = on.log(draft); !logged) return std::unexpected(std::move(logged).error());
  }
  return {};
}

namespace {

Result<void> log_line(Applying& on, BulkReferences::Line& line, const Uuid& id, const HolderEntry& entry,
                      std::uint16_t http) {
  for (std::size_t i = 0; i < line.records.size() && i < entry.subjects.size(); ++i) {
    auto& draft = line.records[i];
    about(draft, entry, i);
    draft.record.object = reference_object(id, entry.version, entry.zaaktype);
    draft.conclude(Uitkomst::kToegestaan, http, {});
    if (auto logged = on.log(draft); !logged) return std::unexpected(std::move(logged).error());
  }
  return {};
}

Result<void> set_line(Applying& on, BulkReferences::Line& line, const ReferenceChange& change) {
  auto done = set_reference(on, change);
  if (!done) return std::unexpected(std::move(done).error());
  if (done->result == SetResult::kUnchanged) {
    ++on.outcome.unchanged;
    return {};
  }
  ++on.outcome.changed;
  return log_line(on, line, change.id, done->entry, done->result == SetResult::kNew ? 201 : 200);
}

Result<void> withdraw_line(Applying& on, BulkReferences::Line& line, PartyNumber holder, const Uuid& id) {
  auto old = withdraw_reference(on, holder, id);
  if (!old) return std::unexpected(std::move(old).error());
  if (!*old) {
    on.outcome.unknown.push_back(line.number);
    return {};
  }
  ++on.outcome.withdrawn;
  return log_line(on, line, id, **old, 204);
}

}  // namespace

Result<void> apply_effect(Applying& on, BulkReferences& effect) {
  auto holder = on.party(effect.holder);
  if (!holder) return std::unexpected(std::move(holder).error());
  on.outcome.status = 200;
  if (auto logged = on.log_access(Uitkomst::kToegestaan, 200); !logged) return logged;
  for (auto& line : effect.lines) {
    const auto* change = std::get_if<ReferenceChange>(&line.change);
    auto done =
        change != nullptr ? set_line(on, line, *change) : withdraw_line(on, line, *holder, std::get<Uuid>(line.change));
    if (!done) return done;
  }
  return {};
}

Result<void> apply_effect(Applying& on, LapseReference& effect) {
  on.batch.remove(Family::kTimer, effect.timer_key);
  auto holder = on.party(effect.holder);
  if (!holder) return std::unexpected(std::move(holder).error());
  auto entry = find_entry(on.batch, *holder, on.sync(*holder).current, effect.id);
  if (!entry) return std::unexpected(std::move(entry).error());
  if (!*entry) return {};
  if ((*entry)->until > on.now) {
    on.timer((*entry)->until, TimerKind::kReferenceLapse, lapse_id(*holder, effect.id));
    return {};
  }
  auto withdrawn = withdraw_reference(on, *holder, effect.id);
  if (!withdrawn) return std::unexpected(std::move(withdrawn).error());
  for (std::size_t i = 0; i < (*entry)->subjects.size() && i < on.command.records.size(); ++i) {
    auto& draft = on.command.records[i];
    about(draft, **entry, i);
    draft.record.object = reference_object(effect.id, (*entry)->version, (*entry)->zaaktype);
    if (auto logged = on.log(draft); !logged) return std::unexpected(std::move(logged).error());
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
