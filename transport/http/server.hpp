#pragma once
// The HTTP/1.1 server: listening sockets, limits, and a graceful end. One coroutine per connection.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/logger.hpp"
#include "core/metrics.hpp"
#include "core/result.hpp"
#include "transport/http/service.hpp"
#include "transport/io_threads.hpp"
#include "transport/tls/contexts.hpp"

namespace wissel::transport {

/// Memory of a connection: about 25 KiB for an idle one with TLS, and at most header_bytes_max plus what
/// body_memory_bytes_max shares out while it has a request.
struct ServerLimits {
  std::size_t header_bytes_max = 16 * 1024;       ///< request line and header fields; above it 431
  std::size_t connections_max = 4096;             ///< above it accepted and closed at once
  std::size_t connections_per_partner_max = 256;  ///< above it the first request gets 429 and the connection is closed
  std::size_t requests_in_flight_max = 1024;      ///< in handlers, all connections together; above it 503
  std::size_t body_memory_bytes_max = 256 * 1024 * 1024;  ///< collected bodies, all together; above it 503
  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds header_timeout{10'000};  ///< from its first byte to its end; then 408
  std::chrono::milliseconds body_timeout{60'000};    ///< for the whole of a collected body; per read of a streamed one
  std::chrono::milliseconds idle_timeout{90'000};    ///< between requests
  std::chrono::milliseconds write_timeout{30'000};   ///< without any progress
  std::chrono::seconds retry_after{1};               ///< told with 503 and 429
};

struct ServerOptions {
  std::string name = "partners";  ///< label `listener` in metrics
  TlsContexts* tls = nullptr;     ///< outlives the server; null: plain HTTP
  ServerLimits limits;
};

/// start-up and stop() by one thread; the rest runs on the io threads. `threads`, `service`, `log` and `metrics`
/// outlive the server, and the threads must be running when stop() or the destructor is called.
class HttpServer {
 public:
  HttpServer(IoThreads& threads, Service& service, ServerOptions options, core::Logger& log, core::Metrics& metrics);
  /// Cuts what is left.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Listens on `address` (numeric IPv4 or IPv6); port 0 takes a free one. Returns the port.
  /// Errors: kInvalidInput (address), kUnavailable (in use, not allowed).
  [[nodiscard]] core::Result<std::uint16_t> listen(const std::string& address, std::uint16_t port);
  /// Takes over a listening TCP socket, for example one from systemd. Errors: kInvalidInput (not such a socket).
  [[nodiscard]] core::Result<std::uint16_t> adopt(int listening_fd);

  /// Stops accepting, lets requests in flight finish with `Connection: close`, closes idle connections, and cuts what
  /// is left after `limit`. Blocks until no connection is left. Repeatable. True when nothing had to be cut.
  bool stop(std::chrono::milliseconds limit);

  [[nodiscard]] std::size_t connections() const noexcept;
  [[nodiscard]] std::size_t requests_in_flight() const noexcept;

 private:
  class Impl;
  // Joint ownership: each connection's coroutine holds it until its last instruction.
  std::shared_ptr<Impl> impl_;
};

}  // namespace wissel::transport
