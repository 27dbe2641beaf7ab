#include "daemon/ctl/control_client.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <unistd.h>

#include "daemon/ctl/ended.hpp"

namespace wissel::ctl {
namespace {

constexpr const char* kDefaultSocket = "/run/wissel/control.sock";
// The daemon says at least twice a second that it is still at work.
constexpr timeval kSilence{30, 0};

class Connection {
 public:
  explicit Connection(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) usage(path + " is longer than a socket's path may be");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kSilence, sizeof kSilence);
    if (fd_ >= 0 && ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
    const int why = errno;
    ::close(fd_);
    std::string hint;
    if (why == ENOENT || why == ECONNREFUSED) hint = "; does wisseld run? --socket names its runtime_dir's socket";
    if (why == EACCES) hint = "; run as root, as the daemon's user, or as a member of its group";
    unreachable(path + ": " + std::strerror(why) + hint);
  }
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(const std::string& line) const {
    // A refusal may come before the request is read: then the answer tells.
    [[maybe_unused]] const auto sent = ::send(fd_, line.data(), line.size(), MSG_NOSIGNAL);
  }

  /// Nothing at the end.
  bool line(std::string& out) {
    while (true) {
      if (const auto end = in_.find('\n'); end != std::string::npos) {
        out = in_.substr(0, end);
        in_.erase(0, end + 1);
        return true;
      }
      if (in_.size() > daemon::kControlAnswerBytesMax) unreachable("the daemon's answer has no end");
      char buffer[16 * 1024];
      const auto got = ::recv(fd_, buffer, sizeof buffer, 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) unreachable(std::string("the daemon does not answer: ") + std::strerror(errno));
      if (got == 0) return false;
      in_.append(buffer, static_cast<std::size_t>(got));
    }
  }

 private:
  int fd_;
  std::string in_;
};

}  // namespace

void add_socket_option(CLI::App& app, std::string& path) {
  path = kDefaultSocket;
  app.add_option("--socket", path, "The daemon's control socket: control.sock in its runtime_dir")
      ->envname("WISSEL_SOCKET")
      ->capture_default_str();
}

boost::json::object ask_daemon(const std::string& path, const daemon::ControlRequest& request,
                               const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  Connection connection(path);
  connection.send(daemon::encode(request));
  std::string line;
  while (connection.line(line)) {
    auto answer = daemon::decode_control_answer(line);
    if (!answer) unreachable(answer.error().detail);
    if (answer->progress) {
      if (progress) progress(answer->done, answer->total);
      continue;
    }
    if (answer->result) return std::move(*answer->result);
    const auto& error = answer->result.error();
    const boost::json::object as_json{{"error", {{"code", to_string(error.code)}, {"detail", error.detail}}}};
    throw Ended(ExitCode::kFoundWrong, error.detail, boost::json::serialize(as_json));
  }
  unreachable("the daemon closed the connection without an answer; it may be stopping");
}

}  // namespace wissel::ctl
