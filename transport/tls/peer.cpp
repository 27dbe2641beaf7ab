#include "transport/tls/peer.hpp"

#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <chrono>
#include <ctime>

namespace wissel::transport {
namespace {

// Of an organizationName; X.520 allows 64 characters, and UTF-8 takes up to four bytes for one.
constexpr std::size_t kOrganisationBytesMax = 256;

/// The first entry of `nid` as UTF-8; empty when absent, unreadable, or holding a NUL.
std::string text_of(const X509_NAME* name, int index) {
  unsigned char* utf8 = nullptr;
  const int length = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  if (length < 0) return {};
  std::string text(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(length));
  OPENSSL_free(utf8);
  if (text.find('\0') != std::string::npos) return {};
  return text;
}

}  // namespace

core::Instant instant_of(const ASN1_TIME* time) noexcept {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return core::Instant{std::chrono::seconds{timegm(&parts)}};
}

Peer peer_of(X509* certificate) {
  Peer peer;
  if (certificate == nullptr) return peer;
  peer.certificate_presented = true;
  peer.refusal = core::ProblemCode::kNoCertificateHolder;
  peer.not_after = instant_of(X509_get0_notAfter(certificate));

  unsigned char* der = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (length > 0) SHA256(der, static_cast<std::size_t>(length), peer.spki_sha256.data());
  OPENSSL_free(der);

  const X509_NAME* subject = X509_get_subject_name(certificate);
  if (const int at = X509_NAME_get_index_by_NID(subject, NID_organizationName, -1); at >= 0) {
    peer.organisation = text_of(subject, at).substr(0, kOrganisationBytesMax);
  }
  const int first = X509_NAME_get_index_by_NID(subject, NID_serialNumber, -1);
  if (first < 0 || X509_NAME_get_index_by_NID(subject, NID_serialNumber, first) >= 0) return peer;
  if (auto oin = core::Oin::parse(text_of(subject, first))) peer.oin = *oin;
  return peer;
}

}  // namespace wissel::transport
