#pragma once
// Keys and signatures of JOSE (RFC 7518, RFC 8037) on libcrypto: ES256 on P-256, EdDSA on Ed25519. No other.
//
// Thread safety: every function and every const member may be called at the same time. Functions throw
// std::runtime_error only where libcrypto itself is broken.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace wissel::core {

/// Stored by its JOSE name, so the numbers are free.
enum class SigningAlgorithm : std::uint8_t { kEs256, kEdDsa };

/// As `alg` names it: "ES256" or "EdDSA".
[[nodiscard]] std::string_view jose_name(SigningAlgorithm algorithm) noexcept;

/// Both make signatures of 64 bytes: r ‖ s of 32 bytes each (RFC 7518, section 3.4), or those of RFC 8032.
inline constexpr std::size_t kJoseSignatureLength = 64;
inline constexpr std::size_t kEd25519KeyLength = 32;
inline constexpr std::size_t kP256KeyLength = 64;  ///< x ‖ y, 32 bytes each

/// What a public key consists of, without its name.
struct PublicKeyBytes {
  SigningAlgorithm algorithm = SigningAlgorithm::kEdDsa;
  std::string bytes;  ///< kEd25519KeyLength or kP256KeyLength

  friend bool operator==(const PublicKeyBytes&, const PublicKeyBytes&) = default;
};

/// A public key as a participant publishes it.
struct SigningKeyPublic {
  std::string kid;  ///< the participant's name for it, unique among its keys
  PublicKeyBytes key;
  std::string afdruk;  ///< SHA-256 thumbprint of RFC 7638, base64url: names the key whatever its kid

  friend bool operator==(const SigningKeyPublic&, const SigningKeyPublic&) = default;
};

/// Whether these bytes are a point of the curve under which a signature means something: not off the curve, not
/// written in two ways, and not one of the few points for which anybody can sign.
[[nodiscard]] bool is_sound(const PublicKeyBytes& key);

/// False for a wrong signature, a signature of another length and a key that is none.
[[nodiscard]] bool verify_signature(const PublicKeyBytes& key, std::string_view message, std::string_view signature);

/// The public key in a PEM file that holds a public or an unencrypted private key. Errors: kInvalidInput.
[[nodiscard]] Result<PublicKeyBytes> public_key_of_pem(std::string_view pem);

/// A private key that signs; libcrypto keeps it and wipes it at the end.
class JwsPrivateKey {
 public:
  /// An unencrypted private key in PEM form, P-256 or Ed25519. Errors: kInvalidInput.
  [[nodiscard]] static Result<JwsPrivateKey> from_pem(std::string_view pem);
  [[nodiscard]] static JwsPrivateKey generate(SigningAlgorithm algorithm);
  JwsPrivateKey(JwsPrivateKey&&) noexcept;
  JwsPrivateKey& operator=(JwsPrivateKey&&) noexcept;
  ~JwsPrivateKey();

  [[nodiscard]] const PublicKeyBytes& public_key() const noexcept { return public_key_; }
  [[nodiscard]] std::string sign(std::string_view message) const;
  /// Unencrypted PKCS#8 in PEM. It holds the secret.
  [[nodiscard]] std::string to_pem() const;

 private:
  struct Key;
  JwsPrivateKey(std::unique_ptr<Key> key, PublicKeyBytes public_key);

  std::unique_ptr<Key> key_;
  PublicKeyBytes public_key_;
};

}  // namespace wissel::core
