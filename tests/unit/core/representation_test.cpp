// Acting for another: what is signed and stored, who may, and that an end works at its place in the order.
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/log/stored.hpp"
#include "core/policy/codec.hpp"
#include "core/policy/network.hpp"
#include "core/policy/representation_codec.hpp"
#include "core/state/machine.hpp"
#include "tests/fakes/memory_store.hpp"

namespace wissel::core {
namespace {

constexpr Instant kStart{Milliseconds{1'800'000'000'000}};
constexpr Milliseconds kMinute{60'000};

Oin oin(int number) {
  auto digits = std::to_string(number);
  return *Oin::parse("00000099" + std::string(9 - digits.size(), '0') + digits + "000");
}

Uuid uuid(std::uint8_t number) {
  Bytes16 bytes{};
  bytes.back() = number;
  return Uuid(bytes);
}

Endorsement endorsement(int party) {
  return {.door = oin(party), .op = kStart, .handtekening = {}, .kid = {}, .afdruk = {}};
}

Participant participant(int number, Stand stand = Stand::kAangesloten) {
  Participant out{.oin = oin(number),
                  .naam = "Gemeente Proef",
                  .rollen = {},
                  .stand = stand,
                  .eindpunten = {},
                  .certificaat_pins = {},
                  .quota = {}};
  out.rollen.add(Role::kBronhouder);
  out.rollen.add(Role::kAfnemer);
  return out;
}

/// Of 1 by 2, for searches and log reading, an hour long; not signed.
Representation offered(std::uint8_t id = 7) {
  Representation out{.id = uuid(id),
                     .vertegenwoordigde = oin(1),
                     .vertegenwoordiger = oin(2),
                     .handelingen = {},
                     .geldig_van = kStart,
                     .geldig_tot = kStart + 60 * kMinute,
                     .ondertekeningen = {},
                     .einde = {}};
  out.handelingen.add(RepresentedAct::kZoeken);
  out.handelingen.add(RepresentedAct::kInzien);
  return out;
}

Representation agreed(std::uint8_t id = 7) {
  auto out = offered(id);
  out.ondertekeningen = {endorsement(1), endorsement(2)};
  return out;
}

OnBehalf acting(RepresentedAct act = RepresentedAct::kZoeken) { return {oin(1), oin(2), act}; }

TEST(RepresentationCodec, ReadsWhatItWrote) {
  auto all = agreed();
  all.versie = 4;
  all.einde = PartyWord{oin(2), kStart + kMinute, "overgedragen"};
  const auto again = decode_representation(encode(all)).value();
  EXPECT_EQ(encode(again), encode(all));
  EXPECT_EQ(again.versie, 4U);
  EXPECT_EQ(again.einde->reden, "overgedragen");
  EXPECT_EQ(again.ondertekeningen.size(), 2U);
}

TEST(RepresentationCodec, DamageIsNotRead) {
  auto value = encode(agreed());
  for (std::size_t cut = 0; cut < value.size(); ++cut) EXPECT_FALSE(decode_representation(value.substr(0, cut)));
}

TEST(RepresentationCodec, SignedBytesNeverChange) {
  // Literal: partners have signed bytes like these.
  const std::string bytes =
      R"({"geldigTot":"2027-01-15T09:00:00Z","geldigVan":"2027-01-15T08:00:00Z","handelingen":)"
      R"(["zoeken","inzien"],"id":"00000000-0000-0000-0000-000000000007","soort":"vertegenwoordiging",)"
      R"("vertegenwoordigde":"00000099000000001000","vertegenwoordiger":"00000099000000002000"})";
  EXPECT_EQ(signing_payload(offered()), bytes);
  EXPECT_EQ(signing_payload(decode_representation(encode(agreed())).value()), bytes);
  EXPECT_NE(signing_payload(offered(8)), bytes);
}

TEST(RepresentationCodec, RefusesEachFault) {
  const auto faults_of = [](const char* body) {
    Faults faults;
    EXPECT_FALSE(read_representation(boost::json::parse(body), uuid(1), oin(1), faults)) << body;
    return faults.list().empty() ? std::string() : faults.list().front().name;
  };
  EXPECT_EQ(faults_of(R"({"vertegenwoordiger":"x","handelingen":["zoeken"],"geldigVan":"2027-01-01T00:00:00Z",
                          "geldigTot":"2028-01-01T00:00:00Z"})"),
            "/vertegenwoordiger");
  EXPECT_EQ(faults_of(R"({"vertegenwoordiger":"00000099000000001000","handelingen":["zoeken"],
                          "geldigVan":"2027-01-01T00:00:00Z","geldigTot":"2028-01-01T00:00:00Z"})"),
            "/vertegenwoordiger");
  EXPECT_EQ(faults_of(R"({"vertegenwoordiger":"00000099000000002000","handelingen":["beheren"],
                          "geldigVan":"2027-01-01T00:00:00Z","geldigTot":"2028-01-01T00:00:00Z"})"),
            "/handelingen/0");
  EXPECT_EQ(faults_of(R"({"vertegenwoordiger":"00000099000000002000","handelingen":["zoeken"],
                          "geldigVan":"2027-01-01T00:00:00Z","geldigTot":"2027-01-01T00:00:00Z"})"),
            "/geldigTot");
}

TEST(Representation, HoldsWithinItsPeriodForWhatItNames) {
  Network network;
  network.put(participant(1));
  network.put(participant(2));
  network.put(agreed());
  EXPECT_TRUE(representation_allows(network, acting(), kStart));
  EXPECT_FALSE(representation_allows(network, acting(), kStart - Milliseconds(1)));
  EXPECT_FALSE(representation_allows(network, acting(), kStart + 60 * kMinute));
  EXPECT_FALSE(representation_allows(network, acting(RepresentedAct::kMelden), kStart));
  EXPECT_FALSE(representation_allows(network, {oin(2), oin(1), RepresentedAct::kZoeken}, kStart)) << "turned round";
}

TEST(Representation, NothingLessThanBothSignaturesAndBothActive) {
  for (const auto& signed_by : std::vector<std::vector<int>>{{}, {1}, {2}, {1, 1}, {3, 2}}) {
    Network network;
    network.put(participant(1));
    network.put(participant(2));
    auto half = offered();
    for (const int party : signed_by) half.ondertekeningen.push_back(endorsement(party));
    network.put(half);
    EXPECT_FALSE(representation_allows(network, acting(), kStart)) << signed_by.size();
  }
  for (const int away : {1, 2}) {
    Network network;
    network.put(participant(1));
    network.put(participant(2));
    network.put(agreed());
    network.put(participant(away, Stand::kGeschorst));
    EXPECT_FALSE(representation_allows(network, acting(), kStart)) << away;
  }
}

TEST(Representation, NobodyPassesItOn) {
  Network network;
  for (const int party : {1, 2, 3}) network.put(participant(party));
  network.put(agreed());
  auto next = agreed(8);
  next.vertegenwoordigde = oin(2);
  next.vertegenwoordiger = oin(3);
  next.ondertekeningen = {endorsement(2), endorsement(3)};
  network.put(next);
  EXPECT_TRUE(representation_allows(network, {oin(2), oin(3), RepresentedAct::kZoeken}, kStart));
  EXPECT_FALSE(representation_allows(network, {oin(1), oin(3), RepresentedAct::kZoeken}, kStart));
}

TEST(Representation, ADecisionNamesTheRule) {
  Network network;
  network.put(participant(1));
  network.put(participant(2));
  Question question{.caller = oin(1),
                    .handeling = Handeling::kZoeken,
                    .basis = {uuid(9), {}, {}, {}},
                    .gebruiker = {},
                    .zaaktype = {},
                    .at = kStart,
                    .vertegenwoordiger = oin(2)};
  EXPECT_EQ(decide(network, question).rule, "vertegenwoordiging");
  EXPECT_EQ(decide(network, question).code, ProblemCode::kNoRepresentation);
  network.put(agreed());
  EXPECT_EQ(decide(network, question).rule, "uitwisselafspraak");
  question.handeling = Handeling::kBevragen;
  EXPECT_EQ(decide(network, question).rule, "vertegenwoordiging");
}

class RepresentationStateTest : public testing::Test {
 protected:
  RepresentationStateTest() {
    for (const int party : {1, 2, 3}) run(PutParticipant{participant(party), {}}, party);
  }

  static Command command(Effect effect, int party, Instant at = kStart) {
    RecordDraft draft;
    draft.record.name = "proef";
    draft.record.oin = oin(party);
    draft.record.start_time = draft.record.end_time = at;
    draft.record.http = 200;
    draft.parties = {oin(party)};
    Command out;
    out.now = at;
    out.effect = std::move(effect);
    out.records.push_back(std::move(draft));
    return out;
  }
  std::vector<Outcome> commit(std::vector<Command> commands) {
    WriteBatch batch(store);
    std::vector<Outcome> out;
    for (auto& one : commands) out.push_back(machine->apply(batch, one).value());
    EXPECT_TRUE(machine->finish(batch));
    EXPECT_TRUE(store.write(batch, true));
    machine->committed();
    return out;
  }
  Outcome run(Effect effect, int party, Instant at = kStart) {
    std::vector<Command> one;
    one.push_back(command(std::move(effect), party, at));
    return commit(std::move(one)).front();
  }
  /// A search, say, of 2 for 1.
  Command on_behalf(Instant at = kStart, RepresentedAct act = RepresentedAct::kZoeken) {
    auto out = command(LogOnly{}, 2, at);
    out.records.front().record.namens = oin(1);
    out.network_version = machine->view()->network->version();
    out.on_behalf = acting(act);
    return out;
  }
  Outcome try_on_behalf(Instant at = kStart, RepresentedAct act = RepresentedAct::kZoeken) {
    std::vector<Command> one;
    one.push_back(on_behalf(at, act));
    return commit(std::move(one)).front();
  }
  void agree(std::uint8_t id = 7) {
    run(PutRepresentation{offered(id)}, 1);
    run(EndorseRepresentation{uuid(id), endorsement(1), {}}, 1);
    run(EndorseRepresentation{uuid(id), endorsement(2), {}}, 2);
  }
  LogRecord record(std::uint64_t index) {
    const auto value = store.get(Family::kRecord, log_key(index)).value().value();
    return decode_line(decode_record(value)->line).value();
  }
  const Representation& stored(std::uint8_t id = 7) { return *machine->view()->network->representation(uuid(id)); }

  fakes::MemoryStore store;
  std::unique_ptr<Machine> machine = Machine::load({}, store, nullptr).value();
};

TEST_F(RepresentationStateTest, IsInForceOnceBothSigned) {
  EXPECT_EQ(run(PutRepresentation{offered()}, 1).status, 201);
  EXPECT_EQ(try_on_behalf().refusal->code, ProblemCode::kNoRepresentation);
  EXPECT_EQ(run(EndorseRepresentation{uuid(7), endorsement(2), {}}, 2).status, 200);
  EXPECT_EQ(try_on_behalf().refusal->code, ProblemCode::kNoRepresentation);
  EXPECT_EQ(run(EndorseRepresentation{uuid(7), endorsement(1), {}}, 1).status, 200);
  EXPECT_FALSE(try_on_behalf().refusal);
  EXPECT_EQ(try_on_behalf(kStart, RepresentedAct::kMelden).refusal->code, ProblemCode::kNoRepresentation);
  EXPECT_EQ(stored().versie, 3U);
}

TEST_F(RepresentationStateTest, AnEndHoldsForWhatWaitsBehindIt) {
  agree();
  std::vector<Command> batch;
  batch.push_back(on_behalf());
  batch.push_back(command(EndRepresentation{uuid(7), oin(2), "", {}}, 2));
  batch.push_back(on_behalf());  // prepared before the end, under the same version of the network
  const auto outcomes = commit(std::move(batch));
  EXPECT_FALSE(outcomes[0].refusal);
  EXPECT_EQ(outcomes[1].status, 204);
  ASSERT_TRUE(outcomes[2].refusal);
  const auto refused = record(outcomes[2].log_index);
  EXPECT_EQ(refused.code, "geen-vertegenwoordiging");
  EXPECT_EQ(refused.uitkomst, Uitkomst::kGeweigerd);
  EXPECT_EQ(refused.oin, oin(2));
  EXPECT_EQ(refused.namens, oin(1));
}

TEST_F(RepresentationStateTest, ItsPeriodEndsByTheClock) {
  agree();
  EXPECT_FALSE(try_on_behalf(kStart + 59 * kMinute).refusal);
  EXPECT_TRUE(try_on_behalf(kStart + 60 * kMinute).refusal);
}

TEST_F(RepresentationStateTest, ARepeatIsNotAnsweredAfterTheEnd) {
  agree();
  const auto claim = IdempotencyClaim{Bytes16{1}, Hash{2}, kStart + 60 * kMinute};
  std::vector<Command> both;
  both.push_back(on_behalf());
  both.back().idempotency = claim;
  both.push_back(command(EndRepresentation{uuid(7), oin(1), "klaar", {}}, 1));
  both.push_back(on_behalf());
  both.back().idempotency = claim;
  const auto outcomes = commit(std::move(both));
  EXPECT_FALSE(outcomes[2].repeated);
  EXPECT_EQ(outcomes[2].refusal->code, ProblemCode::kNoRepresentation);
}

TEST_F(RepresentationStateTest, OnlyItsSidesTouchIt) {
  agree();
  EXPECT_EQ(run(EndRepresentation{uuid(7), oin(3), "", {}}, 3).refusal->code, ProblemCode::kNotFound);
  EXPECT_EQ(run(EndorseRepresentation{uuid(7), endorsement(3), {}}, 3).refusal->code, ProblemCode::kNotFound);
  EXPECT_EQ(run(EndRepresentation{uuid(9), oin(1), "", {}}, 1).refusal->code, ProblemCode::kNotFound);
  EXPECT_EQ(run(EndRepresentation{uuid(7), oin(1), "", 2}, 1).refusal->code, ProblemCode::kVersionDiffers);
  EXPECT_EQ(run(EndorseRepresentation{uuid(7), endorsement(1), {}}, 1).refusal->code, ProblemCode::kStageConflict);
  EXPECT_EQ(run(EndRepresentation{uuid(7), oin(1), "klaar", 3}, 1).status, 204);
  EXPECT_EQ(run(EndRepresentation{uuid(7), oin(1), "", {}}, 1).refusal->code, ProblemCode::kStageConflict);
  EXPECT_EQ(run(EndorseRepresentation{uuid(7), endorsement(2), {}}, 2).refusal->code, ProblemCode::kStageConflict);
}

TEST_F(RepresentationStateTest, IsThereAfterARestart) {
  agree();
  run(EndRepresentation{uuid(7), oin(1), "klaar", {}}, 1);
  agree(8);
  machine = Machine::load({}, store, nullptr).value();
  EXPECT_EQ(stored().einde->reden, "klaar");
  EXPECT_EQ(stored().versie, 4U);
  EXPECT_FALSE(try_on_behalf().refusal) << "the second one";
  const auto history =
      store.get(Family::kEntityHistory, entity_history_key(EntityKind::kRepresentation, uuid(7).view(), 3));
  EXPECT_TRUE(decode_representation(history.value().value())->in_force(kStart));
}

// Property: whatever is offered, signed, ended or suspended, in whatever order, an access on behalf succeeds exactly
// where a representation says so at that moment.
class RepresentationProperty : public RepresentationStateTest {
 protected:
  void offer(Representation& one) {
    one = offered(++last_id);
    one.geldig_van = now + static_cast<int>(roll(3)) * kMinute;
    one.geldig_tot = one.geldig_van + static_cast<int>(1 + roll(10)) * kMinute;
    EXPECT_EQ(run(PutRepresentation{one}, 1, now).status, 201);
  }
  void sign(Representation& one, int party) {
    const auto done = run(EndorseRepresentation{one.id, endorsement(party), {}}, party, now);
    if (!done.refusal) one.ondertekeningen.push_back(endorsement(party));
  }
  void end(Representation& one, int party) {
    const auto done = run(EndRepresentation{one.id, oin(party), "", {}}, party, now);
    if (!done.refusal) one.einde = PartyWord{oin(party), now, ""};
  }
  void suspend_or_not(int party) {
    active[party] = roll(3) != 0;
    run(PutParticipant{participant(party, active[party] ? Stand::kAangesloten : Stand::kGeschorst), {}}, party, now);
  }
  void attempt(const std::vector<Representation>& model) {
    const auto act = static_cast<RepresentedAct>(roll(6));
    const bool expected = active[1] && active[2] && std::ranges::any_of(model, [&](const auto& one) {
                            return !one.einde && one.signed_by(oin(1)) && one.signed_by(oin(2)) &&
                                   one.handelingen.has(act) && one.geldig_van <= now && now < one.geldig_tot;
                          });
    EXPECT_EQ(!try_on_behalf(now, act).refusal, expected);
    allowed += expected ? 1 : 0;
  }
  unsigned roll(unsigned sides) { return static_cast<unsigned>(random() % sides); }

  std::mt19937 random{20'261'122};
  Instant now = kStart;
  std::uint8_t last_id = 0;
  std::map<int, bool> active{{1, true}, {2, true}};
  std::size_t allowed = 0;
};

TEST_F(RepresentationProperty, NoneWithoutOneInForce) {
  std::vector<Representation> model{offered(), offered(), offered()};
  for (auto& one : model) offer(one);
  for (int step = 0; step < 4'000; ++step) {
    now += Milliseconds(500);
    auto& one = model[roll(3)];
    const int party = 1 + static_cast<int>(roll(2));
    const auto choice = roll(16);
    if (choice < 6) {
      attempt(model);
    } else if (choice < 12) {
      sign(one, party);
    } else if (choice < 13) {
      end(one, party);
    } else if (choice < 15) {
      suspend_or_not(party);
    } else if (last_id < 250 && (one.einde || one.geldig_tot <= now)) {
      offer(one);
    }
  }
  EXPECT_GT(allowed, 20U);
}

}  // namespace
}  // namespace wissel::core
