#include "core/log/merkle.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/crypto.hpp"

namespace wissel::core {
namespace {

// RFC 6962, section 2.1, word for word; slow, and therefore easy to believe.
std::size_t split(std::size_t n) {
  std::size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
Hash naive_root(std::span<const Hash> leaves) {
  if (leaves.empty()) return sha256({});
  if (leaves.size() == 1) return leaves[0];
  const auto k = split(leaves.size());
  return node_hash(naive_root(leaves.first(k)), naive_root(leaves.subspan(k)));
}
Proof naive_path(std::size_t m, std::span<const Hash> leaves) {
  if (leaves.size() == 1) return {};
  const auto k = split(leaves.size());
  auto proof = m < k ? naive_path(m, leaves.first(k)) : naive_path(m - k, leaves.subspan(k));
  proof.push_back(naive_root(m < k ? leaves.subspan(k) : leaves.first(k)));
  return proof;
}
Proof naive_subproof(std::size_t m, std::span<const Hash> leaves, bool whole) {
  if (m == leaves.size()) return whole ? Proof{} : Proof{naive_root(leaves)};
  const auto k = split(leaves.size());
  auto proof = m <= k ? naive_subproof(m, leaves.first(k), whole) : naive_subproof(m - k, leaves.subspan(k), false);
  proof.push_back(naive_root(m <= k ? leaves.subspan(k) : leaves.first(k)));
  return proof;
}

class KeptTiles final : public TileSource {
 public:
  Result<std::string> tile(unsigned level, std::uint64_t index, std::uint64_t width) const override {
    ++reads;
    const auto found = tiles.find({level, index});
    if (found == tiles.end()) return fail(Errc::kNotFound, "no such tile");
    return found->second.substr(0, width * sizeof(Hash));
  }

  std::map<std::pair<unsigned, std::uint64_t>, std::string> tiles;
  mutable std::size_t reads = 0;
};

struct Tree {
  void grow(std::size_t size) {
    while (leaves.size() < size) {
      leaves.push_back(leaf_hash(std::to_string(leaves.size())));
      for (auto& tile : edge.append(leaves.back())) full.tiles[{tile.level, tile.index}] = tile.hashes;
    }
  }
  std::vector<Hash> leaves;
  TreeEdge edge;
  KeptTiles full;
  EdgeTiles source{edge, full};
};

std::string text(const Hash& hash) { return to_hex(hash); }
std::vector<std::string> texts(const Proof& proof) {
  std::vector<std::string> out;
  for (const auto& hash : proof) out.push_back(to_hex(hash).substr(0, 8));
  return out;
}

TEST(Merkle, GivesTheVectorsOfRfc6962) {
  const char* inputs[] = {
      "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
  const char* roots[] = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  TreeEdge edge;
  const KeptTiles none;
  const EdgeTiles source(edge, none);
  EXPECT_EQ(text(edge.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (std::size_t i = 0; i < 8; ++i) {
    edge.append(leaf_hash(from_hex(inputs[i]).value()));
    EXPECT_EQ(text(edge.root()), roots[i]);
    EXPECT_EQ(text(root_at(i + 1, source).value()), roots[i]);
  }
  using Texts = std::vector<std::string>;
  EXPECT_EQ(texts(inclusion_proof(0, 1, source).value()), Texts{});
  EXPECT_EQ(texts(inclusion_proof(0, 8, source).value()), (Texts{"96a296d2", "5f083f0a", "6b47aaf2"}));
  EXPECT_EQ(texts(inclusion_proof(5, 8, source).value()), (Texts{"bc1a0643", "ca854ea1", "d37ee418"}));
  EXPECT_EQ(texts(inclusion_proof(2, 3, source).value()), (Texts{"fac54203"}));
  EXPECT_EQ(texts(inclusion_proof(1, 5, source).value()), (Texts{"6e340b9c", "5f083f0a", "bc1a0643"}));
  EXPECT_EQ(texts(consistency_proof(1, 8, source).value()), (Texts{"96a296d2", "5f083f0a", "6b47aaf2"}));
  EXPECT_EQ(texts(consistency_proof(6, 8, source).value()), (Texts{"0ebc5d34", "ca854ea1", "d37ee418"}));
  EXPECT_EQ(texts(consistency_proof(2, 5, source).value()), (Texts{"5f083f0a", "bc1a0643"}));
  EXPECT_EQ(texts(consistency_proof(3, 7, source).value()), (Texts{"0298d122", "07506a85", "fac54203", "837dbb15"}));
}

TEST(Merkle, GivesTheRootOfAFullTile) {
  TreeEdge edge;
  std::vector<Tile> completed;
  for (int i = 0; i < 256; ++i) completed = edge.append(leaf_hash(std::string(1, static_cast<char>(i))));
  EXPECT_EQ(text(edge.root()), "0387b1bfaad194ad5b534d6a57c9710a83484cb544258df5f4df94bc41820b5f");
  ASSERT_EQ(completed.size(), 1U);
  EXPECT_EQ(completed[0].level, 0U);
  EXPECT_EQ(completed[0].index, 0U);
  EXPECT_EQ(completed[0].hashes.size(), kTileBytes);
  EXPECT_EQ(edge.level(0).size(), 0U);
  ASSERT_EQ(edge.level(1).size(), 1U);
  EXPECT_EQ(edge.level(1)[0], edge.root());
}

TEST(Merkle, EveryInclusionProofUpTo300Holds) {
  Tree tree;
  for (std::size_t size = 1; size <= 300; ++size) {
    tree.grow(size);
    const auto root = tree.edge.root();
    ASSERT_EQ(root, naive_root(tree.leaves));
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = inclusion_proof(index, size, tree.source).value();
      ASSERT_TRUE(verify_inclusion(index, size, tree.leaves[index], proof, root)) << index << " in " << size;
      if (size <= 64 || index % 37 == 0) {
        ASSERT_EQ(proof, naive_path(index, tree.leaves)) << index << " in " << size;
      }
    }
  }
}

TEST(Merkle, EveryConsistencyProofUpTo300HoldsFromTheLargestTree) {
  Tree tree;
  tree.grow(300);
  std::vector<Hash> roots;
  for (std::size_t size = 0; size <= 300; ++size) roots.push_back(root_at(size, tree.source).value());
  for (std::size_t to = 0; to <= 300; ++to) {
    for (std::size_t from = 0; from <= to; ++from) {
      auto proof = consistency_proof(from, to, tree.source).value();
      ASSERT_TRUE(verify_consistency(from, to, roots[from], roots[to], proof)) << from << " to " << to;
      if (from != 0 && from != to) {
        ASSERT_FALSE(verify_consistency(from, to, roots[from - 1], roots[to], proof)) << from << " to " << to;
        ASSERT_FALSE(verify_consistency(from, to, roots[from], roots[to - 1], proof)) << from << " to " << to;
        if (to <= 40) {
          ASSERT_EQ(proof, naive_subproof(from, std::span(tree.leaves).first(to), true));
          proof.push_back(roots[1]);
          ASSERT_FALSE(verify_consistency(from, to, roots[from], roots[to], proof));
        }
      }
    }
  }
}

TEST(Merkle, AProofForAnotherPlaceFails) {
  Tree tree;
  tree.grow(21);
  const auto root = tree.edge.root();
  for (std::size_t index = 0; index < 21; ++index) {
    const auto proof = inclusion_proof(index, 21, tree.source).value();
    for (std::size_t other = 0; other < 25; ++other) {
      EXPECT_EQ(verify_inclusion(other, 21, tree.leaves[index], proof, root), other == index);
    }
    for (std::size_t i = 0; i < proof.size(); ++i) {
      auto changed = proof;
      changed[i][31] ^= 1;
      EXPECT_FALSE(verify_inclusion(index, 21, tree.leaves[index], changed, root));
    }
    EXPECT_FALSE(verify_inclusion(index, 21, tree.leaves[index], std::span(proof).subspan(1), root));
  }
  EXPECT_FALSE(inclusion_proof(21, 21, tree.source));
  EXPECT_FALSE(inclusion_proof(0, 0, tree.source));
  EXPECT_FALSE(consistency_proof(22, 21, tree.source));
  EXPECT_FALSE(inclusion_proof(3, 22, tree.source)) << "beyond the present";
}

TEST(Merkle, LargeTreesAgreeWithTheDefinition) {
  Tree tree;
  const std::size_t sizes[] = {255, 256, 257, 65535, 65536, 65537, 70000};
  std::map<std::size_t, Hash> roots;
  for (const auto size : sizes) {
    tree.grow(size);
    roots[size] = naive_root(tree.leaves);
    ASSERT_EQ(tree.edge.root(), roots[size]) << size;
  }
  for (const auto size : sizes) {
    ASSERT_EQ(root_at(size, tree.source).value(), roots[size]) << size;
    const std::set<std::size_t> indices{0, 1, 127, 254, size / 2, size - 2, size - 1};
    for (const auto index : indices) {
      tree.full.reads = 0;
      const auto proof = inclusion_proof(index, size, tree.source).value();
      EXPECT_LE(tree.full.reads, 6U) << "two tiles a level";
      EXPECT_TRUE(verify_inclusion(index, size, tree.leaves[index], proof, roots[size])) << index << " in " << size;
    }
    for (const auto& [from, root] : roots) {
      if (from > size) continue;
      const auto proof = consistency_proof(from, size, tree.source).value();
      EXPECT_TRUE(verify_consistency(from, size, root, roots[size], proof)) << from << " to " << size;
    }
  }
  // Worked example of C2SP tlog-tiles for 70,000 entries.
  EXPECT_EQ(tree.edge.level(0).size(), 112U);
  EXPECT_EQ(tree.edge.level(1).size(), 17U);
  EXPECT_EQ(tree.edge.level(2).size(), 1U);
  EXPECT_EQ(full_tiles(0, 70000), 273U);
  EXPECT_EQ(full_tiles(1, 70000), 1U);
  EXPECT_EQ(tree.full.tiles.size(), 274U);
}

TEST(TreeEdge, ComesBackFromItsPartialTiles) {
  Tree tree;
  for (const std::size_t size : {0U, 1U, 2U, 255U, 256U, 257U, 511U, 1000U, 65535U, 65536U, 65793U}) {
    tree.grow(size);
    std::vector<std::vector<Hash>> partial;
    for (unsigned level = 0; level < kTileLevels; ++level) {
      const auto hashes = tree.edge.level(level);
      ASSERT_EQ(hashes.size(), partial_width(level, size));
      partial.emplace_back(hashes.begin(), hashes.end());
    }
    auto restored = TreeEdge::restore(size, partial).value();
    EXPECT_EQ(restored.size(), size);
    EXPECT_EQ(restored.root(), tree.edge.root());
    auto copy = tree.edge;
    for (int i = 0; i < 3; ++i) {
      const auto leaf = leaf_hash(std::to_string(i));
      EXPECT_EQ(restored.append(leaf).size(), copy.append(leaf).size());
      EXPECT_EQ(restored.root(), copy.root());
    }
    partial[0].push_back(Hash{});
    EXPECT_EQ(TreeEdge::restore(size, partial).error().code, Errc::kCorrupt);
  }
}

}  // namespace
}  // namespace wissel::core
