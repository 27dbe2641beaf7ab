#include "core/problem.hpp"

#include <algorithm>
#include <array>

namespace wissel::core {
namespace {

constexpr auto kRows = std::to_array<ProblemInfo>({
    {ProblemCode::kJsonInvalid, "json-ongeldig", 400, "Geen geldige JSON",
     "Stuur een body die volgens RFC 8259 geldige JSON in UTF-8 is."},
    {ProblemCode::kJsonDuplicateName, "json-dubbele-naam", 400, "Naam staat tweemaal in een object",
     "Noem elke naam in een object een keer."},
    {ProblemCode::kTooDeep, "te-diep", 400, "Te diep genest", "Nest objecten en lijsten minder diep."},
    {ProblemCode::kTooLarge, "te-groot", 413, "Te groot",
     "Stuur minder in een keer; de grens staat in de toelichting."},
    {ProblemCode::kFieldUnknown, "veld-onbekend", 400, "Onbekend veld", "Laat het veld weg of herstel de naam."},
    {ProblemCode::kFieldMissing, "veld-ontbreekt", 400, "Verplicht veld ontbreekt", "Vul het veld."},
    {ProblemCode::kFieldType, "veld-type", 400, "Veld heeft een ander type",
     "Gebruik het type dat de OpenAPI-beschrijving noemt."},
    {ProblemCode::kFieldValue, "veld-waarde", 400, "Waarde is niet toegestaan",
     "Gebruik een waarde die de OpenAPI-beschrijving toestaat."},
    {ProblemCode::kElfproef, "elfproef", 400, "Nummer voldoet niet aan de elfproef",
     "Controleer het nummer; een BSN hoort alleen in een onderwerp van soort bsn."},
    {ProblemCode::kInputInvalid, "invoer-ongeldig", 400, "Invoer is ongeldig",
     "Herstel de fouten die in invalidParams staan."},
    {ProblemCode::kQueryInvalid, "query-ongeldig", 400, "Queryparameter is ongeldig",
     "Gebruik de parameters en waarden uit de OpenAPI-beschrijving."},
    {ProblemCode::kHttpInvalid, "http-ongeldig", 400, "Geen eenduidig HTTP-verzoek",
     "Stuur een verzoek dat op een manier te lezen is (RFC 9112)."},
    {ProblemCode::kIdempotencyKeyNotAllowed, "idempotentie-niet-toegestaan", 400, "Idempotency-Key hoort hier niet",
     "Laat de header weg bij bulk en synchronisatie."},
    {ProblemCode::kNoCertificate, "geen-certificaat", 401, "Geen clientcertificaat",
     "Maak verbinding met een clientcertificaat (mTLS)."},
    {ProblemCode::kNoCertificateHolder, "geen-certificaathouder", 401, "Certificaat noemt geen organisatie",
     "Gebruik een certificaat met precies een serialNumber dat een OIN is."},
    {ProblemCode::kOinOutsideEnvironment, "oin-buiten-omgeving", 401, "OIN hoort niet bij deze omgeving",
     "Gebruik in productie geen test-OIN en in test alleen een test-OIN."},
    {ProblemCode::kPinMismatch, "certificaat-pin", 401, "Certificaat is niet het vastgelegde",
     "Gebruik het vastgelegde certificaat of laat de beheerder het nieuwe vastleggen."},
    {ProblemCode::kParticipantUnknown, "deelnemer-onbekend", 401, "Organisatie is geen deelnemer",
     "Laat de beheerder van het schakelpunt de organisatie aansluiten."},
    {ProblemCode::kParticipantInactive, "deelnemer-niet-actief", 401, "Deelnemer is niet actief",
     "Neem contact op met de beheerder van het schakelpunt."},
    {ProblemCode::kRoleMissing, "rol-ontbreekt", 403, "Rol ontbreekt", "Laat de beheerder de rol toekennen."},
    {ProblemCode::kNoRepresentation, "geen-vertegenwoordiging", 403, "Geen vertegenwoordiging",
     "Handel alleen namens een organisatie waarvoor een vertegenwoordiging van kracht is die deze handeling noemt; "
     "GET /v1/vertegenwoordigingen toont de uwe."},
    {ProblemCode::kNoAgreement, "geen-uitwisselafspraak", 403, "Geen uitwisselafspraak",
     "Noem een uitwisselafspraak die van kracht is en waarin u afnemer bent."},
    {ProblemCode::kPurposeNotCovered, "doel-niet-gedekt", 403, "Doel niet gedekt",
     "Gebruik het doel van de uitwisselafspraak."},
    {ProblemCode::kZaaktypeNotCovered, "zaaktype-niet-gedekt", 403, "Zaaktype niet gedekt",
     "Vraag alleen zaaktypen die de uitwisselafspraak noemt."},
    {ProblemCode::kActNotCovered, "handeling-niet-gedekt", 403, "Handeling niet gedekt",
     "Laat de handeling in de uitwisselafspraak opnemen."},
    {ProblemCode::kUserRequired, "gebruiker-vereist", 403, "Gebruiker is vereist", "Noem de handelende gebruiker."},
    {ProblemCode::kFunctionNotAllowed, "functie-niet-toegestaan", 403, "Functie niet toegestaan",
     "Laat iemand met een toegestane functie dit doen."},
    {ProblemCode::kAssuranceTooLow, "betrouwbaarheidsniveau-te-laag", 403, "Betrouwbaarheidsniveau te laag",
     "Laat de gebruiker op een hoger niveau inloggen."},
    {ProblemCode::kConsentMissing, "toestemming-ontbreekt", 403, "Toestemming ontbreekt",
     "Noem een toestemming die van kracht is."},
    {ProblemCode::kMandateNotAccepted, "machtiging-niet-toegestaan", 403, "Machtiging niet toegestaan",
     "De uitwisselafspraak staat geen machtiging toe."},
    {ProblemCode::kAgreementSuspended, "uitwisselafspraak-geschorst", 403, "Uitwisselafspraak is geschorst",
     "Vraag de partij die de uitwisselafspraak heeft geschorst om de schorsing op te heffen."},
    {ProblemCode::kSubjectKindNotCovered, "onderwerpsoort-niet-gedekt", 403, "Soort onderwerp niet gedekt",
     "Vraag alleen naar soorten onderwerp die de uitwisselafspraak noemt."},
    {ProblemCode::kOutsideHours, "buiten-tijdvak", 403, "Buiten de afgesproken tijden",
     "Vraag binnen een tijdvak van de uitwisselafspraak."},
    {ProblemCode::kFourEyesRequired, "vier-ogen-vereist", 403, "Tweede gebruiker is vereist",
     "Noem bij zoveel onderwerpen ook een tweede gebruiker, een ander dan de handelende, of vraag er minder."},
    {ProblemCode::kConfirmationNotAllowed, "bevestiging-niet-toegestaan", 403, "Bevestiging telt hier niet",
     "Onderteken met een sleutel die de organisatie heeft gepubliceerd."},
    {ProblemCode::kSignatureInvalid, "handtekening-ongeldig", 400, "Handtekening is ongeldig",
     "Onderteken precies de bytes van de inhoud die wordt aangeboden, met een gepubliceerde sleutel (ES256 of EdDSA)."},
    {ProblemCode::kSigningKeyUnknown, "ondertekensleutel-onbekend", 400, "Ondertekensleutel is onbekend",
     "Publiceer de sleutel bij de eigen deelnemer en noem haar kid in de handtekening."},
    {ProblemCode::kSourceNotOwn, "bron-niet-eigen", 403, "Bron is niet van de afzender",
     "Gebruik in source het OIN van het eigen certificaat."},
    {ProblemCode::kNotEntitled, "niet-gerechtigd", 403, "Niet gerechtigd",
     "Vraag alleen wat bij de eigen organisatie hoort."},
    {ProblemCode::kNotFound, "niet-gevonden", 404, "Niet gevonden", "Controleer het pad en de id."},
    {ProblemCode::kRecordLapsed, "regel-vervallen", 404, "Regel is vervallen",
     "De bewaartermijn van de regel is voorbij; het bewijs in de boom blijft."},
    {ProblemCode::kMethodNotAllowed, "methode-niet-toegestaan", 405, "Methode niet toegestaan",
     "Gebruik een methode uit de header Allow."},
    {ProblemCode::kNotAcceptable, "niet-leverbaar", 406, "Gevraagde vorm is er niet",
     "Vraag application/json of een vorm die de OpenAPI-beschrijving noemt."},
    {ProblemCode::kConflict, "conflict", 409, "Conflict", "Haal de huidige stand op en probeer opnieuw."},
    {ProblemCode::kStageConflict, "stand-staat-niet-toe", 409, "Dat kan niet in deze stand",
     "Haal de huidige stand op; de toelichting zegt wat nu wel kan."},
    {ProblemCode::kRepeatDiffers, "herhaling-wijkt-af", 409, "Herhaling wijkt af",
     "Gebruik voor andere inhoud een nieuwe sleutel of id."},
    {ProblemCode::kSyncRunning, "synchronisatie-loopt", 409, "Synchronisatie loopt al",
     "Wacht tot de lopende synchronisatie klaar of verlopen is."},
    {ProblemCode::kVersionDiffers, "versie-wijkt-af", 412, "Versie wijkt af",
     "Haal de nieuwste versie op en gebruik haar ETag."},
    {ProblemCode::kMediaType, "mediatype", 415, "Mediatype niet ondersteund",
     "Gebruik het mediatype uit de OpenAPI-beschrijving, zonder Content-Encoding."},
    {ProblemCode::kQuota, "quotum", 429, "Quotum bereikt", "Wacht zo lang als Retry-After zegt."},
    {ProblemCode::kBraked, "geremd", 429, "Rem is getrokken",
     "Er is veel meer gevraagd dan gewoonlijk. Laat de beheerder van het schakelpunt de rem vrijgeven."},
    {ProblemCode::kInternal, "interne-fout", 500, "Interne fout",
     "Meld het aan de beheerder met de waarde van instance."},
    {ProblemCode::kStorageFull, "opslag-vol", 503, "Opslag is vol", "Probeer het later opnieuw; er is niets verwerkt."},
    {ProblemCode::kStorageAway, "opslag-onbereikbaar", 503, "Opslag is onbereikbaar",
     "Probeer het later opnieuw; er is niets verwerkt."},
    {ProblemCode::kQueueFull, "wachtrij-vol", 503, "Te druk",
     "Probeer het opnieuw na Retry-After; er is niets verwerkt."},
    {ProblemCode::kStopping, "stopt", 503, "Schakelpunt stopt", "Maak opnieuw verbinding."},
});

constexpr bool rows_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].code) != i) return false;
  }
  return kRows.size() == static_cast<std::size_t>(ProblemCode::kCount_);
}
static_assert(rows_in_order(), "each ProblemCode has one row, in the order of the enumeration");

}  // namespace

const ProblemInfo& info(ProblemCode code) noexcept { return kRows[static_cast<std::size_t>(code)]; }

std::span<const ProblemInfo> all_problems() noexcept { return kRows; }

Problem problem_of(std::vector<InvalidParam> faults) {
  const ProblemCode first = faults.front().code;
  const bool alike = std::ranges::all_of(faults, [first](const InvalidParam& f) { return f.code == first; });
  const ProblemCode code = alike ? first : ProblemCode::kInputInvalid;
  return Problem{code, std::string(info(code).remedy), std::move(faults)};
}

}  // namespace wissel::core
