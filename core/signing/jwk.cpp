#include "core/signing/jwk.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/bytes.hpp"
#include "core/crypto.hpp"
#include "core/json/write.hpp"
#include "core/signing/base64url.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

constexpr std::size_t kCoordinate = 32;  // bytes, of both curves
// Characters of a member that is read before it is understood: 32 bytes are 43.
constexpr std::size_t kMemberMax = 100;

// RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1: what makes a key private (or shared).
constexpr std::array<std::string_view, 8> kPrivate{"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

/// The members that make the key, as RFC 7638 wants them.
json::object essence(const PublicKeyBytes& key) {
  const auto bytes = as_bytes(key.bytes);
  if (key.algorithm == SigningAlgorithm::kEdDsa) {
    return {{"crv", "Ed25519"}, {"kty", "OKP"}, {"x", to_base64url(bytes)}};
  }
  return {{"crv", "P-256"},
          {"kty", "EC"},
          {"x", to_base64url(bytes.first(kCoordinate))},
          {"y", to_base64url(bytes.subspan(kCoordinate))}};
}

/// A member of exactly 32 bytes in base64url; empty with a fault otherwise.
std::string coordinate(ObjectReader& in, std::string_view name) {
  const auto text = in.required_string(name, 1, kMemberMax);
  if (!text) return {};
  auto bytes = from_base64url(*text);
  if (bytes && bytes->size() == kCoordinate) return std::move(*bytes);
  in.fault(name, ProblemCode::kFieldValue, "is geen 32 bytes in base64url zonder opvulling");
  return {};
}

/// Whether anything private is there, with a fault for each. A key that was sent is no longer secret.
bool holds_private(ObjectReader& in) {
  bool found = false;
  for (const auto name : kPrivate) {
    if (!in.has(name)) continue;
    in.any(name);
    in.fault(name, ProblemCode::kFieldValue,
             "hoort bij een geheime sleutel: stuur alleen het openbare deel, en vervang deze sleutel door een nieuwe");
    found = true;
  }
  return found;
}

void check_word(ObjectReader& in, std::string_view name, std::string_view wanted) {
  const auto given = in.optional_string(name, 1, kMemberMax);
  if (given && *given != wanted) in.fault(name, ProblemCode::kFieldValue, "moet zijn: " + std::string(wanted));
}

/// `use`, `alg` and `key_ops` may be left out; what is there must say that this key verifies by this algorithm.
void check_purpose(ObjectReader& in, SigningAlgorithm algorithm) {
  check_word(in, "use", "sig");
  check_word(in, "alg", jose_name(algorithm));
  const auto operations = in.optional_strings("key_ops", 1, 10, kMemberMax);
  if (operations && std::ranges::any_of(*operations, [](const auto& one) { return one != "verify"; })) {
    in.fault("key_ops", ProblemCode::kFieldValue, "mag alleen verify noemen");
  }
}

/// What `kty` and `crv` together choose.
std::optional<SigningAlgorithm> read_kind(ObjectReader& in) {
  const auto type = in.required_string("kty", 1, kMemberMax);
  const auto curve = in.required_string("crv", 1, kMemberMax);
  if (!type || !curve) return std::nullopt;
  if (*type == "EC" && *curve == "P-256") return SigningAlgorithm::kEs256;
  if (*type == "OKP" && *curve == "Ed25519") return SigningAlgorithm::kEdDsa;
  const bool known = *type == "EC" || *type == "OKP";
  in.fault(known ? "crv" : "kty", ProblemCode::kFieldValue,
           "toegestaan: EC met P-256 (ES256) en OKP met Ed25519 (EdDSA)");
  return std::nullopt;
}

std::optional<SigningKeyPublic> read_jwk(const json::value& value, std::string pointer, Faults& faults) {
  const auto before = faults.count();
  ObjectReader in(value, std::move(pointer), faults);
  const bool is_private = holds_private(in);
  const auto kid = in.required_string("kid", 1, kKidMax);
  const auto algorithm = read_kind(in);
  PublicKeyBytes key;
  if (algorithm) {
    key.algorithm = *algorithm;
    key.bytes = coordinate(in, "x");
    if (*algorithm == SigningAlgorithm::kEs256) key.bytes += coordinate(in, "y");
    check_purpose(in, *algorithm);
    in.finish();
  }
  if (is_private || faults.count() != before || !kid || !algorithm) return std::nullopt;
  if (is_sound(key)) return published(std::string(*kid), std::move(key));
  in.fault("x", ProblemCode::kFieldValue, "is geen bruikbaar punt op de kromme");
  return std::nullopt;
}

}  // namespace

std::string thumbprint(const PublicKeyBytes& key) { return to_base64url(sha256({jcs(essence(key))})); }

SigningKeyPublic published(std::string kid, PublicKeyBytes key) {
  SigningKeyPublic out{std::move(kid), std::move(key), {}};
  out.afdruk = thumbprint(out.key);
  if (out.kid.empty()) out.kid = out.afdruk;
  return out;
}

std::vector<SigningKeyPublic> read_jwk_set(const json::value& value, const std::string& pointer, Faults& faults) {
  std::vector<SigningKeyPublic> out;
  ObjectReader in(value, pointer, faults);
  const auto* const list = in.required_array("keys", 0, kSigningKeysMax);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    auto key = read_jwk((*list)[i], in.pointer("keys", i), faults);
    if (!key) continue;
    if (std::ranges::find(out, key->kid, &SigningKeyPublic::kid) != out.end()) {
      faults.add(in.pointer("keys", i) + "/kid", ProblemCode::kFieldValue, "is al de naam van een sleutel hiervoor");
    }
    out.push_back(std::move(*key));
  }
  in.finish();
  return out;
}

json::object to_json(const SigningKeyPublic& key) {
  auto out = essence(key.key);
  out["kid"] = key.kid;
  out["alg"] = jose_name(key.key.algorithm);
  out["use"] = "sig";
  return out;
}

json::object to_jwk_set(std::span<const SigningKeyPublic> keys) {
  json::array list;
  for (const auto& key : keys) list.push_back(to_json(key));
  return {{"keys", std::move(list)}};
}

}  // namespace wissel::core
