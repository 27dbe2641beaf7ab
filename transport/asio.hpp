#pragma once
// The one name under which Asio goes in this library, and the coroutine type of every handler.
#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace wissel::transport {

namespace asio = boost::asio;

/// Deadlines and durations inside the process; never the wall clock.
using SteadyClock = std::chrono::steady_clock;
using Deadline = SteadyClock::time_point;

}  // namespace wissel::transport
