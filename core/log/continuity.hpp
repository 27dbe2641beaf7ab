#pragma once
// Whether a log goes on from a statement that was made of it: what keeps an older copy of a store from being signed as
// a second log beside the first.
#include <cstdint>
#include <string>

#include "core/bytes.hpp"
#include "core/log/merkle.hpp"
#include "core/result.hpp"
#include "core/store.hpp"

namespace wissel::core {

/// What was once said of a log: so many records, with this root.
struct LogPoint {
  std::uint64_t size = 0;
  Hash root{};

  friend bool operator==(const LogPoint&, const LogPoint&) = default;
};

enum class Continuity : std::uint8_t {
  kContinues,  ///< it has those records, and maybe more
  kShorter,    ///< it has fewer: an older copy
  kDiffers,    ///< it has as many or more, and they are others
};

/// `edge` is that of the log in `store`. Reads at most two tiles a level. Errors: those of the store.
[[nodiscard]] Result<Continuity> continuity(const LogPoint& said, const TreeEdge& edge, const StoreReader& store);

/// The edge of a store's log by what its meta says. Errors: as load_edge; kCorrupt for a size that is no number.
[[nodiscard]] Result<TreeEdge> stored_edge(const StoreReader& store);

}  // namespace wissel::core
