#pragma once
// A state machine with subscribers, for tests of what becomes of messages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/state/incoming.hpp"
#include "core/state/machine.hpp"
#include "tests/fakes/memory_store.hpp"
#include "tests/unit/core/agreeing.hpp"

namespace wissel::core::state_messages {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

inline constexpr Instant kStart{Milliseconds{1'800'000'000'000}};
inline constexpr Milliseconds kHour{3'600'000};

inline Oin oin(int number) { return *Oin::parse("0000009900000000" + std::to_string(number) + "000"); }
inline const Oin kSender = oin(1);
inline const Oin kWebhook = oin(2);
inline const Oin kMailbox = oin(3);

template <class T>
T numbered(std::uint8_t number) {
  T out{};
  out.back() = number;
  return out;
}
inline Uuid uuid(std::uint8_t number) { return Uuid(numbered<Bytes16>(number)); }

inline RecordDraft draft(std::string name = "proef") {
  RecordDraft out;
  out.record.name = std::move(name);
  out.record.oin = kSender;
  out.record.end_time = kStart;
  out.parties = {kSender};
  return out;
}

class Listener final : public CommitListener {
 public:
  void committed(const Notices& notices) override { last = notices; }
  Notices last;
};

class MessagesTest : public testing::Test {
 protected:
  MessagesTest() {
    for (const auto& who : {kSender, kWebhook, kMailbox}) {
      Participant participant{
          .oin = who, .naam = "P", .rollen = {}, .eindpunten = {}, .certificaat_pins = {}, .quota = {}};
      participant.rollen.add(Role::kBronhouder);
      participant.rollen.add(Role::kAfnemer);
      participant.stand = Stand::kAangesloten;
      participant.eindpunten = {{"gebeurtenissen", "https://example.nl/"}};
      run(PutParticipant{std::move(participant), {}});
    }
    agree();
    subscribe(1, kWebhook, Bezorgsoort::kWebhook);
    subscribe(2, kMailbox, Bezorgsoort::kPostbus);
  }

  void agree() {
    Agreement out;
    out.id = uuid(7);
    out.aanbieders = {kSender};
    out.afnemers = {kWebhook, kMailbox};
    out.doel = "https://doelen.example.nl/proef";
    out.handelingen = {true, true, true};
    out.max_vertrouwelijkheid = Vertrouwelijkheid::kZeerGeheim;
    out.geldig_van = kStart - kHour;
    out.geldig_tot = kStart + 10'000 * kHour;
    out.grondslag_soort = "taakVanAlgemeenBelang";
    out.grondslag_verwijzing = "Awb 2:15";
    out.verwerkingsactiviteit = "https://verwerkingen.example.nl/proef";
    for (auto& effect : agreeing(std::move(out), kStart)) run(std::move(effect));
  }

  Subscription subscription(std::uint8_t id, const Oin& who, Bezorgsoort place) {
    Subscription out{.id = uuid(id),
                     .afnemer = who,
                     .onderwerp = {},
                     .onderwerp_soort = {},
                     .zaaktypen = {},
                     .bronhouders = {},
                     .typen = {},
                     .grondslag = {uuid(7), {}, {}, {}},
                     .gebruiker = {},
                     .geldig_tot = {}};
    out.bezorging = place;
    return out;
  }
  void subscribe(std::uint8_t id, const Oin& who, Bezorgsoort place) {
    run(PutSubscription{subscription(id, who, place), true, {}});
  }

  Outcome run(Command command) {
    WriteBatch batch(store);
    auto out = machine->apply(batch, command).value();
    EXPECT_TRUE(machine->finish(batch));
    EXPECT_TRUE(store.write(batch, true));
    machine->committed();
    return out;
  }
  Command command(Effect effect, Instant at = kStart) {
    Command out;
    out.now = at;
    out.network_version = machine->view()->network->version();
    out.effect = std::move(effect);
    out.records.push_back(draft());
    return out;
  }
  Outcome run(Effect effect, Instant at = kStart) { return run(command(std::move(effect), at)); }

  /// A ZaakStatus of a zaak that has the pseudonym `zaak`, prepared under the picture of now.
  IncomingMessage message(std::uint8_t number, std::uint8_t zaak = 100) {
    IncomingMessage out{.id = uuid(number),
                        .event = Undisclosed(R"({"id":"x"})"),
                        .repeat_key = numbered<Hash>(number),
                        .content_mac = numbered<Hash>(number),
                        .order_key = numbered<Bytes16>(zaak),
                        .facts = {.sender = kSender,
                                  .type = "nl.overheid.zaken.zaakstatus-gewijzigd",
                                  .zaaktype = {},
                                  .vertrouwelijkheid = Vertrouwelijkheid::kIntern,
                                  .categorie = {},
                                  .subjects = {numbered<Bytes16>(zaak)},
                                  .about = SubjectKind::kZaak},
                        .own_subjects = 1,
                        .own_zaaktype = {},
                        .reference_id = change(zaak).id,
                        .reference = change(zaak),
                        .reference_version = {},
                        .is_end = false,
                        .matches = {},
                        .expires = kStart + 100 * kHour,
                        .record = draft("melden"),
                        .reference_records = {}};
    // The repeat's hash is the first half.
    out.repeat_key.front() = number;
    out.reference_records.push_back(draft("registreren"));
    out.matches = match(*machine->view()->network, out.facts, kStart);
    return out;
  }
  ReferenceChange change(std::uint8_t zaak) {
    return {.holder = kSender,
            .id = uuid(zaak),
            .subjects = {numbered<Bytes16>(zaak)},
            .kinds = {SubjectKind::kZaak},
            .zaaktype = {},
            .categorie = {},
            .geldig_tot = {},
            .digests = {{1, numbered<Hash>(zaak)}},
            .sealed = "s"};
  }
  Outcome push(IncomingMessage message, Instant at = kStart) {
    AcceptMessages accept;
    accept.messages.push_back(std::move(message));
    return run(std::move(accept), at);
  }

  LogRecord record(std::uint64_t index) {
    const auto value = store.get(Family::kRecord, log_key(index)).value().value();
    return decode_line(decode_record(value)->line).value();
  }
  LogRecord last_record() { return record(machine->view()->edge.size() - 1); }
  std::uint64_t log_size() { return machine->view()->edge.size(); }
  DeliveredPlace place(std::uint8_t message, std::uint16_t ordinal) {
    return decode_delivered_place(*store.get(Family::kDelivered, delivered_place_key(uuid(message), ordinal)).value())
        .value();
  }
  std::vector<std::string> keys(Family family) {
    std::vector<std::string> out;
    EXPECT_TRUE(store.scan(family, {}, [&](std::string_view key, std::string_view) {
      out.emplace_back(key);
      return true;
    }));
    return out;
  }

  fakes::MemoryStore store;
  Listener listener;
  std::unique_ptr<Machine> machine = Machine::load({}, store, &listener).value();
};

}  // namespace wissel::core::state_messages
