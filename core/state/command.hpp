#pragma once
// Commands: plain values that say who wants what, when, with every id, salt and time already chosen by the proposer,
// so that applying them is deterministic: the same commands in the same order give the same bytes.
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/bytes.hpp"
#include "core/identity/oin.hpp"
#include "core/identity/uuid.hpp"
#include "core/limits/brake.hpp"
#include "core/messages/undisclosed.hpp"
#include "core/policy/dossier.hpp"
#include "core/policy/matching.hpp"
#include "core/policy/model.hpp"
#include "core/policy/policy.hpp"
#include "core/policy/representation.hpp"
#include "core/problem.hpp"
#include "core/state/draft.hpp"
#include "core/state/reference.hpp"
#include "core/time.hpp"

namespace wissel::core {

/// Rights to an access were decided under `version` of the network; where the state has moved on, the committer
/// decides again.
struct Judged {
  Question question;
  Decision decision;
};

// --- what a command does, besides logging ---------------------------------------------------------------------

/// Only the log records.
struct LogOnly {};

/// In the effects on references `record` is lent (derive_draft): what becomes of a reference has one record for each of
/// its subjects, and which those are is known only at its place in the order. The access itself is about the subject
/// where there is just one.
struct SetReference {
  ReferenceChange change;
  RecordDraft record{};
};
struct WithdrawReference {
  Oin holder;
  Uuid id;
  std::optional<std::uint64_t> if_version;
  RecordDraft record{};
};
/// At most 1,000 lines of a bulk request, in the order of the upload.
struct BulkReferences {
  struct Line {
    std::uint64_t number = 0;                    ///< in the upload, from 1
    std::variant<ReferenceChange, Uuid> change;  ///< set, or withdraw
  };
  Oin holder;
  std::vector<Line> lines;
  RecordDraft record{};
};

/// Full synchronisation: begin gives a new generation, lines go into it, switch makes it the one that is seen.
struct BeginSync {
  Oin holder;
  Uuid upload;
};
/// At most 1,000 lines of the upload.
struct SyncLines {
  Oin holder;
  Uuid upload;
  std::vector<ReferenceChange> lines;
};
struct SwitchSync {
  Oin holder;
  Uuid upload;
};
/// Broken off or given up: nothing changes for look-ups. Clean-up follows in pieces.
struct AbandonSync {
  Oin holder;
  Uuid upload;
};
/// One piece of the work after a switch or an abandoned upload. Names and trace of its records are filled in.
struct ContinueSync {
  Oin holder;
  RecordDraft record{};
};
/// References whose term has ended leave the store.
struct LapseReference {
  Oin holder;
  Uuid id;
  std::string timer_key;
  RecordDraft record{};
};

struct PutParticipant {
  Participant participant;
  std::optional<std::uint64_t> if_version;
};
/// All keys under which a participant signs, in place of those it had; asked for by nobody else.
struct PutSigningKeys {
  Oin oin;
  std::vector<SigningKeyPublic> keys;
  std::optional<std::uint64_t> if_version;  ///< of the participant
};
/// A new version of an agreement as a draft, or the draft written anew. `create`: of a new agreement.
struct ProposeAgreement {
  Agreement agreement;
  Oin actor;
  bool create = false;
  std::optional<std::uint64_t> if_version;
};
/// The draft's text is fixed, and its parties may sign.
struct OfferAgreement {
  Uuid id;
  Oin actor;
  std::optional<std::uint64_t> if_version;
};
/// One party's signature, verified under the network version of the command. The last one puts the version in force.
struct SignAgreement {
  Uuid id;
  std::uint64_t versie = 0;  ///< that was signed
  Endorsement endorsement;
};
struct SuspendAgreement {
  Uuid id;
  PartyWord word;
};
/// A party takes back its own suspension.
struct ResumeAgreement {
  Uuid id;
  Oin actor;
};
/// For good. A draft that never was offered is forgotten.
struct EndAgreement {
  Uuid id;
  PartyWord word;
  std::optional<std::uint64_t> if_version;
};

/// Offers it; it is in force when both have signed.
struct PutRepresentation {
  Representation representation;
};
/// One side signs; what was signed is what the store holds, since the content of a representation never changes.
struct EndorseRepresentation {
  Uuid id;
  Endorsement endorsement;
  std::optional<std::uint64_t> if_version;
};
struct EndRepresentation {
  Uuid id;
  Oin party;
  std::string reden;
  std::optional<std::uint64_t> if_version;
};

struct PutSubscription {
  Subscription subscription;
  bool create = false;
  std::optional<std::uint64_t> if_version;
};
struct EndSubscription {
  Uuid id;
  Oin owner;
  std::optional<std::uint64_t> if_version;
};
struct PauseSubscription {
  Uuid id;
  Oin owner;
  bool paused = false;
};

/// One accepted message, with what it matched under the network version of the command.
struct IncomingMessage {
  Uuid id;             ///< ours, uuid v7
  Undisclosed event;   ///< structured-mode JSON, as sent
  Hash repeat_key{};   ///< hash of source and id
  Hash content_mac{};  ///< keyed hash of the canonical event
  Bytes16 order_key{};
  EventFacts facts;
  std::size_t own_subjects = 0;  ///< the first so many of facts.subjects are of the message; the rest its reference's
  std::optional<std::string> own_zaaktype;  ///< as the message says; facts.zaaktype falls back on the reference
  std::optional<Uuid> reference_id;         ///< of its sender's reference of the zaak; nothing: not a ZaakStatus
  /// Sets that reference where its sender has none. May be left out where it had one when the message was prepared.
  std::optional<ReferenceChange> reference;
  std::optional<std::uint64_t> reference_version;  ///< of the reference when matched; nothing: not registered
  bool is_end = false;                             ///< a ZaakStatus that is an end status
  std::vector<Match> matches;
  Instant expires;
  RecordDraft record;                          ///< batch only: a single message's is the command's first record
  std::vector<RecordDraft> reference_records;  ///< one for each subject of the reference, appended when it is set
};
/// A single message, or a batch, of which all are accepted or none. `more` in the outcome: nothing was done, since a
/// reference that was left out has gone meanwhile; prepare it and ask again.
struct AcceptMessages {
  std::vector<IncomingMessage> messages;
  bool batch = false;
};

/// How a delivery ended or went on. Names and meaning as in the API's delivery state; never renumber.
enum class DeliveryState : std::uint8_t {
  kWaiting = 0,    // wachtend
  kDelivered = 1,  // bezorgd
  kExpired = 2,    // verlopen
  kRefused = 3,    // geweigerd: no longer allowed
  kEnded = 4,      // beeindigd: the subscription ended
  kDead = 5,       // dood: will not be tried again
};
/// The command's records are appended when the row was still there.
struct ConcludeDelivery {
  Bezorgsoort place = Bezorgsoort::kWebhook;
  std::string row_key;  ///< in `outbox` or `mailbox`, as `place` says
  DeliveryState state = DeliveryState::kDelivered;
  std::uint32_t attempts = 0;
  std::string error;                     ///< a short word, never what the peer wrote
  std::optional<Uuid> end_subscription;  ///< the subscriber answered 410
};
/// A failed attempt: state of the outbox only, no record.
struct DelayDelivery {
  std::string outbox_key;
  std::uint32_t attempts = 0;
  Instant next_try;
  bool may_have_left = false;  ///< the body of this or an earlier attempt may have reached the subscriber
  std::string error;
};
/// The caller is shown rows of its mailbox: the command's records, and a mark on rows not shown before. `more` in the
/// outcome: the network has another version than the command, nothing was done.
struct ShowMailbox {
  std::vector<std::string> first_shown;  ///< keys
};
/// Ends at most kRowsMax deliveries; `more` in the outcome: again, with no records that time.
struct AcknowledgeMailbox {
  static constexpr std::size_t kRowsMax = 1'000;
  Oin owner;
  std::uint64_t up_to = 0;
};
/// Timers whose moment has come, other than references: message expiry, repeats, ended subscriptions. `drafts` lends
/// salts and span ids for the records of what ends; at least one.
struct RunTimers {
  std::vector<std::string> keys;
  std::vector<RecordDraft> drafts;
};

/// A party asked far more than its own normal: it is stopped under that agreement. The command's record tells of it.
/// Nothing where it is stopped already.
struct TripBrake {
  Brake brake;
};
/// A person lets it go on. What it asked is its normal from then on, learnt from as many `minutes` as are remembered.
struct ReleaseBrake {
  Uuid id;
  std::string reason;
  std::uint32_t minutes = 0;
};
/// What was learnt of parties' own normal: state, no record.
struct KeepNormals {
  std::vector<Normal> changed;
  std::vector<Normal> gone;
};

using Effect = std::variant<LogOnly, SetReference, WithdrawReference, BulkReferences, BeginSync, SyncLines, SwitchSync,
                            AbandonSync, ContinueSync, LapseReference, PutParticipant, PutSigningKeys, ProposeAgreement,
                            OfferAgreement, SignAgreement, SuspendAgreement, ResumeAgreement, EndAgreement,
                            PutRepresentation, EndorseRepresentation, EndRepresentation, PutSubscription,
                            EndSubscription, PauseSubscription, AcceptMessages, ConcludeDelivery, DelayDelivery,
                            ShowMailbox, AcknowledgeMailbox, RunTimers, TripBrake, ReleaseBrake, KeepNormals>;

/// The Idempotency-Key of a request: scope and key hashed, and the keyed hash of its body.
struct IdempotencyClaim {
  Bytes16 key{};
  Hash body_mac{};
  Instant expires;
};

/// All of a subject's rows move from a pseudonym under an older key to the newest.
struct PseudonymMove {
  Pseudonym from{};
  Pseudonym to{};
};

struct Command {
  Instant now;                        ///< the proposer's wall clock
  std::optional<Oin> party;           ///< whose share of the queue it takes; nothing: the gateway's own work
  std::uint64_t network_version = 0;  ///< prepared under this version of the network
  std::optional<Judged> judged;
  /// Refused where no representation allows it any more at its place in the order.
  std::optional<OnBehalf> on_behalf;
  std::optional<IdempotencyClaim> idempotency;
  std::vector<PseudonymMove> moves;
  Effect effect = LogOnly{};
  bool sign_checkpoint = false;      ///< store a checkpoint with this batch, however fresh the last one is
  std::vector<RecordDraft> records;  ///< the first is the access itself; the rest are its children
};

/// What came of a command.
struct Outcome {
  std::uint64_t log_index = 0;  ///< of the command's first record; meaningless where it had none
  bool logged = false;
  std::optional<Problem> refusal;  ///< decided in order; its record says the same
  bool repeated = false;           ///< an answer given before: status and body are that one's
  std::uint16_t status = 0;        ///< HTTP status of a change that succeeded
  std::string body;                ///< its JSON, where the command renders one
  std::uint64_t version = 0;       ///< of the changed resource, for its ETag
  std::uint64_t changed = 0;       ///< bulk and synchronisation: references set anew or changed
  std::uint64_t withdrawn = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t expired_webhooks = 0;  ///< RunTimers: deliveries that expired, by where they waited
  std::uint64_t expired_mailboxes = 0;
  std::vector<std::uint64_t> unknown;        ///< bulk: numbers of lines that withdraw what is not there
  std::vector<std::uint64_t> child_indices;  ///< log indices of records[1…]
  bool more = false;  ///< ContinueSync, RunTimers, AcknowledgeMailbox: there is another piece; others: ask again
};

}  // namespace wissel::core
