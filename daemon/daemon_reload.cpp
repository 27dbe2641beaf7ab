// What changes or is told while the daemon runs: reload, readiness, figures.
#include <boost/json.hpp>

#include "config/load.hpp"
#include "config/reload.hpp"
#include "daemon/daemon_graph.hpp"
#include "daemon/systemd.hpp"
#include "daemon/tls_files.hpp"

namespace wissel::daemon {
namespace {

boost::json::array names_of(const std::vector<std::string_view>& keys) {
  boost::json::array out;
  for (const auto key : keys) out.push_back(boost::json::value(key));
  return out;
}

}  // namespace

void Daemon::Graph::refresh_readiness() {
  const auto now = wall_clock();
  if (committer->available() && !store->failed()) {
    readiness.up("store", now);
  } else {
    readiness.down("store", "a write failed; the store is being opened again", now);
  }
  if (const auto why = keeper->failure(); why.empty()) {
    readiness.up("checkpoint", now);
  } else {
    readiness.down("checkpoint", "the newest checkpoint cannot be kept apart: " + why, now);
  }
  judge_tables(now);
  switch (sequencer->level()) {
    case index::DiskLevel::kOk:
    case index::DiskLevel::kWarn:
      readiness.up("disk", now);
      break;
    case index::DiskLevel::kRestrict:
      readiness.down("disk", "free space is below store.watermark_restrict: no new references and messages", now);
      break;
    case index::DiskLevel::kStop:
      readiness.down("disk", "free space is below store.watermark_stop: no access is answered", now);
      break;
  }
  if (const auto damaged = deliveries->damaged_rows(); damaged == 0) {
    readiness.up("outbox", now);
  } else {
    readiness.down("outbox", std::to_string(damaged) + " deliveries are damaged; the log names each", now);
  }
}

/// What does not verify stays down until it is put back: its readers get errors, and nothing of it is served.
void Daemon::Graph::judge_tables(core::Instant now) {
  const auto damaged = scrubber ? scrubber->figures().damaged : std::vector<index::DamagedTable>();
  if (!damaged.empty()) {
    const auto& first = damaged.front();
    readiness.down("tables",
                   std::to_string(damaged.size()) + " damaged, the first " + first.name + " of family " + first.family +
                       "; wisselctl doctor names all",
                   now);
  } else if (store->figures().compaction_halted) {
    readiness.down("tables", "a compaction met a table that does not verify; wisselctl doctor names it", now);
  } else {
    readiness.up("tables", now);
  }
}

void Daemon::Graph::publish_figures() {
  const auto figures = store->figures();
  const auto set = [this](const char* name, const char* help, double value) {
    metrics.gauge(name, help, {}).set(value);
  };
  set("wissel_log_records", "Records in the processing log.", static_cast<double>(machine->view()->edge.size()));
  set("wissel_store_table_bytes", "Bytes of live table files.", static_cast<double>(figures.table_bytes));
  set("wissel_store_memtable_bytes", "Bytes written but not flushed.", static_cast<double>(figures.memtable_bytes));
  set("wissel_store_level0_files", "Table files in level 0.", static_cast<double>(figures.level0_files));
  set("wissel_store_block_cache_bytes", "Bytes in the block cache.", static_cast<double>(figures.block_cache_bytes));
  set("wissel_store_pending_compaction_bytes", "Bytes that wait for compaction.",
      static_cast<double>(figures.pending_compaction_bytes));
  set("wissel_store_background_jobs", "Flushes and compactions that run.",
      static_cast<double>(figures.running_flushes + figures.running_compactions));
  set("wissel_store_writes_stopped", "1 while the store takes no writes.", figures.writes_stopped ? 1 : 0);
  set("wissel_store_read_failures", "Reads of the store that failed since the start.",
      static_cast<double>(figures.read_failures));
  const auto scrub = scrubber->figures();
  set("wissel_scrub_last_success_timestamp_seconds",
      "End of the last scrub that read everything and found no damage, as Unix time; 0: none since the start.",
      static_cast<double>(core::to_ms(scrub.last_success)) / 1000);
  set("wissel_scrub_duration_seconds", "How long the last whole scrub took.", scrub.duration.count());
  set("wissel_scrub_bytes", "Bytes that the last whole scrub read.", static_cast<double>(scrub.bytes));
  set("wissel_scrub_damaged_files", "Table files that the last whole scrub found damaged.",
      static_cast<double>(scrub.damaged.size()));
  set("wissel_scrub_progress_ratio", "How far the scrub that runs is; 0: none runs.",
      scrub.total_bytes == 0 ? 0 : static_cast<double>(scrub.done_bytes) / static_cast<double>(scrub.total_bytes));
  set("wissel_store_compaction_halted", "1 while no compaction is done because of a damaged table.",
      figures.compaction_halted ? 1 : 0);
  set("wissel_disk_level", "0 ok, 1 warn, 2 restrict, 3 stop.", static_cast<double>(sequencer->level()));
  set("wissel_disk_free_bytes", "Free bytes under the store.", static_cast<double>(sequencer->space().free_bytes));
  set("wissel_blocking_queue_depth", "Tasks that wait for a blocking thread.", static_cast<double>(blocking->depth()));
}

core::Result<boost::json::object> Daemon::Graph::reload() {
  const std::lock_guard one_at_a_time(reload_mutex);
  tell_systemd("RELOADING=1");
  auto report = take_over();
  tell_systemd("READY=1");
  if (!report) loggers.daemon->error("reload refused", {{"why", std::string_view(report.error().detail)}});
  return report;
}

/// All that can change without a restart, or nothing.
core::Result<boost::json::object> Daemon::Graph::take_over() {
  auto next = config::load_settings(configuration);
  if (!next) return core::fail(core::Errc::kInvalidInput, said(next.error()));
  const auto diff = config::diff_for_reload(settings, *next);
  auto merged = config::merge_for_reload(settings, *next);
  auto files = tls_settings(merged);
  if (!files) return std::unexpected(std::move(files).error());
  if (auto replaced = tls->reload(*files); !replaced) return std::unexpected(std::move(replaced).error());
  log_output.set_levels(merged.logging);
  settings = std::move(merged);
  for (const auto key : diff.restart) loggers.daemon->warn("needs a restart", {{"key", key}});
  loggers.daemon->info("reloaded", {{"changed", std::uint64_t{diff.at_once.size()}}});
  return boost::json::object{{"changed", names_of(diff.at_once)}, {"needs_restart", names_of(diff.restart)}};
}

}  // namespace wissel::daemon
