#include "core/state/keys.hpp"

#include <algorithm>

namespace wissel::core {
namespace {

// First byte of every value. Never renumber.
constexpr std::uint8_t kFormat = 1;

std::string_view id_view(const Uuid& id) { return as_view(id.bytes()); }
void append_ms(std::string& out, Instant at) { append_u64(out, static_cast<std::uint64_t>(to_ms(at))); }
Instant read_ms(ByteReader& in) { return from_ms(static_cast<std::int64_t>(in.u64())); }
Uuid read_id(ByteReader& in) { return Uuid(in.array<16>()); }

/// An Oin as stored: 20 characters.
Result<Oin> read_oin(ByteReader& in) { return Oin::parse(in.take(Oin::kLength)); }

std::unexpected<Error> damaged(std::string_view family) {
  return fail(Errc::kCorrupt, "family " + std::string(family) + ": a value does not have the form of this version");
}

/// What was read cannot be: the value is refused as a whole.
void spoil(ByteReader& in) { in.take(in.rest().size() + 1); }

/// One of the enumerators 0 to `last`; any other byte spoils the value.
template <class E>
E read_enum(ByteReader& in, E last) {
  const auto byte = in.u8();
  if (byte > static_cast<std::uint8_t>(last)) spoil(in);
  return static_cast<E>(std::min(byte, static_cast<std::uint8_t>(last)));
}
/// The same, or nothing, which is written as 0xFF.
template <class E>
std::optional<E> read_optional_enum(ByteReader& in, E last) {
  if (in.rest().starts_with('\xFF')) return in.u8(), std::nullopt;
  return read_enum(in, last);
}
bool read_flag(ByteReader& in) {
  const auto byte = in.u8();
  if (byte > 1) spoil(in);
  return byte == 1;
}

void append_facts(std::string& out, const EventFacts& facts) {
  out.append(facts.sender.view());
  append_string(out, facts.type);
  append_u8(out, facts.zaaktype ? 1 : 0);
  append_string(out, facts.zaaktype.value_or(""));
  append_u8(out, facts.vertrouwelijkheid ? static_cast<std::uint8_t>(*facts.vertrouwelijkheid) : 0xFF);
  append_string(out, facts.categorie);
  append_u8(out, static_cast<std::uint8_t>(facts.zichtbaarheid));
  append_u16(out, static_cast<std::uint16_t>(facts.subjects.size()));
  for (const auto& subject : facts.subjects) out.append(as_view(subject));
  append_u8(out, facts.about ? static_cast<std::uint8_t>(*facts.about) : 0xFF);
}

Result<EventFacts> read_facts(ByteReader& in) {
  auto sender = read_oin(in);
  if (!sender) return std::unexpected(std::move(sender).error().within("sender"));
  EventFacts facts{.sender = *sender,
                   .type = {},
                   .zaaktype = {},
                   .vertrouwelijkheid = {},
                   .categorie = {},
                   .zichtbaarheid = Zichtbaarheid::kGewoon,
                   .subjects = {},
                   .about = {}};
  facts.type = in.string();
  const bool has_zaaktype = read_flag(in);
  std::string zaaktype(in.string());
  if (!has_zaaktype && !zaaktype.empty()) spoil(in);
  if (has_zaaktype) facts.zaaktype = std::move(zaaktype);
  facts.vertrouwelijkheid = read_optional_enum(in, Vertrouwelijkheid::kZeerGeheim);
  facts.categorie = in.string();
  facts.zichtbaarheid = read_enum(in, Zichtbaarheid::kAfgeschermd);
  const auto subjects = in.u16();
  for (unsigned i = 0; i < subjects && in.ok(); ++i) facts.subjects.push_back(in.array<16>());
  facts.about = read_optional_enum(in, SubjectKind::kOverig);
  return facts;
}

}  // namespace

std::string entity_key(EntityKind kind, std::string_view id) {
  std::string key;
  append_u8(key, static_cast<std::uint8_t>(kind));
  return key.append(id);
}

std::string entity_history_key(EntityKind kind, std::string_view id, std::uint64_t version) {
  auto key = entity_key(kind, id);
  append_u64(key, version);
  return key;
}

std::uint64_t index_of_key(std::string_view key) {
  return key.size() < 8 ? 0 : ByteReader(key.substr(key.size() - 8)).u64();
}

std::string encode(const MessageRow& row) {
  std::string out;
  out.reserve(row.event.size() + 256);
  append_u8(out, kFormat);
  append_u64(out, row.sequence);
  append_ms(out, row.expires);
  out.append(as_view(row.trace_id)).append(as_view(row.span_id));
  append_facts(out, row.facts);
  return out.append(row.event.text_);
}

Result<MessageRow> decode_message(std::string_view value) {
  ByteReader in(value);
  if (in.u8() != kFormat) return damaged("message");
  const auto sequence = in.u64();
  const auto expires = read_ms(in);
  const auto trace_id = in.array<16>();
  const auto span_id = in.array<8>();
  auto facts = read_facts(in);
  if (!facts || !in.ok()) return damaged("message");
  return MessageRow{sequence, expires, trace_id, span_id, std::move(*facts), Undisclosed(std::string(in.rest()))};
}

std::string outbox_key(PartyNumber subscriber, const Bytes16& order, std::uint64_t sequence, std::uint16_t ordinal) {
  std::string key;
  append_u32(key, subscriber);
  key.append(as_view(order));
  append_u64(key, sequence);
  append_u16(key, ordinal);
  return key;
}

std::optional<OutboxKey> parse_outbox_key(std::string_view key) {
  ByteReader in(key);
  OutboxKey out;
  out.subscriber = in.u32();
  out.order = in.array<16>();
  out.sequence = in.u64();
  out.ordinal = in.u16();
  return in.done() ? std::optional(out) : std::nullopt;
}

std::string encode(const DeliveryRow& row) {
  std::string out;
  append_u8(out, kFormat);
  out.append(id_view(row.message));
  append_u16(out, row.ordinal);
  out.append(id_view(row.subscription));
  out.append(id_view(row.agreement));
  append_string(out, row.eindpunt);
  append_u32(out, row.attempts);
  append_ms(out, row.next_try);
  append_u8(out, row.may_have_left ? 1 : 0);
  append_string(out, row.error);
  return out;
}

Result<DeliveryRow> decode_delivery(std::string_view value) {
  ByteReader in(value);
  const auto format = in.u8();
  DeliveryRow row;
  row.message = read_id(in);
  row.ordinal = in.u16();
  row.subscription = read_id(in);
  row.agreement = read_id(in);
  row.eindpunt = in.string();
  row.attempts = in.u32();
  row.next_try = read_ms(in);
  row.may_have_left = read_flag(in);
  row.error = in.string();
  if (format != kFormat || !in.done()) return damaged("outbox");
  return row;
}

std::string mailbox_key(PartyNumber subscriber, std::uint64_t sequence) { return log_party_key(subscriber, sequence); }

std::string delivered_header_key(const Uuid& message) {
  std::string key(id_view(message));
  append_u8(key, 0);
  return key;
}

std::string delivered_place_key(const Uuid& message, std::uint16_t ordinal) {
  std::string key(id_view(message));
  append_u8(key, 1);
  append_u16(key, ordinal);
  return key;
}

std::string encode(const DeliveredHeader& row) {
  std::string out;
  append_u8(out, kFormat);
  out.append(row.sender.view());
  append_u64(out, row.sequence);
  append_ms(out, row.accepted);
  append_ms(out, row.expires);
  append_u32(out, row.places);
  append_u32(out, row.open);
  return out;
}

Result<DeliveredHeader> decode_delivered_header(std::string_view value) {
  ByteReader in(value);
  const auto format = in.u8();
  auto sender = read_oin(in);
  if (format != kFormat || !sender) return damaged("delivered");
  DeliveredHeader row{*sender, in.u64(), {}, {}, 0, 0};
  row.accepted = read_ms(in);
  row.expires = read_ms(in);
  row.places = in.u32();
  row.open = in.u32();
  if (!in.done()) return damaged("delivered");
  return row;
}

std::string encode(const DeliveredPlace& row) {
  std::string out;
  append_u8(out, kFormat);
  out.append(row.afnemer.view());
  out.append(id_view(row.subscription));
  append_u8(out, static_cast<std::uint8_t>(row.bezorging));
  append_string(out, row.row_key);
  append_u8(out, static_cast<std::uint8_t>(row.state));
  append_u32(out, row.attempts);
  append_ms(out, row.at);
  append_string(out, row.error);
  return out;
}

Result<DeliveredPlace> decode_delivered_place(std::string_view value) {
  ByteReader in(value);
  const auto format = in.u8();
  auto afnemer = read_oin(in);
  if (format != kFormat || !afnemer) return damaged("delivered");
  const auto subscription = read_id(in);
  DeliveredPlace row{*afnemer, subscription, Bezorgsoort::kPostbus, {}, DeliveryState::kWaiting, 0, {}, {}};
  row.bezorging = read_enum(in, Bezorgsoort::kPostbus);
  row.row_key = in.string();
  row.state = read_enum(in, DeliveryState::kDead);
  row.attempts = in.u32();
  row.at = read_ms(in);
  row.error = in.string();
  if (!in.done()) return damaged("delivered");
  return row;
}

std::string timer_key(Instant due, TimerKind kind, std::string_view id) {
  std::string key;
  append_ms(key, due);
  append_u8(key, static_cast<std::uint8_t>(kind));
  return key.append(id);
}

std::optional<Timer> parse_timer_key(std::string_view key) {
  ByteReader in(key);
  const auto due = read_ms(in);
  const auto kind = read_enum(in, TimerKind::kShieldedForget);
  if (!in.ok() || kind == TimerKind{}) return std::nullopt;
  return Timer{due, kind, std::string(in.rest())};
}

std::uint32_t hour_of(Instant at) { return static_cast<std::uint32_t>(to_ms(at) / 3'600'000); }

std::string repeat_hour_prefix(std::uint32_t hour) {
  std::string key;
  append_u8(key, 1);
  append_u32(key, hour);
  return key;
}

std::string repeat_expiry_key(Instant expires, const Bytes16& hash) {
  return repeat_hour_prefix(hour_of(expires)).append(as_view(hash));
}

std::string repeat_key(const Bytes16& hash) {
  std::string key;
  append_u8(key, 2);
  return key.append(as_view(hash));
}

// Since 2 with the version, so that a repeat has the ETag of the first answer.
constexpr std::uint8_t kRepeatFormat = 2;

std::string encode(const RepeatRow& row) {
  std::string out;
  append_u8(out, kRepeatFormat);
  out.append(as_view(row.mac));
  append_ms(out, row.expires);
  append_u16(out, row.status);
  append_u64(out, row.version);
  return out.append(row.body);
}

Result<RepeatRow> decode_repeat(std::string_view value) {
  ByteReader in(value);
  const auto format = in.u8();
  RepeatRow row;
  row.mac = in.array<32>();
  row.expires = read_ms(in);
  row.status = in.u16();
  if (format == kRepeatFormat) row.version = in.u64();
  row.body = std::string(in.rest());
  if ((format != 1 && format != kRepeatFormat) || !in.ok()) return damaged("repeat");
  return row;
}

}  // namespace wissel::core
