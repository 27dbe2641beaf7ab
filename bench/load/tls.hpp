#pragma once
// mTLS over a socket's descriptor: TLS 1.3, the network's own authority, one partner's certificate.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "bench/load/network.hpp"

namespace wissel::load {

namespace asio = boost::asio;

struct SslFree {
  void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using SslContextPtr = std::unique_ptr<SSL_CTX, SslFree>;

/// Where a connection goes, and what it shows.
struct Route {
  asio::ip::tcp::endpoint to;
  std::string host;  ///< that the server's certificate must carry
  /// The address to call from; unspecified: the system chooses.
  asio::ip::address from;
};

[[nodiscard]] std::expected<SslContextPtr, std::string> client_context(const Network& network, const Partner& partner);

/// One connection. Writing to one that the other side closed raises SIGPIPE: ignore it. Thread safety: none.
class TlsStream {
 public:
  /// `context` is of client_context() and outlives it.
  TlsStream(asio::io_context& io, SSL_CTX* context) : socket_(io), context_(context) {}
  TlsStream(const TlsStream&) = delete;  // OpenSSL holds its address
  TlsStream& operator=(const TlsStream&) = delete;
  ~TlsStream() = default;

  /// Connects and shakes hands anew, offering the session of the connection before if `resume`; false when that failed.
  asio::awaitable<bool> open(Route route, bool resume = false);
  /// Waits for the session that the server sends once it has accepted our certificate; false when the connection ends
  /// instead. Nothing may be asked for before.
  asio::awaitable<bool> await_session();
  [[nodiscard]] bool has_session() const noexcept { return session_ != nullptr; }
  /// Whether the session that was offered was taken.
  [[nodiscard]] bool resumed() const noexcept { return SSL_session_reused(ssl_.get()) == 1; }
  /// Says goodbye and closes.
  void close() noexcept;
  /// Whether the other side has not ended the connection, as far as is known without waiting.
  [[nodiscard]] bool stands() noexcept;
  asio::awaitable<bool> write(std::string_view bytes);
  /// Appends what came, at least a byte; false at the end and on errors. Waits first: right after a request nothing
  /// can be there.
  asio::awaitable<bool> read(std::string& to);
  /// Ends what is waited for; it fails.
  void cancel() noexcept;

 private:
  asio::awaitable<bool> wait(int result);
  asio::awaitable<bool> connect(const Route& route);
  static int keep_session(SSL* ssl, SSL_SESSION* session);
  friend std::expected<SslContextPtr, std::string> client_context(const Network& network, const Partner& partner);

  asio::ip::tcp::socket socket_;
  SSL_CTX* context_;
  std::unique_ptr<SSL_SESSION, SslFree> session_;
  bool session_came_ = false;
  std::unique_ptr<SSL, SslFree> ssl_;
};

}  // namespace wissel::load
