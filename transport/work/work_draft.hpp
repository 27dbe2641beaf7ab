#pragma once
// How the records of what Wissel does by itself begin.
#include <optional>
#include <string>

#include "core/state/draft.hpp"
#include "core/state/view.hpp"

namespace wissel::transport {

/// A draft in a trace of its own. `party`: whose data it is about; the record counts as its.
[[nodiscard]] core::RecordDraft work_draft(const core::View& view, core::Instant now, core::Actie actie,
                                           std::string name, const std::optional<core::Oin>& party);

}  // namespace wissel::transport
