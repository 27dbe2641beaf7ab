#include "transport/client/client_metrics.hpp"

#include <string>

#include "transport/metrics.hpp"

namespace wissel::transport {

ClientMetrics::ClientMetrics(core::Metrics& metrics)
    : connections(
          metrics.gauge("wissel_client_connections", "Open connections to holders and webhooks, used or kept.")),
      in_flight(metrics.gauge("wissel_client_requests_in_flight", "Calls that have or open a connection.")),
      waiting(metrics.gauge("wissel_client_requests_waiting", "Calls that wait for a connection of their partner.")),
      opened(metrics.counter("wissel_client_connections_opened_total", "Connections made, handshake included.")),
      repeated(metrics.counter("wissel_client_requests_repeated_total",
                               "Calls sent again because a kept connection turned out closed.")),
      wait(metrics.histogram("wissel_client_wait_duration_seconds",
                             "Waiting for a connection of a partner whose connections were all in use.",
                             latency_bounds())),
      metrics_(metrics) {}

void ClientMetrics::ended(const ClientResult& result) {
  auto outcome =
      result ? "http_" + std::to_string(result->status / 100) + "xx" : std::string(to_string(result.error().fault));
  metrics_
      .counter("wissel_client_requests_total", "Calls to holders and webhooks that ended, by outcome.",
               {{"outcome", std::move(outcome)}})
      .add();
}

}  // namespace wissel::transport
