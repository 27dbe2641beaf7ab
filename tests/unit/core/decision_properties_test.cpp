// What holds of every decision, tried on random networks and questions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "tests/unit/core/decision_world.hpp"

namespace wissel::core::decisions {
namespace {

constexpr int kCases = 100'000;

/// Few values of each kind, so that questions and agreements meet.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  std::size_t below(std::size_t count) { return engine_() % count; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  Oin oin() { return Oin::parse("00000099000000" + std::to_string(300 + below(6)) + "000").value(); }
  Uuid id(std::size_t number) {
    Bytes16 bytes{};
    bytes.back() = static_cast<std::uint8_t>(number);
    return Uuid(bytes);
  }
  std::vector<std::string> words(std::string_view letters) {
    std::vector<std::string> out;
    for (const char letter : letters) {
      if (one_in(2)) out.emplace_back(1, letter);
    }
    return out;
  }
  std::string letter(std::string_view letters) { return std::string(1, letters[below(letters.size())]); }
  Instant moment() { return from_ms(1'767'225'600'000 + static_cast<std::int64_t>(below(366 * 24 * 4)) * 900'000); }
  std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
};

std::optional<ActingUser> random_user(Dice& dice) {
  if (dice.one_in(4)) return std::nullopt;
  ActingUser out{dice.letter("mn"), Gebruikersoort::kMedewerker, {}, {}};
  if (!dice.one_in(3)) out.functie = dice.letter("fgh");
  if (!dice.one_in(3)) out.betrouwbaarheidsniveau = static_cast<Betrouwbaarheidsniveau>(dice.below(3));
  return out;
}

SubjectKinds random_kinds(Dice& dice, std::size_t one_in) {
  SubjectKinds out;
  for (std::size_t i = 0; i < 7; ++i) {
    if (dice.one_in(one_in)) out.add(static_cast<SubjectKind>(i));
  }
  return out;
}

Participant random_participant(Dice& dice, const Oin& oin) {
  Participant out{.oin = oin, .naam = "P", .rollen = {}, .eindpunten = {}, .certificaat_pins = {}, .quota = {}};
  out.stand = dice.one_in(8) ? Stand::kGeschorst : Stand::kAangesloten;
  if (!dice.one_in(8)) out.rollen.add(Role::kAfnemer);
  return out;
}

Agreement random_agreement(Dice& dice, const Uuid& id) {
  Agreement out;
  out.id = id;
  out.aanbieders = {dice.oin()};
  for (int i = 0; i < 4; ++i) out.afnemers.push_back(dice.oin());
  std::ranges::sort(out.afnemers);
  out.doel = "https://doel.nl/" + dice.letter("ab");
  if (dice.one_in(3)) out.zaaktypen = dice.words("xyz");
  if (dice.one_in(4)) out.onderwerpsoorten = random_kinds(dice, 2);
  for (auto& act : out.handelingen) act = !dice.one_in(8);
  out.gebruiker_vereist = dice.one_in(4);
  if (dice.one_in(5)) out.functies = dice.words("fgh");
  if (dice.one_in(5)) out.minimaal_niveau = static_cast<Betrouwbaarheidsniveau>(dice.below(3));
  out.toestemming_vereist = dice.one_in(10);
  out.machtiging_toegestaan = dice.one_in(2);
  if (dice.one_in(6)) out.tijdvakken.push_back({static_cast<std::uint8_t>(dice.below(128)), 420, 1'080});
  if (dice.one_in(6)) out.vier_ogen_vanaf = static_cast<std::uint32_t>(1 + dice.below(4));
  out.geldig_van = dice.one_in(4) ? dice.moment() : from_ms(0);
  out.geldig_tot = out.geldig_van + std::chrono::hours{24 * (dice.one_in(8) ? 365 : 36'500)};
  out.versie = 1 + dice.below(3);
  return out;
}

/// What a network is made of.
struct Spec {
  std::vector<Participant> participants;
  std::vector<Agreement> agreements;
};
constexpr std::size_t kAgreements = 3;

Spec random_spec(Dice& dice) {
  Spec out;
  for (int i = 0; i < 6; ++i) {
    if (dice.one_in(10)) continue;
    const auto oin = Oin::parse("00000099000000" + std::to_string(300 + i) + "000").value();
    out.participants.push_back(random_participant(dice, oin));
  }
  for (std::size_t i = 1; i <= kAgreements; ++i) {
    if (!dice.one_in(10)) out.agreements.push_back(random_agreement(dice, dice.id(i)));
  }
  return out;
}

Network built(const Spec& spec) {
  Network out;
  for (const auto& participant : spec.participants) out.put(participant);
  for (const auto& each : spec.agreements) out.put(in_force(each));
  return out;
}

Question random_question(Dice& dice) {
  Basis basis;
  basis.uitwisselafspraak = dice.id(1 + dice.below(kAgreements + 1));
  if (dice.one_in(3)) basis.doel = "https://doel.nl/" + dice.letter("ab");
  if (dice.one_in(5)) basis.machtiging = "m";
  Question out{.caller = dice.oin(),
               .handeling = static_cast<Handeling>(dice.below(3)),
               .basis = std::move(basis),
               .gebruiker = random_user(dice),
               .zaaktype = {},
               .at = dice.moment(),
               .tweede_gebruiker = random_user(dice),
               .onderwerpsoorten = random_kinds(dice, 8),
               .aantal = 1 + dice.below(4)};
  if (dice.one_in(2)) out.zaaktype = dice.letter("xyz");
  return out;
}

std::uint64_t seed() {
  const char* given = std::getenv("WISSEL_SEED");
  const auto out = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  testing::Test::RecordProperty("seed", std::to_string(out));
  std::printf("seed: %llu (WISSEL_SEED=... repeats it)\n", static_cast<unsigned long long>(out));
  return out;
}

/// Each case: a network, a question, and what was decided.
template <class Check>
void for_random_cases(Check check) {
  Dice dice(seed());
  int allowed = 0;
  for (int i = 0; i < kCases && !testing::Test::HasFailure(); ++i) {
    const auto spec = random_spec(dice);
    const auto asked = random_question(dice);
    const auto network = built(spec);
    const auto decision = decide(network, asked);
    allowed += decision.allowed ? 1 : 0;
    check(dice, spec, network, asked, decision);
  }
  // Otherwise the properties would hold of nothing.
  EXPECT_GT(allowed, kCases / 100);
  EXPECT_LT(allowed, kCases / 2);
}

TEST(DecisionProperties, AddingAnAgreementNeverTakesARightAway) {
  for_random_cases([](Dice& dice, const Spec&, const Network& network, const Question& asked, const Decision& before) {
    auto more = network;
    const auto added = dice.id(kAgreements + 1);
    if (asked.basis.uitwisselafspraak == added && before.allowed) FAIL() << "decided by what is not there";
    more.put(in_force(random_agreement(dice, added)));
    if (before.allowed) {
      EXPECT_EQ(decide(more, asked), before);
    }
  });
}

TEST(DecisionProperties, SuspendingOrEndingAnAgreementNeverAddsARight) {
  for_random_cases([](Dice& dice, const Spec&, const Network& network, const Question& asked, const Decision& before) {
    auto fewer = network;
    const auto id = dice.id(1 + dice.below(kAgreements));
    if (const auto* dossier = network.dossier(id); dossier != nullptr) {
      auto stopped = *dossier;
      const PartyWord word{dossier->geldend->inhoud.aanbieders.front(), asked.at, {}};
      if (dice.one_in(2)) {
        stopped.schorsingen.push_back(word);
      } else {
        stopped.einde = word;
      }
      fewer.put(std::move(stopped));
      if (id == asked.basis.uitwisselafspraak) {
        EXPECT_FALSE(decide(fewer, asked).allowed);
      }
    }
    if (!before.allowed) {
      EXPECT_FALSE(decide(fewer, asked).allowed);
    }
    fewer.remove_agreement(asked.basis.uitwisselafspraak);
    EXPECT_FALSE(decide(fewer, asked).allowed);
  });
}

TEST(DecisionProperties, ADecisionDependsOnNothingButItsInputs) {
  for_random_cases([](Dice& dice, const Spec& spec, const Network&, const Question& asked, const Decision& before) {
    auto other = spec;
    std::ranges::shuffle(other.participants, dice.engine());
    std::ranges::shuffle(other.agreements, dice.engine());
    const auto stranger = Oin::parse("00000099000000999000").value();
    other.participants.insert(other.participants.begin(), random_participant(dice, stranger));
    other.agreements.insert(other.agreements.begin(), random_agreement(dice, dice.id(200)));
    EXPECT_EQ(decide(built(other), asked), before);
  });
}

TEST(DecisionProperties, AnExplanationAgreesWithTheDecision) {
  for_random_cases([](Dice&, const Spec&, const Network& network, const Question& asked, const Decision& decision) {
    const auto explained = explain(network, asked);
    EXPECT_EQ(explained.decision, decision);
    EXPECT_EQ(explained.steps.size(), all_rules().size());
    EXPECT_EQ(explained.needed.has_value(), !decision.allowed);
    const auto failed = std::ranges::find(explained.steps, StepOutcome::kNietVoldaan, &Step::outcome);
    ASSERT_EQ(failed == explained.steps.end(), decision.allowed);
    if (!decision.allowed) {
      EXPECT_EQ(failed->rule, decision.rule);
    }
    const bool in_order = std::ranges::is_sorted(explained.steps, {}, [](const Step& step) {
      return step.outcome == StepOutcome::kVoldaan ? 0 : step.outcome == StepOutcome::kNietVoldaan ? 1 : 2;
    });
    EXPECT_TRUE(in_order);
  });
}

TEST(DecisionProperties, OfAnAgreementOfOthersNothingIsTold) {
  for_random_cases([](Dice&, const Spec&, const Network& network, const Question& asked, const Decision& decision) {
    if (decision.rule != "uitwisselafspraak" || decision.allowed) return;
    auto without = network;
    without.remove_agreement(asked.basis.uitwisselafspraak);
    const auto nothing = to_json(explain(without, asked));
    EXPECT_EQ(to_json(explain(network, asked)), nothing);
  });
}

}  // namespace
}  // namespace wissel::core::decisions
