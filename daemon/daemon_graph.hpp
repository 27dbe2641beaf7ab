#pragma once
// The members of the daemon in order of dependency. Internal to daemon/.
#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "config/fault.hpp"
#include "core/log/kept.hpp"
#include "daemon/checkpoint_keeper.hpp"
#include "daemon/control_socket.hpp"
#include "daemon/controls.hpp"
#include "daemon/daemon.hpp"
#include "daemon/graph.hpp"
#include "daemon/scrubber.hpp"

namespace wissel::daemon {

[[nodiscard]] std::size_t io_threads(const config::Settings& settings);
/// All faults, one a line.
[[nodiscard]] std::string said(const config::ConfigFaults& faults);

/// Members in order of dependency.
struct Daemon::Graph {
  Graph(std::filesystem::path file, config::Settings given)
      : configuration(std::move(file)),
        settings(std::move(given)),
        environment(config::to_string(settings.environment)),
        log_output(settings.logging),
        loggers(log_output),
        threads(io_threads(settings), "wissel-io"),
        ops_threads(1, "wissel-ops"),
        wake_up(threads),
        limits(route_limits(settings)),
        tasks(*loggers.transport, "routes") {}

  core::Result<void> open();
  core::Result<core::KeptJudgement> compare_with_kept(const core::StoreReader& reader, const core::TreeEdge& edge);
  core::Result<void> judge_before(const core::StoreReader& before);
  core::Result<void> judge_log();
  core::Result<void> keep_checkpoints();
  core::Result<void> listen();
  void publish_figures();
  void refresh_readiness();
  void judge_tables(core::Instant now);
  core::Result<void> open_control();
  core::Result<boost::json::object> reload();
  core::Result<boost::json::object> take_over();
  void stop_workers();
  void sign_the_end();
  void stop();
  [[nodiscard]] std::int64_t since_start_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  }

  const std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
  const std::filesystem::path configuration;
  std::mutex reload_mutex;    // signals and the control socket both reload
  config::Settings settings;  // changed by reload() alone
  const std::string environment;
  LogOutput log_output;
  Loggers loggers;
  transport::PrometheusMetrics metrics;
  transport::Readiness readiness;
  transport::IoThreads threads;
  transport::IoThreads ops_threads;
  IoWakeUp wake_up;
  const transport::RouteLimits limits;
  transport::TaskGroup tasks;
  std::unique_ptr<transport::Secrets> secrets;
  std::unique_ptr<transport::LogIdentity> identity;
  std::unique_ptr<transport::TlsContexts> tls;
  std::unique_ptr<index::RocksStore> store;
  transport::Listeners listeners;
  transport::MailboxBell mailboxes;
  std::unique_ptr<core::Limiter> limiter;
  std::unique_ptr<core::Machine> machine;
  std::optional<index::CheckpointApart> apart;       // until the keeper has it
  std::optional<index::AcceptedCopy> accepted_copy;  // an operator's word that an older copy goes on
  std::unique_ptr<CheckpointKeeper> keeper;          // heard by the committer
  std::unique_ptr<index::LocalSequencer> committer;
  std::unique_ptr<DiskGuard> sequencer;
  std::unique_ptr<transport::BlockingPool> blocking;
  std::unique_ptr<transport::HttpClients> clients;
  std::unique_ptr<transport::Breakers> breakers;
  std::unique_ptr<transport::StatusCache> statuses;
  std::unique_ptr<transport::Gateway> gateway;
  std::unique_ptr<transport::DeliveryEngine> deliveries;
  std::unique_ptr<transport::TimerWorker> timer_worker;
  std::unique_ptr<transport::SyncWorker> sync_worker;
  std::unique_ptr<transport::LimitsWorker> limits_worker;
  std::unique_ptr<transport::StatusWorker> status_worker;
  std::unique_ptr<transport::Router> router;
  std::unique_ptr<transport::Operators> operators;
  std::unique_ptr<FreshOperators> fresh_operators;
  std::unique_ptr<transport::HttpServer> partners_server;
  std::unique_ptr<transport::HttpServer> operators_server;
  std::unique_ptr<Scrubber> scrubber;
  std::unique_ptr<transport::BlockingPool> control_pool;
  std::unique_ptr<DaemonControls> controls;
  std::unique_ptr<ControlSocket> control;
};

}  // namespace wissel::daemon
