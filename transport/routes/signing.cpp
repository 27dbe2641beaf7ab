#include "transport/routes/signing.hpp"

#include "core/policy/network.hpp"

namespace wissel::transport {

OrRefusal<core::Endorsement> endorse_as_caller(const Exchange& exchange, const core::EndorsementInput& input,
                                               std::string_view payload) {
  const auto* party = exchange.view->network->participant(exchange.caller);
  if (party == nullptr) return refusal(core::ProblemCode::kNotEntitled, "Alleen deelnemers ondertekenen.");
  auto endorsement = core::endorse(input, payload, *party, exchange.gateway.limits.confirmation_allowed, exchange.now);
  if (!endorsement) return refusal(std::move(endorsement).error());
  return std::move(*endorsement);
}

}  // namespace wissel::transport
