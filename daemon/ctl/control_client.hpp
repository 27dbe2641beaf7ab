#pragma once
// wisselctl's side of the control socket.
#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <string>

#include "daemon/control_request.hpp"

namespace CLI {
class App;
}

namespace wissel::ctl {

/// --socket; or WISSEL_SOCKET; or the packaged unit's.
void add_socket_option(CLI::App& app, std::string& path);

/// Blocks until the daemon has answered. Throws Ended: kUnreachable where no daemon answers, kFoundWrong with what it
/// says where it refuses.
[[nodiscard]] boost::json::object ask_daemon(
    const std::string& path, const daemon::ControlRequest& request,
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress = {});

}  // namespace wissel::ctl
