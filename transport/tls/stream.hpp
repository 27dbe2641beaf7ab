#pragma once
// A TCP connection, with or without TLS, on which every wait has a deadline. TLS is OpenSSL directly on the socket:
// no buffers besides OpenSSL's own, which it gives back while the connection is idle.
#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "transport/asio.hpp"
#include "transport/blocking.hpp"
#include "transport/tls/contexts.hpp"

namespace wissel::transport {

enum class IoFault : std::uint8_t {
  kTimedOut,   ///< the deadline passed
  kClosed,     ///< the peer ended the stream in order
  kBroken,     ///< reset, or ended without saying so in TLS
  kTls,        ///< not TLS, or a certificate that does not do; see ssl()
  kCancelled,  ///< by cancel(), or with the coroutine
};
template <class T>
using IoResult = std::expected<T, IoFault>;

/// Thread safety: none; all on the socket's own thread, one read or write at a time.
class Stream {
 public:
  using Socket = asio::ip::tcp::socket;

  /// Without `ssl`: plain. With it: in accept or connect state already; `snapshot` keeps its context.
  struct Parts {
    Socket socket;
    SslPtr ssl;
    std::shared_ptr<const TlsSnapshot> snapshot;
  };

  explicit Stream(Parts parts);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Here: for the side that begins, and seldom.
  asio::awaitable<IoResult<void>> handshake(Deadline deadline);
  /// The same for the side that is called: what the handshake computes, a millisecond of signatures and certificates,
  /// is done on `pool`, so that the other connections of this thread need not wait for it.
  asio::awaitable<IoResult<void>> handshake(Deadline deadline, BlockingPool& pool);

  /// Appends what has come, at least one byte and at most `bytes_max`, to `in`.
  asio::awaitable<IoResult<std::size_t>> read(std::string& in, std::size_t bytes_max, Deadline deadline);

  /// Hands all of `bytes` to the kernel. Gives up at `deadline`, or after `stall_max` without any progress.
  asio::awaitable<IoResult<void>> write(std::string_view bytes, Deadline deadline,
                                        std::chrono::milliseconds stall_max = std::chrono::hours{24});

  /// What the other side did not read is thrown away at the end, and it gets a reset: the kernel would keep trying.
  void give_up() noexcept;

  /// Ends our side in order, as far as that goes without waiting: close_notify and FIN. The other side can be read on.
  void finish() noexcept;

  /// After finish(): reads and drops what still comes, undecoded, until the peer is done or a limit is reached. So a
  /// last answer is not overtaken by the reset that closing with unread bytes would send.
  asio::awaitable<void> drop_input(std::size_t bytes_max, Deadline deadline);

  /// Makes the wait under way, and every later one, end with kCancelled.
  void cancel() noexcept;

  /// True when the peer has closed or sent something unasked: such a kept connection is not used again.
  [[nodiscard]] bool stale() noexcept;

  [[nodiscard]] SSL* ssl() const noexcept { return ssl_.get(); }
  /// The set of files against which the peer's certificate was verified last.
  void set_verified(std::shared_ptr<const TlsSnapshot> snapshot) noexcept { verified_ = std::move(snapshot); }
  [[nodiscard]] const TlsSnapshot* verified() const noexcept { return verified_.get(); }
  [[nodiscard]] Socket& socket() noexcept { return socket_; }

 private:
  class Watchdog;
  enum class Step : std::uint8_t { kDone, kWantRead, kWantWrite, kClosed, kBroken, kTls };

  [[nodiscard]] Step step_of(int ssl_result) const noexcept;
  [[nodiscard]] Step try_handshake() noexcept;
  [[nodiscard]] Step try_read(char* to, std::size_t size, std::size_t& got) noexcept;
  [[nodiscard]] Step try_write(std::string_view bytes, std::size_t& sent) noexcept;
  /// Waits for what `step` wants; nothing when it came, or why not.
  asio::awaitable<std::optional<IoFault>> settle(Step step, Deadline deadline);

  Socket socket_;
  std::shared_ptr<const TlsSnapshot> snapshot_;  // before ssl_: its SSL_CTX outlives the SSL
  std::shared_ptr<const TlsSnapshot> verified_;
  SslPtr ssl_;
  // Joint ownership with the timer's handler, which may already be queued when the stream goes.
  std::shared_ptr<Watchdog> watchdog_;
  unsigned reads_without_wait_ = 0;
  std::atomic<bool> cancelled_ = false;  // read on the pool of handshakes as well
};

}  // namespace wissel::transport
