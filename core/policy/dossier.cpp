#include "core/policy/dossier.hpp"

#include <boost/json/object.hpp>

#include <algorithm>

#include "core/json/write.hpp"
#include "core/policy/codec.hpp"

namespace wissel::core {

std::vector<Oin> parties_of(const Agreement& agreement) {
  std::vector<Oin> out;
  std::ranges::set_union(agreement.aanbieders, agreement.afnemers, std::back_inserter(out));
  return out;
}

bool is_party(const Agreement& agreement, const Oin& oin) {
  return std::ranges::binary_search(agreement.aanbieders, oin) || std::ranges::binary_search(agreement.afnemers, oin);
}

bool still_stands(const Endorsement& endorsement, const Participant& party) {
  if (!endorsement.is_signed()) return true;
  return std::ranges::any_of(party.ondertekensleutels,
                             [&](const SigningKeyPublic& key) { return key.afdruk == endorsement.afdruk; });
}

bool AgreementVersion::signed_by(const Oin& party) const {
  return std::ranges::any_of(ondertekeningen, [&](const Endorsement& one) { return one.door == party; });
}

std::vector<Oin> AgreementVersion::missing() const {
  auto out = parties_of(inhoud);
  std::erase_if(out, [this](const Oin& party) { return signed_by(party); });
  return out;
}

const AgreementVersion* AgreementDossier::signed_at(Instant at) const {
  if (opvolger && opvolger->inhoud.geldig_van <= at) return &*opvolger;
  return geldend ? &*geldend : nullptr;
}

const Agreement* AgreementDossier::holding(Instant at) const {
  if (einde || !schorsingen.empty()) return nullptr;
  const auto* version = signed_at(at);
  return version != nullptr && version->inhoud.in_force(at) ? &version->inhoud : nullptr;
}

const AgreementVersion* AgreementDossier::shown(Instant at) const {
  if (const auto* version = signed_at(at)) return version;
  if (opvolger) return &*opvolger;
  return voorstel ? &*voorstel : nullptr;
}

AgreementStage AgreementDossier::stage(Instant at) const {
  if (einde) return AgreementStage::kBeeindigd;
  const auto* version = shown(at);
  if (version == nullptr) return AgreementStage::kOntwerp;
  if (!geldend && !opvolger) return version->aangeboden ? AgreementStage::kAangeboden : AgreementStage::kOntwerp;
  if (!schorsingen.empty()) return AgreementStage::kGeschorst;
  if (version->inhoud.geldig_tot <= at) return AgreementStage::kVerlopen;
  return version->inhoud.geldig_van <= at ? AgreementStage::kVanKracht : AgreementStage::kOndertekend;
}

bool AgreementDossier::suspended_by(const Oin& party) const {
  return std::ranges::any_of(schorsingen, [&](const PartyWord& word) { return word.door == party; });
}

bool AgreementDossier::concerns(const Oin& party) const {
  if (geldend && is_party(geldend->inhoud, party)) return true;
  if (opvolger && is_party(opvolger->inhoud, party)) return true;
  if (!voorstel) return false;
  return voorstel->opsteller == party || (voorstel->aangeboden && is_party(voorstel->inhoud, party));
}

void AgreementDossier::adopt(Instant at) {
  if (opvolger && opvolger->inhoud.geldig_van <= at) {
    geldend = std::move(opvolger);
    opvolger.reset();
  }
  if (geldend && voorstel->inhoud.geldig_van > at) {
    opvolger = std::move(voorstel);
  } else {
    geldend = std::move(voorstel);
    opvolger.reset();
  }
  voorstel.reset();
}

std::string signing_payload(const Agreement& agreement) { return jcs(to_json(agreement)); }

AgreementDossier in_force(Agreement agreement) {
  AgreementDossier out;
  out.id = agreement.id;
  if (agreement.versie == 0) agreement.versie = 1;
  out.laatste_versie = agreement.versie;
  out.wijziging = agreement.versie;
  out.geldend = AgreementVersion{std::move(agreement), std::nullopt, true, {}};
  return out;
}

}  // namespace wissel::core
