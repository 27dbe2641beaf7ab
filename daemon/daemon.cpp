#include "daemon/daemon.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>
#include <sys/resource.h>

#include <csignal>
#include <mutex>
#include <thread>

#include "config/load.hpp"
#include "config/reload.hpp"
#include "config/secrets.hpp"
#include "core/log/note.hpp"
#include "daemon/control_request.hpp"
#include "daemon/control_socket.hpp"
#include "daemon/controls.hpp"
#include "daemon/daemon_graph.hpp"
#include "daemon/systemd.hpp"
#include "daemon/tls_files.hpp"

namespace wissel::daemon {
namespace {

namespace asio = boost::asio;

/// Threads for what may wait for the disk: as many reads as a disk does well at once.
constexpr std::size_t kBlockingThreads = 4;
/// Memory of one idle TLS connection, an estimate (transport/http/server.hpp).
constexpr std::uint64_t kConnectionBytes = 25 * 1024;
/// Threads of wisselctl's requests: a status is answered while a backup is made.
constexpr std::size_t kControlThreads = 2;
/// What caches, buffers and queues take at most, together (design: memory is bounded).
std::uint64_t memory_bytes_max(const config::Settings& settings) {
  const transport::ServerLimits server = server_limits(settings.partners.limits);
  const index::SequencerOptions queue;
  return settings.pull.status_cache + settings.store.block_cache +
         settings.store.write_buffer * settings.store.write_buffers_max + queue.queue_bytes_max +
         settings.queue.batch_bytes_max + server.body_memory_bytes_max + server.connections_max * kConnectionBytes;
}

/// For what goes on after the last answer: records of parts that came too late.
constexpr std::chrono::milliseconds kTasksDrain{2'000};

/// So that nobody foresees which parties share a place in a table.
std::uint64_t random_seed() {
  core::Bytes8 bytes{};
  core::random_bytes(bytes);
  return core::ByteReader(core::as_view(bytes)).u64();
}

}  // namespace

std::size_t io_threads(const config::Settings& settings) {
  if (settings.partners.threads != 0) return settings.partners.threads;
  // A core that the committer has to itself saves more than a thread beside it does (docs/performance.md).
  return std::max(2U, std::thread::hardware_concurrency()) - 1;
}

std::string said(const config::ConfigFaults& faults) {
  std::string out;
  for (const auto& fault : faults) out += (out.empty() ? "" : "\n") + config::to_string(fault);
  return out;
}

namespace {

std::unique_ptr<transport::Secrets> make_secrets(const config::Secrets& read) {
  std::vector<core::PseudonymKeys::Key> keys;
  for (const auto& key : read.pseudonym_keys) keys.push_back({key.id, std::string(key.key.view())});
  auto sealing = core::SealingKey::from_bytes(read.sealing_key.view());
  return std::make_unique<transport::Secrets>(transport::Secrets{
      core::PseudonymKeys(std::move(keys)), std::move(sealing).value(), core::HmacKey(read.body_key.view())});
}

/// Not of body_key, which may change, and not of log.signing_key, whose verifier key is kept.
std::vector<core::KeyMark> key_marks(const config::Secrets& read) {
  std::vector<core::KeyMark> out;
  for (const auto& key : read.pseudonym_keys) {
    const auto id = std::to_string(key.id);
    out.push_back(core::mark_key("pseudonym/" + id, "key " + id + " of secrets.pseudonym_keys", key.key.view()));
  }
  out.push_back(core::mark_key("sealing", "secrets.sealing_key", read.sealing_key.view()));
  return out;
}

core::MachineSettings machine_settings(const config::Settings& settings, const config::Secrets& read,
                                       const transport::LogIdentity& identity) {
  core::MachineSettings out;
  out.key_marks = key_marks(read);
  for (const auto& text : settings.bootstrap_operators) {
    if (auto oin = core::Oin::parse(text)) out.bootstrap_operators.insert(*oin);
  }
  out.reference_term_max = settings.references.term_max;
  out.repeat_term = {0, settings.push.repeat_term.count()};
  out.vkey = identity.vkey;
  out.sign_checkpoint = [&identity](std::uint64_t size, const core::Hash& root) {
    return core::sign_checkpoint(identity.origin, size, root, identity.key).encode();
  };
  return out;
}

}  // namespace

core::Result<void> Daemon::Graph::open() {
  loggers.daemon->info("starting", {{"version", WISSEL_VERSION}, {"configuration", configuration.c_str()}});
  auto read = config::load_secrets(settings);
  if (!read) return core::fail(core::Errc::kInvalidInput, said(read.error()));
  secrets = make_secrets(*read);
  auto key = core::SigningKey::from_pem(read->signing_key_pem.view());
  if (!key) return std::unexpected(std::move(key).error().within("log.signing_key"));
  const core::VerifierKey verifier{settings.log_origin(), key->public_key()};
  identity = std::make_unique<transport::LogIdentity>(
      transport::LogIdentity{settings.log_origin(), verifier.vkey(), std::move(*key)});

  auto tls_files = tls_settings(settings);
  if (!tls_files) return std::unexpected(std::move(tls_files).error());
  auto contexts = transport::TlsContexts::load(*tls_files);
  if (!contexts) return std::unexpected(std::move(contexts).error());
  tls = std::move(*contexts);

  index::StoreOptions options;
  options.dir = settings.data_dir;
  options.block_cache_bytes = settings.store.block_cache;
  options.write_buffer_bytes = settings.store.write_buffer * settings.store.write_buffers_max;
  options.max_open_files = static_cast<int>(settings.store.open_files_max);
  options.judge = [this](const core::StoreReader& before) { return judge_before(before); };
  auto opened = index::open_rocks_store(options, *loggers.store);
  if (!opened) return std::unexpected(std::move(opened).error());
  store = std::move(*opened);
  // After a kill the write-ahead log has been gone through by now: what a slow start may have waited for.
  loggers.daemon->info("store opened", {{"since_start_ms", since_start_ms()}});

  listeners.add(mailboxes);
  auto for_machine = machine_settings(settings, *read, *identity);
  for_machine.grown = [this] { keeper->grown(); };
  auto loaded = core::Machine::load(std::move(for_machine), *store, &listeners);
  if (!loaded) return std::unexpected(std::move(loaded).error());
  machine = std::move(*loaded);
  if (auto judged = judge_log(); !judged) return judged;
  index::SequencerOptions queue;
  queue.queue_count_max = settings.queue.commands_max;
  queue.batch_count_max = settings.queue.batch_commands_max;
  queue.batch_bytes_max = settings.queue.batch_bytes_max;
  committer = std::make_unique<index::LocalSequencer>(
      *store, [this] { return store->reopen(); }, *machine, wake_up, metrics, *loggers.store, queue);
  sequencer = std::make_unique<DiskGuard>(
      *committer, watermarks(settings.store), [this] { return store->free_space(); }, *loggers.daemon);
  return {};
}

core::Result<void> Daemon::Graph::listen() {
  blocking = std::make_unique<transport::BlockingPool>(kBlockingThreads);
  transport::ClientLimits client_limits;
  client_limits.connections_per_partner_max = settings.outgoing.connections_per_partner_max;
  client_limits.connect_timeout = settings.outgoing.connect_timeout;
  client_limits.allow_private_addresses = settings.outgoing.allow_private_addresses;
  limiter = std::make_unique<core::Limiter>(limiter_settings(settings), random_seed());
  clients = std::make_unique<transport::HttpClients>(threads, *tls, client_limits, metrics);
  breakers = std::make_unique<transport::Breakers>(
      transport::BreakerSettings{settings.pull.breaker_failures, settings.pull.breaker_open});
  statuses = std::make_unique<transport::StatusCache>(settings.pull.status_cache, metrics);
  gateway = std::make_unique<transport::Gateway>(transport::Gateway{
      *sequencer, *machine, *store, *blocking, *clients, *secrets, *identity, limits,
      static_cast<transport::Environment>(settings.environment == config::Environment::kProduction   ? 0
                                          : settings.environment == config::Environment::kAcceptance ? 1
                                                                                                     : 2),
      &wall_clock, *loggers.transport, metrics, tasks, mailboxes, *limiter, *breakers, *statuses});
  deliveries =
      std::make_unique<transport::DeliveryEngine>(*gateway, threads, delivery_settings(settings.push), *loggers.push);
  listeners.add(*deliveries);
  timer_worker =
      std::make_unique<transport::TimerWorker>(work_ports(*gateway), transport::WorkThread{threads.context(0), 0});
  const auto other = threads.size() - 1;  // work of two kinds, spread where there are several threads
  sync_worker = std::make_unique<transport::SyncWorker>(work_ports(*gateway),
                                                        transport::WorkThread{threads.context(other), other});
  listeners.add(*timer_worker);
  listeners.add(*sync_worker);
  limits_worker = std::make_unique<transport::LimitsWorker>(work_ports(*gateway), *limiter,
                                                            transport::WorkThread{threads.context(0), 0});
  listeners.add(*limits_worker);
  status_worker = std::make_unique<transport::StatusWorker>(work_ports(*gateway), *statuses,
                                                            transport::WorkThread{threads.context(0), 0});
  listeners.add(*status_worker);
  router = std::make_unique<transport::Router>(*gateway, all_routes());

  operators = std::make_unique<transport::Operators>(readiness, metrics,
                                                     transport::VersionInfo{WISSEL_VERSION, "", environment});
  fresh_operators = std::make_unique<FreshOperators>(*operators, [this] { refresh_readiness(); });
  metrics.before_scrape([this] { publish_figures(); });
  tls->publish(metrics);

  threads.start();
  ops_threads.start();
  if (auto started = committer->start(); !started) return started;
  if (auto kept = keep_checkpoints(); !kept) return kept;
  scrubber = std::make_unique<Scrubber>(*store, settings.store.scrub_period, &wall_clock, *loggers.store);
  scrubber->start();
  deliveries->start();
  timer_worker->start();
  sync_worker->start();
  status_worker->start();
  if (auto started = limits_worker->start(); !started) return started;
  refresh_readiness();

  transport::ServerOptions partners{"partners", tls.get(), server_limits(settings.partners.limits)};
  partners_server = std::make_unique<transport::HttpServer>(threads, *router, partners, *loggers.transport, metrics);
  transport::ServerOptions plain{"operators", nullptr, {}};
  operators_server =
      std::make_unique<transport::HttpServer>(ops_threads, *fresh_operators, plain, *loggers.transport, metrics);

  auto given = sockets_from_systemd();
  for (const int fd : given["partners"]) {
    if (auto port = partners_server->adopt(fd); !port) return std::unexpected(std::move(port).error());
  }
  for (const auto& endpoint : settings.partners.listen) {
    if (!given["partners"].empty()) break;
    auto port = partners_server->listen(endpoint.host, endpoint.port);
    if (!port) return std::unexpected(std::move(port).error().within("partners.listen"));
    loggers.daemon->info(
        "listening", {{"listener", "partners"}, {"address", endpoint.host.c_str()}, {"port", std::uint32_t{*port}}});
  }
  const auto& endpoint = settings.operators.listen;
  auto port = operators_server->listen(endpoint.host, endpoint.port);
  if (!port) return std::unexpected(std::move(port).error().within("operators.listen"));
  loggers.daemon->info("listening",
                       {{"listener", "operators"}, {"address", endpoint.host.c_str()}, {"port", std::uint32_t{*port}}});
  return open_control();
}

core::Result<void> Daemon::Graph::open_control() {
  control_pool = std::make_unique<transport::BlockingPool>(kControlThreads);
  controls = std::make_unique<DaemonControls>(ControlledParts{
      WISSEL_VERSION, environment, wall_clock(), &wall_clock, readiness, [this] { refresh_readiness(); },
      *partners_server, *machine, *store, *committer, *sequencer, *tls, *identity, *keeper, *scrubber, configuration,
      *secrets, [this] { return reload(); }, *loggers.daemon});
  ControlOptions options;
  options.path = settings.runtime_dir / kControlSocketName;
  auto opened =
      ControlSocket::open(ops_threads.context(0), *control_pool, *controls, std::move(options), *loggers.daemon);
  if (!opened) return std::unexpected(std::move(opened).error().within("runtime_dir"));
  control = std::move(*opened);
  return {};
}

/// While their threads and the committer still run.
void Daemon::Graph::stop_workers() {
  if (timer_worker) timer_worker->stop();
  if (sync_worker) sync_worker->stop();
  if (limits_worker) limits_worker->stop();
  if (status_worker) status_worker->stop();
}

/// A stopped store states the whole of its log: no record is left that no signature holds.
void Daemon::Graph::sign_the_end() {
  core::Submission closing;
  closing.command.now = wall_clock();
  closing.command.sign_checkpoint = true;
  closing.done = [](const core::Result<core::Outcome>&) {};  // stop() waits for it
  if (auto submitted = committer->submit(std::move(closing)); !submitted) {
    loggers.daemon->warn("no closing checkpoint", {{"detail", std::string_view(submitted.error().detail)}});
  }
}

void Daemon::Graph::stop() {
  tell_systemd("STOPPING=1");
  scrubber->stop();
  control->stop();  // first: from here on nothing reloads
  loggers.daemon->info("stopping", {{"drain_ms", std::int64_t{settings.shutdown.drain.count()}}});
  mailboxes.stop();  // who waits for a message is answered now
  const auto begun = std::chrono::steady_clock::now();
  const bool drained = partners_server->stop(settings.shutdown.drain);
  if (!drained) loggers.daemon->warn("cut requests that did not end within shutdown.drain");
  const auto left = settings.shutdown.drain -
                    std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
  if (!deliveries->stop(std::max(left, std::chrono::milliseconds{0}))) {
    loggers.daemon->warn("cut deliveries that did not end within shutdown.drain");
  }
  if (!tasks.drain(kTasksDrain))
    loggers.daemon->warn("left tasks that did not end", {{"tasks", std::uint64_t{tasks.running()}}});
  stop_workers();
  sign_the_end();
  committer->stop();
  keeper->stop();
  // So that the next start, or a reader of the stopped store, has no log of writes to go through first.
  if (auto flushed = store->flush(); !flushed) {
    loggers.daemon->warn("left writes in the write-ahead log", {{"detail", std::string_view(flushed.error().detail)}});
  }
  operators_server->stop(std::chrono::seconds(1));
  threads.stop();  // clients go only when their threads have ended
  threads.join();
  loggers.daemon->info("stopped", {{"log_records", machine->view()->edge.size()}});
}

Daemon::Daemon(std::unique_ptr<Graph> graph) : graph_(std::move(graph)) {}
Daemon::~Daemon() = default;

core::Result<std::unique_ptr<Daemon>> Daemon::start(const std::filesystem::path& configuration,
                                                    config::Settings settings) {
  auto graph = std::make_unique<Graph>(configuration, std::move(settings));
  if (auto opened = graph->open(); !opened) return std::unexpected(std::move(opened).error());
  if (auto listening = graph->listen(); !listening) {
    graph->stop_workers();
    graph->committer->stop();
    // While their threads still run: a server waits for its coroutines.
    graph->operators_server.reset();
    graph->partners_server.reset();
    graph->threads.stop();
    graph->ops_threads.stop();
    return std::unexpected(std::move(listening).error());
  }
  return std::unique_ptr<Daemon>(new Daemon(std::move(graph)));
}

int Daemon::run() {
  asio::io_context main_loop(1);
  asio::signal_set ends(main_loop, SIGTERM, SIGINT);
  asio::signal_set reloads(main_loop, SIGHUP);
  asio::steady_timer watchdog(main_loop);
  ends.async_wait([&](const boost::system::error_code& error, int) {
    if (!error) main_loop.stop();
  });
  std::function<void()> wait_reload = [&] {
    reloads.async_wait([&](const boost::system::error_code& error, int) {
      if (error) return;
      [[maybe_unused]] const auto report = graph_->reload();  // the log says what came of it
      wait_reload();
    });
  };
  wait_reload();
  const auto pause = watchdog_pause();
  std::function<void()> feed = [&] {
    tell_systemd("WATCHDOG=1");
    watchdog.expires_after(*pause);
    watchdog.async_wait([&](const boost::system::error_code& error) {
      if (!error) feed();
    });
  };
  if (pause) feed();
  graph_->loggers.daemon->info("ready", {{"version", WISSEL_VERSION},
                                         {"environment", std::string_view(graph_->environment)},
                                         {"log_records", graph_->machine->view()->edge.size()},
                                         {"memory_bytes_max", memory_bytes_max(graph_->settings)},
                                         {"since_start_ms", graph_->since_start_ms()},
                                         {"vkey", std::string_view(graph_->identity->vkey)}});
  tell_systemd("READY=1");
  main_loop.run();
  graph_->stop();
  return 0;
}

}  // namespace wissel::daemon
