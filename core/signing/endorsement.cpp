#include "core/signing/endorsement.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

#include "core/crypto.hpp"
#include "core/policy/model.hpp"
#include "core/signing/jwk.hpp"
#include "core/signing/jws.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

// A thumbprint: 32 bytes in base64url.
constexpr std::size_t kThumbprintLength = 43;

enum class Manner : std::uint8_t { kSigned, kConfirmed };
constexpr std::array<EnumName<Manner>, 2> kManners{
    {{"handtekening", Manner::kSigned}, {"bevestiging", Manner::kConfirmed}}};

std::optional<Hash> read_hash(ObjectReader& in, std::string_view name) {
  const auto text = in.required_string(name, 1, 64);
  if (!text) return std::nullopt;
  const auto bytes = from_hex(*text);
  Hash out{};
  if (!bytes || bytes->size() != out.size()) {
    in.fault(name, ProblemCode::kFieldValue, "is geen SHA-256 in 64 hextekens");
    return std::nullopt;
  }
  std::ranges::copy(as_bytes(*bytes), out.begin());
  return out;
}

Checked<Endorsement> confirm(const Hash& confirmed, std::string_view payload, const Participant& party, bool allowed,
                             Instant at) {
  if (!allowed) {
    return refuse(ProblemCode::kConfirmationNotAllowed,
                  "In dit netwerk telt alleen een handtekening: publiceer een sleutel, onderteken de inhoud en stuur "
                  "handtekening in plaats van bevestiging.");
  }
  if (confirmed != sha256({payload})) {
    return refuse(ProblemCode::kSignatureInvalid,
                  "De bevestiging noemt een andere inhoud dan hier ligt: haal de inhoud opnieuw op, lees haar en noem "
                  "de SHA-256 van precies die bytes.");
  }
  return Endorsement{.door = party.oin, .op = at, .handtekening = {}, .kid = {}, .afdruk = {}};
}

}  // namespace

json::object to_json(const Endorsement& endorsement) {
  json::object out{{"door", endorsement.door.view()}, {"op", format_rfc3339(endorsement.op)}};
  out["wijze"] = name_of<Manner>(kManners, endorsement.is_signed() ? Manner::kSigned : Manner::kConfirmed);
  if (endorsement.is_signed()) {
    out["handtekening"] = endorsement.handtekening;
    out["kid"] = endorsement.kid;
    out["afdruk"] = endorsement.afdruk;
  }
  return out;
}

std::optional<Endorsement> read_endorsement(const json::value& value, const std::string& pointer, Faults& faults) {
  const auto before = faults.count();
  ObjectReader in(value, pointer, faults);
  const auto oin = Oin::parse(in.required_string("door", 1, Oin::kLength).value_or(""));
  if (!oin) in.fault("door", ProblemCode::kFieldValue, "is geen OIN");
  const auto at = in.required_time("op");
  const auto manner = in.required_enum("wijze", kManners);
  std::string jws;
  std::string kid;
  std::string print;
  if (manner == Manner::kSigned) {
    jws = in.required_string("handtekening", 1, kJwsMax).value_or("");
    kid = in.required_string("kid", 1, kKidMax).value_or("");
    print = in.required_string("afdruk", kThumbprintLength, kThumbprintLength).value_or("");
  }
  in.finish();
  if (faults.count() != before || !oin || !at) return std::nullopt;
  return Endorsement{*oin, *at, std::move(jws), std::move(kid), std::move(print)};
}

EndorsementInput read_endorsement_input(ObjectReader& in) {
  EndorsementInput out{};
  const auto jws = in.optional_string("handtekening", 1, kJwsMax);
  const auto* const confirmation = in.optional_object("bevestiging");
  if (in.is_object() && in.has("handtekening") == in.has("bevestiging")) {
    in.fault(ProblemCode::kFieldMissing, "heeft precies een van handtekening en bevestiging nodig");
  }
  out.handtekening = jws.value_or("");
  if (confirmation != nullptr) {
    ObjectReader inner(*confirmation, in.pointer("bevestiging"), in.faults());
    out.inhoud_sha256 = read_hash(inner, "inhoudSha256");
    inner.finish();
  }
  return out;
}

Checked<Endorsement> endorse(const EndorsementInput& input, std::string_view payload, const Participant& party,
                             bool confirmation_allowed, Instant at) {
  if (input.inhoud_sha256) return confirm(*input.inhoud_sha256, payload, party, confirmation_allowed, at);
  auto by = verify_detached(input.handtekening, payload, party.ondertekensleutels);
  if (!by) return std::unexpected(std::move(by).error());
  return Endorsement{party.oin, at, input.handtekening, std::move(by->kid), std::move(by->afdruk)};
}

}  // namespace wissel::core
