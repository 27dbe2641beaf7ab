#pragma once
// Port: counters, gauges and histograms. Names begin with `wissel_`, use base units, and no label ever holds a
// subject. Ask for a series once and keep the reference; it lives as long as the registry.
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace wissel::core {

using MetricLabels = std::map<std::string, std::string>;

/// Thread safety: all members of these classes may be called at the same time.
class Counter {
 public:
  virtual ~Counter() = default;
  virtual void add(double amount = 1) noexcept = 0;
};
class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void set(double value) noexcept = 0;
  virtual void add(double amount) noexcept = 0;
};
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void observe(double value) noexcept = 0;
};

class Metrics {
 public:
  virtual ~Metrics() = default;
  /// The same name and labels give the same series.
  virtual Counter& counter(const std::string& name, const std::string& help, const MetricLabels& labels = {}) = 0;
  virtual Gauge& gauge(const std::string& name, const std::string& help, const MetricLabels& labels = {}) = 0;
  virtual Histogram& histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                               const MetricLabels& labels = {}) = 0;
  /// Called before each scrape, to refresh gauges that mirror something else. The function must outlive the registry.
  virtual void before_scrape(std::function<void()> refresh) = 0;
};

}  // namespace wissel::core
