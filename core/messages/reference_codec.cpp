#include "core/messages/reference_codec.hpp"

#include <algorithm>

#include "core/json/parse.hpp"
#include "core/messages/enum_names.hpp"
#include "core/messages/subject_codec.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

std::optional<std::string> owned(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  return std::string(*text);
}

std::optional<ZaakId> read_id(ObjectReader& reader, std::string_view name) {
  const auto* const value = reader.optional_object(name);
  if (value == nullptr) return std::nullopt;
  return read_zaak_id(*value, reader.pointer(name), reader.faults());
}

std::string bronorganisatie_as_given(ObjectReader& reader, std::string_view name) {
  const auto* const value = reader.any(name);
  const auto* const object = value != nullptr ? value->if_object() : nullptr;
  const auto* const given = object != nullptr ? object->if_contains("bronorganisatie") : nullptr;
  return given != nullptr && given->is_string() ? std::string(given->get_string()) : std::string();
}

std::vector<Subject> read_betrokkenen(ObjectReader& reader) {
  std::vector<Subject> out;
  const auto* const list = reader.optional_array("betrokkenen", 0, ReferenceInput::kBetrokkenenMax);
  if (list == nullptr) return out;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto subject = read_subject((*list)[i], reader.pointer("betrokkenen", i), reader.faults());
    if (subject) out.push_back(std::move(*subject));
  }
  return out;
}

std::optional<std::string> read_kenmerk(ObjectReader& reader) {
  auto kenmerk = owned(reader.optional_string("kenmerk", 1, ReferenceInput::kKenmerkCharactersMax));
  if (kenmerk && resembles_bsn(*kenmerk)) {
    reader.fault("kenmerk", ProblemCode::kElfproef, "mag geen nummer zijn dat een BSN kan zijn");
  }
  return kenmerk;
}

}  // namespace

Uuid ReferenceInput::id(const Oin& holder) const {
  if (zaak) return reference_id(holder, ReferenceKeyKind::kZaak, zaak->canonical());
  if (verzoek) return reference_id(holder, ReferenceKeyKind::kVerzoek, verzoek->canonical());
  return reference_id(holder, ReferenceKeyKind::kKenmerk, kenmerk.value_or(""));
}

std::vector<Subject> ReferenceInput::subjects() const {
  std::vector<Subject> out;
  if (zaak) out.push_back(Subject::zaak(*zaak));
  if (verzoek) out.push_back(Subject::verzoek(*verzoek));
  for (const Subject& subject : betrokkenen) {
    if (std::ranges::find(out, subject) == out.end()) out.push_back(subject);
  }
  return out;
}

std::optional<ReferenceInput> read_reference(const json::value& value, const std::string& pointer, Faults& faults) {
  const std::size_t before = faults.count();
  ObjectReader reader(value, pointer, faults);
  ReferenceInput out;
  out.zaak = read_id(reader, "zaak");
  out.verzoek = read_id(reader, "verzoek");
  out.as_given = {bronorganisatie_as_given(reader, "zaak"), bronorganisatie_as_given(reader, "verzoek")};
  out.betrokkenen = read_betrokkenen(reader);
  out.kenmerk = read_kenmerk(reader);
  out.zaaktype = owned(reader.optional_string("zaaktype", 1, kZaaktypeCodeCharactersMax));
  out.categorie = owned(reader.optional_string("categorie", 1, kCategorieCharactersMax));
  out.zichtbaarheid =
      reader.optional_enum("zichtbaarheid", enum_names<Zichtbaarheid>()).value_or(Zichtbaarheid::kGewoon);
  out.geldig_tot = reader.optional_time("geldigTot");

  const bool has_key = reader.has("zaak") || reader.has("verzoek");
  if (reader.is_object() && !has_key && !reader.has("kenmerk")) {
    reader.fault("kenmerk", ProblemCode::kFieldMissing, "is verplicht zonder zaak en verzoek");
  }
  const auto* const list = reader.any("betrokkenen");
  const bool nobody = list == nullptr || (list->is_array() && list->get_array().empty());
  if (reader.is_object() && !has_key && nobody) {
    reader.fault(ProblemCode::kFieldMissing, "noem een zaak, een verzoek of ten minste een betrokkene");
  }
  reader.finish();
  if (faults.count() != before) return std::nullopt;
  return out;
}

json::value write_reference(const ReferenceInput& reference) {
  json::object out;
  if (reference.zaak) out["zaak"] = write_zaak_id(*reference.zaak);
  if (reference.verzoek) out["verzoek"] = write_zaak_id(*reference.verzoek);
  if (!reference.betrokkenen.empty()) {
    json::array list;
    for (const Subject& subject : reference.betrokkenen) list.push_back(write_subject(subject));
    out["betrokkenen"] = std::move(list);
  }
  if (reference.kenmerk) out["kenmerk"] = *reference.kenmerk;
  if (reference.zaaktype) out["zaaktype"] = *reference.zaaktype;
  if (reference.categorie) out["categorie"] = *reference.categorie;
  out["zichtbaarheid"] = word(reference.zichtbaarheid);
  if (reference.geldig_tot) out["geldigTot"] = format_rfc3339(*reference.geldig_tot);
  return out;
}

Checked<ReferenceInput> parse_full_set_line(std::string_view line) {
  auto value = parse_json(line);
  if (!value) return std::unexpected(std::move(value).error());
  Faults faults;
  const auto* const object = value->if_object();
  const auto* const wrapped = object != nullptr && object->size() == 1 ? object->if_contains("zet") : nullptr;
  auto reference = wrapped != nullptr ? read_reference(*wrapped, "/zet", faults) : read_reference(*value, "", faults);
  if (!faults.empty() || !reference) return std::unexpected(faults.take_problem());
  return std::move(*reference);
}

Checked<ReferenceLine> parse_reference_line(std::string_view line) {
  auto value = parse_json(line);
  if (!value) return std::unexpected(std::move(value).error());
  Faults faults;
  ObjectReader reader(*value, "", faults);
  const auto* const set = reader.optional_object("zet");
  const auto withdraw = reader.optional_uuid("trekIn");
  if (reader.is_object() && reader.has("zet") == reader.has("trekIn")) {
    reader.fault(ProblemCode::kFieldValue, "moet precies een van zet en trekIn bevatten");
  }
  reader.finish();
  std::optional<ReferenceInput> reference;
  if (set != nullptr) reference = read_reference(*set, "/zet", faults);
  if (!faults.empty()) return std::unexpected(faults.take_problem());
  if (reference) return ReferenceLine(std::move(*reference));
  return ReferenceLine(WithdrawLine{*withdraw});
}

}  // namespace wissel::core
