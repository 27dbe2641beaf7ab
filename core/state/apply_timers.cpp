// What happens when a moment comes: expiry of messages, subscriptions, repeats, delivery states and uploads.
#include "core/state/objects.hpp"
#include "core/state/working.hpp"

namespace wissel::core {
namespace {

/// Rows that one run of a timer takes away; the timer runs again for the rest.
constexpr std::size_t kPurgeRows = 2'000;

Result<std::vector<std::string>> keys_under(Applying& on, Family family, std::string_view prefix,
                                            std::size_t count_max = kPurgeRows) {
  std::vector<std::string> keys;
  auto scanned = on.batch.scan(family, prefix_range(prefix), [&](std::string_view key, std::string_view) {
    keys.emplace_back(key);
    return keys.size() < count_max;
  });
  if (!scanned) return std::unexpected(std::move(scanned).error());
  return keys;
}

/// Whether the subscriber may have had the body. The row of an outbox says no when no attempt of it can be under way
/// (it is not its turn yet) and none that ended may have got through; that of a mailbox, when it was never shown.
Result<bool> may_have_left(Applying& on, const DeliveredPlace& place) {
  const bool mailbox = place.bezorging == Bezorgsoort::kPostbus;
  auto stored = on.batch.get(mailbox ? Family::kMailbox : Family::kOutbox, place.row_key);
  if (!stored) return std::unexpected(std::move(stored).error());
  auto row =
      *stored ? decode_delivery(**stored) : fail(Errc::kCorrupt, "family outbox: a waiting place without its row");
  if (!row) return true;  // damaged or lost: who can tell
  if (row->may_have_left) return true;
  if (mailbox || row->next_try > on.now) return false;
  bool first = false;  // of its order key: only that one is tried
  auto scanned = on.batch.scan(Family::kOutbox, prefix_range(std::string_view(place.row_key).substr(0, 20)),
                               [&](std::string_view at, std::string_view) {
                                 first = at == place.row_key;
                                 return false;
                               });
  if (!scanned) return std::unexpected(std::move(scanned).error());
  return first;
}

/// A record of a delivery that ended by itself, in a draft that was lent.
void about_expiry(RecordDraft& draft, const Uuid& message, const DeliveredHeader& header, const DeliveredPlace& place,
                  bool may_have_left) {
  auto& record = draft.record;
  record.actie = Actie::kBezorgen;
  record.name = "bericht verlopen";
  record.uitkomst = Uitkomst::kFout;
  record.status = LogStatus::kUnset;  // no fault of ours
  record.oin = header.sender;
  record.object = message_object(message);
  record.regel = may_have_left ? "verlopen;mogelijk-ontvangen" : "verlopen";
  record.bronhouders = {place.afnemer};
  draft.parties = {header.sender, place.afnemer};
  draft.sealed = false;
}

/// The subject of a message that still waits. One whose content was damaged or lost expires without: its timer must not
/// hold up those behind it.
Result<void> about_subject(Applying& on, RecordDraft& draft, const Uuid& message) {
  auto stored = on.batch.get(Family::kMessage, message.view());
  if (!stored) return std::unexpected(std::move(stored).error());
  auto row = *stored ? decode_message(**stored)
                     : fail(Errc::kCorrupt, "family message: a waiting message without its content");
  if (!row || row->facts.subjects.empty()) return {};
  draft.subject = row->facts.subjects.front();
  draft.record.data_subject_id = draft.subject;
  if (row->facts.about) draft.record.data_subject_id_type = to_string(*row->facts.about);
  return {};
}

Result<void> expire_place(Applying& on, const Uuid& message, std::string_view key, const DeliveredPlace& place,
                          RecordDraft& draft) {
  auto header_bytes = on.batch.get(Family::kDelivered, delivered_header_key(message));
  if (!header_bytes) return std::unexpected(std::move(header_bytes).error());
  if (!*header_bytes) return fail(Errc::kCorrupt, "family delivered: a message without its header");
  auto header = decode_delivered_header(**header_bytes);
  if (!header) return std::unexpected(std::move(header).error());
  auto left = may_have_left(on, place);
  if (!left) return std::unexpected(std::move(left).error());
  about_expiry(draft, message, *header, place, *left);
  if (auto named = about_subject(on, draft, message); !named) return named;
  const auto ordinal = ByteReader(key.substr(17)).u16();
  auto ended = end_place(on, message, ordinal, DeliveryState::kExpired, place.attempts, "verlopen");
  if (!ended) return ended;
  auto logged = on.log(draft);
  if (!logged) return std::unexpected(std::move(logged).error());
  ++(place.bezorging == Bezorgsoort::kPostbus ? on.outcome.expired_mailboxes : on.outcome.expired_webhooks);
  return {};
}

/// Ends every place that still waits, each with a record of its own.
Result<bool> expire_message(Applying& on, const Uuid& message, std::vector<RecordDraft>& drafts, std::size_t& used) {
  std::string prefix(message.view());
  append_u8(prefix, 1);
  // A message has at most 65,536 places; those that ended stay under the same prefix.
  auto keys = keys_under(on, Family::kDelivered, prefix, std::size_t{1} << 16U);
  if (!keys) return std::unexpected(std::move(keys).error());
  for (const auto& key : *keys) {
    auto stored = on.batch.get(Family::kDelivered, key);
    if (!stored) return std::unexpected(std::move(stored).error());
    auto place = *stored ? decode_delivered_place(**stored) : fail(Errc::kCorrupt, "family delivered: row vanished");
    if (!place) return std::unexpected(std::move(place).error());
    if (place->state != DeliveryState::kWaiting) continue;
    if (used == drafts.size()) return false;
    if (auto ended = expire_place(on, message, key, *place, drafts[used++]); !ended) {
      return std::unexpected(std::move(ended).error());
    }
  }
  return true;
}

/// True when nothing is left.
Result<bool> purge_delivered(Applying& on, const Uuid& message) {
  auto keys = keys_under(on, Family::kDelivered, message.view());
  if (!keys) return std::unexpected(std::move(keys).error());
  for (auto& key : *keys) on.batch.remove(Family::kDelivered, std::move(key));
  return keys->size() < kPurgeRows;
}

/// True when nothing is left.
Result<bool> purge_repeats(Applying& on, std::uint32_t before_hour) {
  auto keys = keys_under(on, Family::kRepeat, repeat_hour_prefix(before_hour - 1));
  if (!keys) return std::unexpected(std::move(keys).error());
  for (auto& key : *keys) {
    Bytes16 hash = ByteReader(std::string_view(key).substr(5)).array<16>();
    auto stored = on.batch.get(Family::kRepeat, repeat_key(hash));
    if (!stored) return std::unexpected(std::move(stored).error());
    // The key may have been used again since, with a later end.
    auto row = *stored ? decode_repeat(**stored) : Result<RepeatRow>(RepeatRow{});
    if (!row) return std::unexpected(std::move(row).error());
    if (*stored && row->expires <= on.now) on.batch.remove(Family::kRepeat, repeat_key(hash));
    on.batch.remove(Family::kRepeat, std::move(key));
  }
  return keys->size() < kPurgeRows;
}

/// True when nothing is left of that day.
Result<bool> purge_shielded(Applying& on, std::string_view day) {
  auto keys = keys_under(on, Family::kMeta, std::string(kMetaShieldedPrefix).append(day));
  if (!keys) return std::unexpected(std::move(keys).error());
  for (auto& key : *keys) on.batch.remove(Family::kMeta, std::move(key));
  return keys->size() < kPurgeRows;
}

Result<void> give_up_upload(Applying& on, PartyNumber holder) {
  const SyncState sync = on.sync(holder);
  if (!sync.open) return {};
  const Instant end = add(sync.last_line, on.state.settings.upload_give_up);
  if (end > on.now) {
    std::string id;
    append_u32(id, holder);
    on.timer(end, TimerKind::kUploadGiveUp, id);
    return {};
  }
  const auto* oin = on.state.parties->oin(holder);
  if (oin == nullptr) return fail(Errc::kCorrupt, "meta party: a number without an OIN");
  AbandonSync abandon{*oin, sync.upload};
  return apply_effect(on, abandon);
}

Result<void> end_lapsed_subscription(Applying& on, const Uuid& id) {
  const auto* subscription = on.state.network->subscription(id);
  if (subscription != nullptr && subscription->geldig_tot && *subscription->geldig_tot <= on.now) {
    end_subscription(on, id);
  }
  return {};
}

/// True when the timer has done its work.
Result<bool> run(Applying& on, const Timer& timer, std::vector<RecordDraft>& drafts, std::size_t& used) {
  ByteReader in(timer.id);
  Result<void> done;
  switch (timer.kind) {
    case TimerKind::kMessageExpiry:
      return expire_message(on, Uuid(in.array<16>()), drafts, used);
    case TimerKind::kReferenceLapse:
      break;  // a command of its own: LapseReference
    case TimerKind::kDeliveredPurge:
      return purge_delivered(on, Uuid(in.array<16>()));
    case TimerKind::kRepeatPurge:
      return purge_repeats(on, in.u32());
    case TimerKind::kSubscriptionEnd:
      done = end_lapsed_subscription(on, Uuid(in.array<16>()));
      break;
    case TimerKind::kUploadGiveUp:
      done = give_up_upload(on, in.u32());
      break;
    case TimerKind::kShieldedForget:
      return purge_shielded(on, timer.id);
  }
  if (!done) return std::unexpected(std::move(done).error());
  return true;
}

}  // namespace

void Applying::purge_repeats_at(Instant expires) {
  // One timer an hour: it runs when the hour in which the rows expire is over.
  const std::uint32_t hour = hour_of(expires) + 1;
  std::string id;
  append_u32(id, hour);
  timer(from_ms(std::int64_t{hour} * 3'600'000), TimerKind::kRepeatPurge, id);
}

Result<void> apply_effect(Applying& on, RunTimers& effect) {
  std::size_t used = 0;
  for (auto& key : effect.keys) {
    const auto timer = parse_timer_key(key);
    if (!timer || timer->due > on.now) continue;
    auto done = run(on, *timer, effect.drafts, used);
    if (!done) return std::unexpected(std::move(done).error());
    if (*done) {
      on.batch.remove(Family::kTimer, key);
    } else {
      on.outcome.more = true;
    }
  }
  return {};
}

}  // namespace wissel::core
