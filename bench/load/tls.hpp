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
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using SslContextPtr = std::unique_ptr<SSL_CTX, SslFree>;

[[nodiscard]] std::expected<SslContextPtr, std::string> client_context(const Network& network, const Partner& partner);

/// One connection. Writing to one that the other side closed raises SIGPIPE: ignore it. Thread safety: none.
class TlsStream {
 public:
  /// `context` outlives it.
  TlsStream(asio::io_context& io, SSL_CTX* context) : socket_(io), context_(context) {}

  /// Connects and shakes hands anew; false when that failed.
  asio::awaitable<bool> open(asio::ip::tcp::endpoint endpoint, std::string host);
  asio::awaitable<bool> write(std::string_view bytes);
  /// Appends what came, at least a byte; false at the end and on errors. Waits first: right after a request nothing
  /// can be there.
  asio::awaitable<bool> read(std::string& to);
  /// Ends what is waited for; it fails.
  void cancel() noexcept;

 private:
  asio::awaitable<bool> wait(int result);

  asio::ip::tcp::socket socket_;
  SSL_CTX* context_;
  std::unique_ptr<SSL, SslFree> ssl_;
};

}  // namespace wissel::load
