#include "transport/tls/contexts.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "core/freed.hpp"
#include "transport/tls/peer.hpp"

namespace wissel::transport {
namespace {

using core::Errc;
using core::Result;

// Source: NCSC TLS guidelines 2025, classes "goed" and "voldoende".
constexpr const char* kSuites13 = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
constexpr const char* kSuites12 =
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"
    "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256";
constexpr const char* kGroups = "X25519:P-256:P-384";
// 112 bits: RSA from 2048, no SHA-1.
constexpr int kSecurityLevel = 2;
// Sessions kept for resumption; 10 KiB each with the client's chain, as OpenSSL keeps it.
constexpr long kSessionsMax = 4096;
// Seconds a session may be resumed. Short, since a resumption does not look at the certificate's chain again.
constexpr long kSessionSeconds = 300;
// Intermediates in a peer's chain.
constexpr int kChainDepthMax = 6;

using BioPtr = std::unique_ptr<BIO, core::Freed<BIO_free>>;
using CertPtr = std::unique_ptr<X509, core::Freed<X509_free>>;
using CrlPtr = std::unique_ptr<X509_CRL, core::Freed<X509_CRL_free>>;
using StoreCtxPtr = std::unique_ptr<X509_STORE_CTX, core::Freed<X509_STORE_CTX_free>>;

std::unexpected<core::Error> ssl_failure(const std::string& what) {
  std::string detail = what;
  if (const char* reason = ERR_reason_error_string(ERR_peek_error())) detail += std::string(": ") + reason;
  ERR_clear_error();
  return core::fail(Errc::kInvalidInput, std::move(detail));
}

/// An encrypted key is a fault in the configuration, not a reason to ask on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

int choose_http11(SSL*, const unsigned char** out, unsigned char* out_len, const unsigned char* in, unsigned int in_len,
                  void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_len, kOurs, sizeof kOurs - 1, in, in_len) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Result<SslCtxPtr> base_context(const SSL_METHOD* method, bool tls12) {
  SslCtxPtr context(SSL_CTX_new(method));
  if (!context) return ssl_failure("create a TLS context");
  SSL_CTX* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, tls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(raw, TLS1_3_VERSION);
  SSL_CTX_set_security_level(raw, kSecurityLevel);
  SSL_CTX_set_options(
      raw, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Idle connections give their record buffers back; see performance.md for what that saves. The chain that is sent is
  // the one in the certificate's file: to look for another, OpenSSL would verify our own certificate at each handshake.
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_read_ahead(raw, 1);
  SSL_CTX_set_default_passwd_cb(raw, no_passphrase);
  if (SSL_CTX_set_ciphersuites(raw, kSuites13) != 1 || SSL_CTX_set_cipher_list(raw, kSuites12) != 1 ||
      SSL_CTX_set1_groups_list(raw, kGroups) != 1) {
    return ssl_failure("set suites and groups");
  }
  X509_VERIFY_PARAM* param = SSL_CTX_get0_param(raw);
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_depth(param, kChainDepthMax);
  return context;
}

Result<void> use_identity(SSL_CTX* context, const std::string& certificate, const std::string& key) {
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) return ssl_failure(certificate);
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) return ssl_failure(key);
  if (SSL_CTX_check_private_key(context) != 1) return ssl_failure(key + " does not belong to " + certificate);
  return {};
}

/// Adds the CAs to the store of `context`; returns the earliest end of validity.
Result<core::Instant> trust(SSL_CTX* context, const std::string& ca_file) {
  const BioPtr file(BIO_new_file(ca_file.c_str(), "r"));
  if (!file) return ssl_failure(ca_file);
  core::Instant earliest = core::Instant::max();
  std::size_t count = 0;
  while (const CertPtr ca{PEM_read_bio_X509(file.get(), nullptr, no_passphrase, nullptr)}) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca.get()) != 1) return ssl_failure(ca_file);
    SSL_CTX_add_client_CA(context, ca.get());
    X509_get_extension_flags(ca.get());  // decoded here, so that handshakes need not on first use
    earliest = std::min(earliest, instant_of(X509_get0_notAfter(ca.get())));
    ++count;
  }
  if (count == 0) return ssl_failure(ca_file + " holds no certificate");
  ERR_clear_error();  // the end of the file is an error to OpenSSL
  return earliest;
}

struct CrlFacts {
  std::size_t count = 0;
  core::Instant next_update = core::Instant::max();
};

Result<CrlFacts> add_crls(SSL_CTX* context, const std::vector<std::string>& files) {
  CrlFacts facts;
  for (const auto& name : files) {
    const BioPtr file(BIO_new_file(name.c_str(), "r"));
    if (!file) return ssl_failure(name);
    const std::size_t before = facts.count;
    while (const CrlPtr crl{PEM_read_bio_X509_CRL(file.get(), nullptr, no_passphrase, nullptr)}) {
      if (X509_STORE_add_crl(SSL_CTX_get_cert_store(context), crl.get()) != 1) return ssl_failure(name);
      if (const ASN1_TIME* next = X509_CRL_get0_nextUpdate(crl.get())) {
        facts.next_update = std::min(facts.next_update, instant_of(next));
      }
      ++facts.count;
    }
    if (facts.count == before) return ssl_failure(name + " holds no revocation list");
    ERR_clear_error();
  }
  if (facts.count != 0) {
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  }
  return facts;
}

void keep_sessions(SSL_CTX* context, std::uint64_t generation) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
  SSL_CTX_sess_set_cache_size(context, kSessionsMax);
  SSL_CTX_set_timeout(context, kSessionSeconds);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_max_early_data(context, 0);
  // Another context id for each set of files: what was verified under an older one does not resume.
  const std::string id = "wissel-" + std::to_string(generation);
  SSL_CTX_set_session_id_context(context, core::as_bytes(id).data(), static_cast<unsigned>(id.size()));
}

Result<std::shared_ptr<const TlsSnapshot>> build(const TlsSettings& settings, std::uint64_t generation) {
  auto server = base_context(TLS_server_method(), settings.tls12);
  if (!server) return std::unexpected(server.error());
  auto client = base_context(TLS_client_method(), settings.tls12);
  if (!client) return std::unexpected(client.error());

  const bool own = !settings.outgoing_certificate_file.empty();
  auto used = use_identity(server->get(), settings.certificate_file, settings.key_file);
  if (used) {
    used = use_identity(client->get(), own ? settings.outgoing_certificate_file : settings.certificate_file,
                        own ? settings.outgoing_key_file : settings.key_file);
  }
  if (!used) return std::unexpected(used.error());

  auto snapshot = std::make_shared<TlsSnapshot>();
  snapshot->generation = generation;
  for (SSL_CTX* context : {server->get(), client->get()}) {
    auto earliest = trust(context, settings.ca_file);
    if (!earliest) return std::unexpected(earliest.error());
    snapshot->ca_not_after = *earliest;
    auto crls = add_crls(context, settings.crl_files);
    if (!crls) return std::unexpected(crls.error());
    snapshot->crl_count = crls->count;
    snapshot->crl_next_update = crls->next_update;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  }
  keep_sessions(server->get(), generation);
  SSL_CTX_set_alpn_select_cb(server->get(), choose_http11, nullptr);
  SSL_CTX_set_session_cache_mode(client->get(), SSL_SESS_CACHE_OFF);
  snapshot->certificate_not_after = instant_of(X509_get0_notAfter(SSL_CTX_get0_certificate(server->get())));
  snapshot->outgoing_certificate_not_after = instant_of(X509_get0_notAfter(SSL_CTX_get0_certificate(client->get())));
  snapshot->server = std::move(*server);
  snapshot->client = std::move(*client);
  return snapshot;
}

}  // namespace

std::string_view to_string(TlsRefusal reason) noexcept {
  switch (reason) {
    case TlsRefusal::kOtherCa:
      return "other_ca";
    case TlsRefusal::kExpired:
      return "expired";
    case TlsRefusal::kNotYetValid:
      return "not_yet_valid";
    case TlsRefusal::kRevoked:
      return "revoked";
    case TlsRefusal::kWrongUsage:
      return "wrong_usage";
    case TlsRefusal::kRevocationUnknown:
      return "revocation_unknown";
    case TlsRefusal::kBadCertificate:
      return "bad_certificate";
    case TlsRefusal::kProtocol:
      return "protocol";
    case TlsRefusal::kTimeout:
      return "timeout";
    case TlsRefusal::kCount_:
      break;
  }
  return "unknown";
}

TlsRefusal refusal_of(long verify_result) noexcept {
  switch (verify_result) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return TlsRefusal::kOtherCa;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return TlsRefusal::kExpired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return TlsRefusal::kNotYetValid;
    case X509_V_ERR_CERT_REVOKED:
      return TlsRefusal::kRevoked;
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    case X509_V_ERR_KEYUSAGE_NO_DIGITAL_SIGNATURE:
      return TlsRefusal::kWrongUsage;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
      return TlsRefusal::kRevocationUnknown;
    default:
      return TlsRefusal::kBadCertificate;
  }
}

TlsContexts::TlsContexts(std::shared_ptr<const TlsSnapshot> first)
    : current_(std::move(first)), generation_(current_->generation) {}

Result<std::unique_ptr<TlsContexts>> TlsContexts::load(const TlsSettings& settings) {
  auto first = build(settings, 1);
  if (!first) return std::unexpected(first.error());
  return std::unique_ptr<TlsContexts>(new TlsContexts(std::move(*first)));
}

Result<void> TlsContexts::reload(const TlsSettings& settings) {
  const std::lock_guard one_at_a_time(reload_mutex_);
  auto next = build(settings, generation() + 1);
  if (!next) return std::unexpected(next.error());
  const std::lock_guard lock(mutex_);
  current_ = std::move(*next);
  generation_.store(current_->generation, std::memory_order_release);
  return {};
}

std::shared_ptr<const TlsSnapshot> TlsContexts::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void TlsContexts::publish(core::Metrics& metrics) const {
  static constexpr const char* kHelp = "End of a certificate's validity, Unix time.";
  static constexpr const char* kName = "wissel_tls_certificate_expiry_timestamp_seconds";
  auto& server = metrics.gauge(kName, kHelp, {{"certificate", "server"}});
  auto& client = metrics.gauge(kName, kHelp, {{"certificate", "client"}});
  auto& ca = metrics.gauge(kName, kHelp, {{"certificate", "ca"}});
  auto& crl = metrics.gauge("wissel_tls_crl_next_update_timestamp_seconds",
                            "Earliest nextUpdate of the configured revocation lists, Unix time; 0 without lists.");
  metrics.before_scrape([this, &server, &client, &ca, &crl] {
    const auto seconds = [](core::Instant at) { return static_cast<double>(core::to_ms(at)) / 1000.0; };
    const auto now = current();
    server.set(seconds(now->certificate_not_after));
    client.set(seconds(now->outgoing_certificate_not_after));
    ca.set(seconds(now->ca_not_after));
    crl.set(now->crl_count == 0 ? 0 : seconds(now->crl_next_update));
  });
}

long verify_again(SSL* ssl, const TlsSnapshot& snapshot) {
  X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return X509_V_OK;
  const StoreCtxPtr context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), SSL_CTX_get_cert_store(snapshot.server.get()), certificate,
                                      SSL_get_peer_cert_chain(ssl)) != 1) {
    return X509_V_ERR_OUT_OF_MEM;
  }
  X509_STORE_CTX_set_default(context.get(), "ssl_client");
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_auth_level(param, kSecurityLevel);
  X509_VERIFY_PARAM_set1(param, SSL_CTX_get0_param(snapshot.server.get()));
  const int verified = X509_verify_cert(context.get());
  const long result = verified == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  return verified != 1 && result == X509_V_OK ? X509_V_ERR_UNSPECIFIED : result;
}

}  // namespace wissel::transport
