// The store alone: what a look-up, a scan of one subject, and a committed batch cost.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>

#include "core/bytes.hpp"
#include "index/rocks_store.hpp"

namespace wissel {
namespace {

constexpr std::uint64_t kSubjects = 250'000;
constexpr std::uint64_t kReferencesPerSubject = 4;

class NullLogger final : public core::Logger {
 public:
  [[nodiscard]] bool enabled(core::LogLevel) const noexcept override { return false; }
  void write(core::LogLevel, std::string_view, std::initializer_list<core::LogField>) noexcept override {}
};

/// As spread as a pseudonym, and the same in each run.
std::string subject_key(std::uint64_t number) {
  std::string key;
  core::append_u64(key, number * 0x9E3779B97F4A7C15ULL);
  core::append_u64(key, number);
  return key;
}

std::string reference_key(std::uint64_t subject, std::uint64_t holder) {
  auto key = subject_key(subject);
  core::append_u32(key, static_cast<std::uint32_t>(holder));
  core::append_u64(key, subject);
  core::append_u64(key, holder);
  core::append_u32(key, 1);
  return key;
}

/// A store with a million references, made once for all measurements.
class Bench {
 public:
  Bench() : dir_(std::filesystem::temp_directory_path() / "wissel-bench-store") {
    std::filesystem::remove_all(dir_);
    index::StoreOptions options;
    options.dir = dir_.string();
    auto opened = index::open_rocks_store(options, logger_);
    if (!opened) throw std::runtime_error(opened.error().detail);
    store_ = std::move(*opened);
    for (std::uint64_t subject = 0; subject < kSubjects;) {
      core::WriteBatch batch(*store_);
      for (int i = 0; i < 1000 && subject < kSubjects; ++i, ++subject) {
        for (std::uint64_t holder = 0; holder < kReferencesPerSubject; ++holder) {
          batch.put(core::Family::kReference, reference_key(subject, holder), std::string(32, 'v'));
        }
      }
      if (!store_->write(batch, false)) throw std::runtime_error("the store cannot be filled");
    }
    if (!store_->flush()) throw std::runtime_error("the store cannot be flushed");
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  ~Bench() {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }
  [[nodiscard]] index::RocksStore& store() const { return *store_; }

 private:
  std::filesystem::path dir_;
  NullLogger logger_;
  std::unique_ptr<index::RocksStore> store_;
};

index::RocksStore& store() {
  static const Bench bench;
  return bench.store();
}

void get_hit(benchmark::State& state) {
  auto& subject = store();
  std::mt19937_64 random(1);
  for (auto _ : state) {
    auto got = subject.get(core::Family::kReference, reference_key(random() % kSubjects, 1));
    benchmark::DoNotOptimize(got);
  }
}
BENCHMARK(get_hit);

void get_miss(benchmark::State& state) {
  auto& subject = store();
  std::mt19937_64 random(2);
  for (auto _ : state) {
    auto got = subject.get(core::Family::kReference, reference_key(kSubjects + (random() % kSubjects), 1));
    benchmark::DoNotOptimize(got);
  }
}
BENCHMARK(get_miss);

/// The look-up of one subject; argument: whether it is known, and whether only memory may be read.
void scan_subject(benchmark::State& state) {
  auto& subject = store();
  const bool known = state.range(0) != 0;
  const auto tier = state.range(1) != 0 ? core::ReadTier::kMemory : core::ReadTier::kAll;
  std::mt19937_64 random(3);
  std::size_t seen = 0;
  std::size_t blocked = 0;
  const auto count = [&seen](std::string_view, std::string_view) {
    ++seen;
    return true;
  };
  for (auto _ : state) {
    const auto number = (random() % kSubjects) + (known ? 0 : kSubjects);
    if (!subject.scan(core::Family::kReference, core::prefix_range(subject_key(number)), count, tier)) ++blocked;
  }
  state.counters["found"] = benchmark::Counter(static_cast<double>(seen), benchmark::Counter::kAvgIterations);
  state.counters["blocked"] = benchmark::Counter(static_cast<double>(blocked), benchmark::Counter::kAvgIterations);
}
BENCHMARK(scan_subject)->ArgNames({"known", "memory"})->Args({1, 0})->Args({0, 0})->Args({1, 1})->Args({0, 1});

/// One committed batch; arguments: operations of four puts each, and whether it is synced.
void write_batch(benchmark::State& state) {
  auto& subject = store();
  const auto operations = state.range(0);
  const bool sync = state.range(1) != 0;
  std::uint64_t index = 0;
  for (auto _ : state) {
    core::WriteBatch batch(subject);
    for (std::int64_t i = 0; i < operations; ++i, ++index) {
      std::string key;
      core::append_u64(key, index);
      batch.put(core::Family::kRecord, key, std::string(400, 'r'));
      batch.put(core::Family::kAnnex, key, std::string(100, 'a'));
      batch.put(core::Family::kLogSubject, subject_key(index) + key, "");
      batch.put(core::Family::kLogParty, std::string("\0\0\0\1", 4) + key, "");
    }
    if (!subject.write(batch, sync)) state.SkipWithError("write failed");
  }
  state.SetItemsProcessed(state.iterations() * operations);
}
BENCHMARK(write_batch)
    ->ArgNames({"operations", "sync"})
    ->Args({1, 1})
    ->Args({8, 1})
    ->Args({64, 1})
    ->Args({64, 0})
    ->UseRealTime();

void snapshot(benchmark::State& state) {
  auto& subject = store();
  for (auto _ : state) {
    auto taken = subject.snapshot();
    benchmark::DoNotOptimize(taken);
  }
}
BENCHMARK(snapshot);

}  // namespace
}  // namespace wissel

BENCHMARK_MAIN();
