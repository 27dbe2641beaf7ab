#pragma once
// Hashes, keys and signatures on libcrypto, behind names of our own. Algorithms are fetched once and contexts are
// reused per thread, so that the small inputs of the log cost little more than their compressions.
//
// Thread safety: every function and every const member may be called at the same time. Functions throw
// std::runtime_error only where libcrypto itself is broken (no memory, no entropy, algorithm missing).
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace wissel::core {

/// SHA-256 of the parts one after the other.
[[nodiscard]] Hash sha256(std::initializer_list<std::string_view> parts);
[[nodiscard]] Hash sha256(std::span<const std::string_view> parts);

/// HMAC-SHA-256 (RFC 2104) of the parts one after the other. For a key used more than once: HmacKey.
[[nodiscard]] Hash hmac_sha256(std::string_view key, std::initializer_list<std::string_view> parts);

/// Cryptographically strong random bytes.
void random_bytes(std::span<std::uint8_t> out);

/// Takes the same time wherever the first difference is. Lengths are not secret.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

/// Overwrites a secret before its memory is given back; the compiler does not remove it.
void wipe(std::span<std::uint8_t> secret) noexcept;
void wipe(std::string& secret) noexcept;

/// A prepared HMAC-SHA-256 key, wiped at its end.
class HmacKey {
 public:
  /// Any length; RFC 2104 advises at least 32 bytes.
  explicit HmacKey(std::string_view key);
  HmacKey(const HmacKey&) = default;
  HmacKey& operator=(const HmacKey&) = default;
  ~HmacKey();

  [[nodiscard]] Hash mac(std::initializer_list<std::string_view> parts) const;

 private:
  ByteArray<64> inner_{};
  ByteArray<64> outer_{};
};

/// AES-256-GCM (NIST SP 800-38D) with a random nonce: sealed = nonce (12) ‖ ciphertext ‖ tag (16). With random nonces
/// one key serves at most 2^32 seals.
class SealingKey {
 public:
  static constexpr std::size_t kKeyLength = 32;
  static constexpr std::size_t kNonceLength = 12;
  static constexpr std::size_t kTagLength = 16;

  /// Exactly 32 bytes. Errors: kInvalidInput.
  [[nodiscard]] static Result<SealingKey> from_bytes(std::string_view key);
  SealingKey(const SealingKey&) = default;
  SealingKey& operator=(const SealingKey&) = default;
  ~SealingKey();

  /// `aad` is bound, not kept: open() needs the same.
  [[nodiscard]] std::string seal(std::string_view plain, std::string_view aad) const;
  /// Errors: kCorrupt, for another key, another aad and changed bytes alike.
  [[nodiscard]] Result<std::string> open(std::string_view sealed, std::string_view aad) const;

 private:
  SealingKey() = default;

  ByteArray<kKeyLength> key_{};
};

using PublicKey = ByteArray<32>;

/// An Ed25519 private key (RFC 8032).
class SigningKey {
 public:
  static constexpr std::size_t kSignatureLength = 64;

  /// Unencrypted PKCS#8 in PEM ("BEGIN PRIVATE KEY"). Errors: kInvalidInput.
  [[nodiscard]] static Result<SigningKey> from_pem(std::string_view pem);
  /// The 32 bytes of RFC 8032, section 5.1.5.
  [[nodiscard]] static SigningKey from_seed(std::span<const std::uint8_t, 32> seed);
  [[nodiscard]] static SigningKey generate();
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  [[nodiscard]] std::string sign(std::string_view message) const;
  [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
  /// As from_pem() reads it. It holds the secret.
  [[nodiscard]] std::string to_pem() const;

 private:
  struct Key;
  explicit SigningKey(std::unique_ptr<Key> key);

  std::unique_ptr<Key> key_;
  PublicKey public_key_{};
};

/// False for a wrong signature and for a `public_key` that is none.
[[nodiscard]] bool verify_ed25519(const PublicKey& public_key, std::string_view message, std::string_view signature);

}  // namespace wissel::core
