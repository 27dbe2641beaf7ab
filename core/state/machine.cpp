#include "core/state/machine.hpp"

#include <algorithm>

#include "core/failpoint.hpp"
#include "core/policy/codec.hpp"
#include "core/state/working.hpp"

namespace wissel::core {
namespace {

/// How far a proposer's clock may lie behind the log (design: the one write path).
constexpr Milliseconds kBackwardsMax{60'000};
/// How often the newest checkpoint is stored, for verification of a store that nobody asked a checkpoint of.
constexpr Milliseconds kStoredCheckpointEvery{1'000};

/// The numbers of the parties under which a record is found, each once.
Result<std::vector<PartyNumber>> numbers(Applying& on, const std::vector<Oin>& parties) {
  std::vector<PartyNumber> out;
  for (const auto& oin : parties) {
    auto number = on.party(oin);
    if (!number) return std::unexpected(std::move(number).error());
    if (std::ranges::find(out, *number) == out.end()) out.push_back(*number);
  }
  return out;
}

/// An access in another's name that is not allowed any more, however it was when the command was made. The clock
/// counts as well: an upload may outlast the period.
std::optional<Problem> represented_no_more(const Applying& on) {
  const auto& acting = on.command.on_behalf;
  if (!acting || representation_allows(*on.state.network, *acting, on.now)) return std::nullopt;
  return Problem{ProblemCode::kNoRepresentation, std::string(info(ProblemCode::kNoRepresentation).remedy), {}};
}

/// Decides again where the network has changed since the command was prepared.
std::optional<Problem> judged_anew(const Applying& on) {
  const auto& judged = on.command.judged;
  if (!judged) return std::nullopt;
  const auto decision = on.command.network_version == on.state.network->version()
                            ? judged->decision
                            : decide(*on.state.network, judged->question);
  if (decision.allowed) return std::nullopt;
  return Problem{decision.code, std::string(info(decision.code).remedy), {}};
}

/// An answer given before under the same Idempotency-Key: true when there is one and the command is done with.
Result<bool> answer_repeat(Applying& on) {
  const auto& claim = on.command.idempotency;
  if (!claim) return false;
  auto stored = on.batch.get(Family::kRepeat, repeat_key(claim->key));
  if (!stored) return std::unexpected(std::move(stored).error());
  if (!*stored) return false;
  auto row = decode_repeat(**stored);
  if (!row) return std::unexpected(std::move(row).error());
  if (row->expires <= on.now) return false;
  Result<void> logged;
  if (row->mac != claim->body_mac) {
    logged = on.refuse({ProblemCode::kRepeatDiffers, "De Idempotency-Key is al gebruikt voor een andere body.", {}});
  } else {
    on.outcome.repeated = true;
    on.outcome.status = row->status;
    on.outcome.version = row->version;
    on.outcome.body = row->body;
    logged = on.log_access(Uitkomst::kToegestaan, row->status);
  }
  if (!logged) return std::unexpected(std::move(logged).error());
  return true;
}

void keep_answer(Applying& on) {
  const auto& claim = on.command.idempotency;
  const bool succeeded = on.outcome.status >= 200 && on.outcome.status < 300 && !on.outcome.refusal;
  if (!claim || !succeeded) return;
  on.batch.put(Family::kRepeat, repeat_expiry_key(claim->expires, claim->key), {});
  on.batch.put(
      Family::kRepeat, repeat_key(claim->key),
      encode(RepeatRow{claim->body_mac, claim->expires, on.outcome.status, on.outcome.version, on.outcome.body}));
  on.purge_repeats_at(claim->expires);
}

}  // namespace

Result<void> Applying::log_access(Uitkomst uitkomst, std::uint16_t http, std::string_view code) {
  if (command.records.empty()) return {};
  command.records.front().conclude(uitkomst, http, code);
  auto index = log(command.records.front());
  if (!index) return std::unexpected(std::move(index).error());
  outcome.log_index = *index;
  outcome.logged = true;
  return {};
}

Result<void> Applying::log_children(Uitkomst uitkomst, std::uint16_t http, std::string_view code) {
  for (std::size_t i = 1; i < command.records.size(); ++i) {
    command.records[i].conclude(uitkomst, http, code);
    auto index = log(command.records[i]);
    if (!index) return std::unexpected(std::move(index).error());
    outcome.child_indices.push_back(*index);
  }
  return {};
}

namespace {

/// What a look-up that was allowed was kept from, for its holders to read of later.
Result<void> keep_shielded(Applying& on, const RecordDraft& draft, std::uint64_t index) {
  if (!draft.shielded || draft.record.uitkomst != Uitkomst::kToegestaan) return {};
  const auto& record = draft.record;
  const auto agreement = Uuid::parse(record.uitwisselafspraak);
  if (!agreement || !record.oin) return fail(Errc::kCorrupt, "a look-up by nobody or without an agreement");
  const auto day = overview_day(record.end_time);
  if (on.state.shielded_day != day) {
    on.timer(shielded_until(day), TimerKind::kShieldedForget, shielded_day_text(day));
    on.state.shielded_day = day;
  }
  const auto row = [&](const std::vector<Uuid>& references) {
    return ShieldedRow{record.end_time, record.actie, *record.oin, record.namens, *agreement, references};
  };
  auto& writes = on.state.shielded_writes;
  for (const auto& each : *draft.shielded) {
    auto holder = on.party(each.holder);
    if (!holder) return std::unexpected(std::move(holder).error());
    on.batch.put(Family::kMeta, shielded_key(day, *holder, record.end_time, index), encode(row(each.references)));
    writes.written = true;
  }
  if (!writes.written && !writes.like_one) writes.like_one = row({*agreement});
  return {};
}

/// Once for all look-ups of a batch: they are answered together, so they take equally long.
void end_shielded(ShieldedWrites writes, WriteBatch& batch) {
  if (writes.like_one && !writes.written) {
    batch.put(Family::kMeta, shielded_key({}, 0, {}, 0), encode(*writes.like_one));
  }
}

}  // namespace

Result<std::uint64_t> Applying::log(RecordDraft& draft) {
  // A proposer's clock may lag the log by a minute; one that lags more is lifted, so that searches by time hold.
  const Instant floor = state.last_now - kBackwardsMax;
  if (draft.record.end_time < floor) {
    draft.record.end_time = floor;
    draft.sealed = false;
  }
  auto parties = numbers(*this, draft.parties);
  if (!parties) return std::unexpected(std::move(parties).error());
  const auto index = state.ledger.append(batch, draft, *parties);
  if (auto kept = keep_shielded(*this, draft, index); !kept) return std::unexpected(std::move(kept).error());
  return index;
}

namespace {

/// A refusal shows nobody and nothing. What was found before it was decided anew must not stand in a line that its
/// caller reads.
void forget_found(RecordDraft& draft) {
  if (draft.object_if_refused) {
    draft.record.object = *draft.object_if_refused;
    draft.sealed = false;
  }
  auto& named = draft.record.bronhouders;
  if (named.empty()) return;
  std::erase_if(draft.parties, [&](const Oin& party) {
    return party != draft.record.oin && party != draft.record.namens && std::ranges::find(named, party) != named.end();
  });
  named.clear();
  draft.record.bronhouders_aantal.reset();
  draft.sealed = false;
}

}  // namespace

Result<void> Applying::refuse(Problem problem) {
  std::erase_if(command.records, [](const RecordDraft& draft) { return draft.of_answer; });
  for (auto& draft : command.records) forget_found(draft);
  const auto status = problem.status();
  const auto uitkomst = status == 403 ? Uitkomst::kGeweigerd : Uitkomst::kOngeldig;
  const auto code = info(problem.code).text;
  outcome.refusal = std::move(problem);
  auto logged = log_access(uitkomst, status, code);
  return logged ? log_children(uitkomst, status, code) : logged;
}

Result<PartyNumber> Applying::party(const Oin& oin) {
  if (const auto known = state.parties->number(oin)) return *known;
  const auto number = state.parties->next();
  auto next = std::make_shared<Parties>(*state.parties);  // readers keep the old one
  next->add(oin);
  state.parties = std::move(next);
  std::string value;
  append_u32(value, number);
  batch.put(Family::kMeta, std::string(kMetaPartyPrefix).append(oin.view()), std::move(value));
  return number;
}

Network& Applying::network() {
  if (!state.network_dirty) {
    state.network = std::make_shared<Network>(*state.network);
    state.network_dirty = true;
    state.notices.network_changed = true;
  }
  return *state.network;
}

void Applying::timer(Instant due, TimerKind kind, std::string_view id) {
  batch.put(Family::kTimer, timer_key(due, kind, id), {});
  auto& earliest = state.notices.earliest_timer;
  if (!earliest || due < *earliest) earliest = due;
}

Result<void> apply_effect(Applying& on, LogOnly& /*effect*/) {
  bool first = true;
  for (auto& draft : on.command.records) {
    auto index = on.log(draft);
    if (!index) return std::unexpected(std::move(index).error());
    if (!std::exchange(first, false)) {
      on.outcome.child_indices.push_back(*index);
      continue;
    }
    on.outcome.log_index = *index;
    on.outcome.logged = true;
    on.outcome.status = draft.record.http.value_or(0);
  }
  return {};
}

Machine::Machine(MachineSettings settings, CommitListener* listener)
    : settings_(std::move(settings)), listener_(listener) {}
Machine::~Machine() = default;

Result<std::unique_ptr<Machine>> Machine::load(MachineSettings settings, const StoreReader& store,
                                               CommitListener* listener) {
  std::unique_ptr<Machine> machine(new Machine(std::move(settings), listener));
  if (auto loaded = machine->reload(store); !loaded) return std::unexpected(std::move(loaded).error());
  return machine;
}

Result<Outcome> Machine::apply(WriteBatch& batch, Command& command) {
  Applying on{*working_, batch, command, std::max(command.now, working_->last_now - kBackwardsMax)};
  working_->sign_now |= command.sign_checkpoint;
  working_->last_now = std::max(working_->last_now, on.now);
  // Before a repeat: an answer that was given before is not for somebody who no longer acts for its owner.
  if (auto refusal = represented_no_more(on)) {
    if (auto logged = on.refuse(std::move(*refusal)); !logged) return std::unexpected(std::move(logged).error());
    return std::move(on.outcome);
  }
  auto repeat = answer_repeat(on);
  if (!repeat) return std::unexpected(std::move(repeat).error());
  if (*repeat) return std::move(on.outcome);
  if (auto refusal = judged_anew(on)) {
    if (auto logged = on.refuse(std::move(*refusal)); !logged) return std::unexpected(std::move(logged).error());
    return std::move(on.outcome);
  }
  for (const auto& move : command.moves) {
    if (auto moved = move_subject(on, move); !moved) return std::unexpected(std::move(moved).error());
  }
  auto done = std::visit([&on](auto& effect) { return apply_effect(on, effect); }, command.effect);
  if (!done) return std::unexpected(std::move(done).error());
  keep_answer(on);
  return std::move(on.outcome);
}

Result<void> Machine::finish(WriteBatch& batch) {
  auto& work = *working_;
  end_shielded(std::exchange(work.shielded_writes, {}), batch);
  const auto& edge = work.ledger.edge();
  std::string size;
  append_u64(size, edge.size());
  const Hash root = edge.root();
  batch.put(Family::kMeta, std::string(kMetaLogSize), std::move(size));
  batch.put(Family::kMeta, std::string(kMetaLogRoot), std::string(as_view(root)));
  std::string clock;
  append_u64(clock, static_cast<std::uint64_t>(to_ms(work.last_now)));
  batch.put(Family::kMeta, std::string(kMetaLogClock), std::move(clock));
  if (work.network_dirty) {
    std::string version;
    append_u64(version, work.network->version());
    batch.put(Family::kMeta, std::string(kMetaNetworkVersion), std::move(version));
  }
  for (const auto& key : std::exchange(work.marks_to_write, {})) {
    batch.put(Family::kMeta, std::string(kMetaKeyMarkPrefix) + key.id, key.mark);
  }
  const bool due = work.sign_now || work.signed_size == 0 || work.last_now - work.last_signed >= kStoredCheckpointEvery;
  if (settings_.sign_checkpoint && due && edge.size() > work.signed_size) {
    batch.put(Family::kMeta, std::string(kMetaLogVkey), settings_.vkey);
    batch.put(Family::kMeta, std::string(kMetaLogCheckpoint), settings_.sign_checkpoint(edge.size(), root));
    WISSEL_FAILPOINT("mid-checkpoint");
    work.last_signed = work.last_now;
    work.signed_size = edge.size();
    work.sign_now = false;
  }
  return {};
}

void Machine::committed() {
  auto& work = *working_;
  const auto before = published_.get();
  const bool grew = before != nullptr && before->edge.size() != work.ledger.size();
  published_.set(
      std::make_shared<const View>(View{work.network, work.parties, work.syncs, work.ledger.edge(), work.brakes}));
  work.network_dirty = false;
  work.notices.outbox_rows = work.outbox_rows;
  const Notices notices = std::exchange(work.notices, {});
  if (listener_ != nullptr && !notices.empty()) listener_->committed(notices);
  if (grew && settings_.grown) settings_.grown();
}

}  // namespace wissel::core
