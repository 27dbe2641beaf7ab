#include "core/policy/policy.hpp"

#include <algorithm>

#include "core/policy/network.hpp"

namespace wissel::core {
namespace {

bool covers(const std::vector<std::string>& sorted, std::string_view value) {
  return sorted.empty() || std::ranges::binary_search(sorted, value, std::less<>{});
}

}  // namespace

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
    const auto* dossier = network.dossier(id);
    for (const auto* version : {&dossier->geldend, &dossier->opvolger}) {
      if (!*version || !std::ranges::binary_search((*version)->inhoud.aanbieders, holder)) continue;
      for (const auto& term : (*version)->inhoud.bewaartermijnen) {
        if (!term.categorie) {
          lengthen(without, term.termijn);
        } else if (*term.categorie == categorie && !categorie.empty()) {
          lengthen(of_category, term.termijn);
        }
      }
    }
  }
  return add(from, of_category ? *of_category : without.value_or(fallback));
}

}  // namespace wissel::core
