#include "core/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <algorithm>
#include <climits>
#include <stdexcept>
#include <utility>

#include "core/freed.hpp"

namespace wissel::core {

namespace {

using Md = std::unique_ptr<EVP_MD, Freed<EVP_MD_free>>;
using MdContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Cipher = std::unique_ptr<EVP_CIPHER, Freed<EVP_CIPHER_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;

void require(bool fine, const char* doing) {
  if (!fine) throw std::runtime_error(std::string("libcrypto failed: ") + doing);
}

/// OpenSSL fetches on every one-shot call; a context that keeps its algorithm does not.
EVP_MD_CTX* sha256_context() {
  static const Md algorithm(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local const MdContext context = [] {
    MdContext fresh(EVP_MD_CTX_new());
    require(fresh && EVP_DigestInit_ex2(fresh.get(), algorithm.get(), nullptr) == 1, "prepare SHA-256");
    return fresh;
  }();
  return context.get();
}

const EVP_CIPHER* gcm() {
  static const Cipher algorithm(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
  require(algorithm != nullptr, "fetch AES-256-GCM");
  return algorithm.get();
}

EVP_CIPHER_CTX* cipher_context() {
  thread_local const CipherContext context(EVP_CIPHER_CTX_new());
  require(context != nullptr, "make a cipher context");
  return context.get();
}

const unsigned char* bytes_of(std::string_view text) { return as_bytes(text).data(); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

int length_of(std::string_view text) {
  require(text.size() <= INT_MAX, "input above 2 GiB");
  return static_cast<int>(text.size());
}

}  // namespace

Hash sha256(std::span<const std::string_view> parts) {
  EVP_MD_CTX* context = sha256_context();
  Hash out;
  bool fine = EVP_DigestInit_ex2(context, nullptr, nullptr) == 1;
  for (const auto part : parts) fine = fine && EVP_DigestUpdate(context, part.data(), part.size()) == 1;
  fine = fine && EVP_DigestFinal_ex(context, out.data(), nullptr) == 1;
  require(fine, "SHA-256");
  return out;
}

Hash sha256(std::initializer_list<std::string_view> parts) {
  return sha256(std::span<const std::string_view>(parts.begin(), parts.size()));
}

Hash hmac_sha256(std::string_view key, std::initializer_list<std::string_view> parts) {
  return HmacKey(key).mac(parts);
}

namespace {

/// Random bytes drawn ahead: a call of the generator costs about a microsecond whatever its size, and an access needs
/// four salts and ids. Each byte is handed out once and overwritten. Not for a process that forks: a child would hand
/// out the same.
class RandomReserve {
 public:
  static constexpr std::size_t kTakenMax = 32;  // more at once is drawn directly

  RandomReserve() = default;
  RandomReserve(const RandomReserve&) = delete;
  RandomReserve& operator=(const RandomReserve&) = delete;
  ~RandomReserve() { wipe(bytes_); }

  void take(std::span<std::uint8_t> out) {
    if (out.size() > left_) {
      draw(bytes_);
      left_ = bytes_.size();
    }
    const auto taken = std::span(bytes_).subspan(left_ - out.size(), out.size());
    std::ranges::copy(taken, out.begin());
    wipe(taken);
    left_ -= out.size();
  }
  static void draw(std::span<std::uint8_t> out) {
    require(out.size() <= INT_MAX && RAND_bytes(out.data(), static_cast<int>(out.size())) == 1, "random bytes");
  }

 private:
  ByteArray<512> bytes_{};
  std::size_t left_ = 0;
};

}  // namespace

void random_bytes(std::span<std::uint8_t> out) {
  thread_local RandomReserve reserve;
  if (out.size() > RandomReserve::kTakenMax) return RandomReserve::draw(out);
  reserve.take(out);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::span<std::uint8_t> secret) noexcept { OPENSSL_cleanse(secret.data(), secret.size()); }

void wipe(std::string& secret) noexcept {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

// Over sha256() and not EVP_MAC: no context to copy per call, so no allocation, and the key is plain bytes that many
// threads read. It costs two more compressions.
HmacKey::HmacKey(std::string_view key) {
  ByteArray<64> block{};
  if (key.size() > block.size()) {
    const Hash shorter = sha256({key});
    std::ranges::copy(shorter, block.begin());
  } else {
    std::ranges::copy(as_bytes(key), block.begin());
  }
  for (std::size_t i = 0; i < block.size(); ++i) {
    inner_[i] = static_cast<std::uint8_t>(block[i] ^ 0x36U);
    outer_[i] = static_cast<std::uint8_t>(block[i] ^ 0x5cU);
  }
  wipe(block);
}

HmacKey::~HmacKey() {
  wipe(inner_);
  wipe(outer_);
}

Hash HmacKey::mac(std::initializer_list<std::string_view> parts) const {
  EVP_MD_CTX* context = sha256_context();
  Hash inner;
  bool fine = EVP_DigestInit_ex2(context, nullptr, nullptr) == 1 &&
              EVP_DigestUpdate(context, inner_.data(), inner_.size()) == 1;
  for (const auto part : parts) fine = fine && EVP_DigestUpdate(context, part.data(), part.size()) == 1;
  fine = fine && EVP_DigestFinal_ex(context, inner.data(), nullptr) == 1;
  require(fine, "HMAC-SHA-256");
  return sha256({as_view(outer_), as_view(inner)});
}

Result<SealingKey> SealingKey::from_bytes(std::string_view key) {
  if (key.size() != kKeyLength) return fail(Errc::kInvalidInput, "a sealing key has exactly 32 bytes");
  SealingKey made;
  std::ranges::copy(as_bytes(key), made.key_.begin());
  return made;
}

SealingKey::~SealingKey() { wipe(key_); }

std::string SealingKey::seal(std::string_view plain, std::string_view aad) const {
  std::string out(kNonceLength + plain.size() + kTagLength, '\0');
  unsigned char* nonce = bytes_of(out);
  unsigned char* text = nonce + kNonceLength;
  unsigned char* tag = text + plain.size();
  random_bytes({nonce, kNonceLength});

  EVP_CIPHER_CTX* context = cipher_context();
  int written = 0;
  bool fine = EVP_EncryptInit_ex2(context, gcm(), key_.data(), nonce, nullptr) == 1 &&
              EVP_EncryptUpdate(context, nullptr, &written, bytes_of(aad), length_of(aad)) == 1 &&
              EVP_EncryptUpdate(context, text, &written, bytes_of(plain), length_of(plain)) == 1 &&
              EVP_EncryptFinal_ex(context, tag, &written) == 1 &&
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagLength, tag) == 1;
  EVP_CIPHER_CTX_reset(context);  // no key stays behind in a thread
  require(fine, "AES-256-GCM seal");
  return out;
}

Result<std::string> SealingKey::open(std::string_view sealed, std::string_view aad) const {
  if (sealed.size() < kNonceLength + kTagLength) return fail(Errc::kCorrupt, "sealed bytes are too short");
  const auto nonce = sealed.substr(0, kNonceLength);
  const auto text = sealed.substr(kNonceLength, sealed.size() - kNonceLength - kTagLength);
  std::string tag(sealed.substr(sealed.size() - kTagLength));
  // One byte more than needed: an empty text would give OpenSSL a null pointer, which means something else to it.
  std::string plain(text.size() + 1, '\0');

  EVP_CIPHER_CTX* context = cipher_context();
  int written = 0;
  const bool fine = EVP_DecryptInit_ex2(context, gcm(), key_.data(), bytes_of(nonce), nullptr) == 1 &&
                    EVP_DecryptUpdate(context, nullptr, &written, bytes_of(aad), length_of(aad)) == 1 &&
                    EVP_DecryptUpdate(context, bytes_of(plain), &written, bytes_of(text), length_of(text)) == 1 &&
                    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagLength, tag.data()) == 1 &&
                    EVP_DecryptFinal_ex(context, bytes_of(plain) + text.size(), &written) == 1;
  EVP_CIPHER_CTX_reset(context);
  if (!fine) {
    wipe(plain);
    return fail(Errc::kCorrupt, "sealed bytes do not open: changed, or sealed under another key");
  }
  plain.resize(text.size());
  return plain;
}

struct SigningKey::Key {
  PrivateKey handle;
};

SigningKey::SigningKey(std::unique_ptr<Key> key) : key_(std::move(key)) {
  std::size_t length = public_key_.size();
  require(
      EVP_PKEY_get_raw_public_key(key_->handle.get(), public_key_.data(), &length) == 1 && length == public_key_.size(),
      "read an Ed25519 public key");
}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

Result<SigningKey> SigningKey::from_pem(std::string_view pem) {
  if (pem.size() > 64 * 1024) return fail(Errc::kInvalidInput, "a private key file above 64 KiB");
  const Bio source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  require(source != nullptr, "open a buffer");
  // Never ask a terminal for a passphrase: a daemon has none.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  PrivateKey handle(PEM_read_bio_PrivateKey(source.get(), nullptr, no_passphrase, nullptr));
  if (!handle) return fail(Errc::kInvalidInput, "no unencrypted private key in PEM form");
  if (EVP_PKEY_get_base_id(handle.get()) != EVP_PKEY_ED25519) {
    return fail(Errc::kInvalidInput, "the private key is not an Ed25519 key");
  }
  return SigningKey(std::make_unique<Key>(Key{std::move(handle)}));
}

SigningKey SigningKey::from_seed(std::span<const std::uint8_t, 32> seed) {
  PrivateKey handle(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  require(handle != nullptr, "make an Ed25519 key");
  return SigningKey(std::make_unique<Key>(Key{std::move(handle)}));
}

SigningKey SigningKey::generate() {
  ByteArray<32> seed;
  random_bytes(seed);
  auto made = from_seed(seed);
  wipe(seed);
  return made;
}

std::string SigningKey::sign(std::string_view message) const {
  const MdContext context(EVP_MD_CTX_new());
  std::string out(kSignatureLength, '\0');
  std::size_t length = out.size();
  require(context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_->handle.get()) == 1 &&
              EVP_DigestSign(context.get(), bytes_of(out), &length, bytes_of(message), message.size()) == 1 &&
              length == out.size(),
          "Ed25519 sign");
  return out;
}

std::string SigningKey::to_pem() const {
  const Bio target(BIO_new(BIO_s_mem()));
  require(target && PEM_write_bio_PKCS8PrivateKey(target.get(), key_->handle.get(), nullptr, nullptr, 0, nullptr,
                                                  nullptr) == 1,
          "write a private key");
  char* data = nullptr;
  const long size = BIO_get_mem_data(target.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

bool verify_ed25519(const PublicKey& public_key, std::string_view message, std::string_view signature) {
  if (signature.size() != SigningKey::kSignatureLength) return false;
  const PrivateKey handle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, public_key.data(), public_key.size()));
  const MdContext context(EVP_MD_CTX_new());
  if (!handle || !context) return false;
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, handle.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(message), message.size()) == 1;
}

}  // namespace wissel::core
