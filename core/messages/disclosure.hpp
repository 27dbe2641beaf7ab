#pragma once
// What an agreement lets its afnemers see of a ZaakStatus, for pulls and deliveries alike.
#include <boost/json/value.hpp>

#include <optional>
#include <string_view>

#include "core/messages/zaak_status.hpp"
#include "core/policy/model.hpp"

namespace wissel::core {

/// The code of its zaaktype, or else its omschrijving; empty: none. `content` outlives it.
[[nodiscard]] std::string_view zaaktype_of(const ZaakStatusView& view, const boost::json::value& content);

/// Whether a ZaakStatus may be shown under `agreement` at all: its level, its zaaktype, and the zaaktype that was asked
/// for, where one was.
[[nodiscard]] bool may_disclose(const Agreement& agreement, const ZaakStatusView& view,
                                const boost::json::value& content, const std::optional<std::string>& asked_zaaktype);

/// Leaves only the members that `velden` of the agreement names; without `velden` everything. "status" names a member
/// with all that is in it, "status.omschrijving" one member of it; in a list, of each element.
void keep_agreed_fields(const Agreement& agreement, boost::json::value& content);

}  // namespace wissel::core
