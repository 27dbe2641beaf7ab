#pragma once
// Outgoing calls over mTLS: to holders, webhooks and other gateways.
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/identity/oin.hpp"
#include "core/messages/undisclosed.hpp"
#include "core/metrics.hpp"
#include "transport/asio.hpp"
#include "transport/http/message.hpp"
#include "transport/io_threads.hpp"
#include "transport/tls/contexts.hpp"

namespace wissel::transport {

enum class ClientFault : std::uint8_t {
  kBadUrl,             ///< not an https URL we can call; nothing was sent
  kAddressRefused,     ///< resolves to loopback, link-local or private addresses only; nothing was sent
  kConnectFailed,      ///< no name, refused, unreachable; nothing was sent
  kTlsRefused,         ///< certificate not trusted, other host, or the peer refused ours (TLS 1.3 tells that late)
  kOtherOrganisation,  ///< the server's certificate names another OIN than expected; nothing was sent
  kOverloaded,         ///< too many calls wait for this partner already; nothing was sent
  kTimedOut,           ///< the deadline passed
  kBroken,             ///< the connection broke before the answer was whole
  kAnswerTooLarge,     ///< headers or body above the limit
  kAnswerInvalid,      ///< not HTTP/1.1, or not readable in one way
  kStopped,            ///< this side is stopping
};
/// A short, stable word for logs and metric labels.
[[nodiscard]] std::string_view to_string(ClientFault fault) noexcept;

struct ClientError {
  ClientFault fault;
  /// True from the moment a byte of the request was given to TLS: the other side may have acted on it.
  bool body_may_have_left = false;
  std::string detail;  ///< for the log; never content
};

struct ClientRequest {
  Method method = Method::kPost;
  std::string url;  ///< https://host[:port]/path; the path is sent as it stands
  std::vector<std::pair<std::string, std::string>> headers;  ///< besides Host, Content-Length
  std::string content_type = "application/json";             ///< sent with a body
  std::string body;
  core::Oin expected_oin;  ///< must be the OIN of the server's certificate
  Deadline deadline;       ///< for all of it: waiting for a connection, connecting, sending, reading
  std::size_t answer_bytes_max = 1024 * 1024;
  /// May be sent a second time when a kept connection turns out closed before a byte of the answer came.
  bool idempotent = false;
};

struct ClientResponse {
  unsigned status = 0;
  Headers headers;
  core::Undisclosed body;  ///< a partner's: whom it may reach is for the filter of an agreement to say
};

using ClientResult = std::expected<ClientResponse, ClientError>;

struct ClientLimits {
  std::size_t connections_per_partner_max = 16;  ///< per io thread, for each (host, port, OIN)
  std::size_t waiting_per_partner_max = 256;     ///< calls that wait for one of these; above it kOverloaded
  std::size_t header_bytes_max = 16 * 1024;
  std::chrono::milliseconds connect_timeout{5'000};  ///< name, TCP and TLS handshake together
  std::chrono::milliseconds keep_idle{30'000};       ///< how long an unused connection is kept
  bool allow_private_addresses = false;              ///< loopback, link-local, private: for tests and closed networks
};

/// Calls from one io thread, over connections kept for each (host, port, expected OIN). No redirects, no cookies, no
/// proxies. Thread safety: none; used only by coroutines of its own io_context.
class HttpClient {
 public:
  /// `io`, `tls` and `metrics` outlive it; it must be destroyed on its own thread, or when that has ended.
  HttpClient(asio::io_context& io, const TlsContexts& tls, ClientLimits limits, core::Metrics& metrics);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Cancellation of the calling coroutine ends the call and closes its connection.
  asio::awaitable<ClientResult> call(ClientRequest request);

  /// Closes the idle connections; calls under way go on, new ones get kStopped.
  void stop();
  /// Idle and in use.
  [[nodiscard]] std::size_t connections() const noexcept;

 private:
  class Impl;
  // Joint ownership: calls and name look-ups under way hold it as well.
  std::shared_ptr<Impl> impl_;
};

/// One client for each io thread.
class HttpClients {
 public:
  HttpClients(IoThreads& threads, const TlsContexts& tls, const ClientLimits& limits, core::Metrics& metrics);

  /// For use on io thread `index` (Request::io_thread) only.
  [[nodiscard]] HttpClient& at(std::size_t index) noexcept { return *clients_[index]; }

 private:
  std::vector<std::unique_ptr<HttpClient>> clients_;
};

}  // namespace wissel::transport
