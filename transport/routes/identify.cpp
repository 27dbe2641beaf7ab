#include "transport/routes/identify.hpp"

#include <algorithm>

namespace wissel::transport {
namespace {

std::unexpected<core::Problem> stranger(core::ProblemCode code) {
  return core::refuse(code, std::string(core::info(code).remedy));
}

bool fits(const core::Oin& oin, Environment environment) {
  switch (environment) {
    case Environment::kProduction:
      return !oin.is_test();
    case Environment::kTest:
      return oin.is_test();
    case Environment::kAcceptance:
      return true;
  }
  return false;
}

}  // namespace

core::Checked<core::Oin> identify(const Peer& peer, const core::Network& network, Environment environment) {
  if (!peer.oin) return stranger(peer.refusal);
  if (!fits(*peer.oin, environment)) return stranger(core::ProblemCode::kOinOutsideEnvironment);
  const auto* participant = network.participant(*peer.oin);
  if (participant == nullptr) {
    if (network.is_bootstrap_operator(*peer.oin)) return *peer.oin;
    return stranger(core::ProblemCode::kParticipantUnknown);
  }
  if (!participant->active()) return stranger(core::ProblemCode::kParticipantInactive);
  const auto& pins = participant->certificaat_pins;
  if (!pins.empty() && std::ranges::find(pins, peer.spki_sha256) == pins.end()) {
    return stranger(core::ProblemCode::kPinMismatch);
  }
  return *peer.oin;
}

}  // namespace wissel::transport
