#include "core/policy/policy.hpp"

#include <algorithm>

#include "core/policy/network.hpp"

namespace wissel::core {
namespace {

Decision refused(ProblemCode code, std::string_view rule, std::uint64_t version = 0) {
  return Decision{false, code, rule, version};
}

bool contains(const std::vector<std::string>& sorted, std::string_view value) {
  return std::ranges::binary_search(sorted, value, std::less<>{});
}

bool covers(const std::vector<std::string>& sorted, std::string_view value) {
  return sorted.empty() || contains(sorted, value);
}

std::optional<ProblemCode> user_fault(const Agreement& agreement, const std::optional<ActingUser>& user) {
  const bool demanded =
      agreement.gebruiker_vereist || !agreement.functies.empty() || agreement.minimaal_niveau.has_value();
  if (!user) return demanded ? std::optional(ProblemCode::kUserRequired) : std::nullopt;
  if (!agreement.functies.empty() && !(user->functie && contains(agreement.functies, *user->functie))) {
    return ProblemCode::kFunctionNotAllowed;
  }
  if (agreement.minimaal_niveau &&
      !(user->betrouwbaarheidsniveau && *user->betrouwbaarheidsniveau >= *agreement.minimaal_niveau)) {
    return ProblemCode::kAssuranceTooLow;
  }
  return std::nullopt;
}

Decision judge(const Agreement& agreement, const Question& question) {
  const auto no = [&](ProblemCode code, std::string_view rule) { return refused(code, rule, agreement.versie); };
  if (!agreement.handelingen[static_cast<std::size_t>(question.handeling)]) {
    return no(ProblemCode::kActNotCovered, "handeling");
  }
  if (question.basis.doel && *question.basis.doel != agreement.doel) return no(ProblemCode::kPurposeNotCovered, "doel");
  if (question.zaaktype && !covers(agreement.zaaktypen, *question.zaaktype)) {
    return no(ProblemCode::kZaaktypeNotCovered, "zaaktype");
  }
  if (const auto fault = user_fault(agreement, question.gebruiker)) return no(*fault, "gebruiker");
  // No consent is registered anywhere yet, so an agreement that demands one covers nothing: deny by default.
  if (agreement.toestemming_vereist) return no(ProblemCode::kConsentMissing, "toestemming");
  if (question.basis.machtiging && !agreement.machtiging_toegestaan) {
    return no(ProblemCode::kMandateNotAccepted, "machtiging");
  }
  return Decision{true, ProblemCode::kInternal, "uitwisselafspraak", agreement.versie};
}

}  // namespace

Decision decide(const Network& network, const Question& question) {
  const auto* caller = network.participant(question.caller);
  if (caller == nullptr || !caller->active()) return refused(ProblemCode::kParticipantInactive, "deelnemer");
  if (!caller->rollen.has(Role::kAfnemer)) return refused(ProblemCode::kRoleMissing, "rol");
  const auto* agreement = network.agreement(question.basis.uitwisselafspraak);
  if (agreement == nullptr || !agreement->in_force(question.at) ||
      !std::ranges::binary_search(agreement->afnemers, question.caller)) {
    return refused(ProblemCode::kNoAgreement, "uitwisselafspraak");
  }
  return judge(*agreement, question);
}

bool may_see(const Agreement& agreement, const Oin& holder, const Shown& shown) {
  if (shown.zichtbaarheid == Zichtbaarheid::kAfgeschermd) return false;
  if (shown.zichtbaarheid == Zichtbaarheid::kBeperkt && !agreement.beperkte_verwijzingen) return false;
  return std::ranges::binary_search(agreement.aanbieders, holder) && covers(agreement.zaaktypen, shown.zaaktype) &&
         covers(agreement.categorieen, shown.categorie);
}

Instant reference_end(const Network& network, const Oin& holder, std::string_view categorie, Instant from,
                      Duration fallback) {
  std::optional<Duration> of_category;
  std::optional<Duration> without;
  const auto lengthen = [](std::optional<Duration>& longest, Duration term) {
    if (!longest || longer(term, *longest)) longest = term;
  };
  for (const auto& id : network.offered_by(holder)) {
    for (const auto& term : network.agreement(id)->bewaartermijnen) {
      if (!term.categorie) {
        lengthen(without, term.termijn);
      } else if (*term.categorie == categorie && !categorie.empty()) {
        lengthen(of_category, term.termijn);
      }
    }
  }
  return add(from, of_category ? *of_category : without.value_or(fallback));
}

}  // namespace wissel::core
