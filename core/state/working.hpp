#pragma once
// The committer's working copy of the state, and what the parts of the state machine share. Internal to core/state.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/state/keys.hpp"
#include "core/state/ledger.hpp"
#include "core/state/machine.hpp"
#include "core/state/shielded.hpp"
#include "core/state/view.hpp"

namespace wissel::core {

/// What the look-ups of one batch wrote of what they were kept from. Where they were kept from nothing, the batch
/// writes `like_one` at a place of its own: nobody shall tell by how long it takes whether a look-up was kept from
/// something.
struct ShieldedWrites {
  bool written = false;
  std::optional<ShieldedRow> like_one;
};

struct Working {
  explicit Working(const MachineSettings& machine_settings) : settings(machine_settings) {}

  const MachineSettings& settings;
  std::shared_ptr<Network> network = std::make_shared<Network>();
  std::shared_ptr<Parties> parties = std::make_shared<Parties>();
  std::shared_ptr<SyncStates> syncs = std::make_shared<SyncStates>();
  std::shared_ptr<const Brakes> brakes = std::make_shared<const Brakes>();
  Ledger ledger;
  Notices notices;
  std::uint64_t outbox_rows = 0;
  Instant last_now{};
  Instant last_signed{};
  std::uint64_t signed_size = 0;
  bool sign_now = false;
  bool network_dirty = false;
  std::optional<std::chrono::sys_days> shielded_day;  ///< whose rows have their timer
  ShieldedWrites shielded_writes;
  std::vector<KeyMark> marks_to_write;  ///< those that the store does not have yet
};

/// One command being applied.
struct Applying {
  Working& state;
  WriteBatch& batch;
  Command& command;
  Instant now;
  Outcome outcome{};
  std::uint64_t derived = 0;

  /// Appends the command's first record with its end, and notes its index.
  Result<void> log_access(Uitkomst uitkomst, std::uint16_t http, std::string_view code = {});
  /// Appends the other records with the same end.
  Result<void> log_children(Uitkomst uitkomst, std::uint16_t http, std::string_view code = {});
  /// Appends one more record. Errors: those of the store.
  Result<std::uint64_t> log(RecordDraft& draft);
  /// The next draft after a lent one; each of a command has its own salt.
  [[nodiscard]] RecordDraft derive(const RecordDraft& lent) { return derive_draft(lent, derived++); }
  /// Refuses the command: all its records say so.
  Result<void> refuse(Problem problem);

  Result<PartyNumber> party(const Oin& oin);
  /// The network to change; readers keep theirs.
  Network& network();
  [[nodiscard]] SyncState sync(PartyNumber holder) const;
  /// Changes and stores a holder's sync state.
  void change_sync(PartyNumber holder, const std::function<void(SyncState&)>& change);
  void timer(Instant due, TimerKind kind, std::string_view id);
  /// Sees to it that repeat rows with this expiry leave the store.
  void purge_repeats_at(Instant expires);
};

/// The effects, by subject. Each appends the command's records at the right place.
Result<void> apply_effect(Applying& on, SetReference& effect);
Result<void> apply_effect(Applying& on, WithdrawReference& effect);
Result<void> apply_effect(Applying& on, BulkReferences& effect);
Result<void> apply_effect(Applying& on, LapseReference& effect);
Result<void> apply_effect(Applying& on, BeginSync& effect);
Result<void> apply_effect(Applying& on, SyncLines& effect);
Result<void> apply_effect(Applying& on, SwitchSync& effect);
Result<void> apply_effect(Applying& on, AbandonSync& effect);
Result<void> apply_effect(Applying& on, ContinueSync& effect);
Result<void> apply_effect(Applying& on, PutParticipant& effect);
Result<void> apply_effect(Applying& on, PutSigningKeys& effect);
Result<void> apply_effect(Applying& on, ProposeAgreement& effect);
Result<void> apply_effect(Applying& on, OfferAgreement& effect);
Result<void> apply_effect(Applying& on, SignAgreement& effect);
Result<void> apply_effect(Applying& on, SuspendAgreement& effect);
Result<void> apply_effect(Applying& on, ResumeAgreement& effect);
Result<void> apply_effect(Applying& on, EndAgreement& effect);
Result<void> apply_effect(Applying& on, PutRepresentation& effect);
Result<void> apply_effect(Applying& on, EndorseRepresentation& effect);
Result<void> apply_effect(Applying& on, EndRepresentation& effect);
Result<void> apply_effect(Applying& on, PutSubscription& effect);
Result<void> apply_effect(Applying& on, EndSubscription& effect);
Result<void> apply_effect(Applying& on, PauseSubscription& effect);
Result<void> apply_effect(Applying& on, AcceptMessages& effect);
Result<void> apply_effect(Applying& on, ConcludeDelivery& effect);
Result<void> apply_effect(Applying& on, DelayDelivery& effect);
Result<void> apply_effect(Applying& on, ShowMailbox& effect);
Result<void> apply_effect(Applying& on, AcknowledgeMailbox& effect);
Result<void> apply_effect(Applying& on, RunTimers& effect);
Result<void> apply_effect(Applying& on, TripBrake& effect);
Result<void> apply_effect(Applying& on, ReleaseBrake& effect);
Result<void> apply_effect(Applying& on, KeepNormals& effect);
Result<void> apply_effect(Applying& on, LogOnly& effect);

// --- shared between parts ---

/// What setting a reference came to.
enum class SetResult : std::uint8_t { kNew, kChanged, kUnchanged };
struct SetDone {
  SetResult result = SetResult::kNew;
  HolderEntry entry;
};
/// Sets a reference in the generation that is seen, and in an open one beside it. The caller logs it; `lent` is for
/// what settle_switched() has to log before.
Result<SetDone> set_reference(Applying& on, const ReferenceChange& change, const RecordDraft& lent);
/// Withdraws it likewise. Nothing when it is not there.
Result<std::optional<HolderEntry>> withdraw_reference(Applying& on, PartyNumber holder, const Uuid& id,
                                                      const RecordDraft& lent);
/// What a switch left to be recorded about a reference is recorded now, before something else changes it.
Result<void> settle_switched(Applying& on, PartyNumber holder, const Uuid& id, const RecordDraft& lent);
/// One record for each subject of an entry, derived from `lent`.
Result<void> log_subjects(Applying& on, const RecordDraft& lent, const Uuid& id, const HolderEntry& entry);
/// Writes an entry and its rows, and removes rows of subjects it no longer has. Timers are the caller's business.
void put_entry(Applying& on, PartyNumber holder, Generation generation, const Uuid& id, const HolderEntry& entry,
               const std::optional<HolderEntry>& old);
/// The entry that an upload's line gives beside what is seen now.
HolderEntry uploaded_entry(Applying& on, const ReferenceChange& change, const std::optional<HolderEntry>& seen);
/// Where a term without geldigTot ends that counts from `from`.
Instant end_of_term(const Applying& on, const Oin& holder, std::string_view categorie, Instant from);
/// A status of a reference's zaak was accepted: an end status begins its term anew and keeps it, whatever is set
/// afterwards, until another status says that the zaak goes on (design: Terms of references).
Result<void> note_status(Applying& on, const Oin& holder, PartyNumber number, const Uuid& id, bool is_end);
/// The timer of a seen reference's term: set for the new entry, taken away for the old one.
void follow_term(Applying& on, PartyNumber holder, const Uuid& id, const HolderEntry& entry,
                 const std::optional<HolderEntry>& old);
void forget_term(Applying& on, PartyNumber holder, const Uuid& id, const HolderEntry& entry);
void remove_entry(Applying& on, PartyNumber holder, Generation generation, const Uuid& id, const HolderEntry& entry);
/// Takes a reference out of the set that is seen, and out of the one before it, which would otherwise be found to miss
/// it later on.
Result<void> remove_seen(Applying& on, PartyNumber holder, const Uuid& id, const HolderEntry& entry);
/// Also gives the marks of an open generation.
Result<std::optional<HolderEntry>> find_entry(const StoreReader& store, PartyNumber holder, Generation generation,
                                              const Uuid& id);
/// Gives what look-ups see: no marks.
Result<std::optional<HolderEntry>> find_seen(const StoreReader& store, PartyNumber holder, Generation generation,
                                             const Uuid& id);
/// Moves a subject's references and subscriptions to its pseudonym under the newest key.
Result<void> move_subject(Applying& on, const PseudonymMove& move);
void end_subscription(Applying& on, const Uuid& id);
Result<void> move_subscriptions(Applying& on, const PseudonymMove& move);
/// Removes one place of a message from outbox or mailbox and notes how it ended; the last one ends the message.
Result<void> end_place(Applying& on, const Uuid& message, std::uint16_t ordinal, DeliveryState state,
                       std::uint32_t attempts, std::string_view error);

}  // namespace wissel::core
