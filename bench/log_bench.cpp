// The processing log: records as text, their hashes, the Merkle tree and its proofs.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "core/log/commitment.hpp"
#include "core/log/merkle.hpp"
#include "core/log/record.hpp"
#include "core/log/stored.hpp"

namespace wissel::core {
namespace {

/// A search that named one holder.
LogRecord search_record() {
  LogRecord record;
  record.parent_span_id = Bytes8{1};
  record.start_time = from_ms(1'795'000'000'000);
  record.end_time = from_ms(1'795'000'000'001);
  record.status = LogStatus::kOk;
  record.name = "zoeken in de verwijsindex";
  record.processing_activity_id = "https://verwerkingen.example.nl/zaakstatus";
  record.data_subject_id = Bytes16{2};
  record.data_subject_id_type = "bsn";
  record.foreign_operation_processor = "urn:nld:oin:00000099000000101000";
  record.actie = Actie::kZoeken;
  record.oin = Oin::parse("00000099000000101000").value();
  record.uitwisselafspraak = "01a20323-5ff1-75c1-9e51-77bbff572251";
  record.regel = "uitwisselafspraak";
  record.bronhouders = {Oin::parse("00000099000000102000").value()};
  record.http = 200;
  record.stand = 123'456;
  record.bijlage = Hash{3};
  return record;
}

void encode_record_line(benchmark::State& state) {
  const auto record = search_record();
  for (auto _ : state) benchmark::DoNotOptimize(encode_line(record));
}
BENCHMARK(encode_record_line);

void decode_record_line(benchmark::State& state) {
  const auto line = encode_line(search_record());
  for (auto _ : state) benchmark::DoNotOptimize(decode_line(line));
}
BENCHMARK(decode_record_line);

/// What an io thread does for a record, and the committer for the leaf and the stored value.
void seal_and_store_record(benchmark::State& state) {
  const auto record = search_record();
  const Bytes16 salt{4};
  for (auto _ : state) {
    const auto line = encode_line(record);
    const auto commitment = record_commitment(salt, line);
    benchmark::DoNotOptimize(leaf_hash(as_view(entry_of(commitment))));
    benchmark::DoNotOptimize(encode_record(salt, commitment, line));
  }
}
BENCHMARK(seal_and_store_record);

/// Full tiles, as a store would give them.
class Tiles final : public TileSource {
 public:
  void add(Tile tile) { all_.insert_or_assign({tile.level, tile.index}, std::move(tile.hashes)); }
  Result<std::string> tile(unsigned level, std::uint64_t index, std::uint64_t width) const override {
    const auto at = all_.find({level, index});
    if (at == all_.end()) return fail(Errc::kNotFound, "no such tile");
    return at->second.substr(0, width * sizeof(Hash));
  }

 private:
  std::map<std::pair<unsigned, std::uint64_t>, std::string> all_;
};

Hash numbered(std::uint64_t number) {
  std::string text;
  append_u64(text, number);
  return leaf_hash(text);
}

void append_leaf(benchmark::State& state) {
  TreeEdge edge;
  const Hash leaf = numbered(1);
  for (auto _ : state) benchmark::DoNotOptimize(edge.append(leaf));
}
BENCHMARK(append_leaf);

/// What is copied for readers after each batch, at its largest.
void copy_edge(benchmark::State& state) {
  TreeEdge edge;
  for (std::uint64_t i = 0; i < 65'535; ++i) edge.append(numbered(i));
  for (auto _ : state) {
    TreeEdge copy = edge;
    benchmark::DoNotOptimize(copy);
  }
}
BENCHMARK(copy_edge);

void compute_root(benchmark::State& state) {
  TreeEdge edge;
  for (std::uint64_t i = 0; i < 65'535; ++i) edge.append(numbered(i));
  for (auto _ : state) benchmark::DoNotOptimize(edge.root());
}
BENCHMARK(compute_root);

struct Tree {
  explicit Tree(std::uint64_t size) {
    for (std::uint64_t i = 0; i < size; ++i) {
      for (auto& tile : edge.append(numbered(i))) full.add(std::move(tile));
    }
  }
  TreeEdge edge;
  Tiles full;
};

const Tree& tree() {
  static const Tree kTree(1'000'000);
  return kTree;
}

void prove_inclusion(benchmark::State& state) {
  const EdgeTiles tiles(tree().edge, tree().full);
  std::uint64_t index = 1;
  for (auto _ : state) {
    index = (index * 48'271 + 1) % tree().edge.size();
    auto proof = inclusion_proof(index, tree().edge.size(), tiles);
    if (!proof) state.SkipWithError("no proof");
    benchmark::DoNotOptimize(proof);
  }
}
BENCHMARK(prove_inclusion);

void prove_consistency(benchmark::State& state) {
  const EdgeTiles tiles(tree().edge, tree().full);
  std::uint64_t from = 1;
  for (auto _ : state) {
    from = (from * 48'271 + 1) % tree().edge.size() + 1;
    auto proof = consistency_proof(std::min(from, tree().edge.size()), tree().edge.size(), tiles);
    if (!proof) state.SkipWithError("no proof");
    benchmark::DoNotOptimize(proof);
  }
}
BENCHMARK(prove_consistency);

void check_inclusion(benchmark::State& state) {
  const EdgeTiles tiles(tree().edge, tree().full);
  const auto proof = inclusion_proof(777'777, tree().edge.size(), tiles).value();
  const Hash root = tree().edge.root();
  const Hash leaf = numbered(777'777);
  for (auto _ : state) {
    if (!verify_inclusion(777'777, tree().edge.size(), leaf, proof, root)) state.SkipWithError("does not verify");
  }
}
BENCHMARK(check_inclusion);

}  // namespace
}  // namespace wissel::core

BENCHMARK_MAIN();
