#pragma once
// Finding the holders of a subject, as searches and pulls need it.
#include <map>
#include <string>
#include <vector>

#include "core/policy/policy.hpp"
#include "core/state/draft.hpp"
#include "core/state/view.hpp"
#include "core/store.hpp"

namespace wissel::transport {

/// One holder of a subject, with what its visible references say.
struct FoundHolder {
  core::Oin oin;
  std::vector<std::string> zaaktypen;  ///< sorted, each once
  core::Instant since;                 ///< of the oldest
  bool in_onderzoek = false;
};

struct Found {
  std::vector<FoundHolder> holders;    ///< sorted by OIN
  std::vector<core::Shielded> hidden;  ///< `afgeschermd` references: for the annex and for their holders only
};

struct Lookup {
  std::vector<core::Bytes16> pseudonyms;  ///< of the subject, under every active key
  core::Question question;
  const core::Agreement* agreement = nullptr;  ///< null: refused, nothing is shown
};

/// Reads the same rows whether anything will be shown or not; where nothing is found, as much whether there are rows or
/// not. Errors: those of the store, kCorrupt.
[[nodiscard]] core::Result<Found> find_holders(const core::View& view, const core::StoreReader& store,
                                               const Lookup& lookup, core::ReadTier tier);

}  // namespace wissel::transport
