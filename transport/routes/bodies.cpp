#include "transport/routes/bodies.hpp"

#include "core/messages/basis.hpp"
#include "core/messages/names.hpp"
#include "core/policy/network.hpp"

namespace wissel::transport {

Ground read_ground(core::ObjectReader& in) {
  Ground out;
  if (const auto* value = in.required_object("grondslag")) {
    if (auto basis = core::read_basis(*value, in.pointer("grondslag"), in.faults())) out.basis = std::move(*basis);
  }
  if (const auto* value = in.optional_object("gebruiker")) {
    out.gebruiker = core::read_acting_user(*value, in.pointer("gebruiker"), in.faults());
  }
  if (const auto code = in.optional_string("zaaktype", 1, core::kZaaktypeCodeCharactersMax)) {
    out.zaaktype = std::string(*code);
  }
  return out;
}

core::Question question_of(const Ground& ground, const core::Oin& caller, core::Handeling handeling, core::Instant at) {
  return {.caller = caller,
          .handeling = handeling,
          .basis = ground.basis,
          .gebruiker = ground.gebruiker,
          .zaaktype = ground.zaaktype,
          .at = at,
          .tweede_gebruiker = ground.tweede_gebruiker};
}

void note_decision(core::LogRecord& record, const core::Network& network, const core::Question& question,
                   const core::Decision& decision) {
  record.uitwisselafspraak = question.basis.uitwisselafspraak.str();
  record.regel = decision.rule;
  if (decision.agreement_version != 0) record.regel += "@" + std::to_string(decision.agreement_version);
  const auto* agreement = network.agreement(question.basis.uitwisselafspraak, question.at);
  if (agreement != nullptr && decision.allowed) {
    record.processing_activity_id = agreement->verwerkingsactiviteit;
  }
}

}  // namespace wissel::transport
