#include "core/policy/codec.hpp"

#include <boost/json.hpp>

#include <algorithm>

#include "core/json/parse.hpp"
#include "core/messages/basis.hpp"
#include "core/messages/enum_names.hpp"
#include "core/messages/subject_codec.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

// First byte of a value in family entity. Never renumber.
constexpr char kFormat = 1;
constexpr std::size_t kPartiesMax = 1'000;
constexpr std::size_t kListMax = 1'000;
constexpr std::size_t kUrlMax = 1'000;

template <class Strings>
json::array strings(const Strings& values) {
  json::array out;
  for (const auto& value : values) out.push_back(json::value(std::string_view(value)));
  return out;
}

json::array oins(const std::vector<Oin>& values) {
  json::array out;
  for (const auto& oin : values) out.push_back(json::value(oin.view()));
  return out;
}

template <class T>
void put_optional(json::object& out, std::string_view name, const std::optional<T>& value) {
  if (value) out[name] = *value;
}

std::vector<Oin> read_oins(ObjectReader& in, std::string_view name, std::size_t min) {
  std::vector<Oin> out;
  const auto texts = min > 0 ? in.required_strings(name, min, kPartiesMax, Oin::kLength)
                             : in.optional_strings(name, 0, kPartiesMax, Oin::kLength);
  if (!texts) return out;
  for (std::size_t i = 0; i < texts->size(); ++i) {
    if (auto oin = Oin::parse((*texts)[i])) {
      out.push_back(*oin);
    } else {
      in.faults().add(in.pointer(name, i), ProblemCode::kFieldValue, "is geen OIN");
    }
  }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

std::vector<std::string> sorted_strings(ObjectReader& in, std::string_view name, std::size_t length_max) {
  auto out = in.optional_strings(name, 0, kListMax, length_max).value_or(std::vector<std::string>{});
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

void read_endpoints(ObjectReader& in, Participant& participant) {
  const auto* value = in.optional_object("eindpunten");
  if (value == nullptr || !value->is_object()) return;
  if (value->get_object().size() > 16) {
    in.fault("eindpunten", ProblemCode::kFieldValue, "heeft meer dan 16 eindpunten");
    return;
  }
  ObjectReader points(*value, in.pointer("eindpunten"), in.faults());
  for (const auto& [name, url] : value->get_object()) {
    const auto text = points.required_uri(name, kUrlMax);
    if (!text) continue;
    if (!text->starts_with("https://")) points.fault(name, ProblemCode::kFieldValue, "begint niet met https://");
    participant.eindpunten.emplace(name, *text);
  }
  points.finish();
}

void read_pins(ObjectReader& in, Participant& participant) {
  const auto pins = in.optional_strings("certificaatPins", 0, 8, 64);
  for (std::size_t i = 0; pins && i < pins->size(); ++i) {
    const auto bytes = from_hex((*pins)[i]);
    if (!bytes || bytes->size() != participant.certificaat_pins.emplace_back().size()) {
      in.faults().add(in.pointer("certificaatPins", i), ProblemCode::kFieldValue, "is geen SHA-256 in 64 hextekens");
      continue;
    }
    std::ranges::copy(as_bytes(*bytes), participant.certificaat_pins.back().begin());
  }
}

void read_roles(ObjectReader& in, Participant& participant) {
  const auto roles = in.required_strings("rollen", 0, Words<Role>::kAll.size(), 40);
  for (std::size_t i = 0; roles && i < roles->size(); ++i) {
    if (const auto role = from_word<Role>((*roles)[i])) {
      participant.rollen.add(*role);
    } else {
      in.faults().add(in.pointer("rollen", i), ProblemCode::kFieldValue, "is geen rol");
    }
  }
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
  agreement.doel = in.required_uri("doel", kUrlMax).value_or("");
  if (const auto* value = in.required_object("wettelijkeGrondslag")) {
    ObjectReader ground(*value, in.pointer("wettelijkeGrondslag"), in.faults());
    agreement.grondslag_soort = ground.required_string("soort", 1, 60).value_or("");
    agreement.grondslag_verwijzing = ground.required_string("verwijzing", 1, kUrlMax).value_or("");
    ground.finish();
  }
  agreement.verwerkingsactiviteit = in.required_uri("verwerkingsactiviteit", kUrlMax).value_or("");
}

void read_demands(ObjectReader& in, Agreement& agreement) {
  agreement.gebruiker_vereist = in.optional_bool("gebruikerVereist").value_or(false);
  agreement.functies = sorted_strings(in, "functies", 100);
  agreement.minimaal_niveau = in.optional_enum("minimaalBetrouwbaarheidsniveau", enum_names<Betrouwbaarheidsniveau>());
  agreement.toestemming_vereist = in.required_bool("toestemmingVereist").value_or(true);
  agreement.machtiging_toegestaan = in.required_bool("machtigingToegestaan").value_or(false);
}

/// Takes the stored members that are not of the API's form out of the object.
struct Stored {
  json::object object;
  std::uint64_t version = 0;
};
Result<Stored> open_stored(std::string_view value) {
  const auto damaged = [] {
    return fail(Errc::kCorrupt, "family entity: a value does not have the form of this version");
  };
  if (value.empty() || value.front() != kFormat) return damaged();
  auto parsed = parse_json(value.substr(1));
  if (!parsed || !parsed->is_object()) return damaged();
  Stored out{std::move(parsed->get_object()), 0};
  const auto* version = out.object.if_contains("versie");
  if (version == nullptr || !version->is_number()) return damaged();
  out.version = version->to_number<std::uint64_t>();
  out.object.erase("versie");
  return out;
}

template <class T>
Result<T> checked(std::optional<T> entity, std::uint64_t version, const Faults& faults) {
  if (!entity || !faults.empty()) return fail(Errc::kCorrupt, "family entity: a stored value breaks today's rules");
  entity->versie = version;
  return std::move(*entity);
}

std::string store(json::object object) { return std::string(1, kFormat) + json::serialize(object); }

}  // namespace

json::object to_json(const Participant& participant) {
  json::array roles;
  for (std::size_t i = 0; i < Words<Role>::kAll.size(); ++i) {
    if (participant.rollen.has(static_cast<Role>(i))) roles.push_back(json::value(Words<Role>::kAll[i]));
  }
  json::object points;
  for (const auto& [name, url] : participant.eindpunten) points[name] = url;
  json::array pins;
  for (const auto& pin : participant.certificaat_pins) pins.push_back(json::value(to_hex(pin)));
  json::object out{{"oin", participant.oin.view()},     {"naam", participant.naam},
                   {"rollen", std::move(roles)},        {"stand", word(participant.stand)},
                   {"soort", word(participant.soort)},  {"eindpunten", std::move(points)},
                   {"certificaatPins", std::move(pins)}};
  if (participant.quota && participant.quota->per_minute) {
    out["quota"] = json::object{{"perMinuut", *participant.quota->per_minute}};
  }
  out["versie"] = participant.versie;
  return out;
}

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
      {"aanbieders", oins(agreement.aanbieders)},
      {"afnemers", oins(agreement.afnemers)},
      {"doel", agreement.doel},
      {"wettelijkeGrondslag", {{"soort", agreement.grondslag_soort}, {"verwijzing", agreement.grondslag_verwijzing}}},
      {"zaaktypen", strings(agreement.zaaktypen)},
      {"categorieen", strings(agreement.categorieen)},
      {"handelingen", std::move(acts)},
      {"maxVertrouwelijkheidaanduiding", word(agreement.max_vertrouwelijkheid)},
      {"beperkteVerwijzingen", agreement.beperkte_verwijzingen},
      {"verwerkingsactiviteit", agreement.verwerkingsactiviteit},
      {"gebruikerVereist", agreement.gebruiker_vereist},
      {"functies", strings(agreement.functies)},
      {"toestemmingVereist", agreement.toestemming_vereist},
      {"machtigingToegestaan", agreement.machtiging_toegestaan},
      {"geldigVan", format_rfc3339(agreement.geldig_van)},
      {"geldigTot", format_rfc3339(agreement.geldig_tot)},
      {"bewaartermijnVerwijzing", std::move(terms)}};
  if (agreement.velden) out["velden"] = strings(*agreement.velden);
  if (agreement.minimaal_niveau) out["minimaalBetrouwbaarheidsniveau"] = word(*agreement.minimaal_niveau);
  if (!agreement.bewaartermijn_status.empty()) out["bewaartermijnStatus"] = agreement.bewaartermijn_status;
  if (!agreement.herhaaltermijn.empty()) out["herhaaltermijn"] = agreement.herhaaltermijn;
  if (!agreement.servicelevel_json.empty()) out["servicelevel"] = json::parse(agreement.servicelevel_json);
  out["versie"] = agreement.versie;
  return out;
}

json::object to_json(const Subscription& subscription) {
  json::object delivery{{"soort", subscription.bezorging == Bezorgsoort::kPostbus ? "postbus" : "webhook"}};
  if (subscription.bezorging == Bezorgsoort::kWebhook) delivery["eindpunt"] = subscription.eindpunt;
  json::object out{{"id", subscription.id.str()},
                   {"zaaktypen", strings(subscription.zaaktypen)},
                   {"bronhouders", oins(subscription.bronhouders)},
                   {"typen", strings(subscription.typen)},
                   {"bezorging", std::move(delivery)},
                   {"grondslag", write_basis(subscription.grondslag)}};
  if (subscription.onderwerp_soort)
    out["onderwerp"] = json::object{{"soort", to_string(*subscription.onderwerp_soort)}};
  if (subscription.gebruiker) out["gebruiker"] = write_acting_user(*subscription.gebruiker);
  if (subscription.geldig_tot) out["geldigTot"] = format_rfc3339(*subscription.geldig_tot);
  out["gepauzeerd"] = subscription.gepauzeerd;
  out["versie"] = subscription.versie;
  return out;
}

std::optional<Participant> read_participant(const json::value& body, const Oin& oin, Faults& faults) {
  ObjectReader in(body, "", faults);
  Participant out{.oin = oin, .naam = {}, .rollen = {}, .eindpunten = {}, .certificaat_pins = {}, .quota = {}};
  // A body may repeat the path's OIN, as what GET gave is sent back changed.
  if (const auto given = in.optional_string("oin", 1, 40); given && *given != oin.view()) {
    in.fault("oin", ProblemCode::kFieldValue, "is een ander OIN dan dat in het pad");
  }
  in.any("versie");
  out.naam = in.required_string("naam", 1, 200).value_or("");
  read_roles(in, out);
  out.stand = in.required_enum("stand", enum_names<Stand>()).value_or(Stand::kAangemeld);
  out.soort = in.optional_enum("soort", enum_names<Deelnemersoort>()).value_or(Deelnemersoort::kDeelnemer);
  read_endpoints(in, out);
  read_pins(in, out);
  if (const auto* value = in.optional_object("quota")) {
    ObjectReader quota(*value, in.pointer("quota"), faults);
    const auto per_minute = quota.optional_int("perMinuut", 1, 100'000'000);
    quota.finish();
    if (per_minute) out.quota = Quota{static_cast<std::uint32_t>(*per_minute)};
  }
  in.finish();
  return faults.empty() ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<Agreement> read_agreement(const json::value& body, const Uuid& id, Faults& faults) {
  ObjectReader in(body, "", faults);
  Agreement out;
  out.id = id;
  if (const auto given = in.optional_uuid("id"); given && *given != id) {
    in.fault("id", ProblemCode::kFieldValue, "is een andere id dan die in het pad");
  }
  in.any("versie");
  out.aanbieders = read_oins(in, "aanbieders", 1);
  out.afnemers = read_oins(in, "afnemers", 1);
  read_ground(in, out);
  out.zaaktypen = sorted_strings(in, "zaaktypen", 100);
  out.categorieen = sorted_strings(in, "categorieen", 60);
  read_acts(in, out);
  out.velden = in.optional_strings("velden", 0, 200, 100);
  out.max_vertrouwelijkheid = in.required_enum("maxVertrouwelijkheidaanduiding", enum_names<Vertrouwelijkheid>())
                                  .value_or(Vertrouwelijkheid::kOpenbaar);
  out.beperkte_verwijzingen = in.optional_bool("beperkteVerwijzingen").value_or(false);
  read_demands(in, out);
  out.geldig_van = in.required_time("geldigVan").value_or(Instant{});
  out.geldig_tot = in.required_time("geldigTot").value_or(Instant{});
  if (out.geldig_tot <= out.geldig_van) in.fault("geldigTot", ProblemCode::kFieldValue, "ligt niet na geldigVan");
  read_terms(in, out);
  out.bewaartermijn_status = read_term(in, "bewaartermijnStatus");
  out.herhaaltermijn = read_term(in, "herhaaltermijn");
  read_servicelevel(in, out);
  in.finish();
  return faults.empty() ? std::optional(std::move(out)) : std::nullopt;
}

namespace {

void read_delivery(ObjectReader& in, Subscription& out) {
  const auto* value = in.required_object("bezorging");
  if (value == nullptr) return;
  ObjectReader delivery(*value, in.pointer("bezorging"), in.faults());
  static constexpr std::array<EnumName<Bezorgsoort>, 2> kSoorten{
      {{"webhook", Bezorgsoort::kWebhook}, {"postbus", Bezorgsoort::kPostbus}}};
  out.bezorging = delivery.required_enum("soort", kSoorten).value_or(Bezorgsoort::kPostbus);
  const auto point = delivery.optional_string("eindpunt", 1, 60);
  if (point && out.bezorging == Bezorgsoort::kPostbus) {
    delivery.fault("eindpunt", ProblemCode::kFieldValue, "hoort alleen bij een webhook");
  }
  if (point) out.eindpunt = *point;
  delivery.finish();
}

/// The members that the API's form and the stored form share.
Subscription read_common(ObjectReader& in, const Uuid& id, const Oin& afnemer) {
  Subscription out{.id = id,
                   .afnemer = afnemer,
                   .onderwerp = {},
                   .onderwerp_soort = {},
                   .zaaktypen = {},
                   .bronhouders = {},
                   .typen = {},
                   .grondslag = {},
                   .gebruiker = {},
                   .geldig_tot = {}};
  out.zaaktypen = sorted_strings(in, "zaaktypen", 100);
  out.bronhouders = read_oins(in, "bronhouders", 0);
  out.typen = sorted_strings(in, "typen", 200);
  read_delivery(in, out);
  if (const auto* value = in.required_object("grondslag")) {
    if (auto basis = read_basis(*value, in.pointer("grondslag"), in.faults())) out.grondslag = std::move(*basis);
  }
  if (const auto* value = in.optional_object("gebruiker")) {
    out.gebruiker = read_acting_user(*value, in.pointer("gebruiker"), in.faults());
  }
  out.geldig_tot = in.optional_time("geldigTot");
  return out;
}

}  // namespace

std::optional<SubscriptionInput> read_subscription(const json::value& body, const Uuid& id, const Oin& afnemer,
                                                   Faults& faults) {
  ObjectReader in(body, "", faults);
  SubscriptionInput out{read_common(in, id, afnemer), {}};
  if (const auto* value = in.optional_object("onderwerp")) {
    out.onderwerp = read_subject(*value, in.pointer("onderwerp"), faults);
    if (out.onderwerp) out.subscription.onderwerp_soort = out.onderwerp->kind();
  }
  in.finish();
  return faults.empty() ? std::optional(std::move(out)) : std::nullopt;
}

std::string encode(const Participant& participant) { return store(to_json(participant)); }
std::string encode(const Agreement& agreement) { return store(to_json(agreement)); }

std::string encode(const Subscription& subscription) {
  auto object = to_json(subscription);
  object["afnemer"] = subscription.afnemer.view();
  if (subscription.onderwerp) object["pseudoniem"] = to_hex(*subscription.onderwerp);
  return store(std::move(object));
}

Result<Participant> decode_participant(std::string_view value) {
  auto stored = open_stored(value);
  if (!stored) return std::unexpected(std::move(stored).error());
  const auto* text = stored->object.if_contains("oin");
  auto oin = Oin::parse(text != nullptr && text->is_string() ? std::string_view(text->get_string()) : "");
  if (!oin) return std::unexpected(std::move(oin).error());
  Faults faults;
  auto read = read_participant(stored->object, *oin, faults);
  return checked(std::move(read), stored->version, faults);
}

Result<Agreement> decode_agreement(std::string_view value) {
  auto stored = open_stored(value);
  if (!stored) return std::unexpected(std::move(stored).error());
  const auto* text = stored->object.if_contains("id");
  auto id = Uuid::parse(text != nullptr && text->is_string() ? std::string_view(text->get_string()) : "");
  if (!id) return std::unexpected(std::move(id).error());
  Faults faults;
  auto read = read_agreement(stored->object, *id, faults);
  return checked(std::move(read), stored->version, faults);
}

Result<Subscription> decode_subscription(std::string_view value) {
  auto stored = open_stored(value);
  if (!stored) return std::unexpected(std::move(stored).error());
  Faults faults;
  const json::value body(std::move(stored->object));
  ObjectReader in(body, "", faults);
  const auto id = in.required_uuid("id");
  auto afnemer = Oin::parse(in.required_string("afnemer", 1, 20).value_or(""));
  if (!id || !afnemer) return fail(Errc::kCorrupt, "family entity: a subscription without id or owner");
  std::optional<Subscription> out = read_common(in, *id, *afnemer);
  out->gepauzeerd = in.required_bool("gepauzeerd").value_or(false);
  if (const auto hex = in.optional_string("pseudoniem", 32, 32)) {
    const auto bytes = from_hex(*hex).value_or(std::string(16, '\0'));
    std::ranges::copy(as_bytes(bytes), out->onderwerp.emplace().begin());
  }
  if (const auto* value_of_kind = in.optional_object("onderwerp")) {
    ObjectReader kind(*value_of_kind, "/onderwerp", faults);
    out->onderwerp_soort = parse_subject_kind(kind.required_string("soort", 1, 40).value_or(""));
    kind.finish();
  }
  in.finish();
  return checked(std::move(out), stored->version, faults);
}

}  // namespace wissel::core
