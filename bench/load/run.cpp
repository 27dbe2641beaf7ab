#include "bench/load/run.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <charconv>
#include <latch>
#include <memory>
#include <thread>

#include "bench/load/lane.hpp"
#include "bench/load/requests.hpp"

namespace wissel::load {
namespace {

constexpr std::chrono::milliseconds kLookEvery{20};
// So that the first requests are not late already.
constexpr std::chrono::milliseconds kStartMargin{20};

std::expected<asio::ip::tcp::endpoint, std::string> endpoint_of(const Network& network) {
  boost::system::error_code failure;
  asio::io_context io;
  asio::ip::tcp::resolver resolver(io);
  const auto found = resolver.resolve(network.host, network.port, failure);
  if (failure || found.empty()) return std::unexpected(network.authority() + ": " + failure.message());
  return found.begin()->endpoint();
}

/// On loopback connections call from many addresses, so that none runs out of ports; elsewhere as the system chooses.
asio::ip::address source(const asio::ip::address& to, std::size_t connection) {
  if (!to.is_v4() || !to.is_loopback()) return {};
  constexpr std::size_t kSources = 100;
  return asio::ip::address_v4(asio::ip::address_v4::loopback().to_uint() +
                              static_cast<std::uint32_t>(connection % kSources));
}

/// The lanes on their threads, from the first handshake to the last answer.
class Lanes {
 public:
  Lanes(const Plan& plan, Schedule& schedule, const RunOptions& options)
      : connected_(static_cast<std::ptrdiff_t>(options.threads)) {
    for (std::size_t i = 0; i < options.threads; ++i) lanes_.push_back(std::make_unique<Lane>(plan, schedule));
    for (std::size_t i = 0; i < options.connections; ++i) {
      lanes_[i % lanes_.size()]->add(i % plan.network.partners.size(), source(plan.route.to.address(), i));
    }
  }

  /// The number of connections that could not be made.
  std::size_t connect() {
    for (auto& lane : lanes_) threads_.emplace_back([this, &lane = *lane] { run_lane(lane); });
    connected_.wait();
    return failed_;
  }
  /// After connect(): begins, or lets the threads end.
  void release(bool begin) {
    begin_ = begin;
    released_.count_down();
  }
  void join() { threads_.clear(); }

  [[nodiscard]] bool over() const { return ended_ == lanes_.size(); }
  [[nodiscard]] std::uint64_t completed() const {
    std::uint64_t sum = 0;
    for (const auto& lane : lanes_) sum += lane->completed();
    return sum;
  }
  /// Before release() and of lanes that do not work.
  [[nodiscard]] std::size_t standing() const {
    std::size_t sum = 0;
    for (const auto& lane : lanes_) sum += lane->standing();
    return sum;
  }
  [[nodiscard]] Tally tally() const {
    Tally all;
    for (const auto& lane : lanes_) all.merge(lane->tally());
    return all;
  }

 private:
  void run_lane(Lane& lane) {
    failed_ += lane.connect();
    connected_.count_down();
    released_.wait();
    if (begin_) lane.work();
    ++ended_;
  }

  std::vector<std::unique_ptr<Lane>> lanes_;
  std::latch connected_;
  std::latch released_{1};
  std::atomic<bool> begin_{false};
  std::atomic<std::size_t> failed_{0};
  std::atomic<std::size_t> ended_{0};
  std::vector<std::jthread> threads_;  // last: joined before the rest goes
};

struct Sample {
  Clock::time_point at;
  std::uint64_t completed = 0;
  std::optional<CpuSample> cpu;
  std::optional<std::uint64_t> resident;
};

Sample take_sample(const Lanes& lanes, int daemon) {
  return {Clock::now(), lanes.completed(), sample_cpu(daemon), resident_bytes(daemon)};
}

/// Watches from the main thread until `until`, the end of the run, or an interruption.
void watch(const Lanes& lanes, Schedule& schedule, Clock::time_point until, const std::atomic<bool>& interrupted,
           const std::function<void()>& progress) {
  while (Clock::now() < until && !lanes.over() && !schedule.stopped()) {
    std::this_thread::sleep_for(std::min<Clock::duration>(kLookEvery, until - Clock::now()));
    if (interrupted) schedule.stop();
    progress();
  }
}

RunResult result_of(const Lanes& lanes, const Sample& from, const Sample& to) {
  RunResult out;
  out.tally = lanes.tally();
  out.took = to.at - from.at;
  out.completed = to.completed - from.completed;
  out.resident_before = from.resident;
  out.resident_after = to.resident;
  if (from.cpu && to.cpu) {
    out.cpu = CpuSample{to.cpu->daemon - from.cpu->daemon, to.cpu->driver - from.cpu->driver,
                        to.cpu->machine - from.cpu->machine};
  }
  return out;
}

}  // namespace

std::expected<RunResult, std::string> run(const Network& network, const std::vector<std::string>& persons,
                                          const Mix& mix, const RunOptions& options,
                                          const std::atomic<bool>& interrupted, const Progress& progress) {
  const auto endpoint = endpoint_of(network);
  if (!endpoint) return std::unexpected(endpoint.error());
  // Events keep their ids for 30 days, so each run needs its own.
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const Requests requests(network, persons,
                          std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()));
  Plan plan{.network = network,
            .requests = requests,
            .mix = mix,
            .route = {.to = *endpoint, .host = network.host, .from = {}},
            .contexts = {},
            .timeout = options.timeout,
            .seed = options.seed};
  for (const auto& partner : network.partners) {
    auto context = client_context(network, partner);
    if (!context) return std::unexpected("cannot be used: " + context.error());
    plan.contexts.push_back(std::move(*context));
  }
  Schedule schedule(options.pace);
  Lanes lanes(plan, schedule, options);
  const auto unconnected = resident_bytes(network.daemon);
  if (const auto failed = lanes.connect(); failed > 0) {
    lanes.release(false);
    return std::unexpected(network.authority() + ": " + std::to_string(failed) + " of " +
                           std::to_string(options.connections) + " connections could not be made");
  }
  const auto start = Clock::now() + kStartMargin;
  schedule.begin(start);
  if (!options.idle) lanes.release(true);

  auto told = start;
  const auto tell = [&] {
    if (Clock::now() - told < std::chrono::seconds(1)) return;
    told = Clock::now();
    progress(told - start, lanes.completed());
  };
  watch(lanes, schedule, schedule.counted_from(), interrupted, tell);
  const auto from = take_sample(lanes, network.daemon);
  watch(lanes, schedule, schedule.end(), interrupted, tell);
  const auto to = take_sample(lanes, network.daemon);
  const auto standing = options.idle ? lanes.standing() : 0;
  if (options.idle) lanes.release(false);
  lanes.join();
  auto result = result_of(lanes, from, to);
  result.resident_unconnected = unconnected;
  result.standing = standing;
  return result;
}

}  // namespace wissel::load
