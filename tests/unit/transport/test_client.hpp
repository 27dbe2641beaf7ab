#pragma once
// A blocking TLS or TCP client that sends exactly the bytes a test wants. Every wait ends after ten seconds.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>

#include "tests/unit/transport/test_pki.hpp"

namespace wissel::test {

// OpenSSL's own socket BIO, used by the tests' peers, writes without MSG_NOSIGNAL; the library's does not.
inline const auto kBrokenPipesIgnored = std::signal(SIGPIPE, SIG_IGN);

struct Answer {
  int status = 0;
  std::string head;
  std::string body;

  [[nodiscard]] bool says(std::string_view text) const {
    return head.find(text) != std::string::npos || body.find(text) != std::string::npos;
  }
};

class TestClient {
 public:
  /// Plain TCP.
  explicit TestClient(std::uint16_t port) { open(port); }

  /// TLS; `identity` may be null. With TLS 1.3 a refused certificate shows only at the first read.
  TestClient(std::uint16_t port, const std::string& ca_file, const Identity* identity, SSL_SESSION* session = nullptr) {
    open(port);
    context_ = SSL_CTX_new(TLS_client_method());
    SSL_CTX_load_verify_file(context_, ca_file.c_str());
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    if (identity != nullptr) {
      SSL_CTX_use_certificate(context_, identity->certificate.get());
      SSL_CTX_use_PrivateKey(context_, identity->key.get());
    }
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, fd_);
    if (session != nullptr) SSL_set_session(ssl_, session);
    ok_ = SSL_connect(ssl_) == 1;
  }

  ~TestClient() {
    if (ssl_ != nullptr) SSL_free(ssl_);
    if (context_ != nullptr) SSL_CTX_free(context_);
    if (fd_ >= 0) ::close(fd_);
  }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] SSL* ssl() const { return ssl_; }

  bool send(std::string_view bytes) {
    if (ssl_ != nullptr) return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
    return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }

  /// The next answer with a Content-Length or chunked body; nothing when the connection ended instead.
  std::optional<Answer> answer(bool head_only = false) {
    Answer result;
    std::size_t end = 0;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return std::nullopt;
    }
    result.head = take(end + 4);
    result.status = std::stoi(result.head.substr(9, 3));
    if (head_only || result.status == 204 || result.status == 100) return result;
    if (result.head.find("Transfer-Encoding: chunked") != std::string::npos) return chunked(std::move(result));
    const auto at = result.head.find("Content-Length: ");
    if (at == std::string::npos) return result;
    const auto size = static_cast<std::size_t>(std::stoul(result.head.substr(at + 16)));
    while (in_.size() < size) {
      if (!more()) return std::nullopt;
    }
    result.body = take(size);
    return result;
  }

  std::optional<Answer> ask(std::string_view bytes, bool head_only = false) {
    if (!send(bytes)) return std::nullopt;
    return answer(head_only);
  }

  /// True when the server ends the connection without another byte.
  bool ended() { return in_.empty() && !more() && !timed_out_; }

  /// Half-closes, without TLS's farewell.
  void shut() { ::shutdown(fd_, SHUT_WR); }

 private:
  void open(std::uint16_t port) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    timeval limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ok_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }

  std::optional<Answer> chunked(Answer result) {
    while (true) {
      std::size_t end = 0;
      while ((end = in_.find("\r\n")) == std::string::npos) {
        if (!more()) return std::nullopt;
      }
      const auto size = static_cast<std::size_t>(std::stoul(take(end + 2), nullptr, 16));
      while (in_.size() < size + 2) {
        if (!more()) return std::nullopt;
      }
      result.body += take(size);
      take(2);
      if (size == 0) return result;
    }
  }

  std::string take(std::size_t size) {
    std::string taken = in_.substr(0, size);
    in_.erase(0, size);
    return taken;
  }

  bool more() {
    char buffer[16384];
    errno = 0;
    ERR_clear_error();
    const long got = ssl_ != nullptr ? SSL_read(ssl_, buffer, sizeof buffer) : ::recv(fd_, buffer, sizeof buffer, 0);
    if (got <= 0) timed_out_ = errno == EAGAIN;
    if (got > 0) in_.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
  }

  int fd_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  bool ok_ = false;
  bool timed_out_ = false;
  std::string in_;
};

}  // namespace wissel::test
