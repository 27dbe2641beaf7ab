// The keys that a participant signs with, in the state: set on their own, kept by every other change.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/signing/jwk.hpp"
#include "core/state/machine.hpp"
#include "tests/fakes/memory_store.hpp"

namespace wissel::core {
namespace {

const Oin kOne = Oin::parse("00000099000001001000").value();
const Oin kUnknown = Oin::parse("00000099000001002000").value();

Participant participant(std::string name) {
  Participant out{
      .oin = kOne, .naam = std::move(name), .rollen = {}, .eindpunten = {}, .certificaat_pins = {}, .quota = {}};
  out.stand = Stand::kAangesloten;
  return out;
}

class SigningKeysTest : public testing::Test {
 protected:
  Outcome act(Effect effect) {
    const Instant now = from_ms(1'800'000'000'000);
    RecordDraft draft;
    draft.record.oin = kOne;
    draft.record.end_time = now;
    draft.parties = {kOne};
    Command command;
    command.now = now;
    command.effect = std::move(effect);
    command.records.push_back(std::move(draft));
    WriteBatch batch(store);
    auto outcome = machine->apply(batch, command).value();
    EXPECT_TRUE(machine->finish(batch));
    EXPECT_TRUE(store.write(batch, true));
    machine->committed();
    return outcome;
  }
  [[nodiscard]] std::vector<SigningKeyPublic> kept() const {
    return machine->view()->network->participant(kOne)->ondertekensleutels;
  }

  std::vector<SigningKeyPublic> keys{published("een", JwsPrivateKey::generate(SigningAlgorithm::kEs256).public_key()),
                                     published("twee", JwsPrivateKey::generate(SigningAlgorithm::kEdDsa).public_key())};
  fakes::MemoryStore store;
  std::unique_ptr<Machine> machine = Machine::load({}, store, nullptr).value();
};

TEST_F(SigningKeysTest, StayWhenTheParticipantIsChangedAndAfterALoad) {
  act(PutParticipant{participant("Oud"), {}});
  const auto published = act(PutSigningKeys{kOne, keys, 1});
  EXPECT_EQ(published.status, 200);
  EXPECT_EQ(published.version, 2U);
  auto other = participant("Nieuw");
  other.ondertekensleutels = {keys.front()};  // not the setter's to say
  EXPECT_EQ(act(PutParticipant{std::move(other), 2}).version, 3U);
  EXPECT_EQ(kept(), keys);
  machine = Machine::load({}, store, nullptr).value();
  EXPECT_EQ(kept(), keys);
}

TEST_F(SigningKeysTest, AreReplacedAsAWhole) {
  act(PutParticipant{participant("P"), {}});
  act(PutSigningKeys{kOne, keys, {}});
  act(PutSigningKeys{kOne, {keys.back()}, {}});
  EXPECT_EQ(kept(), std::vector<SigningKeyPublic>{keys.back()});
  act(PutSigningKeys{kOne, {}, {}});
  EXPECT_TRUE(kept().empty());
}

TEST_F(SigningKeysTest, OfAnotherParticipantAreRefused) {
  act(PutParticipant{participant("P"), {}});
  act(PutSigningKeys{kOne, keys, {}});
  auto other = participant("Q");
  other.oin = kUnknown;
  act(PutParticipant{std::move(other), {}});
  const auto copied = published("mijn", keys.front().key);
  EXPECT_EQ(act(PutSigningKeys{kUnknown, {copied}, {}}).refusal->code, ProblemCode::kConflict);
  act(PutSigningKeys{kOne, {keys.back()}, {}});
  EXPECT_FALSE(act(PutSigningKeys{kUnknown, {copied}, {}}).refusal) << "nobody publishes it any more";
}

TEST_F(SigningKeysTest, AreRefusedForNobodyAndOverAnotherChange) {
  act(PutParticipant{participant("P"), {}});
  EXPECT_EQ(act(PutSigningKeys{kUnknown, keys, {}}).refusal->code, ProblemCode::kNotFound);
  EXPECT_EQ(act(PutSigningKeys{kOne, keys, 7}).refusal->code, ProblemCode::kVersionDiffers);
  EXPECT_TRUE(kept().empty());
}

}  // namespace
}  // namespace wissel::core
