#include "core/state/incoming.hpp"

#include <algorithm>

namespace wissel::core {

void take_reference(IncomingMessage& message, const std::optional<HolderEntry>& entry) {
  auto& facts = message.facts;
  facts.subjects.resize(message.own_subjects);
  facts.zaaktype = message.own_zaaktype;
  facts.zichtbaarheid = Zichtbaarheid::kGewoon;
  facts.categorie.clear();
  if (!entry) return;
  facts.zichtbaarheid = entry->zichtbaarheid;
  facts.categorie = entry->categorie;
  if (!facts.zaaktype && !entry->zaaktype.empty()) facts.zaaktype = entry->zaaktype;
  for (const auto& subject : entry->subjects) {
    if (std::ranges::find(facts.subjects, subject) == facts.subjects.end()) facts.subjects.push_back(subject);
  }
}

}  // namespace wissel::core
