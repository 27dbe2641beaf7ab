#include "core/policy/representation_codec.hpp"

#include <boost/json.hpp>

#include "core/policy/codec_parts.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

constexpr std::string_view kKind = "vertegenwoordiging";
constexpr std::size_t kActCount = Words<RepresentedAct>::kAll.size();
constexpr std::size_t kReasonMax = 1'000;
constexpr std::size_t kPartyCount = 2;

std::optional<Oin> read_oin(ObjectReader& in, std::string_view name) {
  const auto text = in.required_string(name, 1, Oin::kLength);
  auto oin = Oin::parse(text.value_or(""));
  if (text && !oin) in.fault(name, ProblemCode::kFieldValue, "is geen OIN");
  return oin ? std::optional(*oin) : std::nullopt;
}

RepresentedActs read_acts(ObjectReader& in) {
  RepresentedActs out;
  const auto acts = in.required_strings("handelingen", 1, kActCount, 20);
  for (std::size_t i = 0; acts && i < acts->size(); ++i) {
    if (const auto act = from_word<RepresentedAct>((*acts)[i])) {
      out.add(*act);
    } else {
      in.faults().add(in.pointer("handelingen", i), ProblemCode::kFieldValue,
                      "is geen handeling waarvoor een ander kan worden aangewezen");
    }
  }
  return out;
}

json::array acts_json(const RepresentedActs& acts) {
  json::array out;
  for (std::size_t i = 0; i < kActCount; ++i) {
    if (acts.has(static_cast<RepresentedAct>(i))) out.push_back(json::value(Words<RepresentedAct>::kAll[i]));
  }
  return out;
}

json::object end_json(const PartyWord& end) {
  json::object out{{"door", end.door.view()}, {"op", format_rfc3339(end.op)}};
  if (!end.reden.empty()) out["reden"] = end.reden;
  return out;
}

std::optional<PartyWord> read_end(ObjectReader& in) {
  const auto* value = in.optional_object("einde");
  if (value == nullptr) return std::nullopt;
  ObjectReader end(*value, in.pointer("einde"), in.faults());
  const auto door = read_oin(end, "door");
  const auto at = end.required_time("op");
  const auto reason = end.optional_text("reden", 1, kReasonMax);
  end.finish();
  if (!door || !at) return std::nullopt;
  return PartyWord{*door, *at, std::string(reason.value_or(""))};
}

/// What the API's form and the stored form share.
Representation read_content(ObjectReader& in, const Uuid& id, const Oin& vertegenwoordigde) {
  const auto agent = read_oin(in, "vertegenwoordiger");
  const auto acts = read_acts(in);
  const auto from = in.required_time("geldigVan");
  const auto until = in.required_time("geldigTot");
  if (from && until && *until <= *from) in.fault("geldigTot", ProblemCode::kFieldValue, "ligt niet na geldigVan");
  return {.id = id,
          .vertegenwoordigde = vertegenwoordigde,
          .vertegenwoordiger = agent.value_or(vertegenwoordigde),
          .handelingen = acts,
          .geldig_van = from.value_or(Instant{}),
          .geldig_tot = until.value_or(Instant{}),
          .ondertekeningen = {},
          .einde = {}};
}

json::array endorsements_json(const Representation& representation) {
  json::array out;
  for (const auto& one : representation.ondertekeningen) out.push_back(to_json(one));
  return out;
}

}  // namespace

json::object content_json(const Representation& representation) {
  return {{"soort", kKind},
          {"id", representation.id.str()},
          {"vertegenwoordigde", representation.vertegenwoordigde.view()},
          {"vertegenwoordiger", representation.vertegenwoordiger.view()},
          {"handelingen", acts_json(representation.handelingen)},
          {"geldigVan", format_rfc3339(representation.geldig_van)},
          {"geldigTot", format_rfc3339(representation.geldig_tot)}};
}

json::object to_json(const Representation& representation, Instant at) {
  auto out = content_json(representation);
  out.erase("soort");
  const auto stage = representation.stage(at);
  out["stand"] = word(stage);
  out["ondertekeningen"] = endorsements_json(representation);
  if (stage == RepresentationStage::kAangeboden) out["wachtOp"] = codec::oins(representation.missing());
  if (representation.einde) out["einde"] = end_json(*representation.einde);
  out["versie"] = representation.versie;
  return out;
}

std::optional<Representation> read_representation(const json::value& body, const Uuid& id, const Oin& vertegenwoordigde,
                                                  Faults& faults) {
  ObjectReader in(body, "", faults);
  auto out = read_content(in, id, vertegenwoordigde);
  if (faults.empty() && out.vertegenwoordiger == vertegenwoordigde) {
    in.fault("vertegenwoordiger", ProblemCode::kFieldValue, "is geen andere organisatie dan uzelf");
  }
  in.finish();
  return faults.empty() ? std::optional(std::move(out)) : std::nullopt;
}

std::string encode(const Representation& representation) {
  auto object = content_json(representation);
  object.erase("soort");
  object["ondertekeningen"] = endorsements_json(representation);
  if (representation.einde) object["einde"] = end_json(*representation.einde);
  object["versie"] = representation.versie;
  return codec::store(object);
}

Result<Representation> decode_representation(std::string_view value) {
  auto stored = codec::open_stored(value);
  if (!stored) return std::unexpected(std::move(stored).error());
  Faults faults;
  const json::value body(std::move(stored->object));
  ObjectReader in(body, "", faults);
  const auto id = in.required_uuid("id");
  const auto represented = read_oin(in, "vertegenwoordigde");
  if (!id || !represented) return fail(Errc::kCorrupt, "family entity: a representation without id or represented");
  std::optional<Representation> out = read_content(in, *id, *represented);
  const auto* list = in.required_array("ondertekeningen", 0, kPartyCount);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if (auto one = read_endorsement((*list)[i], in.pointer("ondertekeningen", i), faults)) {
      out->ondertekeningen.push_back(std::move(*one));
    }
  }
  out->einde = read_end(in);
  in.finish();
  return codec::checked(std::move(out), stored->version, faults);
}

}  // namespace wissel::core
