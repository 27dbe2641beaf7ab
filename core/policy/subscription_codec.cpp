// Subscriptions as JSON.
#include <boost/json.hpp>

#include <algorithm>

#include "core/messages/basis.hpp"
#include "core/messages/enum_names.hpp"
#include "core/messages/subject_codec.hpp"
#include "core/policy/codec.hpp"
#include "core/policy/codec_parts.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

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
  out.zaaktypen = codec::read_sorted_strings(in, "zaaktypen", 100);
  out.bronhouders = codec::read_oins(in, "bronhouders", 0);
  out.typen = codec::read_sorted_strings(in, "typen", 200);
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

json::object to_json(const Subscription& subscription) {
  json::object delivery{{"soort", subscription.bezorging == Bezorgsoort::kPostbus ? "postbus" : "webhook"}};
  if (subscription.bezorging == Bezorgsoort::kWebhook) delivery["eindpunt"] = subscription.eindpunt;
  json::object out{{"id", subscription.id.str()},
                   {"zaaktypen", codec::strings(subscription.zaaktypen)},
                   {"bronhouders", codec::oins(subscription.bronhouders)},
                   {"typen", codec::strings(subscription.typen)},
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

std::string encode(const Subscription& subscription) {
  auto object = to_json(subscription);
  object["afnemer"] = subscription.afnemer.view();
  if (subscription.onderwerp) object["pseudoniem"] = to_hex(*subscription.onderwerp);
  return codec::store(object);
}

Result<Subscription> decode_subscription(std::string_view value) {
  auto stored = codec::open_stored(value);
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
  return codec::checked(std::move(out), stored->version, faults);
}

}  // namespace wissel::core
