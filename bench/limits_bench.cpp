// What quota and the brake cost each request: one check of a participant, and one of a search under an agreement, on
// one and on two threads, of one party and of many.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/limits/limiter.hpp"

namespace wissel::core {
namespace {

constexpr std::size_t kPairs = 1'000;

Oin oin(std::size_t number) {
  auto digits = std::to_string(number + 101);
  digits.insert(0, 9 - digits.size(), '0');
  return Oin::parse("00000099" + digits + "000").value();
}

struct Pair {
  Oin party;
  Uuid agreement;
};

const std::vector<Pair>& pairs() {
  static const auto kAll = [] {
    std::vector<Pair> out;
    for (std::size_t i = 0; i < kPairs; ++i) {
      Bytes16 id{};
      id[14] = static_cast<std::uint8_t>(i >> 8U);
      id[15] = static_cast<std::uint8_t>(i);
      out.push_back({oin(i % 100), Uuid(id)});
    }
    return out;
  }();
  return kAll;
}

Limiter& limiter() {
  // Nothing is refused: that is the path of every request.
  static Limiter kLimiter({.per_minute = 1'000'000'000, .floor = 4'000'000'000, .learning = 60}, 7);
  return kLimiter;
}

/// As many pairs as the argument says; each thread begins elsewhere.
template <class Check>
void run(benchmark::State& state, Check check) {
  const auto count = static_cast<std::size_t>(state.range(0));
  auto at = static_cast<std::size_t>(state.thread_index()) * count / 2;
  SteadyTime now = std::chrono::steady_clock::now();
  for (auto _ : state) {
    now += std::chrono::microseconds(1);
    benchmark::DoNotOptimize(check(pairs()[at++ % count], now));
  }
}

void access_of_a_participant(benchmark::State& state) {
  run(state, [](const Pair& pair, SteadyTime now) { return limiter().access(pair.party, 100'000'000, now); });
}
void search_under_an_agreement(benchmark::State& state) {
  run(state, [](const Pair& pair, SteadyTime now) {
    return limiter().use(pair.party, pair.agreement, 100'000'000, 1, true, now);
  });
}
void brake_alone(benchmark::State& state) {
  run(state, [](const Pair& pair, SteadyTime now) {
    return limiter().use(pair.party, pair.agreement, std::nullopt, 1, true, now);
  });
}

BENCHMARK(access_of_a_participant)->Arg(1)->Arg(kPairs)->Threads(1)->Threads(2);
BENCHMARK(search_under_an_agreement)->Arg(1)->Arg(kPairs)->Threads(1)->Threads(2);
BENCHMARK(brake_alone)->Arg(1)->Arg(kPairs)->Threads(1)->Threads(2);

}  // namespace
}  // namespace wissel::core

BENCHMARK_MAIN();
