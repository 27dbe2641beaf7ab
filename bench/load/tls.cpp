#include "bench/load/tls.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

namespace wissel::load {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

}  // namespace

std::expected<SslContextPtr, std::string> client_context(const Network& network, const Partner& partner) {
  SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (!context) return std::unexpected("no TLS context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_load_verify_file(context.get(), network.ca.c_str()) != 1) return std::unexpected(network.ca);
  if (SSL_CTX_use_certificate_chain_file(context.get(), partner.certificate.c_str()) != 1) {
    return std::unexpected(partner.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), partner.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return std::unexpected(partner.key);
  }
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context.get(), &TlsStream::keep_session);
  return context;
}

/// Takes the reference that OpenSSL passes on.
int TlsStream::keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* const stream = static_cast<TlsStream*>(SSL_get_app_data(ssl));
  stream->session_.reset(session);
  stream->session_came_ = true;
  return 1;
}

/// Waits for what OpenSSL said it needs after `result`; false when it needs nothing that could come.
asio::awaitable<bool> TlsStream::wait(int result) {
  const int need = SSL_get_error(ssl_.get(), result);
  const bool reading = need == SSL_ERROR_WANT_READ;
  if (!reading && need != SSL_ERROR_WANT_WRITE) co_return false;
  const auto what = reading ? asio::ip::tcp::socket::wait_read : asio::ip::tcp::socket::wait_write;
  const auto [failure] = co_await socket_.async_wait(what, kTuple);
  co_return !failure;
}

asio::awaitable<bool> TlsStream::connect(const Route& route) {
  ssl_.reset();
  boost::system::error_code failure;
  socket_.close(failure);
  socket_.open(route.to.protocol(), failure);
  if (failure) co_return false;
  if (!route.from.is_unspecified()) {
    // The port is chosen at connect, when it need only be free towards this server.
    const int on = 1;
    ::setsockopt(socket_.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    socket_.bind({route.from, 0}, failure);
    if (failure) co_return false;
  }
  const auto [refused] = co_await socket_.async_connect(route.to, kTuple);
  if (refused) co_return false;
  socket_.set_option(asio::ip::tcp::no_delay(true), failure);
  socket_.native_non_blocking(true, failure);
  co_return true;
}

asio::awaitable<bool> TlsStream::open(Route route, bool resume) {
  const bool connected = co_await connect(route);
  if (!connected) co_return false;
  ssl_.reset(SSL_new(context_));
  if (!ssl_ || SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1) co_return false;
  SSL_set_app_data(ssl_.get(), this);
  session_came_ = false;
  if (resume && session_ && SSL_set_session(ssl_.get(), session_.get()) != 1) co_return false;
  const bool by_address = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), route.host.c_str()) == 1;
  if (!by_address && SSL_set1_host(ssl_.get(), route.host.c_str()) != 1) co_return false;
  while (true) {
    ERR_clear_error();
    const int result = SSL_connect(ssl_.get());
    if (result == 1) co_return true;
    const bool ready = co_await wait(result);
    if (!ready) co_return false;
  }
}

asio::awaitable<bool> TlsStream::await_session() {
  char unasked = 0;
  while (!session_came_) {
    ERR_clear_error();
    const int result = SSL_read(ssl_.get(), &unasked, 1);
    if (result > 0) co_return false;
    if (session_came_) break;
    const bool ready = co_await wait(result);
    if (!ready) co_return false;
  }
  co_return true;
}

void TlsStream::close() noexcept {
  ERR_clear_error();
  if (ssl_) SSL_shutdown(ssl_.get());
  boost::system::error_code ignored;
  socket_.close(ignored);
}

bool TlsStream::stands() noexcept {
  char first = 0;
  return ::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT) != 0;
}

asio::awaitable<bool> TlsStream::write(std::string_view bytes) {
  while (true) {
    ERR_clear_error();
    // Without partial writes OpenSSL is done with all of it or asks to be called again with the same.
    const int result = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (result > 0) co_return true;
    const bool ready = co_await wait(result);
    if (!ready) co_return false;
  }
}

asio::awaitable<bool> TlsStream::read(std::string& to) {
  if (SSL_has_pending(ssl_.get()) == 0) {
    const auto [failure] = co_await socket_.async_wait(asio::ip::tcp::socket::wait_read, kTuple);
    if (failure) co_return false;
  }
  const std::size_t before = to.size();
  to.resize(before + kReadBytes);
  while (true) {
    ERR_clear_error();
    const int result = SSL_read(ssl_.get(), to.data() + before, kReadBytes);
    if (result > 0) {
      to.resize(before + static_cast<std::size_t>(result));
      co_return true;
    }
    const bool ready = co_await wait(result);
    if (!ready) {
      to.resize(before);
      co_return false;
    }
  }
}

void TlsStream::cancel() noexcept {
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

}  // namespace wissel::load
