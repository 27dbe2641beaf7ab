// What happens when a moment comes: expiry of messages, subscriptions, repeats, delivery states and uploads.
#include "core/state/objects.hpp"
#include "core/state/working.hpp"

namespace wissel::core {
namespace {

Result<std::vector<std::string>> keys_under(Applying& on, Family family, std::string_view prefix) {
  std::vector<std::string> keys;
  auto scanned = on.batch.scan(family, prefix_range(prefix), [&](std::string_view key, std::string_view) {
    keys.emplace_back(key);
    return true;
  });
  if (!scanned) return std::unexpected(std::move(scanned).error());
  return keys;
}

/// Ends every place that still waits, each with a record of its own.
Result<bool> expire_message(Applying& on, const Uuid& message, std::vector<RecordDraft>& drafts, std::size_t& used) {
  std::string prefix(message.view());
  append_u8(prefix, 1);
  auto keys = keys_under(on, Family::kDelivered, prefix);
  if (!keys) return std::unexpected(std::move(keys).error());
  for (const auto& key : *keys) {
    auto stored = on.batch.get(Family::kDelivered, key);
    if (!stored) return std::unexpected(std::move(stored).error());
    auto place = *stored ? decode_delivered_place(**stored) : fail(Errc::kCorrupt, "family delivered: row vanished");
    if (!place) return std::unexpected(std::move(place).error());
    if (place->state != DeliveryState::kWaiting) continue;
    if (used == drafts.size()) return false;
    const auto ordinal = ByteReader(std::string_view(key).substr(17)).u16();
    auto ended = end_place(on, message, ordinal, DeliveryState::kExpired, place->attempts, "verlopen");
    if (!ended) return std::unexpected(std::move(ended).error());
    auto& draft = drafts[used++];
    draft.record.object = message_object(message);
    draft.record.bronhouders = {place->afnemer};
    draft.parties.push_back(place->afnemer);
    draft.sealed = false;
    if (auto logged = on.log(draft); !logged) return std::unexpected(std::move(logged).error());
  }
  return true;
}

Result<void> purge_delivered(Applying& on, const Uuid& message) {
  auto keys = keys_under(on, Family::kDelivered, message.view());
  if (!keys) return std::unexpected(std::move(keys).error());
  for (auto& key : *keys) on.batch.remove(Family::kDelivered, std::move(key));
  return {};
}

Result<void> purge_repeats(Applying& on, std::uint32_t before_hour) {
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
  return {};
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

Result<bool> run(Applying& on, const Timer& timer, std::vector<RecordDraft>& drafts, std::size_t& used) {
  ByteReader in(timer.id);
  Result<void> done;
  switch (timer.kind) {
    case TimerKind::kMessageExpiry:
      return expire_message(on, Uuid(in.array<16>()), drafts, used);
    case TimerKind::kReferenceLapse:
      break;  // a command of its own: LapseReference
    case TimerKind::kDeliveredPurge:
      done = purge_delivered(on, Uuid(in.array<16>()));
      break;
    case TimerKind::kRepeatPurge:
      done = purge_repeats(on, in.u32());
      break;
    case TimerKind::kSubscriptionEnd:
      done = end_lapsed_subscription(on, Uuid(in.array<16>()));
      break;
    case TimerKind::kUploadGiveUp:
      done = give_up_upload(on, in.u32());
      break;
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
