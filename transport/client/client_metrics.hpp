#pragma once
// What operators see of outgoing calls: how they end, connections, and waits for one.
#include <chrono>
#include <utility>

#include "core/metrics.hpp"
#include "transport/client/http_client.hpp"

namespace wissel::transport {

/// One of what a gauge counts, for as long as it lives.
class GaugeShare {
 public:
  explicit GaugeShare(core::Gauge& gauge) noexcept : gauge_(&gauge) { gauge_->add(1); }
  GaugeShare(GaugeShare&& other) noexcept : gauge_(std::exchange(other.gauge_, nullptr)) {}
  GaugeShare& operator=(GaugeShare&& other) noexcept {
    std::swap(gauge_, other.gauge_);
    return *this;
  }
  ~GaugeShare() {
    if (gauge_ != nullptr) gauge_->add(-1);
  }

 private:
  core::Gauge* gauge_;
};

/// The series of all clients of one registry. Thread safety: as the registry's.
class ClientMetrics {
 public:
  /// `metrics` outlives it and all that it counts.
  explicit ClientMetrics(core::Metrics& metrics);

  /// A call ended.
  void ended(const ClientResult& result);

  core::Gauge& connections;
  core::Gauge& in_flight;
  core::Gauge& waiting;
  core::Counter& opened;
  core::Counter& repeated;
  core::Histogram& wait;

 private:
  core::Metrics& metrics_;
};

}  // namespace wissel::transport
