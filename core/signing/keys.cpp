#include "core/signing/keys.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <stdexcept>
#include <utility>

#include "core/bytes.hpp"
#include "core/crypto.hpp"
#include "core/freed.hpp"
#include "core/signing/ed25519_point.hpp"

namespace wissel::core {

namespace {

using KeyHandle = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using MdContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;

constexpr std::size_t kHalf = kJoseSignatureLength / 2;
constexpr std::size_t kPemMax = 64 * 1024;
constexpr char kUncompressed = 4;  // SEC 1, section 2.3.3: 04 ‖ x ‖ y

void require(bool fine, const char* doing) {
  if (!fine) throw std::runtime_error(std::string("libcrypto failed: ") + doing);
}

const unsigned char* bytes_of(std::string_view text) { return as_bytes(text).data(); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

KeyHandle p256_handle(std::string_view x_y) {
  const std::string point = kUncompressed + std::string(x_y);
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  require(builder && OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
              OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1,
          "name a P-256 key");
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  require(params && context && EVP_PKEY_fromdata_init(context.get()) == 1, "prepare a P-256 key");
  EVP_PKEY* made = nullptr;
  // Reads the point, which fails where it does not lie on the curve.
  const bool fine = EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) == 1;
  KeyHandle handle(made);
  if (!fine) handle.reset();
  return handle;
}

/// Nothing where the bytes are no key.
KeyHandle handle_of(const PublicKeyBytes& key) {
  if (key.algorithm == SigningAlgorithm::kEs256) {
    return key.bytes.size() == kP256KeyLength ? p256_handle(key.bytes) : nullptr;
  }
  if (key.bytes.size() != kEd25519KeyLength) return nullptr;
  return KeyHandle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(key.bytes), key.bytes.size()));
}

/// r ‖ s to the DER that libcrypto reads; empty where it cannot be a signature.
std::string der_of(std::string_view raw) {
  const Signature pair(ECDSA_SIG_new());
  Number r(BN_bin2bn(bytes_of(raw), kHalf, nullptr));
  Number s(BN_bin2bn(bytes_of(raw.substr(kHalf)), kHalf, nullptr));
  require(pair && r && s && ECDSA_SIG_set0(pair.get(), r.get(), s.get()) == 1, "hold a signature");
  static_cast<void>(r.release());  // now the pair's
  static_cast<void>(s.release());
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(pair.get(), &der);
  require(length > 0, "write a signature");
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return out;
}

std::string raw_of(std::string_view der) {
  const unsigned char* at = bytes_of(der);
  const Signature pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string out(kJoseSignatureLength, '\0');
  require(pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes_of(out), kHalf) == kHalf &&
              BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes_of(out) + kHalf, kHalf) == kHalf,
          "read an own signature");
  return out;
}

const EVP_MD* digest_of(SigningAlgorithm algorithm) {
  return algorithm == SigningAlgorithm::kEs256 ? EVP_sha256() : nullptr;  // Ed25519 hashes by itself
}

Result<PublicKeyBytes> public_part(EVP_PKEY* handle) {
  PublicKeyBytes out;
  if (EVP_PKEY_is_a(handle, "ED25519") == 1) {
    out.bytes.resize(kEd25519KeyLength);
    std::size_t length = out.bytes.size();
    require(EVP_PKEY_get_raw_public_key(handle, bytes_of(out.bytes), &length) == 1, "read an Ed25519 public key");
  } else {
    char group[32] = {};
    const bool named =
        EVP_PKEY_is_a(handle, "EC") == 1 &&
        EVP_PKEY_get_utf8_string_param(handle, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, nullptr) == 1;
    if (!named || std::string_view(group) != "prime256v1") {
      return fail(Errc::kInvalidInput, "neither an Ed25519 key nor an EC key on P-256");
    }
    unsigned char* point = nullptr;
    const std::size_t length = EVP_PKEY_get1_encoded_public_key(handle, &point);
    if (length == kP256KeyLength + 1) out.bytes.assign(reinterpret_cast<const char*>(point) + 1, kP256KeyLength);
    OPENSSL_free(point);
    out.algorithm = SigningAlgorithm::kEs256;
  }
  if (!is_sound(out)) return fail(Errc::kInvalidInput, "the public key is no sound point of its curve");
  return out;
}

/// Never asks a terminal for a passphrase: a daemon has none, and a key file that needs one is refused with a word.
int no_passphrase(char* /*out*/, int /*size*/, int /*writing*/, void* /*user*/) { return -1; }

Bio buffer_of(std::string_view pem) {
  Bio source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  require(source != nullptr, "open a buffer");
  return source;
}

}  // namespace

std::string_view jose_name(SigningAlgorithm algorithm) noexcept {
  return algorithm == SigningAlgorithm::kEs256 ? "ES256" : "EdDSA";
}

bool is_sound(const PublicKeyBytes& key) {
  const auto handle = handle_of(key);
  ERR_clear_error();  // what was refused here is not the next caller's error
  if (!handle) return false;
  if (key.algorithm == SigningAlgorithm::kEdDsa)
    return is_sound_ed25519(as_bytes(key.bytes).first<kEd25519KeyLength>());
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, handle.get(), nullptr));
  require(context != nullptr, "check a key");
  const bool sound = EVP_PKEY_public_check(context.get()) == 1;
  ERR_clear_error();
  return sound;
}

bool verify_signature(const PublicKeyBytes& key, std::string_view message, std::string_view signature) {
  if (signature.size() != kJoseSignatureLength) return false;
  const auto handle = handle_of(key);
  const std::string der = key.algorithm == SigningAlgorithm::kEs256 ? der_of(signature) : std::string(signature);
  const MdContext context(EVP_MD_CTX_new());
  const bool good =
      handle && context &&
      EVP_DigestVerifyInit(context.get(), nullptr, digest_of(key.algorithm), nullptr, handle.get()) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(der), der.size(), bytes_of(message), message.size()) == 1;
  ERR_clear_error();
  return good;
}

Result<PublicKeyBytes> public_key_of_pem(std::string_view pem) {
  if (pem.size() > kPemMax) return fail(Errc::kInvalidInput, "a key file above 64 KiB");
  KeyHandle handle(PEM_read_bio_PUBKEY(buffer_of(pem).get(), nullptr, no_passphrase, nullptr));
  if (!handle) handle.reset(PEM_read_bio_PrivateKey(buffer_of(pem).get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (!handle) return fail(Errc::kInvalidInput, "no public key and no unencrypted private key in PEM form");
  return public_part(handle.get());
}

struct JwsPrivateKey::Key {
  KeyHandle handle;
};

JwsPrivateKey::JwsPrivateKey(std::unique_ptr<Key> key, PublicKeyBytes public_key)
    : key_(std::move(key)), public_key_(std::move(public_key)) {}
JwsPrivateKey::JwsPrivateKey(JwsPrivateKey&&) noexcept = default;
JwsPrivateKey& JwsPrivateKey::operator=(JwsPrivateKey&&) noexcept = default;
JwsPrivateKey::~JwsPrivateKey() = default;

Result<JwsPrivateKey> JwsPrivateKey::from_pem(std::string_view pem) {
  if (pem.size() > kPemMax) return fail(Errc::kInvalidInput, "a key file above 64 KiB");
  KeyHandle handle(PEM_read_bio_PrivateKey(buffer_of(pem).get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (!handle) return fail(Errc::kInvalidInput, "no unencrypted private key in PEM form");
  auto known = public_part(handle.get());
  if (!known) return std::unexpected(std::move(known).error());
  return JwsPrivateKey(std::make_unique<Key>(Key{std::move(handle)}), std::move(*known));
}

JwsPrivateKey JwsPrivateKey::generate(SigningAlgorithm algorithm) {
  KeyHandle handle(algorithm == SigningAlgorithm::kEs256 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
                                                         : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  require(handle != nullptr, "make a key");
  auto known = public_part(handle.get());
  require(known.has_value(), "read a fresh key");
  return {std::make_unique<Key>(Key{std::move(handle)}), std::move(*known)};
}

std::string JwsPrivateKey::sign(std::string_view message) const {
  const MdContext context(EVP_MD_CTX_new());
  const auto* const digest = digest_of(public_key_.algorithm);
  require(context && EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_->handle.get()) == 1,
          "prepare a signature");
  std::size_t length = 0;
  require(EVP_DigestSign(context.get(), nullptr, &length, bytes_of(message), message.size()) == 1, "sign");
  std::string out(length, '\0');
  require(EVP_DigestSign(context.get(), bytes_of(out), &length, bytes_of(message), message.size()) == 1, "sign");
  out.resize(length);
  return public_key_.algorithm == SigningAlgorithm::kEs256 ? raw_of(out) : out;
}

std::string JwsPrivateKey::to_pem() const {
  const Bio target(BIO_new(BIO_s_mem()));
  auto* const key = key_->handle.get();
  require(target && PEM_write_bio_PKCS8PrivateKey(target.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "write a private key");
  char* data = nullptr;
  const long size = BIO_get_mem_data(target.get(), &data);
  std::string out(data, static_cast<std::size_t>(size));
  OPENSSL_cleanse(data, static_cast<std::size_t>(size));
  return out;
}

}  // namespace wissel::core
