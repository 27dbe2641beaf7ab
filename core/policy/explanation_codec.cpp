// Explanations as JSON.
#include <boost/json.hpp>

#include "core/policy/codec_parts.hpp"
#include "core/policy/explanation.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

}  // namespace

json::object filter_json(const Agreement& agreement) {
  json::object out{{"zaaktypen", codec::strings(agreement.zaaktypen)},
                   {"categorieen", codec::strings(agreement.categorieen)},
                   {"maxVertrouwelijkheidaanduiding", word(agreement.max_vertrouwelijkheid)},
                   {"beperkteVerwijzingen", agreement.beperkte_verwijzingen}};
  if (agreement.velden) out["velden"] = codec::strings(*agreement.velden);
  if (agreement.gebeurtenistypen) out["gebeurtenistypen"] = codec::strings(*agreement.gebeurtenistypen);
  return out;
}

json::object needed_json(const Explanation::Needed& needed) {
  return {{"wat", needed.what}, {"wie", word(needed.who)}};
}

json::object to_json(const Explanation& explanation) {
  json::object out{{"toegestaan", explanation.decision.allowed}};
  if (!explanation.decision.allowed) out["code"] = info(explanation.decision.code).text;
  out["regel"] = explanation.decision.rule;
  json::array steps;
  for (const auto& step : explanation.steps) {
    json::object row{{"regel", step.rule}, {"uitkomst", word(step.outcome)}, {"toelichting", step.sentence}};
    steps.push_back(std::move(row));
  }
  out["stappen"] = std::move(steps);
  if (const auto* agreement = explanation.agreement) {
    out["uitwisselafspraak"] =
        json::object{{"id", agreement->id.str()}, {"versie", agreement->versie}, {"stand", explanation.stage}};
    out["filter"] = filter_json(*agreement);
  }
  if (explanation.needed) out["nodig"] = needed_json(*explanation.needed);
  return out;
}

}  // namespace wissel::core
