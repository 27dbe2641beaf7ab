// Explanations as JSON.
#include <boost/json.hpp>

#include "core/policy/codec_parts.hpp"
#include "core/policy/explanation.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

std::string_view stage_of(const Explanation& explanation, Instant at) {
  if (explanation.suspended) return "geschorst";
  if (explanation.agreement->in_force(at)) return "van_kracht";
  return at < explanation.agreement->geldig_van ? "nog_niet_van_kracht" : "beeindigd";
}

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

json::object to_json(const Explanation& explanation, Instant at) {
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
        json::object{{"id", agreement->id.str()}, {"versie", agreement->versie}, {"stand", stage_of(explanation, at)}};
    out["filter"] = filter_json(*agreement);
  }
  if (explanation.needed) {
    out["nodig"] = json::object{{"wat", explanation.needed->what}, {"wie", word(explanation.needed->who)}};
  }
  return out;
}

}  // namespace wissel::core
