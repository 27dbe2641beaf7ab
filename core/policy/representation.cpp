#include "core/policy/representation.hpp"

#include <boost/json/object.hpp>

#include <algorithm>

#include "core/json/write.hpp"
#include "core/policy/network.hpp"
#include "core/policy/representation_codec.hpp"

namespace wissel::core {

bool Representation::signed_by(const Oin& party) const {
  return std::ranges::any_of(ondertekeningen, [&](const Endorsement& one) { return one.door == party; });
}

std::vector<Oin> Representation::missing() const {
  std::vector<Oin> out;
  for (const auto& party : {vertegenwoordigde, vertegenwoordiger}) {
    if (!signed_by(party)) out.push_back(party);
  }
  return out;
}

RepresentationStage Representation::stage(Instant at) const {
  if (einde) return RepresentationStage::kBeeindigd;
  if (geldig_tot <= at) return RepresentationStage::kVerlopen;
  if (!agreed()) return RepresentationStage::kAangeboden;
  return geldig_van <= at ? RepresentationStage::kVanKracht : RepresentationStage::kOndertekend;
}

std::string signing_payload(const Representation& representation) { return jcs(content_json(representation)); }

bool representation_allows(const Network& network, const OnBehalf& acting, Instant at) {
  const auto active = [&](const Oin& oin) {
    const auto* participant = network.participant(oin);
    return participant != nullptr && participant->active();
  };
  if (!active(acting.represented) || !active(acting.agent)) return false;
  return std::ranges::any_of(network.appointments(acting.represented, acting.agent), [&](const auto& appointment) {
    return appointment->handelingen.has(acting.act) && appointment->in_force(at);
  });
}

}  // namespace wissel::core
