// Full synchronisation: a new generation beside the one that is seen, one small write that switches, and the work
// that follows in pieces.
#include <algorithm>

#include "core/state/objects.hpp"
#include "core/state/working.hpp"

namespace wissel::core {
namespace {

/// Entries looked at in one piece of the work after a switch.
constexpr std::size_t kPieceEntries = 500;

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

/// Lends the next draft to each subject of a reference that turned out to have changed.
class Lender {
 public:
  Lender(Applying& on, std::vector<RecordDraft>& drafts) : on_(on), drafts_(drafts) {}
  [[nodiscard]] bool enough_for(const HolderEntry& entry) const {
    return drafts_.size() - used_ > entry.subjects.size();
  }

  Result<void> log(const Uuid& id, const HolderEntry& entry, Actie actie) {
    for (std::size_t i = 0; i < entry.subjects.size(); ++i) {
      auto& draft = next(actie, reference_object(id, entry.version, entry.zaaktype));
      draft.subject = entry.subjects[i];
      draft.record.data_subject_id = entry.subjects[i];
      draft.record.data_subject_id_type = std::string(to_string(entry.kinds[i]));
      if (auto logged = on_.log(draft); !logged) return std::unexpected(std::move(logged).error());
    }
    return {};
  }
  RecordDraft& next(Actie actie, std::string object) {
    auto& draft = drafts_[used_++];
    draft.record.actie = actie;
    draft.record.object = std::move(object);
    draft.sealed = false;
    return draft;
  }

 private:
  Applying& on_;
  std::vector<RecordDraft>& drafts_;
  std::size_t used_ = 0;
};

std::string after(const Uuid& id) { return std::string(id.view()).append(1, '\0'); }

/// Walks the new set: what was not in the old one, or differs, gets its records.
Result<bool> note_changes(Applying& on, PartyNumber holder, SyncState& sync, Lender& lender) {
  auto entries = piece(on, holder, sync.current, sync.cursor);
  if (!entries) return std::unexpected(std::move(entries).error());
  for (auto& [id, entry] : *entries) {
    if (!lender.enough_for(entry)) return true;
    sync.cursor = after(id);
    if (entry.withdrawn) {  // a mark that has done its work
      on.batch.remove(Family::kHolder, holder_key(holder, sync.current, id));
      continue;
    }
    auto old = find_entry(on.batch, holder, sync.old, id);
    if (!old) return std::unexpected(std::move(old).error());
    follow_term(on, holder, id, entry, *old);
    const bool changed = !*old || (*old)->version != entry.version;
    ++(changed ? sync.changed : sync.unchanged);
    if (entry.direct) {  // its own request logged it
      entry.direct = false;
      on.batch.put(Family::kHolder, holder_key(holder, sync.current, id), encode(entry));
    } else if (changed) {
      if (auto logged = lender.log(id, entry, Actie::kRegistreren); !logged) {
        return std::unexpected(std::move(logged).error());
      }
    }
  }
  return entries->size() == kPieceEntries;
}

/// Walks the old set: what is not in the new one was withdrawn; all of it leaves the store.
Result<bool> clear_old(Applying& on, PartyNumber holder, SyncState& sync, Lender& lender) {
  auto entries = piece(on, holder, sync.old, sync.cursor);
  if (!entries) return std::unexpected(std::move(entries).error());
  for (const auto& [id, entry] : *entries) {
    if (!lender.enough_for(entry)) return true;
    sync.cursor = after(id);
    remove_entry(on, holder, sync.old, id, entry);
    if (!sync.switched || entry.withdrawn) continue;
    auto kept = find_entry(on.batch, holder, sync.current, id);
    if (!kept) return std::unexpected(std::move(kept).error());
    if (*kept && !(*kept)->withdrawn) continue;
    forget_term(on, holder, id, entry);
    ++sync.withdrawn;
    if (auto logged = lender.log(id, entry, Actie::kIntrekken); !logged) {
      return std::unexpected(std::move(logged).error());
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
    auto seen = find_entry(on.batch, *holder, sync.current, change.id);
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
  Lender lender(on, effect.drafts);
  const bool noting = sync.phase == SyncState::Phase::kNoteChanges;
  auto more = noting ? note_changes(on, *holder, sync, lender) : clear_old(on, *holder, sync, lender);
  if (!more) return std::unexpected(std::move(more).error());
  on.outcome.more = true;
  if (!*more) {
    sync.cursor.clear();
    sync.phase = noting ? SyncState::Phase::kClear : SyncState::Phase::kNone;
    on.outcome.more = noting;
    if (!noting && sync.switched) {
      auto& summary = lender.next(Actie::kRegistreren, "synchronisatie:" + sync.upload.str() +
                                                           ";gewijzigd:" + std::to_string(sync.changed) +
                                                           ";ingetrokken:" + std::to_string(sync.withdrawn) +
                                                           ";ongewijzigd:" + std::to_string(sync.unchanged));
      if (auto logged = on.log(summary); !logged) return std::unexpected(std::move(logged).error());
    }
  }
  on.change_sync(*holder, [&](SyncState& next) { next = sync; });
  return {};
}

}  // namespace wissel::core
