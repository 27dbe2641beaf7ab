// Terms of references: their timers, what an end status does to them, and lapse.
#include "core/policy/policy.hpp"
#include "core/state/objects.hpp"
#include "core/state/working.hpp"

namespace wissel::core {
namespace {

std::string lapse_id(PartyNumber holder, const Uuid& id) {
  std::string out;
  append_u32(out, holder);
  return out.append(id.view());
}

/// The entry after a status: nothing when the status changes nothing about its term.
std::optional<HolderEntry> after_status(Applying& on, const Oin& holder, const HolderEntry& entry, bool is_end) {
  if (!is_end && !entry.ended) return std::nullopt;
  HolderEntry next = entry;
  next.ended = is_end ? std::optional(on.now) : std::nullopt;
  if (!entry.until_given) next.until = end_of_term(on, holder, entry.categorie, on.now);
  return next;
}

}  // namespace

Instant end_of_term(const Applying& on, const Oin& holder, std::string_view categorie, Instant from) {
  return reference_end(*on.state.network, holder, categorie, from, on.state.settings.reference_term_max);
}

void forget_term(Applying& on, PartyNumber holder, const Uuid& id, const HolderEntry& entry) {
  on.batch.remove(Family::kTimer, timer_key(entry.until, TimerKind::kReferenceLapse, lapse_id(holder, id)));
}

void follow_term(Applying& on, PartyNumber holder, const Uuid& id, const HolderEntry& entry,
                 const std::optional<HolderEntry>& old) {
  if (old && old->until != entry.until) forget_term(on, holder, id, *old);
  on.timer(entry.until, TimerKind::kReferenceLapse, lapse_id(holder, id));
}

Result<void> remove_seen(Applying& on, PartyNumber holder, const Uuid& id, const HolderEntry& entry) {
  const SyncState sync = on.sync(holder);
  remove_entry(on, holder, sync.current, id, entry);
  forget_term(on, holder, id, entry);
  if (entry.version > sync.gone_version) {
    on.change_sync(holder, [&entry](SyncState& next) { next.gone_version = entry.version; });
  }
  if (sync.phase == SyncState::Phase::kNone || !sync.switched) return {};
  auto before = find_entry(on.batch, holder, sync.old, id);
  if (!before) return std::unexpected(std::move(before).error());
  if (*before) remove_entry(on, holder, sync.old, id, **before);
  return {};
}

Result<void> note_status(Applying& on, const Oin& holder, PartyNumber number, const Uuid& id, bool is_end) {
  const SyncState sync = on.sync(number);
  auto seen = find_seen(on.batch, number, sync.current, id);
  if (!seen) return std::unexpected(std::move(seen).error());
  if (*seen) {
    if (const auto next = after_status(on, holder, **seen, is_end)) {
      put_entry(on, number, sync.current, id, *next, **seen);
      follow_term(on, number, id, *next, **seen);
    }
  }
  if (!sync.open) return {};
  auto uploaded = find_seen(on.batch, number, *sync.open, id);
  if (!uploaded) return std::unexpected(std::move(uploaded).error());
  if (!*uploaded) return {};
  // Its timer is set when the upload is switched to.
  if (const auto next = after_status(on, holder, **uploaded, is_end)) {
    put_entry(on, number, *sync.open, id, *next, **uploaded);
  }
  return {};
}

Result<void> apply_effect(Applying& on, LapseReference& effect) {
  on.batch.remove(Family::kTimer, effect.timer_key);
  auto holder = on.party(effect.holder);
  if (!holder) return std::unexpected(std::move(holder).error());
  auto entry = find_seen(on.batch, *holder, on.sync(*holder).current, effect.id);
  if (!entry) return std::unexpected(std::move(entry).error());
  if (!*entry) return {};
  if ((*entry)->until > on.now) {
    on.timer((*entry)->until, TimerKind::kReferenceLapse, lapse_id(*holder, effect.id));
    return {};
  }
  if (auto settled = settle_switched(on, *holder, effect.id, effect.record); !settled) return settled;
  if (auto removed = remove_seen(on, *holder, effect.id, **entry); !removed) return removed;
  // An upload that names the reference anew stands; what was set beside the upload has the same term as the one seen.
  if (const SyncState sync = on.sync(*holder); sync.open) {
    auto beside = find_entry(on.batch, *holder, *sync.open, effect.id);
    if (!beside) return std::unexpected(std::move(beside).error());
    const bool same_term = *beside && (*beside)->direct && !(*beside)->withdrawn && (*beside)->until <= on.now;
    if (same_term) remove_entry(on, *holder, *sync.open, effect.id, **beside);
  }
  effect.record.record.actie = Actie::kIntrekken;
  effect.record.record.regel = kTermRule;
  return log_subjects(on, effect.record, effect.id, **entry);
}

}  // namespace wissel::core
