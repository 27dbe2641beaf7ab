#pragma once
// From a verified certificate to who that is.
#include <openssl/x509.h>

#include "transport/http/message.hpp"

namespace wissel::transport {

/// Reads the organisation from the subject: exactly one serialNumber, which must be a well-formed OIN; otherwise `oin`
/// is empty and `refusal` is kNoCertificateHolder. `certificate` may be null: nobody presented one.
/// Source: Digikoppeling Identificatie en Authenticatie, PKI001; never from CN or SAN.
[[nodiscard]] Peer peer_of(X509* certificate);

/// An ASN.1 time as an instant; the epoch when it cannot be read.
[[nodiscard]] core::Instant instant_of(const ASN1_TIME* time) noexcept;

}  // namespace wissel::transport
