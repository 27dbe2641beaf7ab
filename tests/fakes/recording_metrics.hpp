#pragma once
// Metrics that a test can read back.
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/metrics.hpp"

namespace wissel::fakes {

/// Thread safety: as the port promises.
class RecordingMetrics final : public core::Metrics {
 public:
  core::Counter& counter(const std::string& name, const std::string&, const core::MetricLabels& labels) override {
    return series(name, labels);
  }
  core::Gauge& gauge(const std::string& name, const std::string&, const core::MetricLabels& labels) override {
    return series(name, labels);
  }
  core::Histogram& histogram(const std::string& name, const std::string&, const std::vector<double>&,
                             const core::MetricLabels& labels) override {
    return series(name, labels);
  }
  void before_scrape(std::function<void()> refresh) override {
    const std::lock_guard lock(mutex_);
    refreshes_.push_back(std::move(refresh));
  }

  /// Runs what is to run before a scrape.
  void scrape() const {
    for (const auto& refresh : refreshes_) refresh();
  }
  /// Of a counter its sum, of a gauge its value; of a histogram the sum of what was observed.
  [[nodiscard]] double value(const std::string& name, const core::MetricLabels& labels = {}) {
    return series(name, labels).value();
  }
  /// How often a histogram observed something.
  [[nodiscard]] std::size_t observations(const std::string& name, const core::MetricLabels& labels = {}) {
    return series(name, labels).observations();
  }

 private:
  class Series final : public core::Counter, public core::Gauge, public core::Histogram {
   public:
    void add(double amount) noexcept override {
      const std::lock_guard lock(mutex_);
      value_ += amount;
    }
    void set(double value) noexcept override {
      const std::lock_guard lock(mutex_);
      value_ = value;
    }
    void observe(double value) noexcept override {
      const std::lock_guard lock(mutex_);
      value_ += value;
      ++observations_;
    }
    [[nodiscard]] double value() const {
      const std::lock_guard lock(mutex_);
      return value_;
    }
    [[nodiscard]] std::size_t observations() const {
      const std::lock_guard lock(mutex_);
      return observations_;
    }

   private:
    mutable std::mutex mutex_;
    double value_ = 0;
    std::size_t observations_ = 0;
  };

  Series& series(const std::string& name, const core::MetricLabels& labels) {
    const std::lock_guard lock(mutex_);
    auto& slot = series_[{name, labels}];
    if (!slot) slot = std::make_unique<Series>();
    return *slot;
  }

  std::mutex mutex_;
  std::map<std::pair<std::string, core::MetricLabels>, std::unique_ptr<Series>> series_;
  std::vector<std::function<void()>> refreshes_;
};

}  // namespace wissel::fakes
