#pragma once
// Dossiers of agreements as JSON: what the API shows, and what is stored.
#include <boost/json/object.hpp>

#include <string>
#include <string_view>

#include "core/policy/dossier.hpp"
#include "core/result.hpp"

namespace wissel::core {

/// The version that is shown at `at` with its stage, and beside it the successor and the proposal. A draft is left out
/// unless `with_drafts`.
[[nodiscard]] boost::json::object to_json(const AgreementDossier& dossier, Instant at, bool with_drafts);
/// One version with who signed it and who has not.
[[nodiscard]] boost::json::object to_json(const AgreementVersion& version);

/// As stored in family `entity`. Also reads what was stored before agreements were signed. Errors: kCorrupt.
[[nodiscard]] std::string encode(const AgreementDossier& dossier);
[[nodiscard]] Result<AgreementDossier> decode_dossier(std::string_view value);
/// As stored in family `entity_history`, under the version's number. Errors: kCorrupt.
[[nodiscard]] std::string encode(const AgreementVersion& version);
[[nodiscard]] Result<AgreementVersion> decode_agreement_version(std::string_view value);

}  // namespace wissel::core
