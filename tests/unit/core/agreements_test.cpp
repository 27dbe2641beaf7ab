// The life of an agreement, as its parties go through it.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/policy/codec.hpp"
#include "core/policy/dossier_codec.hpp"
#include "core/policy/policy.hpp"
#include "core/state/machine.hpp"
#include "tests/fakes/memory_store.hpp"
#include "tests/unit/core/agreeing.hpp"

namespace wissel::core {
namespace {

constexpr Instant kStart = from_ms(1'790'000'000'000);
constexpr Milliseconds kHour{3'600'000};

Oin oin(int number) { return Oin::parse("0000009900000" + std::to_string(1000 + number) + "000").value(); }
const Oin kOne = oin(1);
const Oin kTwo = oin(2);
const Oin kThree = oin(3);
const Oin kStranger = oin(4);
const Oin kOperator = oin(9);
const Uuid kId = Uuid(Bytes16{7});

Agreement content() {
  Agreement out;
  out.id = kId;
  out.aanbieders = {kOne};
  out.afnemers = {kTwo, kThree};
  out.doel = "https://doelen.example.nl/proef";
  out.grondslag_soort = "taak";
  out.grondslag_verwijzing = "Awb 2:15";
  out.verwerkingsactiviteit = "https://verwerkingen.example.nl/proef";
  out.handelingen = {true, true, true};
  out.geldig_van = kStart - kHour;
  out.geldig_tot = kStart + 1'000 * kHour;
  return out;
}

class AgreementLife : public testing::Test {
 protected:
  AgreementLife() {
    for (const auto& who : {kOne, kTwo, kThree, kStranger, kOperator}) {
      Participant out{who, "Organisatie", {}, Stand::kAangesloten, Deelnemersoort::kDeelnemer, {}, {}, {}, {}, 0};
      out.rollen.add(Role::kAfnemer);
      if (who == kOperator) out.rollen.add(Role::kSchakelpuntbeheerder);
      act(PutParticipant{std::move(out), {}});
    }
  }

  Outcome act(Effect effect, Instant at = kStart) {
    RecordDraft draft;
    draft.record.oin = kOne;
    draft.record.end_time = at;
    draft.parties = {kOne};
    Command command;
    command.now = at;
    command.network_version = machine->view()->network->version();
    command.effect = std::move(effect);
    command.records.push_back(std::move(draft));
    WriteBatch batch(store);
    auto outcome = machine->apply(batch, command).value();
    EXPECT_TRUE(machine->finish(batch));
    EXPECT_TRUE(store.write(batch, true));
    machine->committed();
    return outcome;
  }
  void refused(ProblemCode code, Effect effect, Instant at = kStart) {
    const auto outcome = act(std::move(effect), at);
    ASSERT_TRUE(outcome.refusal);
    EXPECT_EQ(info(outcome.refusal->code).text, info(code).text);
  }
  Effect propose(Agreement agreement, const Oin& who, bool create = true) {
    return ProposeAgreement{std::move(agreement), who, create, {}};
  }
  Effect offer(const Oin& who = kOne) { return OfferAgreement{kId, who, {}}; }
  Effect sign(const Oin& who, std::uint64_t versie = 1) {
    return SignAgreement{kId, versie, Endorsement{who, kStart, {}, {}, {}}};
  }
  void in_force_at_once() {
    for (auto& effect : agreeing(content(), kStart)) ASSERT_FALSE(act(std::move(effect)).refusal);
  }
  [[nodiscard]] const AgreementDossier* dossier() const { return machine->view()->network->dossier(kId); }
  [[nodiscard]] std::string_view stage(Instant at = kStart) const { return word(dossier()->stage(at)); }
  [[nodiscard]] Decision decided(const Oin& who = kTwo, Instant at = kStart) const {
    Question question{who, Handeling::kZoeken, {kId, {}, {}, {}}, {}, {}, at};
    return decide(*machine->view()->network, question);
  }

  fakes::MemoryStore store;
  std::unique_ptr<Machine> machine = Machine::load({}, store, nullptr).value();
};

TEST_F(AgreementLife, HoldsOnlyWhenTheLastPartyHasSigned) {
  EXPECT_EQ(act(propose(content(), kOne)).status, 201);
  EXPECT_EQ(stage(), "ontwerp");
  refused(ProblemCode::kStageConflict, sign(kOne));
  act(offer());
  EXPECT_EQ(stage(), "aangeboden");
  act(sign(kOne));
  act(sign(kThree));
  EXPECT_EQ(decided().code, ProblemCode::kNoAgreement);
  EXPECT_EQ(dossier()->voorstel->missing(), std::vector<Oin>{kTwo});
  act(sign(kTwo));
  EXPECT_EQ(stage(), "vanKracht");
  EXPECT_TRUE(decided().allowed);
  EXPECT_EQ(decided().agreement_version, 1U);
}

TEST_F(AgreementLife, NobodySignsTwiceNorForOthersNorWhatIsNotOffered) {
  act(propose(content(), kOne));
  act(offer());
  act(sign(kOne));
  refused(ProblemCode::kStageConflict, sign(kOne));
  refused(ProblemCode::kNotFound, sign(kStranger));
  refused(ProblemCode::kNotEntitled, sign(kOperator));
  refused(ProblemCode::kStageConflict, sign(kTwo, 2));
}

TEST_F(AgreementLife, ADraftIsItsAuthorsAndTheOperators) {
  act(propose(content(), kOne));
  EXPECT_FALSE(dossier()->concerns(kTwo));
  refused(ProblemCode::kNotFound, offer(kTwo));
  EXPECT_FALSE(act(offer(kOperator)).refusal);
  EXPECT_TRUE(dossier()->concerns(kTwo));
}

TEST_F(AgreementLife, WhoHasNoPartInItDoesNotProposeIt) {
  refused(ProblemCode::kNotEntitled, propose(content(), kStranger));
  EXPECT_EQ(dossier(), nullptr);
  EXPECT_FALSE(act(propose(content(), kOperator)).refusal);
}

TEST_F(AgreementLife, ADraftThatIsPutAsItStandsStaysAsItIs) {
  act(propose(content(), kOne));
  const auto before = act(propose(content(), kOne, false));
  EXPECT_EQ(before.version, 1U);
  auto other = content();
  other.doel = "https://doelen.example.nl/anders";
  EXPECT_EQ(act(propose(other, kOne, false)).version, 2U);
}

TEST_F(AgreementLife, NobodyDoesAwayWithAnothersProposal) {
  act(propose(content(), kOne));
  act(offer());
  act(sign(kOne));
  refused(ProblemCode::kStageConflict, propose(content(), kTwo, false));
  EXPECT_TRUE(dossier()->voorstel->signed_by(kOne));
  EXPECT_FALSE(act(propose(content(), kOne, false)).refusal);
  EXPECT_FALSE(act(propose(content(), kOperator, false)).refusal);
}

TEST_F(AgreementLife, AnOfferThatIsChangedIsAnotherVersionAndSignedAnew) {
  act(propose(content(), kOne));
  act(offer());
  act(sign(kTwo));
  auto other = content();
  other.zaaktypen = {"ZT1"};
  act(propose(other, kOne, false));
  EXPECT_EQ(dossier()->voorstel->inhoud.versie, 2U);
  EXPECT_TRUE(dossier()->voorstel->ondertekeningen.empty());
  act(offer());
  refused(ProblemCode::kStageConflict, sign(kOne, 1));
}

TEST_F(AgreementLife, TheOldVersionHoldsUntilAllHaveSignedTheNew) {
  in_force_at_once();
  auto narrower = content();
  narrower.handelingen = {false, true, true};
  act(propose(narrower, kOne, false));
  act(offer());
  act(sign(kOne, 2));
  act(sign(kTwo, 2));
  EXPECT_TRUE(decided().allowed);
  act(sign(kThree, 2));
  EXPECT_EQ(decided().code, ProblemCode::kActNotCovered);
  EXPECT_EQ(decided().agreement_version, 2U);
}

TEST_F(AgreementLife, TheOldVersionHoldsUntilTheNewOnesTimeComes) {
  in_force_at_once();
  auto coming = content();
  coming.handelingen = {false, true, true};
  coming.geldig_van = kStart + 10 * kHour;
  for (auto& effect : agreeing(coming, kStart, 2)) ASSERT_FALSE(act(std::move(effect)).refusal);
  EXPECT_TRUE(decided(kTwo, kStart + 9 * kHour).allowed);
  EXPECT_EQ(decided(kTwo, kStart + 10 * kHour).code, ProblemCode::kActNotCovered);
  ASSERT_TRUE(machine->reload(store));
  EXPECT_TRUE(decided(kTwo, kStart + 9 * kHour).allowed);
}

TEST_F(AgreementLife, AnyPartySuspendsItAtOnceAndOnlyItLiftsThat) {
  in_force_at_once();
  act(SuspendAgreement{kId, {kThree, kStart, "onderzoek"}});
  act(SuspendAgreement{kId, {kOne, kStart, {}}});
  EXPECT_EQ(decided().code, ProblemCode::kAgreementSuspended);
  EXPECT_EQ(stage(), "geschorst");
  refused(ProblemCode::kStageConflict, SuspendAgreement{kId, {kOne, kStart, {}}});
  refused(ProblemCode::kStageConflict, ResumeAgreement{kId, kTwo});
  act(ResumeAgreement{kId, kThree});
  EXPECT_FALSE(decided().allowed);
  act(ResumeAgreement{kId, kOne});
  EXPECT_TRUE(decided().allowed);
  refused(ProblemCode::kNotFound, SuspendAgreement{kId, {kStranger, kStart, {}}});
}

TEST_F(AgreementLife, AnEndIsForGoodAndStaysVisible) {
  in_force_at_once();
  EXPECT_EQ(act(EndAgreement{kId, {kTwo, kStart, "klaar"}, {}}).status, 204);
  EXPECT_EQ(decided().code, ProblemCode::kNoAgreement);
  EXPECT_EQ(stage(), "beeindigd");
  refused(ProblemCode::kStageConflict, ResumeAgreement{kId, kTwo});
  refused(ProblemCode::kStageConflict, propose(content(), kOne, false));
  refused(ProblemCode::kStageConflict, EndAgreement{kId, {kTwo, kStart, {}}, {}});
}

TEST_F(AgreementLife, ADraftThatIsEndedIsForgotten) {
  act(propose(content(), kOne));
  act(EndAgreement{kId, {kOne, kStart, {}}, {}});
  EXPECT_EQ(dossier(), nullptr);
}

TEST_F(AgreementLife, AnotherVersionThanIfMatchNamesIsRefused) {
  in_force_at_once();
  refused(ProblemCode::kVersionDiffers, EndAgreement{kId, {kTwo, kStart, {}}, 1});
  EXPECT_FALSE(act(EndAgreement{kId, {kTwo, kStart, {}}, dossier()->wijziging}).refusal);
}

TEST_F(AgreementLife, SurvivesAReloadAsItWas) {
  in_force_at_once();
  act(propose(content(), kOne, false));
  act(offer());
  act(sign(kOne, 2));
  act(SuspendAgreement{kId, {kThree, kStart, "onderzoek"}});
  const auto before = encode(*dossier());
  ASSERT_TRUE(machine->reload(store));
  EXPECT_EQ(encode(*dossier()), before);
  const auto kept = store.get(Family::kEntityHistory, entity_history_key(EntityKind::kAgreement, kId.view(), 1));
  EXPECT_EQ(decode_agreement_version(**kept)->ondertekeningen.size(), 3U);
}

TEST_F(AgreementLife, WhatWasSetBeforeThereWereSignaturesHolds) {
  auto old = content();
  old.versie = 4;
  const auto read = decode_dossier(encode(old));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->stage(kStart), AgreementStage::kVanKracht);
  EXPECT_EQ(read->holding(kStart)->versie, 4U);
  EXPECT_EQ(read->laatste_versie, 4U);
}

TEST_F(AgreementLife, ThePayloadNamesTheVersionAndIsCanonical) {
  auto one = content();
  one.versie = 1;
  auto two = content();
  two.versie = 2;
  EXPECT_NE(signing_payload(one), signing_payload(two));
  EXPECT_TRUE(signing_payload(one).starts_with(R"({"aanbieders":["00000099000001001000"],)")) << signing_payload(one);
}

}  // namespace
}  // namespace wissel::core
