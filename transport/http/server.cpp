#include "transport/http/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <unistd.h>
#include <utility>

#include "transport/http/connection.hpp"
#include "transport/http/server_state.hpp"

namespace wissel::transport {
namespace {

using asio::ip::tcp;
using core::Errc;

// Connections taken from one listening socket before the io thread turns to its other work.
constexpr int kAcceptsAtOnce = 32;
// Pause when the process has no file descriptors or memory for another connection, so that accepting does not spin.
constexpr std::chrono::milliseconds kAcceptPause{100};

std::string what_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& problem) {
    return problem.what();
  } catch (...) {
    return "unknown exception";
  }
}

/// The address family of a listening TCP socket; nothing for other descriptors.
std::optional<int> listening_family(int fd) {
  const auto option = [fd](int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
  };
  const int family = option(SO_DOMAIN);
  if (option(SO_ACCEPTCONN) != 1 || option(SO_TYPE) != SOCK_STREAM || (family != AF_INET && family != AF_INET6)) {
    return std::nullopt;
  }
  return family;
}

}  // namespace

class HttpServer::Impl : public std::enable_shared_from_this<HttpServer::Impl> {
 public:
  Impl(IoThreads& threads, Service& service, ServerOptions options, core::Logger& log, core::Metrics& metrics)
      : state(threads, service, std::move(options), log, metrics) {}

  core::Result<std::uint16_t> add(tcp::acceptor acceptor);
  bool stop(std::chrono::milliseconds limit);

  ServerState state;

 private:
  asio::awaitable<void> accept(tcp::acceptor& acceptor);
  void place(int fd);
  void serve(std::size_t thread, int fd);
  template <class Visit>
  void each_connection(Visit visit);

  std::mutex acceptors_mutex_;
  std::vector<std::shared_ptr<tcp::acceptor>> acceptors_;
};

core::Result<std::uint16_t> HttpServer::Impl::add(tcp::acceptor acceptor) {
  boost::system::error_code failure;
  acceptor.native_non_blocking(true, failure);
  const auto local = acceptor.local_endpoint(failure);
  if (failure) return core::fail(Errc::kUnavailable, "listening socket: " + failure.message());
  auto shared = std::make_shared<tcp::acceptor>(std::move(acceptor));
  {
    const std::lock_guard lock(acceptors_mutex_);
    acceptors_.push_back(shared);
  }
  state.begin_task();
  // The handler keeps the acceptor and this alive for as long as the coroutine runs.
  asio::co_spawn(state.threads.context(0), accept(*shared),
                 [self = shared_from_this(), shared](const std::exception_ptr& failed) {
                   if (failed) self->state.log.error("accepting ended", {{"what", what_of(failed)}});
                   self->state.end_task();
                 });
  return local.port();
}

asio::awaitable<void> HttpServer::Impl::accept(tcp::acceptor& acceptor) {
  asio::steady_timer pause(acceptor.get_executor());
  while (!state.draining) {
    const auto [failure] = co_await acceptor.async_wait(tcp::acceptor::wait_read, asio::as_tuple(asio::use_awaitable));
    if (failure) co_return;
    for (int i = 0; i < kAcceptsAtOnce; ++i) {
      const int fd = ::accept4(acceptor.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) {
        place(fd);
        continue;
      }
      if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
        state.count(Rejection::kConnections);
        state.log.error("cannot accept: out of file descriptors or memory", {{"listener", state.options.name}});
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
      }
      if (errno != ECONNABORTED && errno != EINTR) break;
    }
  }
}

/// To the thread with the fewest: partners hold few connections for long, so turns would not stay even.
void HttpServer::Impl::place(int fd) {
  if (state.connections.fetch_add(1) >= state.options.limits.connections_max) {
    state.connections.fetch_sub(1);
    state.count(Rejection::kConnections);
    ::close(fd);
    return;
  }
  state.accepted->add();
  auto least = std::ranges::min_element(
      state.by_thread, {}, [](const ThreadConnections& thread) { return thread.open.load(std::memory_order_relaxed); });
  const auto thread = static_cast<std::size_t>(least - state.by_thread.begin());
  least->open.fetch_add(1);
  state.begin_task();
  asio::post(state.threads.context(thread), [self = shared_from_this(), thread, fd] { self->serve(thread, fd); });
}

void HttpServer::Impl::serve(std::size_t thread, int fd) {
  asio::io_context& io = state.threads.context(thread);
  const auto left = [this, thread] {
    state.by_thread[thread].open.fetch_sub(1);
    state.connections.fetch_sub(1);
    state.end_task();
  };
  tcp::socket socket(io);
  boost::system::error_code failure;
  socket.assign(tcp::v6(), fd, failure);  // the family matters to nobody after accepting
  if (failure) {
    ::close(fd);
    return left();
  }
  try {
    auto connection = std::make_unique<Connection>(state, thread, std::move(socket));
    Connection& running = *connection;
    asio::co_spawn(
        io, running.run(),
        asio::bind_cancellation_slot(running.slot(), [self = shared_from_this(), connection = std::move(connection),
                                                      left, &io](const std::exception_ptr& failed) mutable {
          if (failed) self->state.log.debug("connection ended", {{"what", what_of(failed)}});
          // Destroyed a turn later: the slot in it is still in use here.
          asio::post(io, [self, connection = std::move(connection), left]() mutable {
            connection.reset();
            left();
          });
        }));
  } catch (const std::exception& problem) {
    state.log.error("cannot serve a connection", {{"what", problem.what()}});
    left();
  }
}

template <class Visit>
void HttpServer::Impl::each_connection(Visit visit) {
  for (std::size_t i = 0; i < state.by_thread.size(); ++i) {
    asio::post(state.threads.context(i), [self = shared_from_this(), i, visit] {
      for (Connection* connection : self->state.by_thread[i].live) visit(*connection);
    });
  }
}

bool HttpServer::Impl::stop(std::chrono::milliseconds limit) {
  state.draining = true;
  asio::post(state.threads.context(0), [self = shared_from_this()] {
    const std::lock_guard lock(self->acceptors_mutex_);
    for (const auto& acceptor : self->acceptors_) {
      boost::system::error_code ignored;  // closed already: as good
      acceptor->close(ignored);
    }
    self->acceptors_.clear();
  });
  each_connection([](Connection& connection) { connection.end_if_idle(); });

  std::unique_lock lock(state.tasks_mutex);
  const auto none_left = [this] { return state.tasks == 0; };
  if (state.tasks_ended.wait_for(lock, limit, none_left)) return true;
  lock.unlock();
  each_connection([](Connection& connection) { connection.cut(); });
  lock.lock();
  state.tasks_ended.wait(lock, none_left);
  return false;
}

HttpServer::HttpServer(IoThreads& threads, Service& service, ServerOptions options, core::Logger& log,
                       core::Metrics& metrics)
    : impl_(std::make_shared<Impl>(threads, service, std::move(options), log, metrics)) {
  const core::MetricLabels listener{{"listener", impl_->state.options.name}};
  auto& open = metrics.gauge("wissel_http_connections", "Connections open.", listener);
  auto& flight = metrics.gauge("wissel_http_requests_in_flight", "Requests in handlers.", listener);
  auto* waiting =
      impl_->state.options.tls == nullptr
          ? nullptr
          : &metrics.gauge("wissel_tls_handshakes_waiting", "TLS handshakes that wait for a thread.", listener);
  // Weak: the registry outlives the server.
  metrics.before_scrape([weak = std::weak_ptr(impl_), &open, &flight, waiting] {
    const auto impl = weak.lock();
    open.set(impl ? static_cast<double>(impl->state.connections.load()) : 0);
    flight.set(impl ? static_cast<double>(impl->state.in_flight.load()) : 0);
    if (waiting != nullptr) waiting->set(impl ? static_cast<double>(impl->state.handshakes->depth()) : 0);
  });
}

HttpServer::~HttpServer() {
  stop(std::chrono::milliseconds{0});
  // Here, not with the last connection's handler: that may be the io threads' end, and a thread that just handed a
  // handshake back still touches them.
  if (impl_->state.handshakes) impl_->state.handshakes->finish();
}

core::Result<std::uint16_t> HttpServer::listen(const std::string& address, std::uint16_t port) {
  boost::system::error_code failure;
  const auto ip = asio::ip::make_address(address, failure);
  if (failure) return core::fail(Errc::kInvalidInput, address + " is not a numeric address");
  const tcp::endpoint endpoint(ip, port);
  tcp::acceptor acceptor(impl_->state.threads.context(0));
  acceptor.open(endpoint.protocol(), failure);
  if (!failure) acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
  if (!failure) acceptor.bind(endpoint, failure);
  if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
  if (failure) {
    return core::fail(Errc::kUnavailable,
                      "listen on " + address + " port " + std::to_string(port) + ": " + failure.message());
  }
  return impl_->add(std::move(acceptor));
}

core::Result<std::uint16_t> HttpServer::adopt(int listening_fd) {
  const auto family = listening_family(listening_fd);
  if (!family) {
    return core::fail(Errc::kInvalidInput,
                      "descriptor " + std::to_string(listening_fd) + " is not a listening TCP socket");
  }
  tcp::acceptor acceptor(impl_->state.threads.context(0));
  boost::system::error_code failure;
  acceptor.assign(*family == AF_INET ? tcp::v4() : tcp::v6(), listening_fd, failure);
  if (failure) return core::fail(Errc::kInvalidInput, "adopt a socket: " + failure.message());
  return impl_->add(std::move(acceptor));
}

bool HttpServer::stop(std::chrono::milliseconds limit) { return impl_->stop(limit); }

std::size_t HttpServer::connections() const noexcept { return impl_->state.connections.load(); }
std::size_t HttpServer::requests_in_flight() const noexcept { return impl_->state.in_flight.load(); }

}  // namespace wissel::transport
