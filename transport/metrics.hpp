#pragma once
// Metrics in the Prometheus text format, behind the core's port.
#include <memory>
#include <string>
#include <vector>

#include "core/metrics.hpp"

namespace wissel::transport {

/// Histogram bounds in seconds, from 100 µs to 30 s: for requests, commits and calls to partners.
[[nodiscard]] const std::vector<double>& latency_bounds();
/// Histogram bounds for counts such as batch sizes: powers of two from 1 to 4096.
[[nodiscard]] const std::vector<double>& count_bounds();

/// Thread safety: all members may be called at the same time.
class PrometheusMetrics final : public core::Metrics {
 public:
  PrometheusMetrics();
  ~PrometheusMetrics() override;

  core::Counter& counter(const std::string& name, const std::string& help, const core::MetricLabels& labels) override;
  core::Gauge& gauge(const std::string& name, const std::string& help, const core::MetricLabels& labels) override;
  core::Histogram& histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                             const core::MetricLabels& labels) override;
  void before_scrape(std::function<void()> refresh) override;

  /// The text of a scrape (version 0.0.4). Runs the refresh functions first.
  [[nodiscard]] std::string render();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wissel::transport
