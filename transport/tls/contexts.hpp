#pragma once
// TLS as the national guidelines want it, for the listener and for outgoing calls, replaceable while running.
// Source: Digikoppeling Beveiligingsstandaarden (TLS001-006, TLSCIPH001, PKI001-005), NCSC TLS guidelines 2025.
#include <openssl/ssl.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/metrics.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace wissel::transport {

/// Files in PEM. All of them are read by load() and reload() only.
struct TlsSettings {
  std::string certificate_file;           ///< own certificate first, then its intermediates
  std::string key_file;                   ///< of that certificate
  std::string ca_file;                    ///< whom partners' certificates must come from, clients and servers alike
  std::vector<std::string> crl_files;     ///< when any: every issuer in a chain needs a current one, or it is refused
  std::string outgoing_certificate_file;  ///< for outgoing calls; empty: the same as the listener's
  std::string outgoing_key_file;
  bool tls12 = false;  ///< allow TLS 1.2 besides 1.3, with the strong suites only
};

/// Why a handshake failed; the label `reason` of wissel_tls_handshake_failures_total. Never renamed.
enum class TlsRefusal : std::uint8_t {
  kOtherCa,            // other_ca
  kExpired,            // expired
  kNotYetValid,        // not_yet_valid
  kRevoked,            // revoked
  kWrongUsage,         // wrong_usage
  kRevocationUnknown,  // revocation_unknown: no CRL of the issuer, or it is out of date
  kBadCertificate,     // bad_certificate: everything else that verification found
  kProtocol,           // protocol: not TLS, no common version or suite, alert from the peer
  kTimeout,            // timeout
  kCount_
};
[[nodiscard]] std::string_view to_string(TlsRefusal reason) noexcept;
/// From an X509_V_ERR_ value.
[[nodiscard]] TlsRefusal refusal_of(long verify_result) noexcept;

struct SslCtxFree {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using SslCtxPtr = std::unique_ptr<SSL_CTX, SslCtxFree>;
struct SslFree {
  void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
};
using SslPtr = std::unique_ptr<SSL, SslFree>;

/// One consistent set of contexts. Immutable; a handshake under way keeps the set it began with.
struct TlsSnapshot {
  std::uint64_t generation = 0;  ///< rises with each reload
  SslCtxPtr server;
  SslCtxPtr client;
  core::Instant certificate_not_after{};           ///< of the listener's own certificate
  core::Instant outgoing_certificate_not_after{};  ///< of the one shown to others
  core::Instant ca_not_after{};                    ///< the earliest of the configured CAs
  std::size_t crl_count = 0;
  core::Instant crl_next_update{};  ///< the earliest; means nothing without CRLs
};

/// Thread safety: all members may be called at the same time. reload() reads files, so not on an io thread.
class TlsContexts {
 public:
  /// Errors: kInvalidInput with the file and OpenSSL's reason.
  [[nodiscard]] static core::Result<std::unique_ptr<TlsContexts>> load(const TlsSettings& settings);

  /// Replaces everything, or nothing when one file does not do. New handshakes use the new set; sessions of the old
  /// one do not resume; open connections are verified against it before their next request is answered.
  /// Errors: as load().
  [[nodiscard]] core::Result<void> reload(const TlsSettings& settings);

  /// Joint ownership: connections keep the set they were made with.
  [[nodiscard]] std::shared_ptr<const TlsSnapshot> current() const;
  /// TlsSnapshot::generation of current(), without a lock: to see cheaply whether anything changed.
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_.load(std::memory_order_acquire); }

  /// Sets wissel_tls_certificate_expiry_timestamp_seconds{certificate="server"|"client"|"ca"} (Unix time of the end of
  /// validity) and wissel_tls_crl_next_update_timestamp_seconds before each scrape.
  void publish(core::Metrics& metrics) const;

 private:
  explicit TlsContexts(std::shared_ptr<const TlsSnapshot> first);

  std::mutex reload_mutex_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsSnapshot> current_;
  std::atomic<std::uint64_t> generation_;
};

/// Verifies the peer certificate of an established connection anew against `snapshot` (chain, times, CRLs).
/// X509_V_OK, or the error; X509_V_OK as well when the peer sent no certificate.
[[nodiscard]] long verify_again(SSL* ssl, const TlsSnapshot& snapshot);

}  // namespace wissel::transport
