#include "daemon/control_socket.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <list>
#include <mutex>
#include <stdexcept>
#include <unistd.h>
#include <utility>

#include "daemon/control_request.hpp"
#include "transport/within.hpp"

namespace wissel::daemon {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using core::Errc;
using core::fail;
using Socket = stream_protocol::socket;

/// Thrown out of a progress call when nobody waits for the work any more.
struct Abandoned : std::runtime_error {
  Abandoned() : std::runtime_error("abandoned: the other side left, or the daemon stops") {}
};

/// How far the work on the pool is; shared between its thread and the connection's coroutine.
struct Job {
  std::atomic<bool> abandoned{false};
  std::atomic<std::uint64_t> done{0};
  std::atomic<std::uint64_t> total{0};
};

std::optional<PeerCredentials> credentials_of(int fd) {
  ucred kernel{};
  socklen_t size = sizeof kernel;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &kernel, &size) != 0) return std::nullopt;
  PeerCredentials peer{kernel.pid, kernel.uid, kernel.gid, {}};
#ifdef SO_PEERGROUPS
  socklen_t bytes = 0;
  // Asked with too little room, the kernel says how much there is.
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, nullptr, &bytes) != 0 && errno == ERANGE) {
    peer.groups.resize(bytes / sizeof(gid_t));
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, peer.groups.data(), &bytes) != 0) peer.groups.clear();
  }
#endif
  return peer;
}

/// Whether a process listens at the path; one that is gone leaves a file that refuses.
bool somebody_listens(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return false;
  const bool connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const bool busy = !connected && errno == EAGAIN;  // its queue is full: somebody is there
  ::close(fd);
  return connected || busy;
}

core::Result<void> clear_path(const std::string& path) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) return fail(Errc::kConflict, path + " exists and is no socket; move it away");
  if (somebody_listens(path)) {
    return fail(Errc::kConflict, path + " belongs to another daemon that runs; give each its own runtime_dir");
  }
  if (::unlink(path.c_str()) != 0) return fail(Errc::kUnavailable, "remove " + path + ": " + std::strerror(errno));
  return {};
}

asio::awaitable<std::optional<std::string>> read_line(Socket& socket) {
  std::string in;
  auto [failure, length] = co_await asio::async_read_until(socket, asio::dynamic_buffer(in, kControlRequestBytesMax),
                                                           '\n', asio::as_tuple(asio::use_awaitable));
  if (failure) co_return std::nullopt;
  in.resize(length - 1);
  co_return in;
}

asio::awaitable<bool> write_line(Socket& socket, std::string line) {
  auto [failure, length] = co_await asio::async_write(socket, asio::buffer(line), asio::as_tuple(asio::use_awaitable));
  co_return !failure && length == line.size();
}

}  // namespace

bool may_control(const PeerCredentials& peer, uid_t own_user, gid_t own_group) noexcept {
  return peer.uid == 0 || peer.uid == own_user || peer.gid == own_group ||
         std::ranges::find(peer.groups, own_group) != peer.groups.end();
}

class ControlSocket::Impl : public std::enable_shared_from_this<ControlSocket::Impl> {
 public:
  Impl(asio::io_context& io, transport::BlockingPool& pool, Controls& controls, ControlOptions options,
       core::Logger& log)
      : io_(io), pool_(pool), controls_(controls), options_(std::move(options)), log_(log), acceptor_(io) {}

  core::Result<void> open();
  void start();
  void stop();

 private:
  using Connections = std::list<Socket>;

  asio::awaitable<void> accept();
  asio::awaitable<void> serve(Connections::iterator connection);
  asio::awaitable<bool> send(Socket& socket, std::string line);
  asio::awaitable<core::Result<boost::json::object>> act(Socket& socket, ControlRequest request);
  asio::awaitable<void> report(Socket& socket, Job& job);
  core::Result<boost::json::object> work(const ControlRequest& request, Job& job);

  void end_task();

  asio::io_context& io_;
  transport::BlockingPool& pool_;
  Controls& controls_;
  const ControlOptions options_;
  core::Logger& log_;
  stream_protocol::acceptor acceptor_;
  Connections connections_;  // of the io thread alone
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t tasks_ = 0;
};

core::Result<void> ControlSocket::Impl::open() {
  const auto path = options_.path.string();
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(Errc::kInvalidInput, path + " is longer than a socket's path may be (" +
                                         std::to_string(sizeof(sockaddr_un::sun_path) - 1) +
                                         " bytes); choose another runtime_dir");
  }
  std::error_code error;
  const auto dir = options_.path.parent_path();
  if (std::filesystem::create_directories(dir, error)) {
    std::filesystem::permissions(dir, std::filesystem::perms(0750), error);
  }
  if (error) return fail(Errc::kUnavailable, "make " + dir.string() + ": " + error.message());
  if (auto cleared = clear_path(path); !cleared) return cleared;
  boost::system::error_code failure;
  acceptor_.open(stream_protocol(), failure);
  if (!failure) acceptor_.bind(stream_protocol::endpoint(path), failure);
  if (!failure && ::chmod(path.c_str(), 0660) != 0) failure.assign(errno, boost::system::system_category());
  if (!failure) acceptor_.listen(asio::socket_base::max_listen_connections, failure);
  if (failure) return fail(Errc::kUnavailable, "listen on " + path + ": " + failure.message());
  return {};
}

void ControlSocket::Impl::start() {
  tasks_ = 1;
  asio::co_spawn(io_, accept(), [self = shared_from_this()](const std::exception_ptr& failure) {
    if (failure) self->log_.error("control socket: accepting ended");
    self->end_task();
  });
}

void ControlSocket::Impl::end_task() {
  const std::lock_guard lock(mutex_);
  --tasks_;
  ended_.notify_all();
}

void ControlSocket::Impl::stop() {
  if (!stopping_.exchange(true)) {
    ::unlink(options_.path.c_str());
    asio::post(io_, [self = shared_from_this()] {
      boost::system::error_code ignored;  // closed already is as good
      self->acceptor_.close(ignored);
      for (auto& socket : self->connections_) socket.close(ignored);
    });
  }
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [this] { return tasks_ == 0; });
}

asio::awaitable<void> ControlSocket::Impl::accept() {
  while (!stopping_) {
    auto [failure, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
    if (failure == asio::error::operation_aborted || !acceptor_.is_open()) co_return;
    if (failure) {
      // Out of descriptors, mostly: come back when some may be free, without spinning.
      log_.error("control socket: cannot accept", {{"why", failure.message()}});
      asio::steady_timer pause(io_, std::chrono::milliseconds{100});
      co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
      continue;
    }
    if (connections_.size() >= options_.connections_max || stopping_) continue;
    connections_.push_front(std::move(socket));
    const auto connection = connections_.begin();
    {
      const std::lock_guard lock(mutex_);
      ++tasks_;
    }
    auto ended = [self = shared_from_this(), connection](const std::exception_ptr& failed) {
      if (failed) self->log_.error("control socket: a request failed");
      self->connections_.erase(connection);
      self->end_task();
    };
    asio::co_spawn(io_, serve(connection), std::move(ended));
  }
}

asio::awaitable<bool> ControlSocket::Impl::send(Socket& socket, std::string line) {
  const auto sent = co_await transport::within(options_.timeout, write_line(socket, std::move(line)));
  co_return sent.value_or(false);
}

asio::awaitable<void> ControlSocket::Impl::serve(Connections::iterator connection) {
  Socket& socket = *connection;
  const auto peer = credentials_of(socket.native_handle());
  const bool allowed = peer && (options_.allow ? options_.allow(*peer) : may_control(*peer, ::geteuid(), ::getegid()));
  if (!allowed) {
    log_.warn("control request refused: neither root, nor our user or group",
              {{"uid", peer ? std::int64_t{peer->uid} : -1}, {"pid", peer ? std::int64_t{peer->pid} : -1}});
    std::string refused = result_line(fail(Errc::kInvalidInput, "only root, the daemon's user and its group may"));
    co_await send(socket, std::move(refused));
    co_return;
  }
  auto line = co_await transport::within(options_.timeout, read_line(socket));
  if (!line || !*line) co_return;
  auto request = decode_control_request(**line);
  if (!request) {
    std::string refused = result_line(std::unexpected(std::move(request).error()));
    co_await send(socket, std::move(refused));
    co_return;
  }
  const auto result = co_await act(socket, std::move(*request));
  std::string line_of_result = result_line(result);
  co_await send(socket, std::move(line_of_result));
}

asio::awaitable<core::Result<boost::json::object>> ControlSocket::Impl::act(Socket& socket, ControlRequest request) {
  using namespace asio::experimental::awaitable_operators;
  Job job;
  auto work_on_pool = [this, &job, request = std::move(request)] { return work(request, job); };
  // The work is not interrupted: report() goes on until it ends, and is cancelled then.
  auto ended = co_await (transport::run_blocking(pool_, std::move(work_on_pool)) || report(socket, job));
  if (auto* result = std::get_if<0>(&ended)) co_return std::move(*result);
  co_return fail(Errc::kUnavailable, "the work was abandoned");
}

/// Tells how far the work is, until cancelled.
asio::awaitable<void> ControlSocket::Impl::report(Socket& socket, Job& job) {
  asio::steady_timer timer(io_);
  while (true) {
    timer.expires_after(options_.progress_every);
    const auto [failure] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (failure) co_return;
    if (job.abandoned) continue;
    std::string line = progress_line(job.done, job.total);
    const bool sent = co_await send(socket, std::move(line));
    if (!sent) job.abandoned = true;
  }
}

core::Result<boost::json::object> ControlSocket::Impl::work(const ControlRequest& request, Job& job) {
  const Controls::Progress progress = [this, &job](std::uint64_t done, std::uint64_t total) {
    job.done = done;
    job.total = total;
    if (job.abandoned || stopping_) throw Abandoned();
  };
  try {
    switch (request.action) {
      case ControlAction::kStatus:
        return controls_.status();
      case ControlAction::kReload:
        return controls_.reload();
      case ControlAction::kBackup:
        return controls_.backup(request.target, progress);
      case ControlAction::kKeys:
        return controls_.keys(progress);
      case ControlAction::kDoctor:
        return controls_.doctor(progress);
    }
  } catch (const std::exception& problem) {
    log_.error("control request failed", {{"why", problem.what()}});
    return fail(Errc::kUnavailable, problem.what());
  }
  return fail(Errc::kInvalidInput, "unknown action");
}

core::Result<std::unique_ptr<ControlSocket>> ControlSocket::open(asio::io_context& io, transport::BlockingPool& pool,
                                                                 Controls& controls, ControlOptions options,
                                                                 core::Logger& log) {
  auto impl = std::make_shared<Impl>(io, pool, controls, std::move(options), log);
  if (auto opened = impl->open(); !opened) return std::unexpected(std::move(opened).error());
  impl->start();
  return std::unique_ptr<ControlSocket>(new ControlSocket(std::move(impl)));
}

ControlSocket::ControlSocket(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
ControlSocket::~ControlSocket() { impl_->stop(); }
void ControlSocket::stop() { impl_->stop(); }

}  // namespace wissel::daemon
