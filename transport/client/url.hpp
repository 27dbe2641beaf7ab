#pragma once
// The https URLs that partners register, split strictly, and which addresses may be called.
#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "transport/asio.hpp"

namespace wissel::transport {

struct HttpsUrl {
  std::string host;  ///< lower case; an IPv6 address without brackets
  std::uint16_t port = 443;
  std::string target;  ///< path and query, at least "/"

  /// The value of the Host field.
  [[nodiscard]] std::string authority() const;
};

/// Nothing for other schemes, user information, fragments, control characters and anything else that is not plainly
/// https://host[:port][/path][?query].
[[nodiscard]] std::optional<HttpsUrl> parse_https_url(std::string_view text);

/// True for addresses of the public internet: not loopback, link-local, private, shared (RFC 6598), unspecified,
/// multicast or reserved ones, nor those wrapped in IPv6 (mapped, NAT64).
[[nodiscard]] bool is_public(const asio::ip::address& address) noexcept;

}  // namespace wissel::transport
