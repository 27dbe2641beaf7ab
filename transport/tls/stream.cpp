#include "transport/tls/stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace wissel::transport {
namespace {

// Kernel memory for what a peer has not read yet; Linux takes twice as much. Left to itself it grows to 4 MiB, and
// 1,000 clients that read nothing took all there was for TCP (2.2 GiB), so that connections of others were reset.
constexpr int kSendBufferBytes = 128 * 1024;

// The most one TLS record holds, so one read seldom leaves anything behind.
constexpr std::size_t kScratchBytes = 16 * 1024;
// After so many reads that found data at once, others on this thread get a turn.
constexpr unsigned kReadsWithoutWaitMax = 16;

int fd_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

int bio_write(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  // Not BIO_s_socket, whose write() raises SIGPIPE.
  const auto sent = ::send(fd_of(bio), from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* to, int size) {
  BIO_clear_retry_flags(bio);
  const auto got = ::recv(fd_of(bio), to, static_cast<std::size_t>(size), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(got);
}

long bio_ctrl(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return 0;
}

const BIO_METHOD* socket_method() {
  static const BIO_METHOD* const kMethod = [] {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wissel socket");
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_ctrl(method, bio_ctrl);
    return method;
  }();
  return kMethod;
}

}  // namespace

/// One timer for all waits of a stream. It is moved only when a deadline comes before the one it is set to, so the
/// usual request costs no timer at all.
class Stream::Watchdog : public std::enable_shared_from_this<Stream::Watchdog> {
 public:
  explicit Watchdog(Socket& socket) : timer_(socket.get_executor()), socket_(&socket) {}

  void guard(Deadline deadline) {
    deadline_ = deadline;
    fired_ = false;
    if (deadline < armed_) arm(deadline);
  }
  void rest() noexcept { deadline_ = Deadline::max(); }
  [[nodiscard]] bool fired() const noexcept { return fired_; }
  void abandon() noexcept {
    socket_ = nullptr;
    timer_.cancel();
  }

 private:
  void arm(Deadline at) {
    armed_ = at;
    timer_.expires_at(at);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code failure) {
      if (!failure) self->expired();
    });
  }

  void expired() {
    armed_ = Deadline::max();
    if (socket_ == nullptr || deadline_ == Deadline::max()) return;
    if (deadline_ > SteadyClock::now()) return arm(deadline_);
    fired_ = true;
    boost::system::error_code ignored;  // nothing waits, then: as good
    socket_->cancel(ignored);
  }

  asio::steady_timer timer_;
  Socket* socket_;
  Deadline deadline_ = Deadline::max();
  Deadline armed_ = Deadline::max();
  bool fired_ = false;
};

Stream::Stream(Parts parts)
    : socket_(std::move(parts.socket)),
      snapshot_(std::move(parts.snapshot)),
      verified_(snapshot_),
      ssl_(std::move(parts.ssl)),
      watchdog_(std::make_shared<Watchdog>(socket_)) {
  boost::system::error_code ignored;  // a socket that is gone shows at the first read
  socket_.native_non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::send_buffer_size(kSendBufferBytes), ignored);
  if (!ssl_) return;
  BIO* bio = BIO_new(socket_method());
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket_.native_handle())));
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
}

Stream::~Stream() { watchdog_->abandon(); }

Stream::Step Stream::step_of(int ssl_result) const noexcept {
  switch (SSL_get_error(ssl_.get(), ssl_result)) {
    case SSL_ERROR_NONE:
      return Step::kDone;
    case SSL_ERROR_WANT_READ:
      return Step::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return Step::kWantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return Step::kClosed;
    case SSL_ERROR_SSL:
      return ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING ? Step::kBroken : Step::kTls;
    default:
      return Step::kBroken;
  }
}

Stream::Step Stream::try_read(char* to, std::size_t size, std::size_t& got) noexcept {
  if (ssl_) {
    ERR_clear_error();
    return step_of(SSL_read_ex(ssl_.get(), to, size, &got));
  }
  const auto count = ::recv(socket_.native_handle(), to, size, 0);
  if (count > 0) {
    got = static_cast<std::size_t>(count);
    return Step::kDone;
  }
  if (count == 0) return Step::kClosed;
  return errno == EAGAIN || errno == EINTR ? Step::kWantRead : Step::kBroken;
}

Stream::Step Stream::try_write(std::string_view bytes, std::size_t& sent) noexcept {
  if (ssl_) {
    ERR_clear_error();
    return step_of(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent));
  }
  const auto count = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count >= 0) {
    sent = static_cast<std::size_t>(count);
    return Step::kDone;
  }
  return errno == EAGAIN || errno == EINTR ? Step::kWantWrite : Step::kBroken;
}

asio::awaitable<std::optional<IoFault>> Stream::settle(Step step, Deadline deadline) {
  switch (step) {
    case Step::kDone:
      co_return std::nullopt;
    case Step::kClosed:
      co_return IoFault::kClosed;
    case Step::kBroken:
      co_return IoFault::kBroken;
    case Step::kTls:
      co_return IoFault::kTls;
    case Step::kWantRead:
    case Step::kWantWrite:
      break;
  }
  if (cancelled_) co_return IoFault::kCancelled;
  if (deadline <= SteadyClock::now()) co_return IoFault::kTimedOut;
  watchdog_->guard(deadline);
  const auto what = step == Step::kWantRead ? Socket::wait_read : Socket::wait_write;
  const auto [failure] = co_await socket_.async_wait(what, asio::as_tuple(asio::use_awaitable));
  watchdog_->rest();
  reads_without_wait_ = 0;
  if (watchdog_->fired()) co_return IoFault::kTimedOut;
  if (failure) co_return IoFault::kCancelled;
  co_return std::nullopt;
}

Stream::Step Stream::try_handshake() noexcept {
  ERR_clear_error();
  return step_of(SSL_do_handshake(ssl_.get()));
}

asio::awaitable<IoResult<void>> Stream::handshake(Deadline deadline) {
  while (true) {
    const Step step = try_handshake();
    if (step == Step::kDone) co_return IoResult<void>{};
    if (const auto fault = co_await settle(step, deadline)) co_return std::unexpected(*fault);
  }
}

asio::awaitable<IoResult<void>> Stream::handshake(Deadline deadline, BlockingPool& pool) {
  // The other side speaks first, and one that says nothing takes no place in the queue.
  Step step = Step::kWantRead;
  while (step != Step::kDone) {
    if (const auto fault = co_await settle(step, deadline)) co_return std::unexpected(*fault);
    // What waited too long, or is not wanted any more, costs nothing: settle() ends it.
    auto compute = [this, deadline] {
      return cancelled_ || deadline <= SteadyClock::now() ? Step::kWantRead : try_handshake();
    };
    step = co_await run_blocking(pool, std::move(compute));
  }
  co_return IoResult<void>{};
}

asio::awaitable<IoResult<std::size_t>> Stream::read(std::string& in, std::size_t bytes_max, Deadline deadline) {
  // Between the read and the append nothing suspends, so one buffer serves all connections of a thread.
  static thread_local std::array<char, kScratchBytes> scratch;
  if (++reads_without_wait_ > kReadsWithoutWaitMax) {
    reads_without_wait_ = 0;
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  }
  while (true) {
    std::size_t got = 0;
    const Step step = try_read(scratch.data(), std::min(bytes_max, scratch.size()), got);
    if (step == Step::kDone) {
      in.append(scratch.data(), got);
      co_return got;
    }
    if (const auto fault = co_await settle(step, deadline)) co_return std::unexpected(*fault);
  }
}

asio::awaitable<IoResult<void>> Stream::write(std::string_view bytes, Deadline deadline,
                                              std::chrono::milliseconds stall_max) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    const Step step = try_write(bytes, sent);
    if (step == Step::kDone) {
      bytes.remove_prefix(sent);
      continue;
    }
    const Deadline until = std::min(deadline, SteadyClock::now() + stall_max);
    if (const auto fault = co_await settle(step, until)) co_return std::unexpected(*fault);
  }
  co_return IoResult<void>{};
}

void Stream::give_up() noexcept {
  // Not by set_option: a socket that has the option from there loses it again in its destructor. A failure: already
  // gone.
  const ::linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Stream::finish() noexcept {
  if (ssl_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  boost::system::error_code ignored;  // already gone: as good
  socket_.shutdown(Socket::shutdown_send, ignored);
}

asio::awaitable<void> Stream::drop_input(std::size_t bytes_max, Deadline deadline) {
  std::array<char, 4096> dropped;
  while (bytes_max > 0) {
    const auto got = ::recv(socket_.native_handle(), dropped.data(), std::min(bytes_max, dropped.size()), 0);
    if (got > 0) {
      bytes_max -= static_cast<std::size_t>(got);
      continue;
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) co_return;
    if (co_await settle(Step::kWantRead, deadline)) co_return;
  }
}

void Stream::cancel() noexcept {
  cancelled_ = true;
  boost::system::error_code ignored;  // nothing waits: as good
  socket_.cancel(ignored);
}

bool Stream::stale() noexcept {
  char byte = 0;
  std::size_t got = 0;
  return try_read(&byte, 1, got) != Step::kWantRead;
}

}  // namespace wissel::transport
