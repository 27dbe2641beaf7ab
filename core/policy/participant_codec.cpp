// Participants as JSON.
#include <boost/json.hpp>

#include <algorithm>

#include "core/messages/enum_names.hpp"
#include "core/policy/codec.hpp"
#include "core/policy/codec_parts.hpp"
#include "core/signing/jwk.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

constexpr std::string_view kKeys = "ondertekensleutels";  // as stored

void read_endpoints(ObjectReader& in, Participant& participant) {
  const auto* value = in.optional_object("eindpunten");
  if (value == nullptr || !value->is_object()) return;
  if (value->get_object().size() > 16) {
    in.fault("eindpunten", ProblemCode::kFieldValue, "heeft meer dan 16 eindpunten");
    return;
  }
  ObjectReader points(*value, in.pointer("eindpunten"), in.faults());
  for (const auto& [name, url] : value->get_object()) {
    const auto text = points.required_uri(name, codec::kUrlMax);
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

// The keys are a resource of their own: in the store beside the participant's form, in the API never part of it.
std::string encode(const Participant& participant) {
  auto object = to_json(participant);
  if (!participant.ondertekensleutels.empty()) object[kKeys] = to_jwk_set(participant.ondertekensleutels);
  return codec::store(object);
}

Result<Participant> decode_participant(std::string_view value) {
  auto stored = codec::open_stored(value);
  if (!stored) return std::unexpected(std::move(stored).error());
  const auto* text = stored->object.if_contains("oin");
  auto oin = Oin::parse(text != nullptr && text->is_string() ? std::string_view(text->get_string()) : "");
  if (!oin) return std::unexpected(std::move(oin).error());
  Faults faults;
  std::vector<SigningKeyPublic> keys;
  if (const auto* set = stored->object.if_contains(kKeys)) {
    keys = read_jwk_set(*set, "/" + std::string(kKeys), faults);
    stored->object.erase(kKeys);
  }
  auto read = read_participant(stored->object, *oin, faults);
  if (read) read->ondertekensleutels = std::move(keys);
  return codec::checked(std::move(read), stored->version, faults);
}

}  // namespace wissel::core
