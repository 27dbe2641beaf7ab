#pragma once
// A machine over a store in memory, driven as the committer drives it, with one holder's references.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/log/record.hpp"
#include "core/log/stored.hpp"
#include "core/state/keys.hpp"
#include "core/state/machine.hpp"
#include "tests/fakes/memory_store.hpp"

namespace wissel::core::testing_references {

inline constexpr Instant kStart{Milliseconds{1'800'000'000'000}};
inline constexpr Milliseconds kHour{3'600'000};
inline constexpr Milliseconds kDay{86'400'000};

inline Oin holder() { return *Oin::parse("00000099000000001000"); }

inline Uuid uuid(unsigned number) {
  Bytes16 bytes{};
  bytes[14] = static_cast<std::uint8_t>(number >> 8U);
  bytes[15] = static_cast<std::uint8_t>(number);
  return Uuid(bytes);
}

inline Pseudonym subject(unsigned number) {
  Pseudonym out{};
  out.fill(0xAA);
  out[0] = static_cast<std::uint8_t>(number >> 8U);
  out[1] = static_cast<std::uint8_t>(number);
  return out;
}

/// `content` stands for all of the body: other content, another digest.
inline ReferenceChange change(unsigned id, unsigned content = 0, std::vector<unsigned> subjects = {}) {
  if (subjects.empty()) subjects = {id};
  ReferenceChange out{.holder = holder(),
                      .id = uuid(id),
                      .subjects = {},
                      .kinds = {},
                      .zaaktype = {},
                      .categorie = {},
                      .geldig_tot = {},
                      .digests = {},
                      .sealed = "verzegeld"};
  for (const auto number : subjects) {
    out.subjects.push_back(subject(number));
    out.kinds.push_back(SubjectKind::kBsn);
  }
  Hash mac{};
  mac[0] = static_cast<std::uint8_t>(content + 1);
  mac[1] = static_cast<std::uint8_t>(id);
  out.digests = {{1, mac}};
  return out;
}

class ReferencesTest : public ::testing::Test {
 protected:
  void SetUp() override { start(); }
  void start() { machine = Machine::load({}, store, nullptr).value(); }

  RecordDraft draft(Actie actie = Actie::kRegistreren) {
    RecordDraft out;
    out.salt[0] = static_cast<std::uint8_t>(++drafts_ >> 8U);
    out.salt[1] = static_cast<std::uint8_t>(drafts_);
    out.record.actie = actie;
    out.record.name = "proef";
    out.record.oin = holder();
    out.record.start_time = now;
    out.record.end_time = now;
    out.record.status = LogStatus::kOk;
    out.parties = {holder()};
    return out;
  }

  Outcome run(Command command) {
    WriteBatch batch(store);
    auto outcome = machine->apply(batch, command).value();
    EXPECT_TRUE(machine->finish(batch));
    EXPECT_TRUE(store.write(batch, true));
    machine->committed();
    return outcome;
  }
  Outcome run(Effect effect, bool access, Actie actie = Actie::kRegistreren) {
    Command command;
    command.now = now;
    command.effect = std::move(effect);
    if (access) command.records.push_back(draft(actie));
    return run(std::move(command));
  }

  Outcome set(ReferenceChange what) { return run(SetReference{std::move(what), draft()}, true); }
  Outcome withdraw(unsigned id) {
    const auto actie = Actie::kIntrekken;
    return run(WithdrawReference{holder(), uuid(id), {}, draft(actie)}, true, actie);
  }
  Outcome begin(unsigned upload) { return run(BeginSync{holder(), uuid(upload)}, true); }
  Outcome upload(unsigned upload, std::vector<ReferenceChange> lines) {
    return run(SyncLines{holder(), uuid(upload), std::move(lines)}, false);
  }
  Outcome switch_to(unsigned upload) { return run(SwitchSync{holder(), uuid(upload)}, true); }
  /// One piece of the work after a switch.
  bool go_on() { return run(ContinueSync{holder(), draft()}, false).more; }
  int go_on_to_end() {
    int pieces = 1;
    while (go_on()) ++pieces;
    return pieces;
  }
  /// A whole synchronisation.
  void sync(unsigned number, std::vector<ReferenceChange> lines) {
    EXPECT_FALSE(begin(number).refusal);
    upload(number, std::move(lines));
    switch_to(number);
    go_on_to_end();
  }

  /// What look-ups see: reference ids under their subjects.
  std::multimap<unsigned, Uuid> seen() {
    std::multimap<unsigned, Uuid> out;
    const auto view = machine->view();
    EXPECT_TRUE(store.scan(Family::kReference, {}, [&](std::string_view key, std::string_view value) {
      const auto row = decode_reference(key, value).value();
      if (row.generation != view->generation(row.holder)) return true;
      const auto high = static_cast<std::uint8_t>(key[0]);
      const auto low = static_cast<std::uint8_t>(key[1]);
      out.emplace((unsigned{high} << 8U) | low, row.id);
      return true;
    }));
    return out;
  }
  std::optional<HolderEntry> entry(unsigned id) {
    const auto view = machine->view();
    const auto number = *view->parties->number(holder());
    auto stored = store.get(Family::kHolder, holder_key(number, view->generation(number), uuid(id))).value();
    if (!stored) return std::nullopt;
    return decode_holder_entry(*stored).value();
  }

  /// Records appended since the last call, as "actie object" with the subject behind it.
  std::vector<std::string> logged() {
    std::vector<std::string> out;
    const auto size = machine->view()->edge.size();
    for (; seen_log_ < size; ++seen_log_) {
      const auto stored = *store.get(Family::kRecord, log_key(seen_log_)).value();
      const auto record = decode_line(decode_record(stored)->line).value();
      std::string line = std::string(word(record.actie)) + ' ' + record.object;
      if (record.data_subject_id) line += " over " + to_hex(*record.data_subject_id).substr(0, 4);
      if (!record.regel.empty()) line += " wegens " + record.regel;
      out.push_back(std::move(line));
    }
    return out;
  }

  std::vector<Timer> timers() {
    std::vector<Timer> out;
    EXPECT_TRUE(store.scan(Family::kTimer, {}, [&](std::string_view key, std::string_view) {
      out.push_back(*parse_timer_key(key));
      return true;
    }));
    return out;
  }
  std::size_t lapse_timers() {
    return static_cast<std::size_t>(
        std::ranges::count(timers(), TimerKind::kReferenceLapse, [](const Timer& timer) { return timer.kind; }));
  }

  fakes::MemoryStore store;
  std::unique_ptr<Machine> machine;
  Instant now = kStart;

 private:
  unsigned drafts_ = 0;
  std::uint64_t seen_log_ = 0;
};

/// "verwijzing:<id>;versie:<n>"
inline std::string object(unsigned id, unsigned version) {
  return "verwijzing:" + uuid(id).str() + ";versie:" + std::to_string(version);
}

}  // namespace wissel::core::testing_references
