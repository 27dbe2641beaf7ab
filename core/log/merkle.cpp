#include "core/log/merkle.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "core/crypto.hpp"

namespace wissel::core {

Hash leaf_hash(std::string_view entry) { return sha256({std::string_view("\0", 1), entry}); }

Hash node_hash(const Hash& left, const Hash& right) { return sha256({"\x01", as_view(left), as_view(right)}); }

Hash empty_root() { return sha256({}); }

namespace {

/// The root of a perfect subtree; hashes.size() is a power of two.
Hash fold(std::vector<Hash> hashes) {
  while (hashes.size() > 1) {
    for (std::size_t i = 0; i < hashes.size() / 2; ++i) hashes[i] = node_hash(hashes[2 * i], hashes[2 * i + 1]);
    hashes.resize(hashes.size() / 2);
  }
  return hashes.front();
}

/// Right to left over the roots of the perfect subtrees, largest first.
Hash fold_peaks(std::span<const Hash> peaks) {
  if (peaks.empty()) return empty_root();
  Hash root = peaks.back();
  for (std::size_t i = peaks.size() - 1; i-- > 0;) root = node_hash(peaks[i], root);
  return root;
}

/// The largest power of two below `size` (> 1): where RFC 6962 splits.
std::uint64_t split(std::uint64_t size) { return std::bit_floor(size - 1); }

}  // namespace

Result<TreeEdge> TreeEdge::restore(std::uint64_t size, std::span<const std::vector<Hash>> partial) {
  TreeEdge edge;
  edge.size_ = size;
  edge.levels_.assign(partial.begin(), partial.end());
  for (unsigned level = 0; level < std::max<std::size_t>(kTileLevels, partial.size()); ++level) {
    if (edge.level(level).size() != partial_width(level, size)) {
      return fail(Errc::kCorrupt, "tree of size " + std::to_string(size) + ": level " + std::to_string(level) +
                                      " has " + std::to_string(edge.level(level).size()) + " hashes and not " +
                                      std::to_string(partial_width(level, size)));
    }
  }
  for (unsigned level = kTileLevels; level-- > 0;) {
    auto rest = edge.level(level);
    while (!rest.empty()) {
      const auto take = std::bit_floor(rest.size());
      edge.peaks_.push_back(fold({rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(take)}));
      rest = rest.subspan(take);
    }
  }
  return edge;
}

void TreeEdge::grow(unsigned level, const Hash& hash, std::vector<Tile>& completed) {
  if (levels_.size() <= level) levels_.resize(level + 1);
  auto& hashes = levels_[level];
  hashes.push_back(hash);
  if (hashes.size() < kTileWidth) return;
  Tile tile{level, size_ >> (8 * (level + 1)), {}};
  tile.hashes.reserve(kTileBytes);
  for (const auto& each : hashes) tile.hashes += as_view(each);
  completed.push_back(std::move(tile));
  hashes.clear();
}

std::vector<Tile> TreeEdge::append(const Hash& leaf) {
  std::vector<Tile> completed;
  Hash hash = leaf;
  grow(0, hash, completed);
  // As adding one to a binary number: each carry joins two subtrees of equal height.
  unsigned height = 0;
  for (auto bits = size_; bits % 2 == 1; bits >>= 1) {
    hash = node_hash(peaks_.back(), hash);
    peaks_.pop_back();
    if (++height % 8 == 0) grow(height / 8, hash, completed);
  }
  peaks_.push_back(hash);
  ++size_;
  return completed;
}

Hash TreeEdge::root() const { return fold_peaks(peaks_); }

std::span<const Hash> TreeEdge::level(unsigned level) const noexcept {
  if (level >= levels_.size()) return {};
  return levels_[level];
}

Result<std::string> EdgeTiles::tile(unsigned level, std::uint64_t index, std::uint64_t width) const {
  const auto full = full_tiles(level, edge_.size());
  if (index < full) return full_.tile(level, index, width);
  const auto hashes = edge_.level(level);
  if (index > full || width > hashes.size()) return fail(Errc::kNotFound, "the tree does not reach that tile");
  std::string out;
  out.reserve(width * sizeof(Hash));
  for (const auto& hash : hashes.first(width)) out += as_view(hash);
  return out;
}

namespace {

/// Hashes over ranges of leaves. A proof walks along two paths at most, so two tiles a level are kept: none is read
/// twice.
class Ranges {
 public:
  Ranges(const TileSource& source, std::uint64_t size) : source_(source), size_(size) {}

  /// [from, to), as the recursion of RFC 6962 meets them: `from` is a multiple of the power of two at or above the
  /// length, or the range is empty at 0.
  Result<Hash> range(std::uint64_t from, std::uint64_t to) {
    std::vector<Hash> peaks;
    while (from < to) {
      const auto length = std::bit_floor(to - from);
      auto hash = perfect(from, static_cast<unsigned>(std::countr_zero(length)));
      if (!hash) return hash;
      peaks.push_back(*hash);
      from += length;
    }
    return fold_peaks(peaks);
  }

 private:
  struct Cached {
    std::uint64_t index = 0;
    std::string hashes;
  };

  Result<Hash> perfect(std::uint64_t from, unsigned height) {
    const unsigned level = height / 8;
    const std::uint64_t first = from >> (8 * level);
    const std::uint64_t count = std::uint64_t{1} << (height % 8);
    auto hashes = tile(level, first / kTileWidth);
    if (!hashes) return std::unexpected(std::move(hashes).error());
    ByteReader reader(hashes->substr(first % kTileWidth * sizeof(Hash), count * sizeof(Hash)));
    std::vector<Hash> range(count);
    for (auto& hash : range) hash = reader.array<sizeof(Hash)>();
    if (!reader.done()) return fail(Errc::kCorrupt, "a tile is too short");
    return fold(std::move(range));
  }

  /// All that the tree of size_ has of a tile, valid until the next call.
  Result<std::string_view> tile(unsigned level, std::uint64_t index) {
    auto& slots = cached_[level];
    for (const auto& slot : slots) {
      if (!slot.hashes.empty() && slot.index == index) return std::string_view(slot.hashes);
    }
    const auto width = std::min(kTileWidth, (size_ >> (8 * level)) - index * kTileWidth);
    auto read = source_.tile(level, index, width);
    if (!read) return std::unexpected(std::move(read).error());
    if (read->size() != width * sizeof(Hash)) {
      return fail(Errc::kCorrupt, "a tile has another length than it should");
    }
    std::swap(slots[0], slots[1]);
    slots[0] = {index, *std::move(read)};
    return std::string_view(slots[0].hashes);
  }

  const TileSource& source_;
  std::uint64_t size_;
  std::array<std::array<Cached, 2>, kTileLevels> cached_;
};

}  // namespace

Result<Hash> root_at(std::uint64_t size, const TileSource& source) { return Ranges(source, size).range(0, size); }

Result<Proof> inclusion_proof(std::uint64_t index, std::uint64_t size, const TileSource& source) {
  if (index >= size) return fail(Errc::kInvalidInput, "the index lies outside the tree");
  Ranges ranges(source, size);
  Proof proof;
  for (std::uint64_t from = 0, to = size; to - from > 1;) {
    const auto middle = from + split(to - from);
    const bool left = index < middle;
    auto sibling = left ? ranges.range(middle, to) : ranges.range(from, middle);
    if (!sibling) return std::unexpected(std::move(sibling).error());
    proof.push_back(*sibling);
    (left ? to : from) = middle;
  }
  std::ranges::reverse(proof);
  return proof;
}

Result<Proof> consistency_proof(std::uint64_t from, std::uint64_t to, const TileSource& source) {
  if (from > to) return fail(Errc::kInvalidInput, "the older tree is larger than the newer");
  Proof proof;
  if (from == 0) return proof;
  Ranges ranges(source, to);
  // The subtree in question is [low, high); the old tree ends at `from`. A verifier knows the old root, so a subtree
  // that is the old tree itself needs no hash.
  std::uint64_t low = 0;
  std::uint64_t high = to;
  while (from != high) {
    const auto middle = low + split(high - low);
    const bool left = from <= middle;
    auto sibling = left ? ranges.range(middle, high) : ranges.range(low, middle);
    if (!sibling) return std::unexpected(std::move(sibling).error());
    proof.push_back(*sibling);
    (left ? high : low) = middle;
  }
  if (low != 0) {
    auto base = ranges.range(low, high);
    if (!base) return std::unexpected(std::move(base).error());
    proof.push_back(*base);
  }
  std::ranges::reverse(proof);
  return proof;
}

namespace {

/// Climbs past the levels at which the node is the last one and has no sibling.
void skip_lonely(std::uint64_t& node, std::uint64_t& last) {
  while (node % 2 == 0 && node != 0) {
    node >>= 1;
    last >>= 1;
  }
}

}  // namespace

bool verify_inclusion(std::uint64_t index, std::uint64_t size, const Hash& leaf, std::span<const Hash> proof,
                      const Hash& root) {
  if (index >= size) return false;
  std::uint64_t node = index;
  std::uint64_t last = size - 1;
  Hash hash = leaf;
  for (const auto& sibling : proof) {
    if (last == 0) return false;
    if (node % 2 == 1 || node == last) {
      hash = node_hash(sibling, hash);
      skip_lonely(node, last);
    } else {
      hash = node_hash(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

bool verify_consistency(std::uint64_t from, std::uint64_t to, const Hash& from_root, const Hash& to_root,
                        std::span<const Hash> proof) {
  if (from > to) return false;
  if (from == to) return proof.empty() && from_root == to_root;
  if (from == 0) return proof.empty() && from_root == empty_root();
  if (proof.empty()) return false;
  // A perfect old tree is a subtree of the new one, so its root stands for the first hash.
  const bool perfect = std::has_single_bit(from);
  Hash old_hash = perfect ? from_root : proof.front();
  if (!perfect) proof = proof.subspan(1);
  Hash new_hash = old_hash;
  std::uint64_t node = from - 1;
  std::uint64_t last = to - 1;
  while (node % 2 == 1) {
    node >>= 1;
    last >>= 1;
  }
  for (const auto& sibling : proof) {
    if (last == 0) return false;
    if (node % 2 == 1 || node == last) {
      old_hash = node_hash(sibling, old_hash);
      new_hash = node_hash(sibling, new_hash);
      skip_lonely(node, last);
    } else {
      new_hash = node_hash(new_hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == from_root && new_hash == to_root;
}

}  // namespace wissel::core
