#include "transport/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace wissel::transport {
namespace {

class PromCounter final : public core::Counter {
 public:
  explicit PromCounter(prometheus::Counter& series) : series_(series) {}
  void add(double amount) noexcept override { series_.Increment(amount); }

 private:
  prometheus::Counter& series_;
};

class PromGauge final : public core::Gauge {
 public:
  explicit PromGauge(prometheus::Gauge& series) : series_(series) {}
  void set(double value) noexcept override { series_.Set(value); }
  void add(double amount) noexcept override { series_.Increment(amount); }

 private:
  prometheus::Gauge& series_;
};

class PromHistogram final : public core::Histogram {
 public:
  explicit PromHistogram(prometheus::Histogram& series) : series_(series) {}
  void observe(double value) noexcept override { series_.Observe(value); }

 private:
  prometheus::Histogram& series_;
};

using SeriesKey = std::pair<std::string, core::MetricLabels>;

}  // namespace

struct PrometheusMetrics::State {
  std::mutex mutex;
  prometheus::Registry registry;
  std::map<SeriesKey, std::unique_ptr<PromCounter>> counters;
  std::map<SeriesKey, std::unique_ptr<PromGauge>> gauges;
  std::map<SeriesKey, std::unique_ptr<PromHistogram>> histograms;
  std::vector<std::function<void()>> refreshers;
};

const std::vector<double>& latency_bounds() {
  static const std::vector<double> kBounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                           0.1,    0.25,    0.5,    1,     2.5,    5,     10,   30};
  return kBounds;
}

const std::vector<double>& count_bounds() {
  static const std::vector<double> kBounds{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096};
  return kBounds;
}

PrometheusMetrics::PrometheusMetrics() : state_(std::make_unique<State>()) {}
PrometheusMetrics::~PrometheusMetrics() = default;

core::Counter& PrometheusMetrics::counter(const std::string& name, const std::string& help,
                                          const core::MetricLabels& labels) {
  const std::lock_guard lock(state_->mutex);
  auto& slot = state_->counters[{name, labels}];
  if (!slot) {
    auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(state_->registry);
    slot = std::make_unique<PromCounter>(family.Add(labels));
  }
  return *slot;
}

core::Gauge& PrometheusMetrics::gauge(const std::string& name, const std::string& help,
                                      const core::MetricLabels& labels) {
  const std::lock_guard lock(state_->mutex);
  auto& slot = state_->gauges[{name, labels}];
  if (!slot) {
    auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry);
    slot = std::make_unique<PromGauge>(family.Add(labels));
  }
  return *slot;
}

core::Histogram& PrometheusMetrics::histogram(const std::string& name, const std::string& help,
                                              const std::vector<double>& bounds, const core::MetricLabels& labels) {
  const std::lock_guard lock(state_->mutex);
  auto& slot = state_->histograms[{name, labels}];
  if (!slot) {
    auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(state_->registry);
    slot = std::make_unique<PromHistogram>(family.Add(labels, bounds));
  }
  return *slot;
}

void PrometheusMetrics::before_scrape(std::function<void()> refresh) {
  const std::lock_guard lock(state_->mutex);
  state_->refreshers.push_back(std::move(refresh));
}

std::string PrometheusMetrics::render() {
  // Copied, so that a refresher may ask for series of its own.
  std::vector<std::function<void()>> refreshers;
  {
    const std::lock_guard lock(state_->mutex);
    refreshers = state_->refreshers;
  }
  for (const auto& refresh : refreshers) refresh();
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace wissel::transport
