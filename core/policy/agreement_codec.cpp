// Agreements as JSON.
#include <boost/json.hpp>

#include "core/messages/enum_names.hpp"
#include "core/messages/status_fields.hpp"
#include "core/policy/agreement_bounds.hpp"
#include "core/policy/codec.hpp"
#include "core/policy/codec_parts.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

template <class T>
void put_optional(json::object& out, std::string_view name, const std::optional<T>& value) {
  if (value) out[name] = *value;
}

void read_terms(ObjectReader& in, Agreement& agreement) {
  const auto* list = in.required_array("bewaartermijnVerwijzing", 0, 100);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    ObjectReader term((*list)[i], in.pointer("bewaartermijnVerwijzing", i), in.faults());
    Bewaartermijn out;
    if (const auto categorie = term.optional_string("categorie", 1, 60)) out.categorie = std::string(*categorie);
    if (const auto text = term.required_string("termijn", 2, 40)) {
      const auto parsed = parse_duration(*text);
      if (!parsed) term.fault("termijn", ProblemCode::kFieldValue, "is geen ISO 8601-duur");
      out.termijn = parsed.value_or(Duration{});
      out.termijn_tekst = *text;
    }
    term.finish();
    agreement.bewaartermijnen.push_back(std::move(out));
  }
}

std::string read_term(ObjectReader& in, std::string_view name) {
  const auto text = in.optional_string(name, 2, 40);
  if (text && !parse_duration(*text)) in.fault(name, ProblemCode::kFieldValue, "is geen ISO 8601-duur");
  return std::string(text.value_or(""));
}

/// What parties agreed to measure: checked member by member, kept as given.
void read_servicelevel(ObjectReader& in, Agreement& agreement) {
  const auto* value = in.optional_object("servicelevel");
  if (value == nullptr) return;
  ObjectReader level(*value, in.pointer("servicelevel"), in.faults());
  level.optional_int("reactietijdMs", 1, 3'600'000);
  level.optional_number("beschikbaarheid", 0, 100);
  level.optional_string("openstelling", 1, 200);
  level.optional_int("maxPerMinuut", 1, 100'000'000);
  level.optional_int("tijdigheidMs", 1, 2'678'400'000);
  level.optional_number("volledigheid", 0, 100);
  level.optional_number("maxFoutpercentage", 0, 100);
  level.optional_duration("terugmeldtermijn");
  level.finish();
  agreement.servicelevel_json = json::serialize(*value);
}

void read_acts(ObjectReader& in, Agreement& agreement) {
  const auto acts = in.required_strings("handelingen", 1, kHandelingCount, 20);
  for (std::size_t i = 0; acts && i < acts->size(); ++i) {
    if (const auto act = from_word<Handeling>((*acts)[i])) {
      agreement.handelingen[static_cast<std::size_t>(*act)] = true;
    } else {
      in.faults().add(in.pointer("handelingen", i), ProblemCode::kFieldValue, "is geen handeling");
    }
  }
}

void read_ground(ObjectReader& in, Agreement& agreement) {
  agreement.doel = in.required_uri("doel", codec::kUrlMax).value_or("");
  if (const auto* value = in.required_object("wettelijkeGrondslag")) {
    ObjectReader ground(*value, in.pointer("wettelijkeGrondslag"), in.faults());
    agreement.grondslag_soort = ground.required_string("soort", 1, 60).value_or("");
    agreement.grondslag_verwijzing = ground.required_string("verwijzing", 1, codec::kUrlMax).value_or("");
    ground.finish();
  }
  agreement.verwerkingsactiviteit = in.required_uri("verwerkingsactiviteit", codec::kUrlMax).value_or("");
}

void read_demands(ObjectReader& in, Agreement& agreement) {
  agreement.gebruiker_vereist = in.optional_bool("gebruikerVereist").value_or(false);
  agreement.functies = codec::read_sorted_strings(in, "functies", 100);
  agreement.minimaal_niveau = in.optional_enum("minimaalBetrouwbaarheidsniveau", enum_names<Betrouwbaarheidsniveau>());
  agreement.toestemming_vereist = in.required_bool("toestemmingVereist").value_or(true);
  agreement.machtiging_toegestaan = in.required_bool("machtigingToegestaan").value_or(false);
}

/// A name that no ZaakStatus holds would silently disclose nothing, and one that is mistyped something else.
void check_fields(const Agreement& agreement, Faults& faults) {
  for (std::size_t i = 0; agreement.velden && i < agreement.velden->size(); ++i) {
    const auto& name = (*agreement.velden)[i];
    if (is_status_field(name)) continue;
    faults.add("/velden/" + std::to_string(i), ProblemCode::kFieldValue,
               "is geen veld van ZaakStatus; bedoeld is misschien " + std::string(nearest_status_field(name)));
  }
}

}  // namespace

json::object to_json(const Agreement& agreement) {
  json::array acts;
  for (std::size_t i = 0; i < kHandelingCount; ++i) {
    if (agreement.handelingen[i]) acts.push_back(json::value(Words<Handeling>::kAll[i]));
  }
  json::array terms;
  for (const auto& term : agreement.bewaartermijnen) {
    json::object one;
    put_optional(one, "categorie", term.categorie);
    one["termijn"] = term.termijn_tekst;
    terms.push_back(std::move(one));
  }
  json::object out{
      {"id", agreement.id.str()},
      {"aanbieders", codec::oins(agreement.aanbieders)},
      {"afnemers", codec::oins(agreement.afnemers)},
      {"doel", agreement.doel},
      {"wettelijkeGrondslag", {{"soort", agreement.grondslag_soort}, {"verwijzing", agreement.grondslag_verwijzing}}},
      {"zaaktypen", codec::strings(agreement.zaaktypen)},
      {"categorieen", codec::strings(agreement.categorieen)},
      {"handelingen", std::move(acts)},
      {"maxVertrouwelijkheidaanduiding", word(agreement.max_vertrouwelijkheid)},
      {"beperkteVerwijzingen", agreement.beperkte_verwijzingen},
      {"verwerkingsactiviteit", agreement.verwerkingsactiviteit},
      {"gebruikerVereist", agreement.gebruiker_vereist},
      {"functies", codec::strings(agreement.functies)},
      {"toestemmingVereist", agreement.toestemming_vereist},
      {"machtigingToegestaan", agreement.machtiging_toegestaan},
      {"geldigVan", format_rfc3339(agreement.geldig_van)},
      {"geldigTot", format_rfc3339(agreement.geldig_tot)},
      {"bewaartermijnVerwijzing", std::move(terms)}};
  codec::put_bounds(agreement, out);
  if (agreement.velden) out["velden"] = codec::strings(*agreement.velden);
  if (agreement.minimaal_niveau) out["minimaalBetrouwbaarheidsniveau"] = word(*agreement.minimaal_niveau);
  if (!agreement.bewaartermijn_status.empty()) out["bewaartermijnStatus"] = agreement.bewaartermijn_status;
  if (!agreement.herhaaltermijn.empty()) out["herhaaltermijn"] = agreement.herhaaltermijn;
  if (!agreement.servicelevel_json.empty()) out["servicelevel"] = json::parse(agreement.servicelevel_json);
  out["versie"] = agreement.versie;
  return out;
}

std::optional<Agreement> read_stored_agreement(const json::value& body, const Uuid& id, Faults& faults) {
  ObjectReader in(body, "", faults);
  Agreement out;
  out.id = id;
  if (const auto given = in.optional_uuid("id"); given && *given != id) {
    in.fault("id", ProblemCode::kFieldValue, "is een andere id dan die in het pad");
  }
  // What the API shows beside the content may come back with it.
  for (const char* name : {"versie", "stand", "opsteller", "ondertekeningen", "wachtOp", "schorsingen", "einde",
                           "opvolger", "voorstel", "wijziging"}) {
    in.any(name);
  }
  out.aanbieders = codec::read_oins(in, "aanbieders", 1);
  out.afnemers = codec::read_oins(in, "afnemers", 1);
  read_ground(in, out);
  out.zaaktypen = codec::read_sorted_strings(in, "zaaktypen", 100);
  out.categorieen = codec::read_sorted_strings(in, "categorieen", 60);
  read_acts(in, out);
  codec::read_bounds(in, out);
  out.velden = in.optional_strings("velden", 0, 200, 100);
  out.max_vertrouwelijkheid = in.required_enum("maxVertrouwelijkheidaanduiding", enum_names<Vertrouwelijkheid>())
                                  .value_or(Vertrouwelijkheid::kOpenbaar);
  out.beperkte_verwijzingen = in.optional_bool("beperkteVerwijzingen").value_or(false);
  read_demands(in, out);
  const auto from = in.required_time("geldigVan");
  const auto until = in.required_time("geldigTot");
  out.geldig_van = from.value_or(Instant{});
  out.geldig_tot = until.value_or(Instant{});
  if (from && until && *until <= *from) in.fault("geldigTot", ProblemCode::kFieldValue, "ligt niet na geldigVan");
  read_terms(in, out);
  out.bewaartermijn_status = read_term(in, "bewaartermijnStatus");
  out.herhaaltermijn = read_term(in, "herhaaltermijn");
  read_servicelevel(in, out);
  in.finish();
  return faults.empty() ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<Agreement> read_agreement(const json::value& body, const Uuid& id, Faults& faults) {
  auto out = read_stored_agreement(body, id, faults);
  if (out) check_fields(*out, faults);
  return faults.empty() ? std::move(out) : std::nullopt;
}

std::string encode(const Agreement& agreement) { return codec::store(to_json(agreement)); }

Result<Agreement> decode_agreement(std::string_view value) {
  auto stored = codec::open_stored(value);
  if (!stored) return std::unexpected(std::move(stored).error());
  const auto* text = stored->object.if_contains("id");
  auto id = Uuid::parse(text != nullptr && text->is_string() ? std::string_view(text->get_string()) : "");
  if (!id) return std::unexpected(std::move(id).error());
  Faults faults;
  auto read = read_stored_agreement(stored->object, *id, faults);
  return codec::checked(std::move(read), stored->version, faults);
}

}  // namespace wissel::core
