#pragma once
// The text of `wissel.object` in a record: what an access was about, without personal data.
#include <string>
#include <string_view>

#include "core/identity/uuid.hpp"

namespace wissel::core {

/// "verwijzing:<id>;versie:<n>;zaaktype:<code>"; the holder's list of changes is read back from it.
[[nodiscard]] inline std::string reference_object(const Uuid& id, std::uint64_t version, std::string_view zaaktype) {
  std::string out = "verwijzing:" + id.str() + ";versie:" + std::to_string(version);
  if (!zaaktype.empty()) out.append(";zaaktype:").append(zaaktype);
  return out;
}
/// An access that left the reference as it was; no change.
[[nodiscard]] inline std::string unchanged_object(const Uuid& id) { return "verwijzing:" + id.str() + ";ongewijzigd"; }
/// `wissel.regel` of the record of a reference that lapsed.
inline constexpr std::string_view kTermRule = "termijn";
[[nodiscard]] inline std::string message_object(const Uuid& id) { return "bericht:" + id.str(); }

}  // namespace wissel::core
