#pragma once
// A partner's server that breaks its connections where a test says.
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <utility>

#include "tests/unit/transport/test_server.hpp"

namespace wissel::test {

/// A TLS server of one thread that does to each connection what the test says, after the handshake.
class ScriptedServer {
 public:
  using Script = std::function<void(SSL*)>;

  ScriptedServer(const TestNetwork& net, const Identity& identity, Script script) : script_(std::move(script)) {
    context_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context_, identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_, identity.key.get());
    SSL_CTX_load_verify_file(context_, net.settings.ca_file.c_str());
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(fd_, reinterpret_cast<sockaddr*>(&at), sizeof at);
    socklen_t size = sizeof at;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
    port = ntohs(at.sin_port);
    ::listen(fd_, 16);
    thread_ = std::thread([this] { run(); });
  }
  ~ScriptedServer() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
    SSL_CTX_free(context_);
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  /// Reads a request's head and the rest of what came with it.
  static void read_request(SSL* ssl) {
    std::string in;
    char buffer[4096];
    while (in.find("\r\n\r\n") == std::string::npos) {
      const int got = SSL_read(ssl, buffer, sizeof buffer);
      if (got <= 0) return;
      in.append(buffer, static_cast<std::size_t>(got));
    }
  }
  static bool write(SSL* ssl, std::string_view bytes) {
    return SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  /// Until the other side has closed.
  static void await_end(SSL* ssl) {
    char buffer[4096];
    while (SSL_read(ssl, buffer, sizeof buffer) > 0) {
    }
  }

  std::uint16_t port = 0;
  std::atomic<int> handshakes{0};

 private:
  void run() {
    while (true) {
      const int fd = ::accept(fd_, nullptr, nullptr);
      if (fd < 0) return;
      SSL* ssl = SSL_new(context_);
      SSL_set_fd(ssl, fd);
      if (SSL_accept(ssl) == 1) {
        ++handshakes;
        script_(ssl);
      }
      SSL_free(ssl);
      ::close(fd);
    }
  }

  Script script_;
  SSL_CTX* context_ = nullptr;
  int fd_ = -1;
  std::thread thread_;
};

}  // namespace wissel::test
