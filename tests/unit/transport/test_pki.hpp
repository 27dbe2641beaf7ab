#pragma once
// Certificates made while the test runs: an own CA, and leaves of each right and wrong kind.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace wissel::test {

inline constexpr const char* kOinServer = "00000099000000001000";
inline constexpr const char* kOinA = "00000099000000002000";
inline constexpr const char* kOinB = "00000099000000003000";

struct PkeyFree {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
struct CertFree {
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};
using PkeyPtr = std::unique_ptr<EVP_PKEY, PkeyFree>;
using CertPtr = std::unique_ptr<X509, CertFree>;

template <class Write>
std::string to_pem(Write write) {
  BIO* memory = BIO_new(BIO_s_mem());
  write(memory);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(memory);
  return pem;
}

/// A certificate with its key.
struct Identity {
  CertPtr certificate;
  PkeyPtr key;

  [[nodiscard]] std::string certificate_pem() const {
    return to_pem([this](BIO* out) { PEM_write_bio_X509(out, certificate.get()); });
  }
  [[nodiscard]] std::string key_pem() const {
    return to_pem(
        [this](BIO* out) { PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  }
};

/// What a leaf says. Times are relative to now.
struct Leaf {
  std::vector<std::string> serial_numbers;
  const char* usage = "serverAuth,clientAuth";
  const char* alt_names = "IP:127.0.0.1,DNS:localhost";
  std::chrono::seconds not_before{-3600};
  std::chrono::seconds not_after{86400};
};

class TestCa {
 public:
  explicit TestCa(const std::string& name) {
    self_.key.reset(EVP_EC_gen("P-256"));
    self_.certificate = blank(name, {}, std::chrono::hours{-48}, std::chrono::hours{480}, self_.key.get());
    X509* own = self_.certificate.get();
    X509_set_issuer_name(own, X509_get_subject_name(own));
    extend(own, own, NID_basic_constraints, "critical,CA:TRUE");
    extend(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
    extend(own, own, NID_subject_key_identifier, "hash");
    extend(own, own, NID_authority_key_identifier, "keyid:always");
    X509_sign(own, self_.key.get(), EVP_sha256());
  }

  [[nodiscard]] std::string pem() const { return self_.certificate_pem(); }

  [[nodiscard]] Identity issue(const Leaf& leaf) {
    Identity made;
    made.key.reset(EVP_EC_gen("P-256"));
    made.certificate = blank("Gemeente Test", leaf.serial_numbers, leaf.not_before, leaf.not_after, made.key.get());
    X509* certificate = made.certificate.get();
    X509* issuer = self_.certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    extend(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
    extend(certificate, issuer, NID_key_usage, "critical,digitalSignature");
    extend(certificate, issuer, NID_ext_key_usage, leaf.usage);
    extend(certificate, issuer, NID_subject_alt_name, leaf.alt_names);
    extend(certificate, issuer, NID_subject_key_identifier, "hash");
    extend(certificate, issuer, NID_authority_key_identifier, "keyid:always");
    X509_sign(certificate, self_.key.get(), EVP_sha256());
    return made;
  }
  [[nodiscard]] Identity issue(const std::string& oin) { return issue(Leaf{.serial_numbers = {oin}}); }

  /// A revocation list, valid for a day, that holds `revoked`.
  [[nodiscard]] std::string crl(const std::vector<const Identity*>& revoked) const {
    X509_CRL* list = X509_CRL_new();
    X509_CRL_set_version(list, 1);
    X509_CRL_set_issuer_name(list, X509_get_subject_name(self_.certificate.get()));
    ASN1_TIME* at = X509_gmtime_adj(nullptr, -60);
    X509_CRL_set1_lastUpdate(list, at);
    for (const Identity* identity : revoked) {
      X509_REVOKED* entry = X509_REVOKED_new();
      X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(identity->certificate.get()));
      X509_REVOKED_set_revocationDate(entry, at);
      X509_CRL_add0_revoked(list, entry);
    }
    X509_gmtime_adj(at, 86400);
    X509_CRL_set1_nextUpdate(list, at);
    ASN1_TIME_free(at);
    X509V3_CTX context;
    X509V3_set_ctx(&context, self_.certificate.get(), nullptr, nullptr, list, 0);
    X509_EXTENSION* keyid = X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always");
    X509_CRL_add_ext(list, keyid, -1);
    X509_EXTENSION_free(keyid);
    ASN1_INTEGER* number = ASN1_INTEGER_new();
    ASN1_INTEGER_set(number, 1);
    X509_CRL_add1_ext_i2d(list, NID_crl_number, number, 0, 0);
    ASN1_INTEGER_free(number);
    X509_CRL_sort(list);
    X509_CRL_sign(list, self_.key.get(), EVP_sha256());
    std::string pem = to_pem([list](BIO* out) { PEM_write_bio_X509_CRL(out, list); });
    X509_CRL_free(list);
    return pem;
  }

 private:
  static void add_name(X509* certificate, const char* field, const std::string& value) {
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), field, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(value.data()), static_cast<int>(value.size()), -1,
                               0);
  }

  CertPtr blank(const std::string& organisation, const std::vector<std::string>& serial_numbers,
                std::chrono::seconds not_before, std::chrono::seconds not_after, EVP_PKEY* key) {
    CertPtr made(X509_new());
    X509* certificate = made.get();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(certificate), not_before.count());
    X509_gmtime_adj(X509_getm_notAfter(certificate), not_after.count());
    add_name(certificate, "C", "NL");
    add_name(certificate, "O", organisation);
    for (const auto& number : serial_numbers) add_name(certificate, "serialNumber", number);
    X509_set_pubkey(certificate, key);
    return made;
  }

  static void extend(X509* certificate, X509* issuer, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    if (extension == nullptr) throw std::runtime_error("extension");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  Identity self_;
  long serial_ = 100;
};

}  // namespace wissel::test
