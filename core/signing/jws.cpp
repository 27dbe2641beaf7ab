#include "core/signing/jws.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <optional>

#include "core/bytes.hpp"
#include "core/json/parse.hpp"
#include "core/json/write.hpp"
#include "core/signing/base64url.hpp"
#include "core/signing/jwk.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

// A header is a handful of members; what is nested in it is of extensions that we do not read.
constexpr JsonLimits kHeaderLimits{.depth_max = 8, .values_max = 200, .members_max = 50};

std::unexpected<Problem> invalid(std::string detail) {
  return refuse(ProblemCode::kSignatureInvalid, std::move(detail));
}

struct Parts {
  std::string_view header;     ///< as it was written: these characters are signed
  std::string_view signature;  ///< base64url
};

Checked<Parts> cut(std::string_view jws) {
  if (jws.size() > kJwsMax) return invalid("De handtekening is langer dan 8192 tekens.");
  const auto first = jws.find('.');
  const auto last = jws.rfind('.');
  if (first == std::string_view::npos || std::ranges::count(jws, '.') != 2) {
    return invalid("De handtekening moet een compacte JWS met losse inhoud zijn: kop..handtekening.");
  }
  if (last != first + 1) {
    return invalid("Laat het middelste deel van de JWS leeg: de inhoud gaat los mee (RFC 7515, bijlage F).");
  }
  return Parts{jws.substr(0, first), jws.substr(last + 1)};
}

struct Header {
  std::string alg;
  std::string kid;
};

std::optional<std::string> text_in(const json::object& header, std::string_view name) {
  const auto* const found = header.if_contains(name);
  if (found == nullptr || !found->is_string()) return std::nullopt;
  return std::string(found->get_string());
}

Checked<Header> read_header(std::string_view written) {
  const auto bytes = from_base64url(written);
  if (!bytes) return invalid("De kop van de JWS is geen base64url zonder opvulling.");
  if (bytes->size() > kJwsHeaderMax) return invalid("De kop van de JWS is groter dan 4096 bytes.");
  const auto value = parse_json(*bytes, kHeaderLimits);
  if (!value || !value->is_object()) return invalid("De kop van de JWS is geen geldig JSON-object.");
  const auto& header = value->get_object();
  if (header.contains("crit")) return invalid("De kop noemt crit; uitbreidingen worden hier niet ondersteund.");
  if (const auto* b64 = header.if_contains("b64"); b64 != nullptr && (!b64->is_bool() || !b64->get_bool())) {
    return invalid("De kop noemt b64; onderteken de inhoud in base64url, zoals RFC 7515 het zonder b64 doet.");
  }
  auto alg = text_in(header, "alg");
  if (!alg || (*alg != jose_name(SigningAlgorithm::kEs256) && *alg != jose_name(SigningAlgorithm::kEdDsa))) {
    return invalid("De kop moet als alg ES256 of EdDSA noemen.");
  }
  auto kid = text_in(header, "kid");
  if (!kid || kid->empty()) return invalid("De kop moet als kid de naam van de gepubliceerde sleutel noemen.");
  return Header{std::move(*alg), std::move(*kid)};
}

std::string signing_input(std::string_view header, std::string_view payload) {
  return std::string(header) + '.' + to_base64url(as_bytes(payload));
}

}  // namespace

Checked<VerifiedBy> verify_detached(std::string_view jws, std::string_view payload,
                                    std::span<const SigningKeyPublic> keys) {
  const auto parts = cut(jws);
  if (!parts) return std::unexpected(parts.error());
  const auto header = read_header(parts->header);
  if (!header) return std::unexpected(header.error());
  const auto signature = from_base64url(parts->signature);
  if (!signature || signature->size() != kJoseSignatureLength) {
    return invalid("Het laatste deel van de JWS is geen handtekening van 64 bytes in base64url zonder opvulling.");
  }
  const auto key = std::ranges::find(keys, header->kid, &SigningKeyPublic::kid);
  if (key == keys.end()) {
    return refuse(ProblemCode::kSigningKeyUnknown,
                  "De organisatie heeft geen sleutel met de kid van de handtekening gepubliceerd; publiceer haar met "
                  "PUT /v1/deelnemers/{oin}/ondertekensleutels of onderteken met een sleutel die er staat.");
  }
  if (header->alg != jose_name(key->key.algorithm)) {
    return invalid(
        "De alg in de kop hoort niet bij de sleutel van deze kid: een sleutel op P-256 tekent met ES256, een "
        "op Ed25519 met EdDSA.");
  }
  if (!verify_signature(key->key, signing_input(parts->header, payload), *signature)) {
    return invalid(
        "De handtekening past niet bij deze inhoud en deze sleutel: onderteken precies de bytes die worden "
        "aangeboden, van deze versie, met de geheime helft van de sleutel van deze kid.");
  }
  return VerifiedBy{key->kid, key->afdruk};
}

std::string sign_detached(std::string_view payload, const JwsPrivateKey& key, std::string_view kid) {
  const json::object header{{"alg", jose_name(key.public_key().algorithm)}, {"kid", kid}};
  const auto written = to_base64url(as_bytes(write_json(header)));
  const auto signature = key.sign(signing_input(written, payload));
  return written + ".." + to_base64url(as_bytes(signature));
}

}  // namespace wissel::core
