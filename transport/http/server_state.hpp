#pragma once
// What the connections of one server share: limits in use, counters, and the list by which they are ended.
#include <boost/asio/cancellation_signal.hpp>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "transport/blocking.hpp"
#include "transport/http/server.hpp"

namespace wissel::transport {

class Connection;

/// Why something was refused before it reached the service; the label `reason` of wissel_http_rejected_total.
enum class Rejection : std::uint8_t {
  kHttpInvalid,      // http_invalid
  kHeaderTooLarge,   // header_too_large
  kHeaderTimeout,    // header_timeout
  kBodyTimeout,      // body_timeout
  kBodyBroken,       // body_broken
  kBodyTooLarge,     // body_too_large
  kOverloaded,       // overloaded: requests in flight
  kBodyMemory,       // body_memory
  kConnections,      // connections: the limit of the listener
  kPartner,          // partner: the limit of connections of one partner
  kNoLongerTrusted,  // no_longer_trusted: the certificate ended or was revoked on an open connection
  kHandlerFailed,    // handler_failed: an exception
  kWriteFailed,      // write_failed: the client went away or read too slowly
  kCount_
};
[[nodiscard]] std::string_view to_string(Rejection reason) noexcept;

/// A share of a bounded amount, given back at the end of its life.
class Share {
 public:
  Share() = default;
  explicit Share(std::atomic<std::size_t>& used) noexcept : used_(&used) {}
  Share(Share&& other) noexcept
      : used_(std::exchange(other.used_, nullptr)), amount_(std::exchange(other.amount_, 0)) {}
  Share& operator=(Share&&) = delete;
  ~Share() { release(); }

  /// Gives back what was taken.
  void release() noexcept {
    if (used_ != nullptr) used_->fetch_sub(std::exchange(amount_, 0), std::memory_order_acq_rel);
  }
  /// False, and nothing taken, when `more` would go above `max`.
  [[nodiscard]] bool grow(std::size_t more, std::size_t max) noexcept {
    if (used_->fetch_add(more, std::memory_order_acq_rel) + more > max) {
      used_->fetch_sub(more, std::memory_order_acq_rel);
      return false;
    }
    amount_ += more;
    return true;
  }

 private:
  std::atomic<std::size_t>* used_ = nullptr;
  std::size_t amount_ = 0;
};

/// Connections open for each partner. Thread safety: all members may be called at the same time.
class PartnerConnections {
 public:
  /// Counts one more for `oin`; how many there are now.
  std::size_t enter(std::string_view oin);
  void leave(std::string_view oin) noexcept;

 private:
  std::mutex mutex_;
  std::map<std::string, std::size_t, std::less<>> open_;
};

/// The connections of one io thread. `open` is read by all; the rest belongs to that thread.
struct ThreadConnections {
  std::atomic<std::size_t> open{0};
  std::unordered_set<Connection*> live;
};

struct ServerState {
  ServerState(IoThreads& io, Service& handler, ServerOptions given, core::Logger& logger, core::Metrics& metrics);

  void count(Rejection reason) noexcept { rejected[static_cast<std::size_t>(reason)]->add(); }
  void count(TlsRefusal reason) noexcept { tls_failed[static_cast<std::size_t>(reason)]->add(); }
  /// For coroutines that belong to the server: stop() waits until none is left.
  void begin_task() noexcept;
  void end_task() noexcept;

  IoThreads& threads;
  Service& service;
  const ServerOptions options;
  core::Logger& log;

  std::atomic<bool> draining{false};
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> in_flight{0};
  std::atomic<std::size_t> body_bytes{0};
  PartnerConnections partners;
  std::vector<ThreadConnections> by_thread;
  std::unique_ptr<BlockingPool> handshakes;  // with TLS only

  core::Counter* accepted = nullptr;
  core::Counter* handshakes_full = nullptr;
  core::Counter* handshakes_resumed = nullptr;
  std::array<core::Counter*, static_cast<std::size_t>(Rejection::kCount_)> rejected{};
  std::array<core::Counter*, static_cast<std::size_t>(TlsRefusal::kCount_)> tls_failed{};

  std::mutex tasks_mutex;
  std::condition_variable tasks_ended;
  std::size_t tasks = 0;
};

}  // namespace wissel::transport
