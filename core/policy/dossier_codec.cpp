#include "core/policy/dossier_codec.hpp"

#include <boost/json.hpp>

#include "core/policy/codec.hpp"
#include "core/policy/codec_parts.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

constexpr std::size_t kReasonMax = 1'000;
constexpr std::size_t kEndorsementsMax = 2'000;
constexpr std::size_t kSuspensionsMax = 3'000;
// Only a value of before agreements were signed has it at the top.
constexpr const char* kUnsignedMark = "aanbieders";

json::object word_json(const PartyWord& said) {
  json::object out{{"door", said.door.view()}, {"op", format_rfc3339(said.op)}};
  if (!said.reden.empty()) out["reden"] = said.reden;
  return out;
}

json::array words_json(const std::vector<PartyWord>& words) {
  json::array out;
  for (const auto& said : words) out.push_back(word_json(said));
  return out;
}

json::array endorsements_json(const AgreementVersion& version) {
  json::array out;
  for (const auto& one : version.ondertekeningen) out.push_back(to_json(one));
  return out;
}

/// What a version has beside its content.
void add_signing(const AgreementVersion& version, json::object& out) {
  if (version.opsteller) out["opsteller"] = version.opsteller->view();
  out["ondertekeningen"] = endorsements_json(version);
  if (version.aangeboden && version.opsteller) {
    if (const auto missing = version.missing(); !missing.empty()) out["wachtOp"] = codec::oins(missing);
  }
}

json::object stored_version(const AgreementVersion& version) {
  json::object out{{"inhoud", to_json(version.inhoud)},
                   {"aangeboden", version.aangeboden},
                   {"ondertekeningen", endorsements_json(version)}};
  if (version.opsteller) out["opsteller"] = version.opsteller->view();
  return out;
}

std::optional<Oin> read_oin(ObjectReader& in, std::string_view name) {
  const auto text = in.required_string(name, Oin::kLength, Oin::kLength);
  auto oin = Oin::parse(text.value_or(""));
  if (text && !oin) in.fault(name, ProblemCode::kFieldValue, "is geen OIN");
  return oin ? std::optional(*oin) : std::nullopt;
}

std::optional<PartyWord> read_word(const json::value& value, const std::string& pointer, Faults& faults) {
  ObjectReader in(value, pointer, faults);
  const auto door = read_oin(in, "door");
  const auto at = in.required_time("op");
  const auto reason = in.optional_text("reden", 1, kReasonMax);
  in.finish();
  if (!door || !at) return std::nullopt;
  return PartyWord{*door, *at, std::string(reason.value_or(""))};
}

/// A stored content carries its version, which the API's form may repeat.
std::optional<Agreement> read_content(const json::value& value, const Uuid& id, Faults& faults) {
  auto content = read_stored_agreement(value, id, faults);
  const auto* object = value.if_object();
  const auto* version = object != nullptr ? object->if_contains("versie") : nullptr;
  boost::system::error_code not_whole;
  if (content && version != nullptr) content->versie = version->to_number<std::uint64_t>(not_whole);
  if (version == nullptr || not_whole) faults.add("/versie", ProblemCode::kFieldValue, "is geen versie");
  return content;
}

std::optional<AgreementVersion> read_version(const json::value& value, const std::string& pointer, const Uuid& id,
                                             Faults& faults) {
  ObjectReader in(value, pointer, faults);
  const auto* content = in.required_object("inhoud");
  auto read = content != nullptr ? read_content(*content, id, faults) : std::nullopt;
  if (!read) return std::nullopt;
  AgreementVersion out{std::move(*read), std::nullopt, in.required_bool("aangeboden").value_or(false), {}};
  if (in.has("opsteller")) out.opsteller = read_oin(in, "opsteller");
  const auto* list = in.required_array("ondertekeningen", 0, kEndorsementsMax);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if (auto one = read_endorsement((*list)[i], in.pointer("ondertekeningen", i), faults)) {
      out.ondertekeningen.push_back(std::move(*one));
    }
  }
  in.finish();
  return out;
}

std::optional<AgreementVersion> optional_version(ObjectReader& in, std::string_view name, const Uuid& id) {
  const auto* value = in.optional_object(name);
  return value != nullptr ? read_version(*value, in.pointer(name), id, in.faults()) : std::nullopt;
}

std::unexpected<Error> damaged() {
  return fail(Errc::kCorrupt, "family entity: an agreement does not have the form of this version");
}

Result<AgreementDossier> read_dossier(const json::object& object, std::uint64_t change) {
  Faults faults;
  const json::value value(object);
  ObjectReader in(value, "", faults);
  AgreementDossier out;
  out.id = in.required_uuid("id").value_or(Uuid());
  out.wijziging = change;
  out.laatste_versie = static_cast<std::uint64_t>(in.required_int("laatsteVersie", 0, INT64_MAX).value_or(0));
  out.geldend = optional_version(in, "geldend", out.id);
  out.opvolger = optional_version(in, "opvolger", out.id);
  out.voorstel = optional_version(in, "voorstel", out.id);
  const auto* words = in.required_array("schorsingen", 0, kSuspensionsMax);
  for (std::size_t i = 0; words != nullptr && i < words->size(); ++i) {
    if (auto said = read_word((*words)[i], in.pointer("schorsingen", i), faults)) {
      out.schorsingen.push_back(std::move(*said));
    }
  }
  if (const auto* end = in.optional_object("einde")) out.einde = read_word(*end, in.pointer("einde"), faults);
  in.finish();
  if (!faults.empty()) return damaged();
  return out;
}

}  // namespace

json::object to_json(const AgreementVersion& version) {
  auto out = to_json(version.inhoud);
  add_signing(version, out);
  return out;
}

json::object to_json(const AgreementDossier& dossier, Instant at, bool with_drafts) {
  const auto* version = dossier.shown(at);
  auto out = version != nullptr ? to_json(*version) : json::object{{"id", dossier.id.str()}};
  out["stand"] = word(dossier.stage(at));
  out["wijziging"] = dossier.wijziging;
  if (!dossier.schorsingen.empty()) out["schorsingen"] = words_json(dossier.schorsingen);
  if (dossier.einde) out["einde"] = word_json(*dossier.einde);
  const auto beside = [&](const char* name, const std::optional<AgreementVersion>& other) {
    if (other && &*other != version) out[name] = to_json(*other);
  };
  beside("opvolger", dossier.opvolger);
  if (dossier.voorstel && (dossier.voorstel->aangeboden || with_drafts)) beside("voorstel", dossier.voorstel);
  return out;
}

std::string encode(const AgreementDossier& dossier) {
  json::object out{{"id", dossier.id.str()},
                   {"versie", dossier.wijziging},
                   {"laatsteVersie", dossier.laatste_versie},
                   {"schorsingen", words_json(dossier.schorsingen)}};
  const auto put = [&out](const char* name, const std::optional<AgreementVersion>& version) {
    if (version) out[name] = stored_version(*version);
  };
  put("geldend", dossier.geldend);
  put("opvolger", dossier.opvolger);
  put("voorstel", dossier.voorstel);
  if (dossier.einde) out["einde"] = word_json(*dossier.einde);
  return codec::store(out);
}

Result<AgreementDossier> decode_dossier(std::string_view value) {
  auto stored = codec::open_stored(value);
  if (!stored) return std::unexpected(std::move(stored).error());
  if (stored->object.contains(kUnsignedMark)) {
    auto content = decode_agreement(value);
    if (!content) return std::unexpected(std::move(content).error());
    return in_force(std::move(*content));
  }
  return read_dossier(stored->object, stored->version);
}

std::string encode(const AgreementVersion& version) {
  auto out = stored_version(version);
  out["versie"] = version.inhoud.versie;
  return codec::store(out);
}

Result<AgreementVersion> decode_agreement_version(std::string_view value) {
  auto stored = codec::open_stored(value);
  if (!stored) return std::unexpected(std::move(stored).error());
  if (stored->object.contains(kUnsignedMark)) {
    auto content = decode_agreement(value);
    if (!content) return std::unexpected(std::move(content).error());
    return AgreementVersion{std::move(*content), std::nullopt, true, {}};
  }
  const auto* content = stored->object.if_contains("inhoud");
  const auto* text = content != nullptr && content->is_object() ? content->get_object().if_contains("id") : nullptr;
  const auto id = Uuid::parse(text != nullptr && text->is_string() ? std::string_view(text->get_string()) : "");
  if (!id) return damaged();
  Faults faults;
  auto out = read_version(json::value(stored->object), "", *id, faults);
  if (!out || !faults.empty()) return damaged();
  return std::move(*out);
}

}  // namespace wissel::core
