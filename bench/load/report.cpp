#include "bench/load/report.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <cstdio>

namespace wissel::load {
namespace {

namespace json = boost::json;

constexpr std::array<double, 5> kPercentiles{50, 90, 99, 99.9, 99.99};
constexpr std::array<const char*, 5> kPercentileNames{"p50", "p90", "p99", "p999", "p9999"};
constexpr double kMiB = 1024.0 * 1024.0;

std::string decimal(double value, int places, int width = 0) {
  std::array<char, 64> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), "%*.*f", width, places, value);
  return {buffer.data(), static_cast<std::size_t>(length)};
}
std::string column(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}
std::string counted(const std::map<std::string, std::uint64_t>& numbers) {
  std::string out;
  for (const auto& [what, number] : numbers) {
    if (!out.empty()) out += ", ";
    out += what + ": " + std::to_string(number);
  }
  return out;
}

double milliseconds(std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }
double microseconds(std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e3; }
double rate(const RunResult& result) {
  return result.took.count() > 0 ? static_cast<double>(result.completed) / result.took.count() : 0;
}
double per_request(const RunResult& result, std::chrono::duration<double> spent) {
  return result.completed == 0 ? 0 : spent.count() * 1e6 / static_cast<double>(result.completed);
}
double share(const RunResult& result, std::chrono::duration<double> spent) {
  return result.took.count() > 0 ? spent.count() / result.took.count() : 0;
}
std::chrono::duration<double> others(const CpuSample& cpu) { return cpu.machine - cpu.daemon - cpu.driver; }

std::string latency_row(const std::string& name, const Histogram& latency) {
  std::string out = column(name, 11) + decimal(static_cast<double>(latency.count()), 0, 10);
  for (const double percent : kPercentiles) out += decimal(milliseconds(latency.percentile(percent)), 3, 10);
  return out + decimal(milliseconds(latency.max()), 3, 10) + "\n";
}

std::string machine_rows(const RunResult& result) {
  if (!result.cpu) return "daemon     not found: no CPU time\n";
  std::string out = "daemon     " + decimal(per_request(result, result.cpu->daemon), 1) + " µs CPU a request, " +
                    decimal(share(result, result.cpu->daemon), 2) + " of a core";
  if (result.resident_before && result.resident_after) {
    out += "; resident " + decimal(static_cast<double>(*result.resident_before) / kMiB, 1) + " → " +
           decimal(static_cast<double>(*result.resident_after) / kMiB, 1) + " MiB";
  }
  out += "\ndriver     " + decimal(per_request(result, result.cpu->driver), 1) + " µs CPU a request, " +
         decimal(share(result, result.cpu->driver), 2) + " of a core\n";
  return out + "others     " + decimal(share(result, others(*result.cpu)), 2) + " of " + std::to_string(processors()) +
         " cores\n";
}

std::string idle_text(const Report& report) {
  const auto& result = report.result;
  std::string out = "idle       " + std::to_string(result.standing) + " of " +
                    std::to_string(report.options.connections) + " mTLS connections stand after " +
                    decimal(result.took.count(), 1) + " s\n";
  if (!result.cpu || !result.resident_unconnected || !result.resident_after) return out + "daemon     not found\n";
  const auto more = static_cast<double>(*result.resident_after) - static_cast<double>(*result.resident_unconnected);
  return out + "daemon     " + decimal(more / 1024 / static_cast<double>(report.options.connections), 1) +
         " KiB each, " + decimal(share(result, result.cpu->daemon) * 100, 2) + " % of a core\n";
}

json::object latency_json(const Histogram& latency) {
  json::object out{
      {"count", latency.count()}, {"meanUs", latency.mean() / 1e3}, {"maxUs", microseconds(latency.max())}};
  for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
    out[std::string(kPercentileNames[i]) + "Us"] = microseconds(latency.percentile(kPercentiles[i]));
  }
  return out;
}
json::object counts_json(const std::map<std::string, std::uint64_t>& numbers) {
  json::object out;
  for (const auto& [what, number] : numbers) out[what] = number;
  return out;
}
json::object cpu_json(const RunResult& result, std::chrono::duration<double> spent) {
  return {{"cpuUsPerRequest", per_request(result, spent)}, {"cores", share(result, spent)}};
}

}  // namespace

std::string fdatasync_line(const Histogram& histogram) {
  return "fdatasync  p50 " + decimal(microseconds(histogram.percentile(50)), 0) + " µs, p99 " +
         decimal(microseconds(histogram.percentile(99)), 0) + " µs, max " + decimal(microseconds(histogram.max()), 0) +
         " µs (4 KiB appends, " + std::to_string(histogram.count()) + ")\n";
}

std::string to_text(const Report& report) {
  const auto& [options, mix, result, fdatasync] = report;
  if (options.idle) return idle_text(report);
  std::string out = "load       " + mix + "; " + std::to_string(options.connections) + " mTLS connections, " +
                    std::to_string(options.threads) + " thread" + (options.threads == 1 ? "" : "s") + ", " +
                    (options.pace.rate ? decimal(*options.pace.rate, 0) + " requests/s asked for" : "highest rate") +
                    "\n";
  out += "answers    " + std::to_string(result.completed) + " in " + decimal(result.took.count(), 2) +
         " s: " + decimal(rate(result), 0) + "/s\n\n";
  out += column("ms", 11) + "     count       p50       p90       p99     p99.9    p99.99       max\n";
  bool several = false;
  for (std::size_t i = 0; i < kKindCount; ++i) {
    const auto kind = static_cast<Kind>(i);
    const auto& latency = result.tally.of(kind).latency;
    if (latency.count() == 0) continue;
    out += latency_row(std::string(to_string(kind)), latency);
    several = several || latency.count() != result.tally.expected();
  }
  if (several) out += latency_row("all", result.tally.latency());
  out += "\n";
  for (std::size_t i = 0; i < kKindCount; ++i) {
    const auto kind = static_cast<Kind>(i);
    const auto& of_kind = result.tally.of(kind);
    if (!of_kind.as_expected.empty())
      out += column(std::string(to_string(kind)), 11) + counted(of_kind.as_expected) + "\n";
    if (!of_kind.unexpected.empty()) {
      out += column(std::string(to_string(kind)), 11) + "UNEXPECTED " + counted(of_kind.unexpected) + "\n";
    }
  }
  out += machine_rows(result);
  if (fdatasync) out += fdatasync_line(*fdatasync);
  return out;
}

std::string to_json(const Report& report) {
  const auto& [options, mix, result, fdatasync] = report;
  json::object out{{"mix", mix},
                   {"connections", options.connections},
                   {"threads", options.threads},
                   {"rate", options.pace.rate ? json::value(*options.pace.rate) : json::value("max")},
                   {"idle", options.idle},
                   {"standing", result.standing},
                   {"seconds", result.took.count()},
                   {"completed", result.completed},
                   {"perSecond", rate(result)},
                   {"expected", result.tally.expected()},
                   {"unexpected", result.tally.unexpected()}};
  json::object kinds;
  for (std::size_t i = 0; i < kKindCount; ++i) {
    const auto kind = static_cast<Kind>(i);
    const auto& of_kind = result.tally.of(kind);
    if (of_kind.latency.count() == 0 && of_kind.unexpected.empty()) continue;
    kinds[to_string(kind)] = json::object{{"latency", latency_json(of_kind.latency)},
                                          {"answers", counts_json(of_kind.as_expected)},
                                          {"unexpected", counts_json(of_kind.unexpected)}};
  }
  out["kinds"] = std::move(kinds);
  if (result.cpu) {
    auto daemon = cpu_json(result, result.cpu->daemon);
    if (result.resident_unconnected) daemon["residentBytesUnconnected"] = *result.resident_unconnected;
    if (result.resident_before) daemon["residentBytesBefore"] = *result.resident_before;
    if (result.resident_after) daemon["residentBytesAfter"] = *result.resident_after;
    out["daemon"] = std::move(daemon);
    out["driver"] = cpu_json(result, result.cpu->driver);
    out["othersCores"] = share(result, others(*result.cpu));
    out["processors"] = processors();
  }
  if (fdatasync) out["fdatasync"] = latency_json(*fdatasync);
  return json::serialize(out) + "\n";
}

}  // namespace wissel::load
