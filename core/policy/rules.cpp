#include "core/policy/rules.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "core/policy/hours.hpp"
#include "core/policy/network.hpp"

namespace wissel::core {
namespace {

bool contains(const std::vector<std::string>& sorted, std::string_view value) {
  return std::ranges::binary_search(sorted, value, std::less<>{});
}

bool is_active(const Asked& asked) { return asked.caller != nullptr && asked.caller->active(); }
/// Somebody who calls for another needs its appointment for just this act.
bool is_represented(const Asked& asked) {
  const auto& question = asked.question;
  return !question.vertegenwoordiger ||
         representation_allows(asked.network,
                               {question.caller, *question.vertegenwoordiger, act_of(question.handeling)}, question.at);
}
bool is_afnemer(const Asked& asked) { return asked.caller->rollen.has(Role::kAfnemer); }
bool has_agreement(const Asked& asked) { return asked.agreement != nullptr; }
// What has ended is not told to be suspended: no one could lift that.
bool not_suspended(const Asked& asked) { return !asked.suspended || asked.ended; }
bool in_force(const Asked& asked) { return !asked.ended && asked.agreement->in_force(asked.question.at); }

bool covers_act(const Asked& asked) {
  return asked.agreement->handelingen[static_cast<std::size_t>(asked.question.handeling)];
}
bool covers_purpose(const Asked& asked) {
  const auto& purpose = asked.question.basis.doel;
  return !purpose || *purpose == asked.agreement->doel;
}
bool covers_kinds(const Asked& asked) {
  const auto& agreed = asked.agreement->onderwerpsoorten;
  return agreed.empty() || asked.question.onderwerpsoorten.within(agreed);
}
bool covers_zaaktype(const Asked& asked) {
  const auto& zaaktype = asked.question.zaaktype;
  const auto& agreed = asked.agreement->zaaktypen;
  return !zaaktype || agreed.empty() || contains(agreed, *zaaktype);
}
bool at_agreed_hours(const Asked& asked) { return within_hours(asked.agreement->tijdvakken, asked.question.at); }

/// A function or a level can only be judged of a user that is named.
bool names_user(const Asked& asked) {
  const auto& agreement = *asked.agreement;
  const bool demanded =
      agreement.gebruiker_vereist || !agreement.functies.empty() || agreement.minimaal_niveau.has_value();
  return !demanded || asked.question.gebruiker.has_value();
}
bool user_has_function(const Asked& asked) {
  const auto& agreed = asked.agreement->functies;
  if (agreed.empty()) return true;
  const auto& function = asked.question.gebruiker->functie;
  return function && contains(agreed, *function);
}
bool user_is_assured(const Asked& asked) {
  const auto& lowest = asked.agreement->minimaal_niveau;
  if (!lowest) return true;
  const auto& level = asked.question.gebruiker->betrouwbaarheidsniveau;
  return level && *level >= *lowest;
}
bool has_four_eyes(const Asked& asked) {
  const auto& from = asked.agreement->vier_ogen_vanaf;
  const auto& question = asked.question;
  if (!from || question.aantal < *from) return true;
  return question.gebruiker && question.tweede_gebruiker && question.gebruiker->id != question.tweede_gebruiker->id;
}
// No consent is registered anywhere yet, so an agreement that demands one covers nothing: deny by default.
bool has_consent(const Asked& asked) { return !asked.agreement->toestemming_vereist; }
bool accepts_mandate(const Asked& asked) {
  return !asked.question.basis.machtiging || asked.agreement->machtiging_toegestaan;
}

using enum ProblemCode;

constexpr auto kRules = std::to_array<Rule>({
    {RuleId::kParticipant, "deelnemer", kParticipantInactive, Changer::kBeheerder, is_active},
    {RuleId::kRepresentation, "vertegenwoordiging", kNoRepresentation, Changer::kAfnemer, is_represented},
    {RuleId::kRole, "rol", kRoleMissing, Changer::kBeheerder, is_afnemer},
    {RuleId::kAgreement, "uitwisselafspraak", kNoAgreement, Changer::kPartijen, has_agreement},
    {RuleId::kSuspension, "schorsing", kAgreementSuspended, Changer::kPartijen, not_suspended},
    {RuleId::kValidity, "geldigheid", kNoAgreement, Changer::kPartijen, in_force},
    {RuleId::kAct, "handeling", kActNotCovered, Changer::kPartijen, covers_act},
    {RuleId::kPurpose, "doel", kPurposeNotCovered, Changer::kAanroeper, covers_purpose},
    {RuleId::kSubjectKind, "onderwerpsoort", kSubjectKindNotCovered, Changer::kPartijen, covers_kinds},
    {RuleId::kZaaktype, "zaaktype", kZaaktypeNotCovered, Changer::kPartijen, covers_zaaktype},
    {RuleId::kHours, "tijdvak", kOutsideHours, Changer::kAanroeper, at_agreed_hours},
    {RuleId::kUser, "gebruiker", kUserRequired, Changer::kAanroeper, names_user},
    {RuleId::kFunction, "functie", kFunctionNotAllowed, Changer::kAfnemer, user_has_function},
    {RuleId::kAssurance, "betrouwbaarheidsniveau", kAssuranceTooLow, Changer::kAanroeper, user_is_assured},
    {RuleId::kFourEyes, "vierOgen", kFourEyesRequired, Changer::kAanroeper, has_four_eyes},
    {RuleId::kConsent, "toestemming", kConsentMissing, Changer::kAfnemer, has_consent},
    {RuleId::kMandate, "machtiging", kMandateNotAccepted, Changer::kPartijen, accepts_mandate},
});

constexpr bool in_order() {
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if (static_cast<std::size_t>(kRules[i].id) != i) return false;
  }
  return true;
}
static_assert(in_order(), "each rule has one row, in the order of the enumeration");

}  // namespace

std::span<const Rule> all_rules() noexcept { return kRules; }

Asked ask(const Network& network, const Question& question) {
  Asked out{network, question, network.participant(question.caller)};
  const auto* dossier = network.dossier(question.basis.uitwisselafspraak);
  const auto* version = dossier != nullptr ? dossier->signed_at(question.at) : nullptr;
  if (version != nullptr && std::ranges::binary_search(version->inhoud.afnemers, question.caller)) {
    out.agreement = &version->inhoud;
    out.suspended = !dossier->schorsingen.empty();
    out.ended = dossier->einde.has_value();
  }
  return out;
}

Decision decision_by(const Asked& asked, const Rule* failed) {
  if (failed == nullptr) return {true, kInternal, "uitwisselafspraak", asked.agreement->versie};
  const bool found = failed->id > RuleId::kAgreement;
  return {false, failed->code, failed->name, found ? asked.agreement->versie : 0};
}

Decision decide(const Network& network, const Question& question) {
  const auto asked = ask(network, question);
  for (const auto& rule : kRules) {
    if (!rule.holds(asked)) return decision_by(asked, &rule);
  }
  return decision_by(asked, nullptr);
}

}  // namespace wissel::core
