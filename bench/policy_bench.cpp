// Deciding with 10,000 agreements between 1,000 participants, and what a change of one costs.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/crypto.hpp"
#include "core/policy/network.hpp"
#include "core/policy/policy.hpp"

namespace wissel::core {
namespace {

constexpr std::uint64_t kParticipants = 1'000;
constexpr std::uint64_t kAgreements = 10'000;
constexpr std::size_t kAfnemersEach = 20;

Oin oin(std::uint64_t number) {
  auto digits = std::to_string(number % kParticipants + 101);
  digits.insert(0, 9 - digits.size(), '0');
  return Oin::parse("00000099" + digits + "000").value();
}

Uuid agreement_id(std::uint64_t number) {
  std::string text;
  append_u64(text, number);
  return Uuid::v8(sha256({text}));
}

Agreement agreement(std::uint64_t number) {
  Agreement out;
  out.id = agreement_id(number);
  out.aanbieders = {oin(number * 7)};
  for (std::size_t i = 0; i < kAfnemersEach; ++i) out.afnemers.push_back(oin(number + i * 37));
  std::ranges::sort(out.afnemers);
  out.doel = "https://doelen.example.nl/zaakstatus";
  out.zaaktypen = {"B0001", "B0002", "B0003"};
  out.handelingen.fill(true);
  out.geldig_van = from_ms(0);
  out.geldig_tot = from_ms(4'000'000'000'000);
  return out;
}

const Network& network() {
  static const Network kNetwork = [] {
    Network out;
    for (std::uint64_t i = 0; i < kParticipants; ++i) {
      Participant participant{.oin = oin(i),
                              .naam = "Gemeente " + std::to_string(i),
                              .rollen = {},
                              .eindpunten = {},
                              .certificaat_pins = {},
                              .quota = {}};
      participant.rollen.add(Role::kAfnemer);
      participant.rollen.add(Role::kBronhouder);
      participant.stand = Stand::kAangesloten;
      out.put(std::move(participant));
    }
    for (std::uint64_t i = 0; i < kAgreements; ++i) out.put(in_force(agreement(i)));
    return out;
  }();
  return kNetwork;
}

/// Argument: whether the caller is an afnemer of the agreement.
void decide_with_10000_agreements(benchmark::State& state) {
  const bool allowed = state.range(0) != 0;
  const Network& subject = network();
  std::uint64_t number = 0;
  std::vector<Question> questions;
  for (int i = 0; i < 1'000; ++i) {
    number = (number * 48'271 + 11) % kAgreements;
    Question question{.caller = oin(allowed ? number : number + 1),
                      .handeling = Handeling::kZoeken,
                      .basis = {},
                      .gebruiker = {},
                      .zaaktype = {},
                      .at = {}};
    question.basis.uitwisselafspraak = agreement_id(number);
    question.zaaktype = "B0002";
    question.at = from_ms(1'795'000'000'000);
    questions.push_back(std::move(question));
  }
  std::size_t next = 0;
  for (auto _ : state) {
    const auto decision = decide(subject, questions[next++ % questions.size()]);
    if (decision.allowed != allowed) state.SkipWithError("another decision than expected");
  }
}
BENCHMARK(decide_with_10000_agreements)->ArgName("allowed")->Arg(1)->Arg(0);

/// What the committer pays for the next picture.
void change_one_of_10000_agreements(benchmark::State& state) {
  Network subject = network();
  std::uint64_t number = 0;
  for (auto _ : state) {
    Network next = subject;
    next.put(in_force(agreement(number++ % kAgreements)));
    subject = std::move(next);
  }
}
BENCHMARK(change_one_of_10000_agreements);

}  // namespace
}  // namespace wissel::core

BENCHMARK_MAIN();
