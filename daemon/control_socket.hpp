#pragma once
// The Unix socket through which wisselctl talks to the running daemon: status, reload, backup, keys and doctor, allowed
// by the peer's credentials. One request a connection: a line of JSON up; lines of progress and one result or error
// down.
#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/logger.hpp"
#include "core/result.hpp"
#include "transport/blocking.hpp"

namespace wissel::daemon {

/// What the daemon does for whoever may control it.
/// Thread safety: called on threads of the blocking pool, also at the same time. All of them may block.
/// The detail of an error is shown to the operator.
class Controls {
 public:
  /// `done` of `total` of some unit. May throw to end the work: let it pass.
  using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

  virtual ~Controls() = default;
  [[nodiscard]] virtual core::Result<boost::json::object> status() = 0;
  /// Configuration, certificates and CRLs: whole or not at all.
  [[nodiscard]] virtual core::Result<boost::json::object> reload() = 0;
  /// Errors: kConflict while another backup is made; those of the store.
  [[nodiscard]] virtual core::Result<boost::json::object> backup(const std::string& target_dir,
                                                                 const Progress& progress) = 0;
  [[nodiscard]] virtual core::Result<boost::json::object> keys(const Progress& progress) = 0;
  /// Every table and the configuration, looked at now. Errors: kConflict while the store is being scrubbed.
  [[nodiscard]] virtual core::Result<boost::json::object> doctor(const Progress& progress) = 0;
};

/// Who is at the other end, as the kernel says (SO_PEERCRED, SO_PEERGROUPS).
struct PeerCredentials {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  ///< supplementary
};

/// Root, the daemon's own user, and members of its group.
[[nodiscard]] bool may_control(const PeerCredentials& peer, uid_t own_user, gid_t own_group) noexcept;

struct ControlOptions {
  std::filesystem::path path;  ///< its directory is made when it is not there
  /// For the request to arrive, and for each line of the answer to leave.
  std::chrono::milliseconds timeout{10'000};
  /// A line of progress at least so often, so that the other side knows that work goes on.
  std::chrono::milliseconds progress_every{500};
  std::size_t connections_max = 16;  ///< above it closed at once
  /// Tests put another judge here.
  std::function<bool(const PeerCredentials&)> allow;
};

/// Serves on the thread of `io` from its construction until stop().
class ControlSocket {
 public:
  /// Makes the socket, mode 0660; one left behind by a process that is gone is replaced. All references outlive it;
  /// `io` is run by one thread, which goes on until stop() has returned.
  /// Errors: kConflict (another process listens there), kUnavailable, kInvalidInput (the path is too long).
  [[nodiscard]] static core::Result<std::unique_ptr<ControlSocket>> open(boost::asio::io_context& io,
                                                                         transport::BlockingPool& pool,
                                                                         Controls& controls, ControlOptions options,
                                                                         core::Logger& log);
  /// As stop().
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  /// Closes the socket and removes its file, ends work under way at its next progress, and waits for that. May be
  /// called twice, not on the thread of `io`.
  void stop();

 private:
  class Impl;
  explicit ControlSocket(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;  // joint ownership with the coroutines under way
};

}  // namespace wissel::daemon
