// Messages from acceptance to their end: matched, queued, delivered, delayed, acknowledged, expired.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/state/incoming.hpp"
#include "core/state/machine.hpp"
#include "tests/fakes/memory_store.hpp"

namespace wissel::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Instant kStart{Milliseconds{1'800'000'000'000}};
constexpr Milliseconds kHour{3'600'000};

Oin oin(int number) { return *Oin::parse("0000009900000000" + std::to_string(number) + "000"); }
const Oin kSender = oin(1);
const Oin kWebhook = oin(2);
const Oin kMailbox = oin(3);

template <class T>
T numbered(std::uint8_t number) {
  T out{};
  out.back() = number;
  return out;
}
Uuid uuid(std::uint8_t number) { return Uuid(numbered<Bytes16>(number)); }

RecordDraft draft(std::string name = "proef") {
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
    run(PutAgreement{std::move(out), true, {}});
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
                        .event = R"({"id":"x"})",
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
                        .reference = change(zaak),
                        .reference_version = {},
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

TEST_F(MessagesTest, AcceptanceQueuesForEverySubscriberInOneWrite) {
  const auto outcome = push(message(50));
  EXPECT_EQ(outcome.status, 202);
  EXPECT_EQ(outcome.body, R"({"id":")" + uuid(50).str() + R"(","volgnummer":)" + std::to_string(outcome.log_index) +
                              R"(,"afnemers":2})");
  const auto accepted = record(outcome.log_index);
  EXPECT_THAT(accepted.bronhouders, ElementsAre(kWebhook, kMailbox));
  EXPECT_EQ(accepted.object, "bericht:" + uuid(50).str());
  EXPECT_EQ(accepted.http, 202);
  EXPECT_THAT(keys(Family::kOutbox), SizeIs(1));
  EXPECT_THAT(keys(Family::kMailbox), SizeIs(1));
  EXPECT_THAT(keys(Family::kMessage), SizeIs(1));
  ASSERT_THAT(listener.last.outbox, SizeIs(1));
  EXPECT_EQ(listener.last.outbox[0].key, keys(Family::kOutbox)[0]);
  EXPECT_EQ(listener.last.outbox_rows, 1U);
  EXPECT_THAT(listener.last.mailboxes, ElementsAre(kMailbox));
}

TEST_F(MessagesTest, AMessageForNobodyIsNotKept) {
  auto other = message(50);
  other.facts.type = "nl.example.anders";
  other.matches.clear();
  EXPECT_THAT(push(std::move(other)).body, HasSubstr(R"("afnemers":0)"));
  EXPECT_THAT(keys(Family::kMessage), IsEmpty());
  EXPECT_THAT(keys(Family::kDelivered), SizeIs(1)) << "its sender may still ask how it stands";
}

TEST_F(MessagesTest, ARepeatIsAnsweredAsTheFirstWithARecordOfItsOwn) {
  const auto first = push(message(50));
  const auto again = push(message(50), kStart + kHour);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.log_index, log_size() - 1);
  EXPECT_EQ(last_record().object, "bericht:" + uuid(50).str());
  EXPECT_THAT(keys(Family::kOutbox), SizeIs(1));
}

TEST_F(MessagesTest, TheSameIdWithOtherContentIsRefusedAndLogged) {
  push(message(50));
  auto other = message(50);
  other.content_mac = numbered<Hash>(9);
  const auto outcome = push(std::move(other));
  ASSERT_TRUE(outcome.refusal);
  EXPECT_EQ(outcome.refusal->code, ProblemCode::kRepeatDiffers);
  EXPECT_TRUE(outcome.logged);
  EXPECT_EQ(last_record().code, "herhaling-wijkt-af");
}

TEST_F(MessagesTest, ABatchIsAcceptedWholeOrNotAtAll) {
  push(message(50));
  AcceptMessages accept;
  accept.batch = true;
  accept.messages.push_back(message(51));
  accept.messages.push_back(message(50));
  accept.messages.back().content_mac = numbered<Hash>(9);
  EXPECT_TRUE(run(accept).refusal);
  EXPECT_THAT(keys(Family::kOutbox), SizeIs(1));

  accept.messages.back() = message(50);
  const auto size = log_size();
  const auto outcome = run(std::move(accept));
  EXPECT_FALSE(outcome.refusal);
  EXPECT_EQ(outcome.log_index, size) << "the parent comes first";
  EXPECT_EQ(log_size(), size + 3);
  EXPECT_THAT(outcome.body, HasSubstr(R"({"berichten":[{"id":")" + uuid(51).str()));
  EXPECT_THAT(keys(Family::kOutbox), SizeIs(2));
}

TEST_F(MessagesTest, AnIdempotencyKeyIsAnsweredWithARecord) {
  AcceptMessages accept;
  accept.messages.push_back(message(50));
  auto first = command(accept);
  first.idempotency = IdempotencyClaim{numbered<Bytes16>(1), numbered<Hash>(1), kStart + 24 * kHour};
  auto second = first;
  const auto one = run(std::move(first));
  const auto two = run(std::move(second));
  EXPECT_TRUE(two.repeated);
  EXPECT_TRUE(two.logged);
  EXPECT_EQ(two.log_index, one.log_index + 1);
  EXPECT_EQ(two.body, one.body);
}

TEST_F(MessagesTest, TheReferenceOfAnUnknownZaakIsSetFirst) {
  const auto size = log_size();
  const auto outcome = push(message(50));
  EXPECT_EQ(outcome.log_index, size + 1);
  EXPECT_EQ(record(size).object, "verwijzing:" + uuid(100).str() + ";versie:1");
  EXPECT_THAT(keys(Family::kReference), SizeIs(1));
  push(message(51));
  EXPECT_EQ(log_size(), size + 3) << "known now";
}

TEST_F(MessagesTest, AReferenceThatMovedSinceIsMatchedAnew) {
  // Prepared while the zaak was not registered; meanwhile it is, for a person that somebody follows.
  auto prepared = message(50);
  auto person = subscription(3, kMailbox, Bezorgsoort::kWebhook);
  person.onderwerp = numbered<Bytes16>(200);
  run(PutSubscription{person, true, {}});
  auto registered = change(100);
  registered.subjects.push_back(numbered<Bytes16>(200));
  registered.kinds.push_back(SubjectKind::kBsn);
  run(SetReference{registered, draft()});
  EXPECT_THAT(push(std::move(prepared)).body, HasSubstr(R"("afnemers":3)"));

  // Prepared with that person; meanwhile it is no longer named.
  auto stale = message(51);
  stale.facts.subjects.push_back(numbered<Bytes16>(200));
  stale.reference_version = 1;
  stale.matches = match(*machine->view()->network, stale.facts, kStart);
  EXPECT_THAT(stale.matches, SizeIs(3));
  auto without = change(100);
  without.digests = {{1, numbered<Hash>(1)}};
  run(SetReference{without, draft()});
  EXPECT_THAT(push(std::move(stale)).body, HasSubstr(R"("afnemers":2)"));
}

TEST_F(MessagesTest, AWithdrawalBetweenPreparingAndAcceptingSetsTheReferenceAgain) {
  push(message(50));
  auto prepared = message(51);
  prepared.reference_version = 1;
  run(WithdrawReference{kSender, uuid(100), {}, draft()});
  EXPECT_THAT(keys(Family::kReference), IsEmpty());
  push(std::move(prepared));
  EXPECT_THAT(keys(Family::kReference), SizeIs(1));
}

TEST_F(MessagesTest, AShieldedReferenceHidesItsMessages) {
  auto shielded = change(100);
  shielded.zichtbaarheid = Zichtbaarheid::kAfgeschermd;
  run(SetReference{shielded, draft()});
  EXPECT_THAT(push(message(50)).body, HasSubstr(R"("afnemers":0)"));
}

TEST_F(MessagesTest, ASubscriptionThatEndedSinceGetsNothing) {
  auto prepared = message(50);
  AcceptMessages accept;
  accept.messages.push_back(std::move(prepared));
  auto late = command(std::move(accept));
  run(EndSubscription{uuid(1), kWebhook, {}});
  EXPECT_THAT(run(std::move(late)).body, HasSubstr(R"("afnemers":1)"));
}

TEST_F(MessagesTest, ADeliveryThatFailedStaysWithoutARecord) {
  push(message(50));
  const auto size = log_size();
  auto delay = command(DelayDelivery{keys(Family::kOutbox)[0], 1, kStart + kHour, true, "http-503"});
  delay.records.clear();
  run(std::move(delay));
  EXPECT_EQ(log_size(), size);
  EXPECT_EQ(place(50, 0).attempts, 1U);
  EXPECT_EQ(place(50, 0).error, "http-503");
  const auto row = decode_delivery(*store.get(Family::kOutbox, keys(Family::kOutbox)[0]).value()).value();
  EXPECT_TRUE(row.may_have_left);
  EXPECT_EQ(row.next_try, kStart + kHour);
}

TEST_F(MessagesTest, TheLastDeliveryTakesTheContentAlong) {
  push(message(50));
  const auto key = keys(Family::kOutbox)[0];
  ConcludeDelivery conclude;
  conclude.row_key = key;
  conclude.attempts = 2;
  const auto size = log_size();
  run(conclude);
  EXPECT_EQ(log_size(), size + 1);
  EXPECT_EQ(listener.last.outbox_rows, 0U);
  EXPECT_EQ(place(50, 0).state, DeliveryState::kDelivered);
  EXPECT_THAT(keys(Family::kMessage), SizeIs(1)) << "the mailbox still needs it";
  run(conclude);
  EXPECT_EQ(log_size(), size + 1) << "a row that is gone ends without a record";
  run(AcknowledgeMailbox{kMailbox, 1'000'000});
  EXPECT_THAT(keys(Family::kMessage), IsEmpty());
  EXPECT_THAT(keys(Family::kMailbox), IsEmpty());
  EXPECT_EQ(place(50, 1).state, DeliveryState::kDelivered);
}

TEST_F(MessagesTest, GoneEndsTheSubscriptionInTheSameWrite) {
  push(message(50));
  ConcludeDelivery conclude;
  conclude.row_key = keys(Family::kOutbox)[0];
  conclude.state = DeliveryState::kEnded;
  conclude.end_subscription = uuid(1);
  run(conclude);
  EXPECT_EQ(machine->view()->network->subscription(uuid(1)), nullptr);
  EXPECT_EQ(place(50, 0).state, DeliveryState::kEnded);
}

TEST_F(MessagesTest, AcknowledgingIsRepeatableAndGoesInPieces) {
  constexpr std::size_t kCount = AcknowledgeMailbox::kRowsMax + 5;
  for (std::size_t i = 0; i < kCount; ++i) {
    auto each = message(50, 100);
    Bytes16 id{};
    id[0] = static_cast<std::uint8_t>(i >> 8U);
    id[1] = static_cast<std::uint8_t>(i);
    each.id = Uuid(id);
    std::ranges::copy(id, each.repeat_key.begin());
    push(std::move(each));
  }
  EXPECT_TRUE(run(AcknowledgeMailbox{kMailbox, 1'000'000}).more);
  EXPECT_THAT(keys(Family::kMailbox), SizeIs(5));
  EXPECT_FALSE(run(AcknowledgeMailbox{kMailbox, 1'000'000}).more);
  EXPECT_THAT(keys(Family::kMailbox), IsEmpty());
  EXPECT_EQ(run(AcknowledgeMailbox{kMailbox, 1'000'000}).status, 204);
}

TEST_F(MessagesTest, AcknowledgingStopsAtItsNumber) {
  const auto first = push(message(50));
  push(message(51));
  run(AcknowledgeMailbox{kMailbox, first.log_index});
  EXPECT_THAT(keys(Family::kMailbox), SizeIs(1));
  EXPECT_EQ(place(51, 1).state, DeliveryState::kWaiting);
}

TEST_F(MessagesTest, WhatAPauseHoldsBackIsQueuedAndNotAcknowledged) {
  run(PauseSubscription{uuid(2), kMailbox, true});
  EXPECT_THAT(push(message(50)).body, HasSubstr(R"("afnemers":2)"));
  run(AcknowledgeMailbox{kMailbox, 1'000'000});
  EXPECT_THAT(keys(Family::kMailbox), SizeIs(1));
  run(PauseSubscription{uuid(2), kMailbox, false});
  run(AcknowledgeMailbox{kMailbox, 1'000'000});
  EXPECT_THAT(keys(Family::kMailbox), IsEmpty());
}

TEST_F(MessagesTest, AMailboxIsNotShownUnderAnotherNetwork) {
  push(message(50));
  auto show = command(ShowMailbox{keys(Family::kMailbox)});
  run(PauseSubscription{uuid(1), kWebhook, true});
  const auto size = log_size();
  EXPECT_TRUE(run(show).more);
  EXPECT_EQ(log_size(), size);
  show.network_version = machine->view()->network->version();
  EXPECT_FALSE(run(show).more);
  EXPECT_EQ(log_size(), size + 1);
  EXPECT_TRUE(decode_delivery(*store.get(Family::kMailbox, keys(Family::kMailbox)[0]).value())->may_have_left);
}

class ExpiryTest : public MessagesTest {
 protected:
  static constexpr Instant kEnd = kStart + 100 * kHour;

  Outcome expire(std::size_t drafts) {
    RunTimers timers;
    EXPECT_TRUE(store.scan(Family::kTimer, {}, [&](std::string_view key, std::string_view) {
      if (parse_timer_key(key)->kind == TimerKind::kMessageExpiry) timers.keys.emplace_back(key);
      return true;
    }));
    for (std::size_t i = 0; i < drafts; ++i) timers.drafts.push_back(draft("geleend"));
    auto expiry = command(std::move(timers), kEnd);
    expiry.records.clear();
    return run(std::move(expiry));
  }
};

TEST_F(ExpiryTest, EndsEachPlaceWithARecordForSenderAndSubscriber) {
  push(message(50));
  const auto size = log_size();
  EXPECT_FALSE(expire(10).more);
  ASSERT_EQ(log_size(), size + 2);
  const auto webhook = record(size);
  EXPECT_EQ(webhook.actie, Actie::kBezorgen);
  EXPECT_EQ(webhook.oin, kSender);
  EXPECT_THAT(webhook.bronhouders, ElementsAre(kWebhook));
  EXPECT_EQ(webhook.data_subject_id, numbered<Bytes16>(100));
  EXPECT_EQ(webhook.regel, "verlopen;mogelijk-ontvangen") << "its turn and time had come: an attempt may be under way";
  EXPECT_EQ(record(size + 1).regel, "verlopen") << "never fetched";
  EXPECT_EQ(place(50, 0).state, DeliveryState::kExpired);
  EXPECT_THAT(keys(Family::kMessage), IsEmpty());
  EXPECT_THAT(keys(Family::kOutbox), IsEmpty());
}

TEST_F(ExpiryTest, SaysWhetherTheBodyMayHaveLeft) {
  push(message(50, 100));
  push(message(51, 100));  // behind it: not tried
  push(message(52, 101));
  push(message(53, 102));
  const auto delay = [&](std::uint8_t number, bool left) {
    auto later = command(DelayDelivery{place(number, 0).row_key, 3, kEnd + kHour, left, "x"});
    later.records.clear();
    run(std::move(later));
  };
  delay(52, false);  // refused each time, and not its time
  delay(53, true);
  run(EndSubscription{uuid(2), kMailbox, {}});
  expire(20);
  std::map<std::string, std::string> rules;
  for (std::uint64_t i = 0; i < log_size(); ++i) {
    const auto each = record(i);
    if (each.name == "bericht verlopen" && each.bronhouders.front() == kWebhook) rules[each.object] = each.regel;
  }
  EXPECT_EQ(rules["bericht:" + uuid(50).str()], "verlopen;mogelijk-ontvangen");
  EXPECT_EQ(rules["bericht:" + uuid(52).str()], "verlopen");
  EXPECT_EQ(rules["bericht:" + uuid(53).str()], "verlopen;mogelijk-ontvangen");
}

TEST_F(ExpiryTest, GoesOnWhereTheDraftsRanOut) {
  push(message(50));
  EXPECT_TRUE(expire(1).more);
  EXPECT_THAT(keys(Family::kMessage), SizeIs(1));
  EXPECT_FALSE(expire(1).more);
  EXPECT_THAT(keys(Family::kMessage), IsEmpty());
}

TEST_F(MessagesTest, APlaceIsJudgedAnew) {
  const auto& facts = message(50).facts;
  const auto judge = [&](Instant at = kStart) {
    return judge_place(*machine->view()->network, {kWebhook, uuid(1), Bezorgsoort::kWebhook, "gebeurtenissen"}, facts,
                       at)
        .judgement;
  };
  EXPECT_EQ(judge(), Judgement::kAllowed);
  run(PauseSubscription{uuid(1), kWebhook, true});
  EXPECT_EQ(judge(), Judgement::kPaused);
  subscribe(4, kWebhook, Bezorgsoort::kWebhook);
  EXPECT_EQ(judge(), Judgement::kAllowed) << "another subscription for the same place";
  run(EndSubscription{uuid(4), kWebhook, {}});
  run(EndSubscription{uuid(1), kWebhook, {}});
  EXPECT_EQ(judge(), Judgement::kEnded);
  subscribe(1, kWebhook, Bezorgsoort::kWebhook);
  EXPECT_EQ(judge(kStart + 20'000 * kHour), Judgement::kRefused) << "the agreement has ended";
}

}  // namespace
}  // namespace wissel::core
