#pragma once
// What the effects on participants, agreements and other entities share: storing a version, and how a change ends.
// Internal to core/state.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/state/working.hpp"

namespace wissel::core {

/// Whether an If-Match names another version than the one found.
[[nodiscard]] inline bool version_differs(const std::optional<std::uint64_t>& wanted, std::uint64_t found) {
  return wanted && *wanted != found;
}

Result<void> refuse_version(Applying& on);
/// Another party's id and an unknown one are refused alike.
Result<void> refuse_unknown(Applying& on);
/// Stores the newest form, and each version for records to point at.
void store_entity(Applying& on, EntityKind kind, std::string_view id, std::uint64_t version, const std::string& value);
/// The change is done: its answer, and the record of the access.
Result<void> succeed(Applying& on, std::uint16_t status, std::uint64_t version, std::string body);

}  // namespace wissel::core
