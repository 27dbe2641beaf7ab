#pragma once
// Makes the connection of an outgoing call: name, address policy, TCP, TLS, and who answers there.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <expected>
#include <memory>
#include <vector>

#include "transport/client/http_client.hpp"
#include "transport/client/url.hpp"
#include "transport/tls/stream.hpp"

namespace wissel::transport {

using Endpoints = std::vector<asio::ip::tcp::endpoint>;

/// The addresses of `host` that may be called. A look-up that hangs is left behind at the deadline: the system's
/// resolver cannot be interrupted.
asio::awaitable<std::expected<Endpoints, ClientError>> resolve(asio::io_context& io, HttpsUrl url, bool allow_private,
                                                               Deadline deadline);

/// Connects to the first endpoint that answers, as TLS client with our certificate; the server's must be valid for
/// the URL's host and name `expected`.
asio::awaitable<std::expected<std::unique_ptr<Stream>, ClientError>> connect(asio::io_context& io,
                                                                             std::shared_ptr<const TlsSnapshot> tls,
                                                                             HttpsUrl url, Endpoints endpoints,
                                                                             core::Oin expected, Deadline deadline);

}  // namespace wissel::transport
