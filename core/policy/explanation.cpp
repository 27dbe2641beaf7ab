#include "core/policy/explanation.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/policy/hours.hpp"
#include "core/policy/network.hpp"

namespace wissel::core {
namespace {

// Of a list in a sentence so many are named; the rest is counted.
constexpr std::size_t kNamedMax = 10;
// Kinds of subject that there are.
constexpr std::size_t kSubjectKindCount = 7;

struct Texts {
  RuleId id;
  std::string_view holds;
  std::string_view fails;
  std::string_view needed;  ///< what would have to change
};

constexpr auto kTexts = std::to_array<Texts>({
    {RuleId::kParticipant, "De afnemer is een actieve deelnemer.", "De afnemer is geen actieve deelnemer.",
     "De deelnemer moet de stand aangesloten hebben."},
    {RuleId::kRepresentation, "De afnemer vraagt zelf, of laat zich vertegenwoordigen.",
     "Er is geen vertegenwoordiging van kracht waarin de afnemer de aanroeper voor deze handeling aanwijst.",
     "De afnemer moet de aanroeper voor deze handeling aanwijzen, en beide moeten dat ondertekenen."},
    {RuleId::kRole, "De deelnemer heeft de rol afnemer.", "De deelnemer heeft de rol afnemer niet.",
     "De rol afnemer moet aan de deelnemer worden toegekend."},
    {RuleId::kAgreement, "De uitwisselafspraak noemt de deelnemer als afnemer.",
     "Er is geen uitwisselafspraak met deze id waarin de deelnemer afnemer is.",
     "Er is een uitwisselafspraak nodig, door alle partijen ondertekend, die de deelnemer als afnemer noemt."},
    {RuleId::kSuspension, "De uitwisselafspraak is niet geschorst.", "De uitwisselafspraak is geschorst.",
     "De partij die de uitwisselafspraak heeft geschorst, moet de schorsing opheffen."},
    {RuleId::kValidity, "De uitwisselafspraak is van kracht.",
     "De uitwisselafspraak is op dit tijdstip niet van kracht.",
     "Alle partijen moeten een versie ondertekenen die op dit tijdstip geldt."},
    {RuleId::kAct, "De uitwisselafspraak staat deze handeling toe.",
     "De uitwisselafspraak staat deze handeling niet toe.",
     "De handeling moet in een nieuwe versie van de uitwisselafspraak worden opgenomen."},
    {RuleId::kPurpose, "Het doel is dat van de uitwisselafspraak, of is niet genoemd.",
     "Het genoemde doel is niet dat van de uitwisselafspraak.",
     "Noem het doel van de uitwisselafspraak, of een uitwisselafspraak met dit doel."},
    {RuleId::kSubjectKind, "De uitwisselafspraak laat deze soort onderwerp toe.",
     "De uitwisselafspraak laat deze soort onderwerp niet toe.",
     "De soort onderwerp moet in een nieuwe versie van de uitwisselafspraak worden opgenomen."},
    {RuleId::kZaaktype, "De uitwisselafspraak dekt het gevraagde zaaktype.",
     "De uitwisselafspraak dekt dit zaaktype niet.",
     "Het zaaktype moet in een nieuwe versie van de uitwisselafspraak worden opgenomen."},
    {RuleId::kHours, "Het tijdstip ligt binnen de afgesproken tijden.",
     "Het tijdstip ligt buiten de afgesproken tijden.",
     "Vraag binnen een tijdvak van de uitwisselafspraak (wettelijke tijd in Nederland)."},
    {RuleId::kUser, "De handelende gebruiker is genoemd waar dat moet.",
     "De uitwisselafspraak eist een handelende gebruiker en die is niet genoemd.",
     "Noem de handelende gebruiker in het veld gebruiker."},
    {RuleId::kFunction, "De functie van de gebruiker is toegestaan.",
     "De functie van de gebruiker ontbreekt of is niet toegestaan.",
     "Laat een medewerker met een toegestane functie dit doen en noem de functie."},
    {RuleId::kAssurance, "Het betrouwbaarheidsniveau van de gebruiker is hoog genoeg.",
     "Het betrouwbaarheidsniveau van de gebruiker ontbreekt of is te laag.",
     "Laat de gebruiker op een hoger betrouwbaarheidsniveau inloggen en noem het."},
    {RuleId::kFourEyes, "Een tweede gebruiker is genoemd waar dat moet.",
     "Voor zoveel onderwerpen tegelijk zijn twee verschillende gebruikers nodig.",
     "Noem in tweedeGebruiker een ander dan in gebruiker, of vraag naar minder onderwerpen tegelijk."},
    {RuleId::kConsent, "De uitwisselafspraak eist geen toestemming.",
     "De uitwisselafspraak eist een toestemming die van kracht is, en die is er niet.",
     "De betrokkene moet toestemming geven en die moet zijn vastgelegd."},
    {RuleId::kMandate, "Er is geen machtiging genoemd, of de uitwisselafspraak staat haar toe.",
     "De uitwisselafspraak staat geen machtiging toe.",
     "Een nieuwe versie van de uitwisselafspraak moet een machtiging toestaan; of handel zonder machtiging."},
});

constexpr bool texts_in_order() {
  for (std::size_t i = 0; i < kTexts.size(); ++i) {
    if (static_cast<std::size_t>(kTexts[i].id) != i) return false;
  }
  return true;
}
static_assert(texts_in_order(), "each rule has its sentences, in the order of the enumeration");

const Texts& texts(RuleId id) { return kTexts[static_cast<std::size_t>(id)]; }

/// Rules that only a delivery is judged by (core/policy/matching.hpp).
struct EventTexts {
  std::string_view rule;
  std::string_view needed;
  Changer changer;
};
constexpr auto kEventTexts = std::to_array<EventTexts>({
    {"abonnement", "Het abonnement moet een latere geldigTot krijgen, of opnieuw worden aangemaakt.",
     Changer::kAfnemer},
    {"beeindigd", "De afnemer moet zich opnieuw abonneren.", Changer::kAfnemer},
    {"bronhouder", "De afzender moet actief zijn en als aanbieder in de uitwisselafspraak staan.", Changer::kPartijen},
    {"gebeurtenistype", "Het gebeurtenistype moet in een nieuwe versie van de uitwisselafspraak worden opgenomen.",
     Changer::kPartijen},
    {"vertrouwelijkheidaanduiding",
     "Een nieuwe versie van de uitwisselafspraak moet een hogere vertrouwelijkheidaanduiding toestaan.",
     Changer::kPartijen},
    {"categorie", "De categorie moet in een nieuwe versie van de uitwisselafspraak worden opgenomen.",
     Changer::kPartijen},
    {"filter", "Een nieuwe versie van de uitwisselafspraak moet dit soort bericht doorlaten.", Changer::kPartijen},
    {"zichtbaarheid", "Een nieuwe versie van de uitwisselafspraak moet beperkte verwijzingen noemen.",
     Changer::kPartijen},
});

template <class List, class Text>
std::string listed(const List& list, Text text) {
  std::string out;
  std::size_t named = 0;
  for (const auto& each : list) {
    if (named == kNamedMax) {
      return out.append(" en nog ").append(std::to_string(std::size(list) - named));
    }
    if (named++ > 0) out += ", ";
    out += text(each);
  }
  return out;
}

std::string acts_of(const Agreement& agreement) {
  std::vector<std::string_view> acts;
  for (std::size_t i = 0; i < kHandelingCount; ++i) {
    if (agreement.handelingen[i]) acts.push_back(Words<Handeling>::kAll[i]);
  }
  return listed(acts, [](std::string_view act) { return act; });
}

std::string kinds_of(const Agreement& agreement) {
  std::vector<std::string_view> kinds;
  for (std::size_t i = 0; i < kSubjectKindCount; ++i) {
    const auto kind = static_cast<SubjectKind>(i);
    if (agreement.onderwerpsoorten.has(kind)) kinds.push_back(to_string(kind));
  }
  return listed(kinds, [](std::string_view kind) { return kind; });
}

/// What the agreement says on a rule, in its own words; empty: nothing that helps.
std::string said(RuleId id, const Agreement& agreement) {
  const auto same = [](const std::string& text) -> const std::string& { return text; };
  switch (id) {
    case RuleId::kValidity:
      return "van " + format_rfc3339(agreement.geldig_van) + " tot " + format_rfc3339(agreement.geldig_tot);
    case RuleId::kAct:
      return acts_of(agreement);
    case RuleId::kPurpose:
      return agreement.doel;
    case RuleId::kSubjectKind:
      return kinds_of(agreement);
    case RuleId::kZaaktype:
      return listed(agreement.zaaktypen, same);
    case RuleId::kHours:
      return listed(agreement.tijdvakken, hours_text);
    case RuleId::kFunction:
      return listed(agreement.functies, same);
    case RuleId::kAssurance:
      return agreement.minimaal_niveau ? std::string(word(*agreement.minimaal_niveau)) : std::string();
    case RuleId::kFourEyes:
      return agreement.vier_ogen_vanaf ? "vanaf " + std::to_string(*agreement.vier_ogen_vanaf) + " onderwerpen"
                                       : std::string();
    case RuleId::kParticipant:
    case RuleId::kRepresentation:
    case RuleId::kRole:
    case RuleId::kAgreement:
    case RuleId::kSuspension:
    case RuleId::kUser:
    case RuleId::kConsent:
    case RuleId::kMandate:
      return {};
  }
  return {};
}

std::string failing(RuleId id, const Asked& asked) {
  std::string out(texts(id).fails);
  if (asked.agreement == nullptr) return out;
  const auto agreed = said(id, *asked.agreement);
  if (!agreed.empty()) out.append(" Afgesproken: ").append(agreed).append(".");
  return out;
}

}  // namespace

Explanation explain(const Network& network, const Question& question) {
  const auto asked = ask(network, question);
  Explanation out;
  out.agreement = asked.agreement;
  if (out.agreement != nullptr) out.stage = word(network.dossier(out.agreement->id)->stage(question.at));
  const Rule* failed = nullptr;
  for (const auto& rule : all_rules()) {
    if (failed != nullptr) {
      out.steps.push_back({rule.name, StepOutcome::kNietBereikt, "Niet bereikt."});
    } else if (rule.holds(asked)) {
      out.steps.push_back({rule.name, StepOutcome::kVoldaan, std::string(texts(rule.id).holds)});
    } else {
      failed = &rule;
      out.steps.push_back({rule.name, StepOutcome::kNietVoldaan, failing(rule.id, asked)});
      out.needed = Explanation::Needed{std::string(texts(rule.id).needed), rule.changer};
    }
  }
  out.decision = decision_by(asked, failed);
  return out;
}

std::optional<Explanation::Needed> needed_by(std::string_view rule) {
  const auto rules = all_rules();
  if (const auto found = std::ranges::find(rules, rule, &Rule::name); found != rules.end()) {
    return Explanation::Needed{std::string(texts(found->id).needed), found->changer};
  }
  if (const auto found = std::ranges::find(kEventTexts, rule, &EventTexts::rule); found != kEventTexts.end()) {
    return Explanation::Needed{std::string(found->needed), found->changer};
  }
  return std::nullopt;
}

NotedRule read_noted_rule(std::string_view noted) {
  NotedRule out;
  while (!noted.empty()) {
    const auto end = std::min(noted.find(';'), noted.size());
    const auto part = noted.substr(0, end);
    noted.remove_prefix(std::min(end + 1, noted.size()));
    if (part == "mogelijk-ontvangen") {
      out.may_have_arrived = true;
    } else if (out.rule.empty() && part != "geweigerd") {
      const auto at = std::min(part.find('@'), part.size());
      out.rule = part.substr(0, at);
      if (at < part.size()) std::from_chars(part.data() + at + 1, part.data() + part.size(), out.version);
    }
  }
  return out;
}

}  // namespace wissel::core
