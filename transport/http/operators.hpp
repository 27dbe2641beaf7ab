#pragma once
// The operators' listener: /livez, /readyz, /metrics and /versie over plain HTTP on loopback.
#include <string>

#include "transport/http/readiness.hpp"
#include "transport/http/service.hpp"
#include "transport/metrics.hpp"

namespace wissel::transport {

struct VersionInfo {
  std::string version;
  std::string commit;       ///< empty when unknown
  std::string environment;  ///< production, acceptance or test
};

/// `readiness` and `metrics` outlive it.
class Operators final : public Service {
 public:
  Operators(const Readiness& readiness, PrometheusMetrics& metrics, VersionInfo version);

  [[nodiscard]] BodyPlan plan(const RequestHead& head, const Peer& peer) override;
  asio::awaitable<Response> handle(Request request) override;
  asio::awaitable<Response> refuse(Request request, core::Problem problem) override;

 private:
  [[nodiscard]] Response readyz() const;
  [[nodiscard]] Response versie() const;

  const Readiness& readiness_;
  PrometheusMetrics& metrics_;
  VersionInfo version_;
};

}  // namespace wissel::transport
