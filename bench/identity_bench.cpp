// Identifiers, pseudonyms and keys: what every access does a few times.
#include <benchmark/benchmark.h>

#include <string>

#include "core/crypto.hpp"
#include "core/identity/number.hpp"
#include "core/identity/oin.hpp"
#include "core/identity/pseudonyms.hpp"
#include "core/identity/subject.hpp"
#include "core/identity/zaak_id.hpp"
#include "core/state/keys.hpp"

namespace wissel::core {
namespace {

const Oin& oin() {
  static const Oin kOin = Oin::parse("00000099000000101000").value();
  return kOin;
}

void parse_oin(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Oin::parse("00000099000000101000"));
}
BENCHMARK(parse_oin);

void parse_bsn(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Bsn::parse("999990019"));
}
BENCHMARK(parse_bsn);

void parse_zaak_id(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(ZaakId::parse(oin(), "ZAAK-2026-0000001"));
}
BENCHMARK(parse_zaak_id);

void format_uuid(benchmark::State& state) {
  const Uuid id = reference_id(oin(), ReferenceKeyKind::kZaak, "ZAAK-2026-0000001");
  for (auto _ : state) benchmark::DoNotOptimize(id.str());
}
BENCHMARK(format_uuid);

void make_reference_id(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(reference_id(oin(), ReferenceKeyKind::kZaak, "00000099000000101000ZAAK-2026-0000001"));
  }
}
BENCHMARK(make_reference_id);

/// Argument: active keys.
void pseudonyms_of_subject(benchmark::State& state) {
  std::vector<PseudonymKeys::Key> keys;
  for (std::uint32_t i = 1; i <= static_cast<std::uint32_t>(state.range(0)); ++i) {
    keys.push_back({i, std::string(32, static_cast<char>('a' + i))});
  }
  const PseudonymKeys pseudonyms(std::move(keys));
  const Subject subject(Bsn::parse("999990019").value());
  for (auto _ : state) benchmark::DoNotOptimize(pseudonyms.all(subject));
}
BENCHMARK(pseudonyms_of_subject)->Arg(1)->Arg(2)->Arg(3);

void encode_reference_key(benchmark::State& state) {
  const Uuid id = reference_id(oin(), ReferenceKeyKind::kZaak, "ZAAK-2026-0000001");
  for (auto _ : state) benchmark::DoNotOptimize(reference_key(Pseudonym{}, 7, id, 3));
}
BENCHMARK(encode_reference_key);

void encode_log_keys(benchmark::State& state) {
  std::uint64_t index = 0;
  for (auto _ : state) {
    ++index;
    benchmark::DoNotOptimize(log_key(index));
    benchmark::DoNotOptimize(log_subject_key(Pseudonym{}, index));
    benchmark::DoNotOptimize(log_party_key(7, index));
  }
}
BENCHMARK(encode_log_keys);

/// Salts and ids; argument: bytes.
void draw_random(benchmark::State& state) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    random_bytes(out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(draw_random)->Arg(8)->Arg(16)->Arg(64);

}  // namespace
}  // namespace wissel::core

BENCHMARK_MAIN();
