#pragma once
// What a caller is told when a request is refused: RFC 9457 problem details with a stable code of our own.
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wissel::core {

/// The codes partners may program against. Only added, never renamed; each has a row in problem.cpp (the code as
/// text, HTTP status, title, remedy) and a line in docs/openapi. Texts are Dutch, as the API is.
enum class ProblemCode : std::uint8_t {
  kJsonInvalid,               // json-ongeldig
  kJsonDuplicateName,         // json-dubbele-naam
  kTooDeep,                   // te-diep
  kTooLarge,                  // te-groot
  kFieldUnknown,              // veld-onbekend
  kFieldMissing,              // veld-ontbreekt
  kFieldType,                 // veld-type
  kFieldValue,                // veld-waarde
  kElfproef,                  // elfproef
  kInputInvalid,              // invoer-ongeldig: several faults of different kinds in one body
  kQueryInvalid,              // query-ongeldig
  kHttpInvalid,               // http-ongeldig
  kIdempotencyKeyNotAllowed,  // idempotentie-niet-toegestaan
  kNoCertificate,             // geen-certificaat
  kNoCertificateHolder,       // geen-certificaathouder: no (or more than one, or a malformed) OIN in the certificate
  kOinOutsideEnvironment,     // oin-buiten-omgeving
  kPinMismatch,               // certificaat-pin
  kParticipantUnknown,        // deelnemer-onbekend
  kParticipantInactive,       // deelnemer-niet-actief
  kRoleMissing,               // rol-ontbreekt
  kNoRepresentation,          // geen-vertegenwoordiging
  kNoAgreement,               // geen-uitwisselafspraak
  kPurposeNotCovered,         // doel-niet-gedekt
  kZaaktypeNotCovered,        // zaaktype-niet-gedekt
  kActNotCovered,             // handeling-niet-gedekt
  kUserRequired,              // gebruiker-vereist
  kFunctionNotAllowed,        // functie-niet-toegestaan
  kAssuranceTooLow,           // betrouwbaarheidsniveau-te-laag
  kConsentMissing,            // toestemming-ontbreekt
  kMandateNotAccepted,        // machtiging-niet-toegestaan
  kAgreementSuspended,        // uitwisselafspraak-geschorst
  kSubjectKindNotCovered,     // onderwerpsoort-niet-gedekt
  kOutsideHours,              // buiten-tijdvak
  kFourEyesRequired,          // vier-ogen-vereist
  kConfirmationNotAllowed,    // bevestiging-niet-toegestaan: only a signature by a published key counts here
  kSignatureInvalid,          // handtekening-ongeldig
  kSigningKeyUnknown,         // ondertekensleutel-onbekend
  kSourceNotOwn,              // bron-niet-eigen: the OIN in a message's source is not the sender's
  kNotEntitled,               // niet-gerechtigd: may not see this record
  kNotFound,                  // niet-gevonden
  kRecordLapsed,              // regel-vervallen
  kMethodNotAllowed,          // methode-niet-toegestaan
  kNotAcceptable,             // niet-leverbaar
  kConflict,                  // conflict
  kStageConflict,             // stand-staat-niet-toe: the resource is not in a stage in which this can be done
  kRepeatDiffers,             // herhaling-wijkt-af: same idempotency key or event id, other content
  kSyncRunning,               // synchronisatie-loopt
  kVersionDiffers,            // versie-wijkt-af: If-Match failed
  kMediaType,                 // mediatype
  kQuota,                     // quotum
  kBraked,                    // geremd: far more than this party's own normal; a person lifts it
  kInternal,                  // interne-fout
  kStorageFull,               // opslag-vol
  kStorageAway,               // opslag-onbereikbaar
  kQueueFull,                 // wachtrij-vol
  kStopping,                  // stopt
  kCount_                     // number of codes; keep last
};

/// One row of the table of codes.
struct ProblemInfo {
  ProblemCode code;
  std::string_view text;    ///< e.g. "veld-onbekend"
  std::uint16_t status;     ///< HTTP status
  std::string_view title;   ///< short, Dutch, the same for each occurrence
  std::string_view remedy;  ///< what the caller can do about it, Dutch
};

[[nodiscard]] const ProblemInfo& info(ProblemCode code) noexcept;
[[nodiscard]] std::span<const ProblemInfo> all_problems() noexcept;

/// One fault in a request. `name` is a JSON pointer into the body ("/onderwerp/waarde") or a query parameter's name.
/// `reason` never repeats the value: it could be a BSN.
struct InvalidParam {
  std::string name;
  ProblemCode code;
  std::string reason;
};

struct Problem {
  ProblemCode code = ProblemCode::kInternal;
  std::string detail;
  std::vector<InvalidParam> params;

  [[nodiscard]] std::uint16_t status() const noexcept { return info(code).status; }
};

template <class T>
using Checked = std::expected<T, Problem>;

[[nodiscard]] inline std::unexpected<Problem> refuse(ProblemCode code, std::string detail) {
  return std::unexpected<Problem>(Problem{code, std::move(detail), {}});
}

/// One problem out of all faults found: the code of the faults where they agree, otherwise kInputInvalid.
/// Requires at least one fault.
[[nodiscard]] Problem problem_of(std::vector<InvalidParam> faults);

}  // namespace wissel::core
