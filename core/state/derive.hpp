#pragma once
// What the store keeps only to find things quickly, made anew from what it is derived from: `reference` from `holder`,
// `log_subject`, `log_party` and `tile` from `record`.
#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "core/result.hpp"
#include "core/store.hpp"

namespace wissel::core {

inline constexpr std::array kDerivedFamilies{Family::kReference, Family::kTile, Family::kLogSubject, Family::kLogParty};

/// Takes one derived row; in no particular order. An error ends the derivation.
using RowSink = std::function<Result<void>(Family family, std::string key, std::string value)>;

/// Rows of one family. `read` is told of each source row. Errors: kCorrupt where a source row is damaged or missing,
/// those of the store and of the sink.
[[nodiscard]] Result<void> derive_rows(const StoreReader& store, Family family, const RowSink& sink,
                                       const std::function<void()>& read);

/// Whether a row that is there and was not derived may stand: the line of its record names fewer parties than there
/// were, because they did not fit. Errors: those of the store, kCorrupt.
[[nodiscard]] Result<bool> may_stand(const StoreReader& store, Family family, std::string_view key);

}  // namespace wissel::core
