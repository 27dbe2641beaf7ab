// Messages: accepted for every subscriber they match, delivered, delayed, acknowledged.
#include <boost/json.hpp>

#include <algorithm>
#include <map>

#include "core/policy/policy.hpp"
#include "core/state/incoming.hpp"
#include "core/state/objects.hpp"
#include "core/state/working.hpp"

namespace wissel::core {
namespace {

/// What was answered for an event.
struct Accepted {
  Uuid id;
  std::uint64_t sequence = 0;
  std::uint64_t places = 0;
};

Bytes16 repeat_hash(const IncomingMessage& message) {
  Bytes16 out{};
  std::copy_n(message.repeat_key.begin(), out.size(), out.begin());
  return out;
}

std::string encode_accepted(const Accepted& accepted) {
  std::string out(accepted.id.view());
  append_u64(out, accepted.sequence);
  append_u64(out, accepted.places);
  return out;
}

Accepted decode_accepted(std::string_view bytes) {
  ByteReader in(bytes);
  Accepted out;
  out.id = Uuid(in.array<16>());
  out.sequence = in.u64();
  out.places = in.u64();
  return out;
}

boost::json::object accepted_json(const Accepted& accepted) {
  return {{"id", accepted.id.str()}, {"volgnummer", accepted.sequence}, {"afnemers", accepted.places}};
}

/// Earlier answers to these events: all or none, so every one is looked at before anything is written.
struct Repeats {
  bool differs = false;
  std::vector<std::optional<Accepted>> earlier;  ///< beside the messages
  std::vector<std::optional<std::size_t>> same;  ///< repeats an earlier one of this batch
};

Result<Repeats> find_repeats(Applying& on, const std::vector<IncomingMessage>& messages) {
  Repeats out;
  std::map<Bytes16, std::size_t> first;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto hash = repeat_hash(messages[i]);
    auto& earlier = out.earlier.emplace_back();
    auto& same = out.same.emplace_back();
    if (const auto [at, fresh] = first.emplace(hash, i); !fresh) {
      same = at->second;
      out.differs |= messages[at->second].content_mac != messages[i].content_mac;
      continue;
    }
    auto stored = on.batch.get(Family::kRepeat, repeat_key(hash));
    if (!stored) return std::unexpected(std::move(stored).error());
    if (!*stored) continue;
    auto row = decode_repeat(**stored);
    if (!row) return std::unexpected(std::move(row).error());
    if (row->expires <= on.now) continue;
    out.differs |= row->mac != messages[i].content_mac;
    earlier = decode_accepted(row->body);
  }
  return out;
}

/// Sets the reference of a zaak that its sender had not registered.
Result<void> register_zaak(Applying& on, IncomingMessage& message) {
  const auto& lent = message.reference_records.empty() ? message.record : message.reference_records.front();
  auto set = set_reference(on, *message.reference, lent);
  if (!set) return std::unexpected(std::move(set).error());
  for (auto& draft : message.reference_records) {
    draft.record.object = reference_object(message.reference->id, set->entry.version, set->entry.zaaktype);
    draft.sealed = false;
    if (auto logged = on.log(draft); !logged) return std::unexpected(std::move(logged).error());
  }
  return {};
}

/// Matches anew where the network or the zaak's reference has moved on since the message was prepared.
Result<void> settle_matches(Applying& on, IncomingMessage& message) {
  bool moved = on.command.network_version != on.state.network->version();
  bool registered = true;
  std::optional<PartyNumber> number;
  if (message.reference_id) {
    auto holder = on.party(message.facts.sender);
    if (!holder) return std::unexpected(std::move(holder).error());
    number = *holder;
    auto entry = find_seen(on.batch, *holder, on.sync(*holder).current, *message.reference_id);
    if (!entry) return std::unexpected(std::move(entry).error());
    registered = entry->has_value();
    if ((registered ? std::optional((*entry)->version) : std::nullopt) != message.reference_version) {
      take_reference(message, *entry);
      moved = true;
    }
  }
  if (moved) message.matches = match(*on.state.network, message.facts, on.now);
  if (!registered) {
    if (auto set = register_zaak(on, message); !set) return set;
  }
  if (!number) return {};
  return note_status(on, message.facts.sender, *number, *message.reference_id, message.is_end);
}

/// Whether a message must set a reference that it does not bring.
Result<bool> lacks_reference(Applying& on, const IncomingMessage& message) {
  if (!message.reference_id || message.reference) return false;
  const auto holder = on.state.parties->number(message.facts.sender);
  if (!holder) return true;
  auto entry = find_seen(on.batch, *holder, on.sync(*holder).current, *message.reference_id);
  if (!entry) return std::unexpected(std::move(entry).error());
  return !entry->has_value();
}

Result<void> queue_place(Applying& on, const IncomingMessage& message, std::uint64_t sequence, std::uint16_t ordinal) {
  const Match& place = message.matches[ordinal];
  auto subscriber = on.party(place.afnemer);
  if (!subscriber) return std::unexpected(std::move(subscriber).error());
  const bool mailbox = place.bezorging == Bezorgsoort::kPostbus;
  auto key =
      mailbox ? mailbox_key(*subscriber, sequence) : outbox_key(*subscriber, message.order_key, sequence, ordinal);
  const DeliveryRow row{message.id, ordinal, place.subscription, place.agreement, place.eindpunt, 0, on.now, false, {}};
  on.batch.put(mailbox ? Family::kMailbox : Family::kOutbox, key, encode(row));
  on.batch.put(Family::kDelivered, delivered_place_key(message.id, ordinal),
               encode(DeliveredPlace{
                   place.afnemer, place.subscription, place.bezorging, key, DeliveryState::kWaiting, 0, on.now, {}}));
  if (mailbox) {
    on.state.notices.mailboxes.push_back(place.afnemer);
  } else {
    ++on.state.outbox_rows;
    on.state.notices.outbox.push_back({std::move(key), place.eindpunt, on.now});
  }
  return {};
}

/// `draft` is its record of acceptance.
Result<Accepted> accept(Applying& on, IncomingMessage& message, RecordDraft& draft) {
  if (auto settled = settle_matches(on, message); !settled) return std::unexpected(std::move(settled).error());
  // Its record names everybody it is queued for; the sender and auditors see that.
  draft.record.bronhouders.clear();
  for (const auto& place : message.matches) draft.record.bronhouders.push_back(place.afnemer);
  draft.record.object = message_object(message.id);
  draft.sealed = false;
  draft.conclude(Uitkomst::kToegestaan, 202);
  auto sequence = on.log(draft);
  if (!sequence) return std::unexpected(std::move(sequence).error());
  const auto places = static_cast<std::uint32_t>(message.matches.size());
  for (std::uint16_t i = 0; i < places; ++i) {
    if (auto queued = queue_place(on, message, *sequence, i); !queued) {
      return std::unexpected(std::move(queued).error());
    }
  }
  on.batch.put(Family::kDelivered, delivered_header_key(message.id),
               encode(DeliveredHeader{message.facts.sender, *sequence, on.now, message.expires, places, places}));
  if (places > 0) {
    on.batch.put(Family::kMessage, std::string(message.id.view()),
                 encode(MessageRow{*sequence, message.expires, draft.record.trace_id, draft.record.span_id,
                                   message.facts, message.event}));
    on.timer(message.expires, TimerKind::kMessageExpiry, message.id.view());
  } else {
    on.timer(add(on.now, on.state.settings.delivered_term), TimerKind::kDeliveredPurge, message.id.view());
  }
  const Accepted accepted{message.id, *sequence, places};
  const Instant expires = add(on.now, on.state.settings.repeat_term);
  const auto hash = repeat_hash(message);
  on.batch.put(Family::kRepeat, repeat_expiry_key(expires, hash), {});
  on.batch.put(Family::kRepeat, repeat_key(hash),
               encode(RepeatRow{message.content_mac, expires, 202, 0, encode_accepted(accepted)}));
  on.purge_repeats_at(expires);
  return accepted;
}

}  // namespace

Result<void> apply_effect(Applying& on, AcceptMessages& effect) {
  auto repeats = find_repeats(on, effect.messages);
  if (!repeats) return std::unexpected(std::move(repeats).error());
  if (repeats->differs) {
    return on.refuse({ProblemCode::kRepeatDiffers, "Deze source en id zijn al gebruikt voor andere inhoud.", {}});
  }
  for (const auto& message : effect.messages) {
    auto lacks = lacks_reference(on, message);
    if (!lacks) return std::unexpected(std::move(lacks).error());
    if (*lacks) {
      on.outcome.more = true;
      return {};
    }
  }
  on.outcome.status = 202;
  if (effect.batch) {
    if (auto logged = on.log_access(Uitkomst::kToegestaan, 202); !logged) return logged;
  }
  std::vector<Accepted> answers;
  for (std::size_t i = 0; i < effect.messages.size(); ++i) {
    auto& message = effect.messages[i];
    auto& draft = effect.batch ? message.record : on.command.records.front();
    const auto same = repeats->same[i];
    if (!same && !repeats->earlier[i]) {
      auto accepted = accept(on, message, draft);
      if (!accepted) return std::unexpected(std::move(accepted).error());
      answers.push_back(*accepted);
      if (!effect.batch) on.outcome.log_index = accepted->sequence;
      continue;
    }
    answers.push_back(same ? answers[*same] : *repeats->earlier[i]);
    draft.record.object = message_object(answers.back().id);
    draft.sealed = false;
    draft.conclude(Uitkomst::kToegestaan, 202);
    auto index = on.log(draft);
    if (!index) return std::unexpected(std::move(index).error());
    if (!effect.batch) on.outcome.log_index = *index;
  }
  on.outcome.logged = true;
  boost::json::array list;
  for (const auto& answer : answers) list.push_back(accepted_json(answer));
  on.outcome.body = effect.batch ? boost::json::serialize(boost::json::object{{"berichten", std::move(list)}})
                                 : boost::json::serialize(list.front());
  return {};
}

Result<void> end_place(Applying& on, const Uuid& message, std::uint16_t ordinal, DeliveryState state,
                       std::uint32_t attempts, std::string_view error) {
  const auto place_key = delivered_place_key(message, ordinal);
  auto stored = on.batch.get(Family::kDelivered, place_key);
  if (!stored) return std::unexpected(std::move(stored).error());
  if (!*stored) return {};
  auto place = decode_delivered_place(**stored);
  if (!place) return std::unexpected(std::move(place).error());
  if (place->state != DeliveryState::kWaiting) return {};
  const bool mailbox = place->bezorging == Bezorgsoort::kPostbus;
  on.batch.remove(mailbox ? Family::kMailbox : Family::kOutbox, place->row_key);
  if (!mailbox) {
    if (on.state.outbox_rows > 0) --on.state.outbox_rows;  // a row that was lost was not counted at start
    on.state.notices.outbox_shrank = true;
  }
  place->row_key.clear();
  place->state = state;
  place->attempts = attempts;
  place->at = on.now;
  place->error = error;
  on.batch.put(Family::kDelivered, place_key, encode(*place));

  auto header_bytes = on.batch.get(Family::kDelivered, delivered_header_key(message));
  if (!header_bytes) return std::unexpected(std::move(header_bytes).error());
  if (!*header_bytes) return fail(Errc::kCorrupt, "family delivered: a message without its header");
  auto header = decode_delivered_header(**header_bytes);
  if (!header) return std::unexpected(std::move(header).error());
  --header->open;
  on.batch.put(Family::kDelivered, delivered_header_key(message), encode(*header));
  if (header->open == 0) {  // nobody waits for the content any more (P5)
    on.batch.remove(Family::kMessage, std::string(message.view()));
    on.batch.remove(Family::kTimer, timer_key(header->expires, TimerKind::kMessageExpiry, message.view()));
    on.timer(add(on.now, on.state.settings.delivered_term), TimerKind::kDeliveredPurge, message.view());
  }
  return {};
}

Result<void> apply_effect(Applying& on, ConcludeDelivery& effect) {
  const auto family = effect.place == Bezorgsoort::kPostbus ? Family::kMailbox : Family::kOutbox;
  auto stored = on.batch.get(family, effect.row_key);
  if (!stored) return std::unexpected(std::move(stored).error());
  if (!*stored) return {};  // ended meanwhile, by expiry say, which logged it
  auto row = decode_delivery(**stored);
  if (!row) return std::unexpected(std::move(row).error());
  auto ended = end_place(on, row->message, row->ordinal, effect.state, effect.attempts, effect.error);
  if (!ended) return ended;
  if (effect.end_subscription && on.state.network->subscription(*effect.end_subscription) != nullptr) {
    end_subscription(on, *effect.end_subscription);
  }
  LogOnly only;
  return apply_effect(on, only);
}

Result<void> apply_effect(Applying& on, DelayDelivery& effect) {
  auto stored = on.batch.get(Family::kOutbox, effect.outbox_key);
  if (!stored) return std::unexpected(std::move(stored).error());
  if (!*stored) return {};
  auto row = decode_delivery(**stored);
  if (!row) return std::unexpected(std::move(row).error());
  row->attempts = effect.attempts;
  row->next_try = effect.next_try;
  row->may_have_left |= effect.may_have_left;
  row->error = effect.error;
  on.batch.put(Family::kOutbox, effect.outbox_key, encode(*row));
  const auto place_key = delivered_place_key(row->message, row->ordinal);
  auto place_bytes = on.batch.get(Family::kDelivered, place_key);
  if (!place_bytes) return std::unexpected(std::move(place_bytes).error());
  if (!*place_bytes) return fail(Errc::kCorrupt, "family delivered: a waiting message without its place");
  auto place = decode_delivered_place(**place_bytes);
  if (!place) return std::unexpected(std::move(place).error());
  place->attempts = effect.attempts;  // what the sender is shown
  place->at = on.now;
  place->error = effect.error;
  on.batch.put(Family::kDelivered, place_key, encode(*place));
  return {};
}

Result<void> apply_effect(Applying& on, ShowMailbox& effect) {
  if (on.command.network_version != on.state.network->version()) {
    on.outcome.more = true;  // who may see what has changed since: nothing is shown, and the caller looks again
    return {};
  }
  for (auto& key : effect.first_shown) {
    auto stored = on.batch.get(Family::kMailbox, key);
    if (!stored) return std::unexpected(std::move(stored).error());
    if (!*stored) continue;  // acknowledged or ended since it was read
    auto row = decode_delivery(**stored);
    if (!row) return std::unexpected(std::move(row).error());
    row->may_have_left = true;
    on.batch.put(Family::kMailbox, std::move(key), encode(*row));
  }
  LogOnly only;
  return apply_effect(on, only);
}

namespace {

/// What a pause keeps out of sight is not acknowledged by a number above it.
bool held_back(const Applying& on, const DeliveryRow& row) {
  const auto* subscription = on.state.network->subscription(row.subscription);
  return subscription != nullptr && subscription->gepauzeerd && !row.may_have_left;
}

}  // namespace

Result<void> apply_effect(Applying& on, AcknowledgeMailbox& effect) {
  auto owner = on.party(effect.owner);
  if (!owner) return std::unexpected(std::move(owner).error());
  std::vector<DeliveryRow> rows;
  Result<void> decoded;
  auto scanned = on.batch.scan(Family::kMailbox, {mailbox_key(*owner, 0), mailbox_key(*owner, effect.up_to) + '\0'},
                               [&](std::string_view, std::string_view value) {
                                 on.outcome.more = rows.size() == AcknowledgeMailbox::kRowsMax;
                                 if (on.outcome.more) return false;
                                 auto row = decode_delivery(value);
                                 if (!row) decoded = std::unexpected(std::move(row).error());
                                 if (row && !held_back(on, *row)) rows.push_back(std::move(*row));
                                 return decoded.has_value();
                               });
  if (!scanned) return scanned;
  if (!decoded) return decoded;
  for (const auto& row : rows) {
    auto ended = end_place(on, row.message, row.ordinal, DeliveryState::kDelivered, 1, {});
    if (!ended) return ended;
  }
  on.outcome.status = 204;
  on.outcome.changed = rows.size();
  return on.log_access(Uitkomst::kToegestaan, 204);
}

}  // namespace wissel::core
