#pragma once
// The log's end as the committer extends it: records, their keys, and the tiles that become full.
#include <cstdint>
#include <string>
#include <vector>

#include "core/log/merkle.hpp"
#include "core/state/draft.hpp"
#include "core/state/reference.hpp"
#include "core/store.hpp"

namespace wissel::core {

class Ledger {
 public:
  /// The right edge from what is stored: at most 255 hashes a level. Errors: those of the store, kCorrupt.
  Result<void> load(const StoreReader& store);

  /// Writes the record, its annex, its keys and any tile it completes; gives its index. Seals what is not sealed.
  std::uint64_t append(WriteBatch& batch, RecordDraft& draft, const std::vector<PartyNumber>& parties);

  [[nodiscard]] std::uint64_t size() const noexcept { return edge_.size(); }
  [[nodiscard]] const TreeEdge& edge() const noexcept { return edge_; }

 private:
  TreeEdge edge_;
  std::string bundle_;  ///< entries since the last full bundle, 33 bytes each
};

}  // namespace wissel::core
