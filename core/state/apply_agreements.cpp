// The life of agreements: drafted, offered, signed by every party, suspended by any of them at once, ended.
#include <boost/json.hpp>

#include <algorithm>

#include "core/policy/dossier_codec.hpp"
#include "core/state/entities.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

bool is_operator(const Applying& on, const Oin& actor) {
  return on.state.network->roles_of(actor).has(Role::kSchakelpuntbeheerder);
}

/// Nothing where the actor may not know of it.
const AgreementDossier* known_to(const Applying& on, const Uuid& id, const Oin& actor) {
  const auto* dossier = on.state.network->dossier(id);
  if (dossier == nullptr) return nullptr;
  return dossier->concerns(actor) || is_operator(on, actor) ? dossier : nullptr;
}

Result<void> refuse_stage(Applying& on, std::string detail) {
  return on.refuse({ProblemCode::kStageConflict, std::move(detail), {}});
}

Result<void> refuse_ended(Applying& on) {
  return refuse_stage(on, "De uitwisselafspraak is beëindigd; stel zo nodig een nieuwe op.");
}

/// Stores the dossier, with the version that was changed where there was one, and answers with what it has become.
Result<void> keep(Applying& on, AgreementDossier next, const AgreementVersion* changed, std::uint16_t status = 200) {
  ++next.wijziging;
  on.batch.put(Family::kEntity, entity_key(EntityKind::kAgreement, next.id.view()), encode(next));
  if (changed != nullptr) {
    on.batch.put(Family::kEntityHistory,
                 entity_history_key(EntityKind::kAgreement, next.id.view(), changed->inhoud.versie), encode(*changed));
  }
  auto body = status == 204 ? std::string() : json::serialize(to_json(next, on.now, true));
  if (status == 201) body = json::serialize(json::object{{"id", next.id.str()}});
  const auto version = next.wijziging;
  on.network().put(std::move(next));
  return succeed(on, status, version, std::move(body));
}

Result<void> forget(Applying& on, const Uuid& id) {
  on.batch.remove(Family::kEntity, entity_key(EntityKind::kAgreement, id.view()));
  on.network().remove_agreement(id);
  return succeed(on, 204, 0, {});
}

/// Who is neither named in what is proposed nor runs the gateway has no business proposing it.
bool may_propose(const Applying& on, const Agreement& agreement, const Oin& actor) {
  return is_party(agreement, actor) || is_operator(on, actor);
}

}  // namespace

Result<void> apply_effect(Applying& on, ProposeAgreement& effect) {
  auto& content = effect.agreement;
  const auto* old = effect.create ? nullptr : known_to(on, content.id, effect.actor);
  if (!effect.create && old == nullptr) return refuse_unknown(on);
  if (version_differs(effect.if_version, old != nullptr ? old->wijziging : 0)) return refuse_version(on);
  if (old != nullptr && old->einde) return refuse_ended(on);
  const bool named = old != nullptr && old->concerns(effect.actor);
  if (!named && !may_propose(on, content, effect.actor)) {
    return on.refuse({ProblemCode::kNotEntitled, "Alleen wie partij is of het schakelpunt beheert stelt haar op.", {}});
  }
  // Nobody else does away with what a party drafted, offered or had signed.
  if (old != nullptr && old->voorstel && old->voorstel->opsteller != effect.actor && !is_operator(on, effect.actor)) {
    return refuse_stage(on,
                        "Er ligt een voorstel van een andere partij: alleen zij en de beheerder van het schakelpunt "
                        "wijzigen het. Overleg met haar, of onderteken het.");
  }
  AgreementDossier next = old != nullptr ? *old : AgreementDossier{};
  next.id = content.id;
  // A draft is written anew under its number; what was offered may have been signed, so its number is never reused.
  const bool redrafted = next.voorstel && !next.voorstel->aangeboden;
  if (!redrafted) ++next.laatste_versie;
  content.versie = next.laatste_versie;
  next.voorstel = AgreementVersion{std::move(content), effect.actor, false, {}};
  const auto changed = *next.voorstel;
  if (redrafted && encode(changed) == encode(*old->voorstel)) {
    return succeed(on, 200, old->wijziging, json::serialize(to_json(*old, on.now, true)));
  }
  return keep(on, std::move(next), &changed, effect.create ? 201 : 200);
}

Result<void> apply_effect(Applying& on, OfferAgreement& effect) {
  const auto* old = known_to(on, effect.id, effect.actor);
  if (old == nullptr) return refuse_unknown(on);
  if (version_differs(effect.if_version, old->wijziging)) return refuse_version(on);
  if (old->einde) return refuse_ended(on);
  if (!old->voorstel) return refuse_stage(on, "Er is geen ontwerp om aan te bieden; PUT maakt er een.");
  if (old->voorstel->aangeboden) return refuse_stage(on, "Het ontwerp is al aangeboden; partijen kunnen ondertekenen.");
  if (old->voorstel->opsteller != effect.actor && !is_operator(on, effect.actor)) {
    return on.refuse({ProblemCode::kNotEntitled, "Alleen de opsteller of de beheerder biedt het ontwerp aan.", {}});
  }
  AgreementDossier next = *old;
  next.voorstel->aangeboden = true;
  const auto changed = *next.voorstel;
  return keep(on, std::move(next), &changed);
}

Result<void> apply_effect(Applying& on, SignAgreement& effect) {
  const auto& party = effect.endorsement.door;
  const auto* old = known_to(on, effect.id, party);
  if (old == nullptr) return refuse_unknown(on);
  if (old->einde) return refuse_ended(on);
  if (!old->voorstel || !old->voorstel->aangeboden || old->voorstel->inhoud.versie != effect.versie) {
    return refuse_stage(
        on,
        "Die versie wordt niet (meer) ter ondertekening aangeboden: haal de uitwisselafspraak op; een ontwerp wordt "
        "eerst "
        "aangeboden (POST …/aanbieding), en van een aangeboden voorstel telt alleen het nummer dat er nu staat.");
  }
  if (!is_party(old->voorstel->inhoud, party)) {
    return on.refuse({ProblemCode::kNotEntitled, "Alleen partijen ondertekenen.", {}});
  }
  if (old->voorstel->signed_by(party)) return refuse_stage(on, "Deze partij heeft deze versie al ondertekend.");
  const auto* signer = on.state.network->participant(party);
  if (signer == nullptr || !still_stands(effect.endorsement, *signer)) {
    return on.refuse({ProblemCode::kSigningKeyUnknown, "De sleutel is intussen ingetrokken.", {}});
  }
  AgreementDossier next = *old;
  next.voorstel->ondertekeningen.push_back(std::move(effect.endorsement));
  const auto changed = *next.voorstel;
  if (next.voorstel->missing().empty()) next.adopt(on.now);
  return keep(on, std::move(next), &changed);
}

Result<void> apply_effect(Applying& on, SuspendAgreement& effect) {
  const auto* old = known_to(on, effect.id, effect.word.door);
  if (old == nullptr) return refuse_unknown(on);
  if (old->einde) return refuse_ended(on);
  if (!old->geldend && !old->opvolger) return refuse_stage(on, "Alleen wat ondertekend is kan worden geschorst.");
  if (old->suspended_by(effect.word.door))
    return refuse_stage(on, "Deze partij heeft haar al geschorst; opheffen kan met POST …/hervatting.");
  AgreementDossier next = *old;
  next.schorsingen.push_back(std::move(effect.word));
  return keep(on, std::move(next), nullptr);
}

Result<void> apply_effect(Applying& on, ResumeAgreement& effect) {
  const auto* old = known_to(on, effect.id, effect.actor);
  if (old == nullptr) return refuse_unknown(on);
  if (old->einde) return refuse_ended(on);
  if (!old->suspended_by(effect.actor))
    return refuse_stage(
        on,
        "Er is geen schorsing van deze partij; schorsingen toont wie er schorste, en alleen die heft haar eigen op.");
  AgreementDossier next = *old;
  std::erase_if(next.schorsingen, [&](const PartyWord& word) { return word.door == effect.actor; });
  return keep(on, std::move(next), nullptr);
}

Result<void> apply_effect(Applying& on, EndAgreement& effect) {
  const auto* old = known_to(on, effect.id, effect.word.door);
  if (old == nullptr) return refuse_unknown(on);
  if (version_differs(effect.if_version, old->wijziging)) return refuse_version(on);
  if (old->einde) return refuse_ended(on);
  const bool only_a_draft = old->laatste_versie == 1 && old->voorstel && !old->voorstel->aangeboden;
  if (only_a_draft) return forget(on, effect.id);
  AgreementDossier next = *old;
  next.einde = std::move(effect.word);
  return keep(on, std::move(next), nullptr, 204);
}

}  // namespace wissel::core
