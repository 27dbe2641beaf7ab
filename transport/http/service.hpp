#pragma once
// What answers the requests of a server. The router implements it for partners, Operators for the operators' listener.
#include <cstddef>
#include <optional>

#include "core/problem.hpp"
#include "transport/http/message.hpp"

namespace wissel::transport {

/// What to do with a request's body, decided on its head alone.
struct BodyPlan {
  std::size_t bytes_max = 0;  ///< above it the request goes to refuse() with kTooLarge
  bool streamed = false;      ///< hand out Request::stream instead of collecting the body
  /// Refuse without reading the body: the request goes to refuse() with this.
  std::optional<core::Problem> refusal;
};

/// Thread safety: called from all io threads at the same time; a request stays on its own.
class Service {
 public:
  virtual ~Service() = default;

  /// Called once for each request that is well-formed HTTP, before a byte of its body is read. Does no I/O.
  [[nodiscard]] virtual BodyPlan plan(const RequestHead& head, const Peer& peer) = 0;

  /// Answers a request. What it throws becomes a bare 500 and a cut connection.
  virtual asio::awaitable<Response> handle(Request request) = 0;

  /// Answers a request that is refused on its head or while its body was read (request.body is empty then): a refusal
  /// by plan(), kTooLarge, kHttpInvalid (broken body), kQueueFull, kQuota or kStopping.
  virtual asio::awaitable<Response> refuse(Request request, core::Problem problem) = 0;

  /// The answer to what never became a request: not readable in one way, head too large, too slow. No access, so not
  /// recorded. `status` may differ from the code's own (431, 408). The default is a problem+json with nothing else.
  [[nodiscard]] virtual Response reject(const core::Problem& problem, unsigned status);
};

/// The problem as application/problem+json: type, title, status, detail, code, invalidParams and, with a log index,
/// instance. `status` 0 means the code's own.
[[nodiscard]] Response problem_response(const core::Problem& problem, unsigned status = 0,
                                        std::optional<std::uint64_t> log_index = {});

}  // namespace wissel::transport
