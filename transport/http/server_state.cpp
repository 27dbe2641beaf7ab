#include "transport/http/server_state.hpp"

namespace wissel::transport {
namespace {

// Who is connected goes before who wants to be: a third of a processor's share beside a thread that never rests
// (nice(2), sched(7)).
constexpr int kHandshakeNice = 5;

}  // namespace

std::string_view to_string(Rejection reason) noexcept {
  switch (reason) {
    case Rejection::kHttpInvalid:
      return "http_invalid";
    case Rejection::kHeaderTooLarge:
      return "header_too_large";
    case Rejection::kHeaderTimeout:
      return "header_timeout";
    case Rejection::kBodyTimeout:
      return "body_timeout";
    case Rejection::kBodyBroken:
      return "body_broken";
    case Rejection::kBodyTooLarge:
      return "body_too_large";
    case Rejection::kOverloaded:
      return "overloaded";
    case Rejection::kBodyMemory:
      return "body_memory";
    case Rejection::kConnections:
      return "connections";
    case Rejection::kPartner:
      return "partner";
    case Rejection::kNoLongerTrusted:
      return "no_longer_trusted";
    case Rejection::kHandlerFailed:
      return "handler_failed";
    case Rejection::kWriteFailed:
      return "write_failed";
    case Rejection::kCount_:
      break;
  }
  return "unknown";
}

std::size_t PartnerConnections::enter(std::string_view oin) {
  const std::lock_guard lock(mutex_);
  auto found = open_.find(oin);
  if (found == open_.end()) found = open_.emplace(std::string(oin), 0).first;
  return ++found->second;
}

void PartnerConnections::leave(std::string_view oin) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(oin);
  if (found != open_.end() && --found->second == 0) open_.erase(found);
}

ServerState::ServerState(IoThreads& io, Service& handler, ServerOptions given, core::Logger& logger,
                         core::Metrics& metrics)
    : threads(io), service(handler), options(std::move(given)), log(logger), by_thread(io.size()) {
  const core::MetricLabels listener{{"listener", options.name}};
  const auto with = [&listener](const std::string& key, std::string_view value) {
    core::MetricLabels labels = listener;
    labels[key] = std::string(value);
    return labels;
  };
  accepted = &metrics.counter("wissel_http_connections_total", "Connections accepted.", listener);
  for (std::size_t i = 0; i < rejected.size(); ++i) {
    rejected[i] = &metrics.counter("wissel_http_rejected_total", "Refused before a handler saw it, or cut, by reason.",
                                   with("reason", to_string(static_cast<Rejection>(i))));
  }
  if (options.tls == nullptr) return;
  handshakes = std::make_unique<BlockingPool>(io.size(), "wissel-tls", kHandshakeNice);
  const std::string done = "wissel_tls_handshakes_total";
  handshakes_full = &metrics.counter(done, "TLS handshakes that succeeded.", with("resumed", "false"));
  handshakes_resumed = &metrics.counter(done, "TLS handshakes that succeeded.", with("resumed", "true"));
  for (std::size_t i = 0; i < tls_failed.size(); ++i) {
    tls_failed[i] = &metrics.counter("wissel_tls_handshake_failures_total", "TLS handshakes that failed, by reason.",
                                     with("reason", to_string(static_cast<TlsRefusal>(i))));
  }
}

void ServerState::begin_task() noexcept {
  const std::lock_guard lock(tasks_mutex);
  ++tasks;
}

void ServerState::end_task() noexcept {
  const std::lock_guard lock(tasks_mutex);
  --tasks;
  tasks_ended.notify_all();
}

}  // namespace wissel::transport
