#include "bench/load/tls.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/err.h>
#include <openssl/x509v3.h>

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
  return context;
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

asio::awaitable<bool> TlsStream::open(asio::ip::tcp::endpoint endpoint, std::string host) {
  ssl_.reset();
  boost::system::error_code ignored;
  socket_.close(ignored);
  const auto [failure] = co_await socket_.async_connect(endpoint, kTuple);
  if (failure) co_return false;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.native_non_blocking(true, ignored);
  ssl_.reset(SSL_new(context_));
  if (!ssl_ || SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1) co_return false;
  const bool by_address = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str()) == 1;
  if (!by_address && SSL_set1_host(ssl_.get(), host.c_str()) != 1) co_return false;
  while (true) {
    ERR_clear_error();
    const int result = SSL_connect(ssl_.get());
    if (result == 1) co_return true;
    const bool ready = co_await wait(result);
    if (!ready) co_return false;
  }
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
