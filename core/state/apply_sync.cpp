// Full synchronisation: a new generation beside the one that is seen, one small write that switches, and the work
// that follows in pieces.
#include <algorithm>

#include "core/state/objects.hpp"
#include "core/state/working.hpp"

namespace wissel::core {
namespace {

// Bounds of one piece of the work after a switch: entries looked at, and records written (the last entry's may pass).
constexpr std::size_t kPieceEntries = 500;
constexpr std::size_t kPieceRecords = 1'000;

std::string sync_key(PartyNumber holder) {
  std::string key(kMetaSyncPrefix);
  append_u32(key, holder);
  return key;
}

std::string give_up_id(PartyNumber holder) {
  std::string id;
  append_u32(id, holder);
  return id;
}

Result<void> refuse_other_upload(Applying& on) {
  return on.refuse({ProblemCode::kConflict, "Deze synchronisatie loopt niet meer.", {}});
}

/// The entries of a generation from the cursor on, at most kPieceEntries.
Result<std::vector<std::pair<Uuid, HolderEntry>>> piece(Applying& on, PartyNumber holder, Generation generation,
                                                        const std::string& cursor) {
  const auto prefix = holder_prefix(holder, generation);
  std::vector<std::pair<Uuid, HolderEntry>> out;
  Result<void> decoded;
  auto scanned = on.batch.scan(Family::kHolder, {prefix + cursor, after_prefix(prefix)},
                               [&](std::string_view key, std::string_view value) {
                                 auto entry = decode_holder_entry(value);
                                 if (!entry) decoded = std::unexpected(std::move(entry).error());
                                 if (entry) out.emplace_back(id_of_holder_key(key), std::move(*entry));
                                 return decoded.has_value() && out.size() < kPieceEntries;
                               });
  if (!scanned) return std::unexpected(std::move(scanned).error());
  if (!decoded) return std::unexpected(std::move(decoded).error());
  return out;
}

/// Makes the records of references that turn out to have changed: children of the switch's record.
class Notes {
 public:
  Notes(Applying& on, const RecordDraft& lent, const SyncState& sync) : on_(on), lent_(on.derive(lent)) {
    lent_.record.http.reset();
    lent_.record.bijlage.reset();
    lent_.record.code.clear();
    ByteReader trace(sync.trace);
    const auto trace_id = trace.array<16>();
    const auto span = trace.array<8>();
    if (!trace.done()) return;
    lent_.record.trace_id = trace_id;
    lent_.record.parent_span_id = span;
  }

  Result<void> set(const Uuid& id, const HolderEntry& entry) {
    return log(id, entry, Actie::kRegistreren, "verwijzing gezet door synchronisatie");
  }
  Result<void> withdrawn(const Uuid& id, const HolderEntry& entry) {
    return log(id, entry, Actie::kIntrekken, "verwijzing ingetrokken door synchronisatie");
  }
  Result<void> summary(const SyncState& sync) {
    auto draft = on_.derive(lent_);
    draft.record.actie = Actie::kRegistreren;
    draft.record.name = "synchronisatie verwerkt";
    draft.record.object = "synchronisatie:" + sync.upload.str() + ";gewijzigd:" + std::to_string(sync.changed) +
                          ";ingetrokken:" + std::to_string(sync.withdrawn) +
                          ";ongewijzigd:" + std::to_string(sync.unchanged);
    auto logged = on_.log(draft);
    return logged ? Result<void>() : std::unexpected(std::move(logged).error());
  }
  [[nodiscard]] bool enough() const { return written_ >= kPieceRecords; }

 private:
  Result<void> log(const Uuid& id, const HolderEntry& entry, Actie actie, std::string_view name) {
    lent_.record.actie = actie;
    lent_.record.name = name;
    written_ += entry.subjects.size();
    return log_subjects(on_, lent_, id, entry);
  }

  Applying& on_;
  RecordDraft lent_;
  std::size_t written_ = 0;
};

std::string after(const Uuid& id) { return std::string(id.view()).append(1, '\0'); }

/// One reference of the new set beside the old one.
Result<void> note_entry(Applying& on, PartyNumber holder, SyncState& sync, Notes& notes, const Uuid& id,
                        const HolderEntry& entry) {
  auto old = find_entry(on.batch, holder, sync.old, id);
  if (!old) return std::unexpected(std::move(old).error());
  follow_term(on, holder, id, entry, *old);
  if (entry.direct) return {};  // its own request counted and logged it
  const bool changed = !*old || (*old)->version != entry.version;
  ++(changed ? sync.changed : sync.unchanged);
  return changed ? notes.set(id, entry) : Result<void>();
}

/// Walks the new set: what was not in the old one, or differs, gets its records. True when there is more.
Result<bool> note_changes(Applying& on, PartyNumber holder, SyncState& sync, Notes& notes) {
  auto entries = piece(on, holder, sync.current, sync.cursor);
  if (!entries) return std::unexpected(std::move(entries).error());
  for (auto& [id, entry] : *entries) {
    if (notes.enough()) return true;
    sync.cursor = after(id);
    if (entry.withdrawn) {  // a mark that has done its work
      on.batch.remove(Family::kHolder, holder_key(holder, sync.current, id));
      continue;
    }
    if (auto noted = note_entry(on, holder, sync, notes, id, entry); !noted) {
      return std::unexpected(std::move(noted).error());
    }
    if (!std::exchange(entry.direct, false)) continue;
    on.batch.put(Family::kHolder, holder_key(holder, sync.current, id), encode(entry));
  }
  return entries->size() == kPieceEntries;
}

/// A reference of the old set that the new one does not have.
Result<void> note_missing(Applying& on, PartyNumber holder, SyncState& sync, Notes& notes, const Uuid& id,
                          const HolderEntry& entry) {
  forget_term(on, holder, id, entry);
  sync.gone_version = std::max(sync.gone_version, entry.version);
  ++sync.withdrawn;
  return notes.withdrawn(id, entry);
}

/// Walks the old set: what is not in the new one was withdrawn; all of it leaves the store. True when there is more.
Result<bool> clear_old(Applying& on, PartyNumber holder, SyncState& sync, Notes& notes) {
  auto entries = piece(on, holder, sync.old, sync.cursor);
  if (!entries) return std::unexpected(std::move(entries).error());
  for (const auto& [id, entry] : *entries) {
    if (notes.enough()) return true;
    sync.cursor = after(id);
    remove_entry(on, holder, sync.old, id, entry);
    if (!sync.switched || entry.withdrawn) continue;
    auto kept = find_seen(on.batch, holder, sync.current, id);
    if (!kept) return std::unexpected(std::move(kept).error());
    if (*kept) continue;
    if (auto noted = note_missing(on, holder, sync, notes, id, entry); !noted) {
      return std::unexpected(std::move(noted).error());
    }
  }
  return entries->size() == kPieceEntries;
}

void begin_work(Applying& on, PartyNumber holder, SyncState& sync, Generation old, bool switched) {
  sync.old = old;
  sync.open.reset();
  sync.cursor.clear();
  sync.switched = switched;
  sync.phase = switched ? SyncState::Phase::kNoteChanges : SyncState::Phase::kClear;
  sync.changed = sync.withdrawn = sync.unchanged = 0;
  on.state.notices.syncs.push_back(holder);
}

}  // namespace

SyncState Applying::sync(PartyNumber holder) const {
  const auto at = state.syncs->find(holder);
  return at == state.syncs->end() ? SyncState{} : at->second;
}

void Applying::change_sync(PartyNumber holder, const std::function<void(SyncState&)>& change) {
  auto next = std::make_shared<SyncStates>(*state.syncs);  // readers keep the old one
  auto& changed = (*next)[holder];
  change(changed);
  batch.put(Family::kMeta, sync_key(holder), encode(changed));
  state.syncs = std::move(next);
}

Result<void> settle_switched(Applying& on, PartyNumber holder, const Uuid& id, const RecordDraft& lent) {
  SyncState sync = on.sync(holder);
  if (sync.phase == SyncState::Phase::kNone || !sync.switched) return {};
  auto seen = find_seen(on.batch, holder, sync.current, id);
  if (!seen) return std::unexpected(std::move(seen).error());
  auto old = find_seen(on.batch, holder, sync.old, id);
  if (!old) return std::unexpected(std::move(old).error());
  Notes notes(on, lent, sync);
  Result<void> noted;
  if (*seen) {
    // Set direct by this, or passed by the cursor: noted.
    const bool passed = sync.phase == SyncState::Phase::kClear || id.view() < sync.cursor;
    if (passed || (*seen)->direct) return {};
    noted = note_entry(on, holder, sync, notes, id, **seen);
    (*seen)->direct = true;
    on.batch.put(Family::kHolder, holder_key(holder, sync.current, id), encode(**seen));
  } else if (*old) {
    remove_entry(on, holder, sync.old, id, **old);
    noted = note_missing(on, holder, sync, notes, id, **old);
  } else {
    return {};
  }
  if (noted) on.change_sync(holder, [&](SyncState& next) { next = sync; });
  return noted;
}

Result<void> apply_effect(Applying& on, BeginSync& effect) {
  auto holder = on.party(effect.holder);
  if (!holder) return std::unexpected(std::move(holder).error());
  const SyncState sync = on.sync(*holder);
  if (sync.open || sync.phase != SyncState::Phase::kNone) {
    return on.refuse({ProblemCode::kSyncRunning, "Er loopt al een synchronisatie van deze bronhouder.", {}});
  }
  on.change_sync(*holder, [&](SyncState& next) {
    next.newest = std::max(next.newest, next.current) + 1;
    next.open = next.newest;
    next.upload = effect.upload;
    next.last_line = on.now;
  });
  on.timer(add(on.now, on.state.settings.upload_give_up), TimerKind::kUploadGiveUp, give_up_id(*holder));
  on.outcome.status = 200;
  return on.log_access(Uitkomst::kToegestaan, 200);
}

Result<void> apply_effect(Applying& on, SyncLines& effect) {
  auto holder = on.party(effect.holder);
  if (!holder) return std::unexpected(std::move(holder).error());
  const SyncState sync = on.sync(*holder);
  if (!sync.open || sync.upload != effect.upload) return refuse_other_upload(on);
  for (const auto& change : effect.lines) {
    auto uploaded = find_entry(on.batch, *holder, *sync.open, change.id);
    if (!uploaded) return std::unexpected(std::move(uploaded).error());
    if (*uploaded && (*uploaded)->direct) continue;  // accepted after the upload began: that one stands
    auto seen = find_seen(on.batch, *holder, sync.current, change.id);
    if (!seen) return std::unexpected(std::move(seen).error());
    const auto entry = uploaded_entry(on, change, *seen);
    put_entry(on, *holder, *sync.open, change.id, entry, *uploaded);
  }
  on.outcome.status = 200;
  on.change_sync(*holder, [&](SyncState& next) { next.last_line = on.now; });
  return {};
}

Result<void> apply_effect(Applying& on, SwitchSync& effect) {
  auto holder = on.party(effect.holder);
  if (!holder) return std::unexpected(std::move(holder).error());
  const SyncState sync = on.sync(*holder);
  if (!sync.open || sync.upload != effect.upload) return refuse_other_upload(on);
  std::string trace;
  if (!on.command.records.empty()) {
    const auto& record = on.command.records.front().record;
    trace.append(as_view(record.trace_id)).append(as_view(record.span_id));
  }
  on.change_sync(*holder, [&](SyncState& next) {
    next.current = *sync.open;
    next.trace = trace;
    begin_work(on, *holder, next, sync.current, true);
  });
  on.outcome.status = 200;
  return on.log_access(Uitkomst::kToegestaan, 200);
}

Result<void> apply_effect(Applying& on, AbandonSync& effect) {
  auto holder = on.party(effect.holder);
  if (!holder) return std::unexpected(std::move(holder).error());
  const SyncState sync = on.sync(*holder);
  if (!sync.open || sync.upload != effect.upload) return {};
  on.change_sync(*holder, [&](SyncState& next) { begin_work(on, *holder, next, *sync.open, false); });
  return on.log_access(Uitkomst::kOngeldig, 400);
}

Result<void> apply_effect(Applying& on, ContinueSync& effect) {
  auto holder = on.party(effect.holder);
  if (!holder) return std::unexpected(std::move(holder).error());
  SyncState sync = on.sync(*holder);
  if (sync.phase == SyncState::Phase::kNone) return {};
  Notes notes(on, effect.record, sync);
  const bool noting = sync.phase == SyncState::Phase::kNoteChanges;
  auto more = noting ? note_changes(on, *holder, sync, notes) : clear_old(on, *holder, sync, notes);
  if (!more) return std::unexpected(std::move(more).error());
  on.outcome.more = true;
  if (!*more) {
    sync.cursor.clear();
    sync.phase = noting ? SyncState::Phase::kClear : SyncState::Phase::kNone;
    on.outcome.more = noting;
    if (!noting && sync.switched) {
      if (auto logged = notes.summary(sync); !logged) return logged;
    }
  }
  on.change_sync(*holder, [&](SyncState& next) { next = sync; });
  return {};
}

}  // namespace wissel::core
