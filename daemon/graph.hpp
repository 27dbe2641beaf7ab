#pragma once
// The members of the daemon, one after the other: what stands lower uses what stands above it.
#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "config/settings.hpp"
#include "core/state/machine.hpp"
#include "daemon/disk_guard.hpp"
#include "daemon/spdlog_logger.hpp"
#include "index/committer.hpp"
#include "index/rocks_store.hpp"
#include "transport/blocking.hpp"
#include "transport/client/http_client.hpp"
#include "transport/http/operators.hpp"
#include "transport/http/server.hpp"
#include "transport/metrics.hpp"
#include "transport/pull/breaker.hpp"
#include "transport/push/delivery_engine.hpp"
#include "transport/routes/gateway.hpp"
#include "transport/routes/router.hpp"
#include "transport/work/limits.hpp"
#include "transport/work/listeners.hpp"
#include "transport/work/statuses.hpp"
#include "transport/work/syncs.hpp"
#include "transport/work/timers.hpp"

namespace wissel::daemon {

/// Loggers by component.
struct Loggers {
  explicit Loggers(LogOutput& out);
  std::unique_ptr<core::Logger> daemon;
  std::unique_ptr<core::Logger> store;
  std::unique_ptr<core::Logger> transport;
  std::unique_ptr<core::Logger> push;
};

/// Posts completions to the io threads: one post is one wake-up.
class IoWakeUp final : public core::WakeUp {
 public:
  explicit IoWakeUp(transport::IoThreads& threads) : threads_(threads) {}
  void run(std::size_t wake_group, std::vector<std::move_only_function<void()>> completions) override;

 private:
  transport::IoThreads& threads_;
};

/// Refreshes what /readyz tells just before it is told, so that nothing has to poll.
class FreshOperators final : public transport::Service {
 public:
  FreshOperators(transport::Operators& inner, std::function<void()> refresh)
      : inner_(inner), refresh_(std::move(refresh)) {}
  [[nodiscard]] transport::BodyPlan plan(const transport::RequestHead& head, const transport::Peer& peer) override {
    return inner_.plan(head, peer);
  }
  transport::asio::awaitable<transport::Response> handle(transport::Request request) override;
  transport::asio::awaitable<transport::Response> refuse(transport::Request request, core::Problem problem) override {
    return inner_.refuse(std::move(request), std::move(problem));
  }

 private:
  transport::Operators& inner_;
  std::function<void()> refresh_;
};

[[nodiscard]] transport::ServerLimits server_limits(const config::ListenerLimits& limits);
[[nodiscard]] transport::RouteLimits route_limits(const config::Settings& settings);
[[nodiscard]] transport::DeliverySettings delivery_settings(const config::PushSettings& settings);
[[nodiscard]] core::LimiterSettings limiter_settings(const config::Settings& settings);
[[nodiscard]] index::WatermarkLimits watermarks(const config::StoreSettings& settings);
[[nodiscard]] core::Instant wall_clock();
/// Every resource of the API. Only for listing when `gateway` is null.
[[nodiscard]] std::vector<transport::Routes> all_routes();

}  // namespace wissel::daemon
