#include "transport/client/connector.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/tls1.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "transport/tls/peer.hpp"

namespace wissel::transport {
namespace {

using asio::ip::tcp;

// Of one name; more is no service but a fault.
constexpr std::size_t kEndpointsMax = 16;

std::unexpected<ClientError> failed(ClientFault fault, std::string detail) {
  return std::unexpected(ClientError{fault, false, std::move(detail)});
}

/// A look-up that may outlive the call that asked for it.
struct Lookup {
  explicit Lookup(asio::io_context& io) : resolver(io), ready(io) { ready.expires_at(Deadline::max()); }

  tcp::resolver resolver;
  asio::steady_timer ready;
  std::optional<std::pair<boost::system::error_code, Endpoints>> result;
};

/// The handler owns the look-up; it hears the end, and nobody else does after the deadline.
std::shared_ptr<Lookup> start_lookup(asio::io_context& io, const HttpsUrl& url) {
  auto lookup = std::make_shared<Lookup>(io);
  lookup->resolver.async_resolve(
      url.host, std::to_string(url.port), tcp::resolver::numeric_service,
      [lookup](const boost::system::error_code& failure, const tcp::resolver::results_type& found) {
        Endpoints endpoints;
        for (const auto& entry : found) {
          if (endpoints.size() < kEndpointsMax) endpoints.push_back(entry.endpoint());
        }
        lookup->result.emplace(failure, std::move(endpoints));
        lookup->ready.cancel();
      });
  return lookup;
}

std::expected<SslPtr, ClientError> client_ssl(const TlsSnapshot& tls, const HttpsUrl& url) {
  SslPtr ssl(SSL_new(tls.client.get()));
  if (!ssl) return failed(ClientFault::kTlsRefused, "out of memory");
  SSL_set_connect_state(ssl.get());
  X509_VERIFY_PARAM* param = SSL_get0_param(ssl.get());
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  boost::system::error_code not_numeric;
  asio::ip::make_address(url.host, not_numeric);
  int set = 0;
  if (not_numeric) {
    set = X509_VERIFY_PARAM_set1_host(param, url.host.c_str(), 0);
    if (set == 1) {
      // What SSL_set_tlsext_host_name does, without its C cast.
      std::string name = url.host;
      set = static_cast<int>(SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()));
    }
  } else {
    set = X509_VERIFY_PARAM_set1_ip_asc(param, url.host.c_str());
  }
  if (set != 1) return failed(ClientFault::kBadUrl, "the host cannot be checked");
  return ssl;
}

asio::awaitable<std::optional<tcp::socket>> connect_one(asio::io_context& io, tcp::endpoint endpoint,
                                                        Deadline deadline) {
  using namespace asio::experimental::awaitable_operators;
  tcp::socket socket(io);
  asio::steady_timer timer(io, deadline);
  const auto first = co_await (socket.async_connect(endpoint, asio::as_tuple(asio::use_awaitable)) ||
                               timer.async_wait(asio::as_tuple(asio::use_awaitable)));
  if (first.index() != 0 || std::get<0>(std::get<0>(first))) co_return std::nullopt;
  co_return socket;
}

ClientError handshake_error(SSL* ssl, IoFault fault) {
  if (fault == IoFault::kTimedOut) return {ClientFault::kTimedOut, false, "TLS handshake"};
  const long verified = SSL_get_verify_result(ssl);
  if (verified != X509_V_OK) return {ClientFault::kTlsRefused, false, X509_verify_cert_error_string(verified)};
  return {ClientFault::kTlsRefused, false, "the handshake failed"};
}

}  // namespace

asio::awaitable<std::expected<Endpoints, ClientError>> resolve(asio::io_context& io, HttpsUrl url, bool allow_private,
                                                               Deadline deadline) {
  Endpoints endpoints;
  boost::system::error_code not_numeric;
  const auto address = asio::ip::make_address(url.host, not_numeric);
  if (!not_numeric) {
    endpoints.emplace_back(address, url.port);
  } else {
    const auto lookup = start_lookup(io, url);
    if (!lookup->result) {
      lookup->ready.expires_at(deadline);
      co_await lookup->ready.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (!lookup->result) co_return failed(ClientFault::kTimedOut, "name look-up");
    if (lookup->result->first) co_return failed(ClientFault::kConnectFailed, lookup->result->first.message());
    endpoints = std::move(lookup->result->second);
  }
  if (!allow_private) std::erase_if(endpoints, [](const tcp::endpoint& at) { return !is_public(at.address()); });
  if (endpoints.empty()) co_return failed(ClientFault::kAddressRefused, "no public address");
  co_return endpoints;
}

asio::awaitable<std::expected<std::unique_ptr<Stream>, ClientError>> connect(asio::io_context& io,
                                                                             std::shared_ptr<const TlsSnapshot> tls,
                                                                             HttpsUrl url, Endpoints endpoints,
                                                                             core::Oin expected, Deadline deadline) {
  auto ssl = client_ssl(*tls, url);
  if (!ssl) co_return std::unexpected(ssl.error());
  std::optional<tcp::socket> socket;
  for (const auto& endpoint : endpoints) {
    socket = co_await connect_one(io, endpoint, deadline);
    if (socket || deadline <= SteadyClock::now()) break;
  }
  if (!socket) {
    const bool late = deadline <= SteadyClock::now();
    co_return failed(late ? ClientFault::kTimedOut : ClientFault::kConnectFailed, "TCP");
  }
  auto stream = std::make_unique<Stream>(Stream::Parts{std::move(*socket), std::move(*ssl), std::move(tls)});
  const auto done = co_await stream->handshake(deadline);
  if (!done) co_return std::unexpected(handshake_error(stream->ssl(), done.error()));
  const Peer server = peer_of(SSL_get0_peer_certificate(stream->ssl()));
  if (server.oin != expected) co_return failed(ClientFault::kOtherOrganisation, "the certificate names another OIN");
  co_return stream;
}

}  // namespace wissel::transport
