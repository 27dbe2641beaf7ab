#pragma once
// The Merkle tree of the processing log: RFC 6962, section 2.1, stored as the tiles of C2SP tlog-tiles. Pure
// arithmetic: where tiles lie is the business of a TileSource.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace wissel::core {

/// SHA-256(0x00 ‖ entry).
[[nodiscard]] Hash leaf_hash(std::string_view entry);
/// SHA-256(0x01 ‖ left ‖ right).
[[nodiscard]] Hash node_hash(const Hash& left, const Hash& right);
/// The root of a tree without leaves: SHA-256 of nothing.
[[nodiscard]] Hash empty_root();

inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr std::size_t kTileBytes = 8192;  ///< a full tile: 256 hashes
inline constexpr unsigned kTileLevels = 8;       ///< levels that a tree below 2^63 leaves can have

/// Hashes in the last, partial tile of `level` in a tree of `size` leaves; 0: there is none.
[[nodiscard]] constexpr std::uint64_t partial_width(unsigned level, std::uint64_t size) noexcept {
  return level >= kTileLevels ? 0 : (size >> (8 * level)) % kTileWidth;
}
/// Full tiles of `level` in a tree of `size` leaves.
[[nodiscard]] constexpr std::uint64_t full_tiles(unsigned level, std::uint64_t size) noexcept {
  return level + 1 >= kTileLevels ? 0 : size >> (8 * (level + 1));
}

/// A completed tile: hash i is the root over the leaves [(index·256+i)·256^level, (index·256+i+1)·256^level).
struct Tile {
  unsigned level;
  std::uint64_t index;
  std::string hashes;  ///< kTileBytes
};

/// The growing right edge of the tree: the hashes of each level's partial tile and the roots of its perfect subtrees.
/// An append costs about one node hash, root() one for each bit of the size; a copy is some 8 KiB per level.
/// Regular value; thread safety: as any value.
class TreeEdge {
 public:
  TreeEdge() = default;

  /// From the size and, for each level from 0, the hashes of its partial tile: exactly partial_width(level, size)
  /// each; levels above the last one given must be empty. Errors: kCorrupt when a level has another number.
  [[nodiscard]] static Result<TreeEdge> restore(std::uint64_t size, std::span<const std::vector<Hash>> partial);

  /// Gives the tiles that this leaf completes, lowest level first; mostly none.
  std::vector<Tile> append(const Hash& leaf);

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] Hash root() const;
  /// The hashes of the partial tile of `level`, at most 255.
  [[nodiscard]] std::span<const Hash> level(unsigned level) const noexcept;

 private:
  void grow(unsigned level, const Hash& hash, std::vector<Tile>& completed);

  std::uint64_t size_ = 0;
  std::vector<std::vector<Hash>> levels_;
  /// Roots of the perfect subtrees, largest first: one for each set bit of size_.
  std::vector<Hash> peaks_;
};

/// Port: the tiles of one tree.
/// Thread safety: all members may be called at the same time. Blocking: may wait for the disk, as its store does.
class TileSource {
 public:
  virtual ~TileSource() = default;
  /// The first `width` (1–256) hashes of a tile, 32 bytes each. Errors: kNotFound where the tree does not reach so
  /// far, kCorrupt, kUnavailable, kWouldBlock.
  [[nodiscard]] virtual Result<std::string> tile(unsigned level, std::uint64_t index, std::uint64_t width) const = 0;
};

/// Full tiles from `full`, the partial ones from an edge. Both outlive it.
class EdgeTiles final : public TileSource {
 public:
  EdgeTiles(const TreeEdge& edge, const TileSource& full) : edge_(edge), full_(full) {}
  [[nodiscard]] Result<std::string> tile(unsigned level, std::uint64_t index, std::uint64_t width) const override;

 private:
  const TreeEdge& edge_;
  const TileSource& full_;
};

// These read at most two tiles a level, and hash at most 255 nodes for each.

using Proof = std::vector<Hash>;

/// The root at any size up to that of the source. Errors: those of the source.
[[nodiscard]] Result<Hash> root_at(std::uint64_t size, const TileSource& source);
/// RFC 6962, section 2.1.1: the leaf's sibling first. Errors: kInvalidInput for index ≥ size; those of the source.
[[nodiscard]] Result<Proof> inclusion_proof(std::uint64_t index, std::uint64_t size, const TileSource& source);
/// RFC 6962, section 2.1.2; empty for from = 0 and from = to. Errors: kInvalidInput for from > to; those of the source.
[[nodiscard]] Result<Proof> consistency_proof(std::uint64_t from, std::uint64_t to, const TileSource& source);

[[nodiscard]] bool verify_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf,
                                    std::span<const Hash> proof, const Hash& root);
[[nodiscard]] bool verify_consistency(std::uint64_t from, std::uint64_t to, const Hash& from_root, const Hash& to_root,
                                      std::span<const Hash> proof);

}  // namespace wissel::core
