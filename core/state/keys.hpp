#pragma once
// Keys and small values of the families other than `reference` and `holder` (core/state/reference.hpp). All numbers
// are big endian, every value begins with a format byte. Never change without a new schema version.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/identity/oin.hpp"
#include "core/identity/uuid.hpp"
#include "core/log/stored.hpp"
#include "core/policy/matching.hpp"
#include "core/result.hpp"
#include "core/state/command.hpp"
#include "core/state/reference.hpp"
#include "core/time.hpp"

namespace wissel::core {

// --- meta ---
inline constexpr std::string_view kMetaNetworkVersion = "network/version";  // u64
inline constexpr std::string_view kMetaPartyPrefix = "party/";              // + OIN → u32
inline constexpr std::string_view kMetaKeyMarkPrefix = "key/";              // + id of KeyMark → 8 bytes
inline constexpr std::string_view kMetaSyncPrefix = "sync/";                // + holder u32 → see sync_state.hpp

// --- entity: kind (u8) · id ---
enum class EntityKind : std::uint8_t {
  kParticipant = 1,
  kAgreement = 2,
  kSubscription = 3,
  kRepresentation = 6,
  kBrake = 16
};
[[nodiscard]] std::string entity_key(EntityKind kind, std::string_view id);
/// entity_history: kind · id · version (u64)
[[nodiscard]] std::string entity_history_key(EntityKind kind, std::string_view id, std::uint64_t version);

// --- the log: core/log/stored.hpp ---
/// The log index at the end of a key of record, annex, log_subject or log_party.
[[nodiscard]] std::uint64_t index_of_key(std::string_view key);

// --- messages ---
/// One row of family `message`: the event and what is needed to judge each delivery anew.
struct MessageRow {
  std::uint64_t sequence = 0;  ///< log index of acceptance
  Instant expires;
  Bytes16 trace_id{};  ///< of the acceptance
  Bytes8 span_id{};    ///< of the acceptance
  EventFacts facts;
  Undisclosed event;
};
[[nodiscard]] std::string encode(const MessageRow& row);
[[nodiscard]] Result<MessageRow> decode_message(std::string_view value);  ///< Errors: kCorrupt.

/// subscriber (4) · order key (16) · sequence (8) · ordinal (2)
[[nodiscard]] std::string outbox_key(PartyNumber subscriber, const Bytes16& order, std::uint64_t sequence,
                                     std::uint16_t ordinal);
struct OutboxKey {
  PartyNumber subscriber = 0;
  Bytes16 order{};
  std::uint64_t sequence = 0;
  std::uint16_t ordinal = 0;
};
[[nodiscard]] std::optional<OutboxKey> parse_outbox_key(std::string_view key);

/// One row of `outbox` and of `mailbox`.
struct DeliveryRow {
  Uuid message;
  std::uint16_t ordinal = 0;  ///< which of the message's places this is
  Uuid subscription;
  Uuid agreement;
  std::string eindpunt;
  std::uint32_t attempts = 0;
  Instant next_try;            ///< no attempt begins before
  bool may_have_left = false;  ///< the body of an attempt that ended may have reached the subscriber
  std::string error;
};
[[nodiscard]] std::string encode(const DeliveryRow& row);
[[nodiscard]] Result<DeliveryRow> decode_delivery(std::string_view value);  ///< Errors: kCorrupt.

/// subscriber (4) · sequence (8)
[[nodiscard]] std::string mailbox_key(PartyNumber subscriber, std::uint64_t sequence);

/// Family `delivered`: message id · 0 → the message as a whole; message id · 1 · ordinal → each place it goes to.
[[nodiscard]] std::string delivered_header_key(const Uuid& message);
[[nodiscard]] std::string delivered_place_key(const Uuid& message, std::uint16_t ordinal);
struct DeliveredHeader {
  Oin sender;
  std::uint64_t sequence = 0;
  Instant accepted;
  Instant expires;
  std::uint32_t places = 0;
  std::uint32_t open = 0;
};
[[nodiscard]] std::string encode(const DeliveredHeader& row);
[[nodiscard]] Result<DeliveredHeader> decode_delivered_header(std::string_view value);  ///< Errors: kCorrupt.
struct DeliveredPlace {
  Oin afnemer;
  Uuid subscription;
  Bezorgsoort bezorging = Bezorgsoort::kPostbus;
  std::string row_key;  ///< of its outbox or mailbox row while it waits
  DeliveryState state = DeliveryState::kWaiting;
  std::uint32_t attempts = 0;
  Instant at;
  std::string error;
};
[[nodiscard]] std::string encode(const DeliveredPlace& row);
[[nodiscard]] Result<DeliveredPlace> decode_delivered_place(std::string_view value);  ///< Errors: kCorrupt.

// --- timers: due (ms, u64) · kind (u8) · id ---
enum class TimerKind : std::uint8_t {
  kMessageExpiry = 1,    // message id
  kReferenceLapse = 2,   // holder (4) · reference id
  kDeliveredPurge = 3,   // message id
  kRepeatPurge = 4,      // hour (u32)
  kSubscriptionEnd = 5,  // subscription id
  kUploadGiveUp = 6,     // holder (4)
  kShieldedForget = 7,   // day (u32), as in the key of its rows
};
[[nodiscard]] std::string timer_key(Instant due, TimerKind kind, std::string_view id);
struct Timer {
  Instant due;
  TimerKind kind = TimerKind::kMessageExpiry;
  std::string id;
};
[[nodiscard]] std::optional<Timer> parse_timer_key(std::string_view key);

// --- repeat: 1 · expiry hour (u32) · hash (16) → empty, and 2 · hash → what was answered ---
[[nodiscard]] std::string repeat_expiry_key(Instant expires, const Bytes16& hash);
[[nodiscard]] std::string repeat_hour_prefix(std::uint32_t hour);
[[nodiscard]] std::uint32_t hour_of(Instant at);
[[nodiscard]] std::string repeat_key(const Bytes16& hash);
struct RepeatRow {
  Hash mac{};
  Instant expires;
  std::uint16_t status = 0;
  std::uint64_t version = 0;  ///< of the changed resource, for its ETag; 0: the answer has none
  std::string body;           ///< the answer, or for an event its message id, sequence and number of places
};
[[nodiscard]] std::string encode(const RepeatRow& row);
[[nodiscard]] Result<RepeatRow> decode_repeat(std::string_view value);  ///< Errors: kCorrupt.

}  // namespace wissel::core
