#pragma once
// What of a ZaakStatus may be shown under an agreement that names its fields.
#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace wissel::core {

/// `velden` are members of ZaakStatus ("verwachting"), or members of one ("zaak.titel"). What a ZaakStatus cannot be
/// without stays in any case: identificatie, bronorganisatie and zaaktype of the zaak, identificatie and
/// bronorganisatie of the verzoek, and omschrijving, statusgroep and gezetOp of the status. Names of nothing do
/// nothing. What is not an object comes back as it is.
[[nodiscard]] boost::json::value disclosed(const boost::json::value& status, const std::vector<std::string>& velden);

}  // namespace wissel::core
