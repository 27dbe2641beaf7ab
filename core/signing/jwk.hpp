#pragma once
// Published keys as JSON Web Keys (RFC 7517; EC of RFC 7518, section 6.2; OKP of RFC 8037).
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/object_reader.hpp"
#include "core/signing/keys.hpp"

namespace wissel::core {

/// Keys that one participant may have published at a time: old and new of a few signers.
inline constexpr std::size_t kSigningKeysMax = 20;
inline constexpr std::size_t kKidMax = 100;  ///< characters

/// RFC 7638: base64url of the SHA-256 of the key's required members in canonical JSON.
[[nodiscard]] std::string thumbprint(const PublicKeyBytes& key);
/// With its thumbprint; an empty `kid` becomes the thumbprint.
[[nodiscard]] SigningKeyPublic published(std::string kid, PublicKeyBytes key);

/// {"keys": [JWK, …]}: at most kSigningKeysMax public keys on P-256 or Ed25519, each with a kid of its own. Private
/// members are a fault that says so; no fault repeats a value. The result counts only when there are no faults.
[[nodiscard]] std::vector<SigningKeyPublic> read_jwk_set(const boost::json::value& value, const std::string& pointer,
                                                         Faults& faults);

/// With kty, crv, x (and y), kid, alg and use.
[[nodiscard]] boost::json::object to_json(const SigningKeyPublic& key);
[[nodiscard]] boost::json::object to_jwk_set(std::span<const SigningKeyPublic> keys);

}  // namespace wissel::core
