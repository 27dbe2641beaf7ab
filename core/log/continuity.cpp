#include "core/log/continuity.hpp"

#include "core/log/stored.hpp"

namespace wissel::core {

Result<Continuity> continuity(const LogPoint& said, const TreeEdge& edge, const StoreReader& store) {
  if (said.size > edge.size()) return Continuity::kShorter;
  if (said.size == 0) return said.root == empty_root() ? Continuity::kContinues : Continuity::kDiffers;
  const StoredTiles full(store);
  const EdgeTiles tiles(edge, full);
  auto root = said.size == edge.size() ? Result<Hash>(edge.root()) : root_at(said.size, tiles);
  if (!root) return std::unexpected(std::move(root).error());
  return *root == said.root ? Continuity::kContinues : Continuity::kDiffers;
}

Result<TreeEdge> stored_edge(const StoreReader& store) {
  auto stored = store.get(Family::kMeta, kMetaLogSize);
  if (!stored) return std::unexpected(std::move(stored).error());
  if (!*stored) return TreeEdge();
  ByteReader reader(**stored);
  const auto size = reader.u64();
  if (!reader.done()) return fail(Errc::kCorrupt, "meta: log/size is not a number");
  return load_edge(store, size);
}

}  // namespace wissel::core
