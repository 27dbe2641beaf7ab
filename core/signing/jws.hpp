#pragma once
// Signatures over content that travels apart: detached JSON Web Signatures (RFC 7515, appendix F), `header..signature`.
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/problem.hpp"
#include "core/signing/keys.hpp"

namespace wissel::core {

/// Characters of a whole signature, and bytes of its header once decoded. A usual one takes 200 and 60.
inline constexpr std::size_t kJwsMax = 8 * 1024;
inline constexpr std::size_t kJwsHeaderMax = 4 * 1024;

/// By which key a signature was made.
struct VerifiedBy {
  std::string kid;
  std::string afdruk;
};

/// Verifies a compact JWS over `payload` by the one of `keys` that its header names in `kid`. `alg` must be the one
/// algorithm of that key; `crit`, `b64: false` and an `alg` of none are refused; keys and addresses of keys in the
/// header are not looked at. Further members pass (RFC 7515, section 4). Refuses with kSignatureInvalid and
/// kSigningKeyUnknown; the detail says what to do and repeats nothing of the signature.
[[nodiscard]] Checked<VerifiedBy> verify_detached(std::string_view jws, std::string_view payload,
                                                  std::span<const SigningKeyPublic> keys);

/// What verify_detached() takes. `kid` is what the key was published under.
[[nodiscard]] std::string sign_detached(std::string_view payload, const JwsPrivateKey& key, std::string_view kid);

}  // namespace wissel::core
