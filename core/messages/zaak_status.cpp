#include "core/messages/zaak_status.hpp"

#include <array>

#include "core/messages/enum_names.hpp"
#include "core/messages/subject_codec.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

// Characters. 80 and 1000 as in the Zaken API (omschrijving, toelichting), 200 as its `reden`.
constexpr std::size_t kShortMax = 80;
constexpr std::size_t kLongMax = 1'000;
constexpr std::size_t kReasonMax = 200;
constexpr std::size_t kNameMax = 200;  // zaaktype and product names run to some 110 in the test catalogue
constexpr std::size_t kWordMax = 60;
constexpr std::size_t kStepsMax = 100;
constexpr std::size_t kTasksMax = 100;
constexpr std::int64_t kNumberMax = 2'147'483'647;

enum class Unused : std::uint8_t { kAny };
template <std::size_t N>
constexpr std::array<EnumName<Unused>, N> words(const std::array<std::string_view, N>& names) {
  std::array<EnumName<Unused>, N> out{};
  for (std::size_t i = 0; i < N; ++i) out[i] = {names[i], Unused::kAny};
  return out;
}
// Only checked, never compared: one value is enough.
constexpr auto kVerzoekKinds = words<3>({"vraag", "melding", "aanvraag"});
constexpr auto kStepStates = words<3>({"afgerond", "bezig", "toekomstig"});
constexpr auto kExpectationKinds = words<4>({"gepland", "wettelijk", "servicetermijn", "indicatief"});

/// Runs `read` on an optional member that is an object, and finishes it.
template <class Read>
void in_object(ObjectReader& outer, std::string_view name, Read read) {
  const auto* const value = outer.optional_object(name);
  if (value == nullptr) return;
  ObjectReader reader(*value, outer.pointer(name), outer.faults());
  read(reader);
  reader.finish();
}

void read_zaaktype(ObjectReader& zaak, ZaakStatusView& out) {
  const auto* const value = zaak.required_object("zaaktype");
  if (value == nullptr) return;
  ObjectReader reader(*value, zaak.pointer("zaaktype"), zaak.faults());
  reader.optional_uri("url", kUriCharactersMax);
  if (const auto code = reader.optional_string("code", 1, kZaaktypeCodeCharactersMax))
    out.zaaktype = std::string(*code);
  reader.required_string("omschrijving", 1, kNameMax);
  reader.finish();
}

void read_zaak(ObjectReader& reader, ZaakStatusView& out) {
  out.zaak = read_zaak_id(reader);
  read_zaaktype(reader, out);
  reader.optional_string("titel", 1, kShortMax);
  reader.optional_date("startdatum");
}

void read_verzoek(ObjectReader& reader, ZaakStatusView& out) {
  out.verzoek = read_zaak_id(reader);
  reader.optional_enum("soort", kVerzoekKinds);
  reader.optional_time("ingediendOp");
  reader.optional_string("kanaal", 1, kWordMax);
}

void read_product(ObjectReader& reader) {
  reader.required_string("naam", 1, kNameMax);
  reader.optional_uri("url", kUriCharactersMax);
  reader.optional_duration("servicetermijn");
}

void read_proces(ObjectReader& outer) {
  const auto* const steps = outer.optional_array("proces", 0, kStepsMax);
  if (steps == nullptr) return;
  for (std::size_t i = 0; i < steps->size(); ++i) {
    ObjectReader reader((*steps)[i], outer.pointer("proces", i), outer.faults());
    reader.required_int("volgnummer", 0, kNumberMax);
    reader.required_string("naam", 1, kShortMax);
    reader.optional_text("toelichting", 0, kLongMax);
    reader.required_enum("stand", kStepStates);
    reader.optional_time("gezetOp");
    reader.finish();
  }
}

void read_status(ObjectReader& outer, ZaakStatusView& out) {
  const auto* const value = outer.required_object("status");
  if (value == nullptr) return;
  ObjectReader reader(*value, outer.pointer("status"), outer.faults());
  reader.required_string("omschrijving", 1, kShortMax);
  const auto group = reader.required_enum("statusgroep", enum_names<Statusgroep>());
  reader.optional_int("volgnummer", 0, kNumberMax);
  const auto is_end = reader.optional_bool("isEindstatus");
  const auto set_at = reader.required_time("gezetOp");
  reader.optional_text("toelichting", 0, kLongMax);
  if (group && is_end && *is_end != (*group == Statusgroep::kAfgerond)) {
    reader.fault("isEindstatus", ProblemCode::kFieldValue, "moet true zijn bij statusgroep afgerond, en anders false");
  }
  reader.finish();
  out.statusgroep = group.value_or(out.statusgroep);
  out.gezet_op = set_at.value_or(out.gezet_op);
}

void read_verwachting(ObjectReader& reader) {
  reader.required_date("datum");
  reader.required_enum("aard", kExpectationKinds);
  reader.optional_string("volgendeStap", 1, kReasonMax);
  reader.optional_duration("doorlooptijd");
}

void read_opschorting(ObjectReader& reader) {
  reader.optional_bool("indicatie");
  reader.optional_text("reden", 0, kReasonMax);
}

void read_verlenging(ObjectReader& reader) {
  reader.optional_text("reden", 0, kReasonMax);
  reader.optional_duration("duur");
}

void read_resultaat(ObjectReader& reader) {
  reader.optional_string("type", 1, kUriCharactersMax);
  reader.optional_string("omschrijving", 1, kShortMax);
  reader.optional_text("toelichting", 0, kLongMax);
}

/// Members of a task belong to the Interactie API, which tells receivers to ignore what they do not know.
void read_taken(ObjectReader& outer) {
  const auto* const tasks = outer.optional_array("taken", 0, kTasksMax);
  if (tasks == nullptr) return;
  for (std::size_t i = 0; i < tasks->size(); ++i) {
    ObjectReader reader((*tasks)[i], outer.pointer("taken", i), outer.faults());
    if (reader.is_object()) reader.optional_time("deadline");
  }
}

void read_contact(ObjectReader& reader) {
  reader.optional_string("organisatie", 1, kNameMax);
  reader.optional_string("kanaal", 1, kWordMax);
  reader.optional_uri("url", kUriCharactersMax);
  reader.optional_string("telefoon", 1, kWordMax);
}

void read_bron(ObjectReader& reader) {
  reader.required_string("systeem", 1, kNameMax);
  reader.required_time("bijgewerktOp");
  reader.required_string("aard", 1, kWordMax);
}

}  // namespace

std::optional<ZaakStatusView> read_zaak_status(const json::value& value, const std::string& pointer, Faults& faults) {
  const std::size_t before = faults.count();
  ZaakStatusView out;
  ObjectReader reader(value, pointer, faults);
  auto zaak = [&out](ObjectReader& r) { read_zaak(r, out); };
  auto verzoek = [&out](ObjectReader& r) { read_verzoek(r, out); };
  in_object(reader, "zaak", zaak);
  in_object(reader, "verzoek", verzoek);
  if (reader.is_object() && !reader.has("zaak") && !reader.has("verzoek")) {
    reader.fault("zaak", ProblemCode::kFieldMissing, "een van zaak en verzoek is verplicht");
  }
  in_object(reader, "product", read_product);
  read_proces(reader);
  read_status(reader, out);
  in_object(reader, "verwachting", read_verwachting);
  in_object(reader, "opschorting", read_opschorting);
  in_object(reader, "verlenging", read_verlenging);
  in_object(reader, "resultaat", read_resultaat);
  read_taken(reader);
  in_object(reader, "contact", read_contact);
  out.vertrouwelijkheid = reader.optional_enum("vertrouwelijkheidaanduiding", enum_names<Vertrouwelijkheid>())
                              .value_or(kVertrouwelijkheidDefault);
  in_object(reader, "bron", read_bron);
  reader.finish();
  // A null zaak of a holder counts as absent, which has() does not see.
  if (faults.count() == before && !out.zaak && !out.verzoek) {
    reader.fault("zaak", ProblemCode::kFieldMissing, "een van zaak en verzoek is verplicht");
  }
  if (faults.count() != before) return std::nullopt;
  return out;
}

Checked<HolderAnswer> HolderAnswer::parse(const Undisclosed& bytes, const JsonLimits& limits) {
  auto body = parse_json(bytes.text_, limits);
  if (!body) return std::unexpected(std::move(body).error());
  Faults faults(UnknownFields::kDrop);
  HolderAnswer out;
  ObjectReader reader(*body, "", faults);
  const auto* const list = reader.required_array("zaken", 0, kZakenMax);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    auto view = read_zaak_status((*list)[i], reader.pointer("zaken", i), faults);
    if (view) out.zaken.push_back({std::move(*view), UndisclosedStatus(nullptr)});
  }
  reader.finish();
  if (!faults.empty()) return std::unexpected(faults.take_problem());
  out.dropped = faults.dropped();
  faults.erase_dropped(*body, "");
  for (std::size_t i = 0; i < out.zaken.size(); ++i) {
    out.zaken[i].content = UndisclosedStatus(std::move(body->get_object().at("zaken").get_array()[i]));
  }
  return out;
}

}  // namespace wissel::core
