#include "daemon/controls.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <utility>

#include "core/log/continuity.hpp"
#include "core/log/note.hpp"
#include "core/state/reference.hpp"

namespace wissel::daemon {
namespace {

namespace json = boost::json;
using core::Errc;
using core::fail;
using core::Result;

/// Entries between two reports of progress.
constexpr std::uint64_t kReportEvery = 10'000;

/// Sets a flag for as long as it lives; false where somebody else has set it.
class Claim {
 public:
  explicit Claim(std::atomic<bool>& flag) : flag_(flag), mine_(!flag.exchange(true)) {}
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;
  ~Claim() {
    if (mine_) flag_ = false;
  }
  explicit operator bool() const noexcept { return mine_; }

 private:
  std::atomic<bool>& flag_;
  const bool mine_;
};

json::object readiness_of(const transport::Readiness& readiness) {
  json::object out;
  for (const auto& [name, component] : readiness.components()) {
    json::object one{{"up", component.up}, {"since", core::format_rfc3339(component.since)}};
    if (!component.up) one["why"] = component.why;
    out[name] = std::move(one);
  }
  return out;
}

json::object log_of(const core::View& view, const transport::LogIdentity& identity, const CheckpointKeeper& keeper) {
  const auto root = view.edge.root();
  return {{"origin", identity.origin}, {"records", view.edge.size()},        {"root", core::to_base64(root)},
          {"vkey", identity.vkey},     {"kept_records", keeper.kept_size()}, {"kept_in", keeper.dir()}};
}

json::object scrub_of(const ScrubFigures& scrub) {
  json::array damaged;
  for (const auto& table : scrub.damaged) {
    damaged.push_back(json::object{{"file", table.name}, {"family", table.family}, {"holds", table.holds}});
  }
  json::object out{
      {"running", scrub.running},     {"done_bytes", scrub.done_bytes},       {"total_bytes", scrub.total_bytes},
      {"bytes", scrub.bytes},         {"duration_s", scrub.duration.count()}, {"last_success", nullptr},
      {"damaged", std::move(damaged)}};
  if (scrub.last_success != core::Instant{}) out["last_success"] = core::format_rfc3339(scrub.last_success);
  return out;
}

json::object certificates_of(const transport::TlsSnapshot& tls) {
  json::object out{{"server_not_after", core::format_rfc3339(tls.certificate_not_after)},
                   {"outgoing_not_after", core::format_rfc3339(tls.outgoing_certificate_not_after)},
                   {"ca_not_after", core::format_rfc3339(tls.ca_not_after)},
                   {"crls", tls.crl_count}};
  if (tls.crl_count > 0) out["crl_next_update"] = core::format_rfc3339(tls.crl_next_update);
  return out;
}

/// Signs what was copied, not what came after it.
Result<index::BackupNote> describe_log(const core::StoreReader& copied, const transport::LogIdentity& identity) {
  auto edge = core::stored_edge(copied);
  if (!edge) return std::unexpected(std::move(edge).error());
  index::BackupNote note;
  if (edge->size() == 0) return note;  // nothing was ever written
  note.log_size = edge->size();
  note.checkpoint = core::sign_checkpoint(identity.origin, note.log_size, edge->root(), identity.key).encode();
  return note;
}

/// References by the newest key that was active when each was last written.
struct KeyCounts {
  std::map<std::uint32_t, std::uint64_t> references;
  std::uint64_t total = 0;
};
Result<KeyCounts> count_by_key(const core::StoreReader& store, const Controls::Progress& progress,
                               std::uint64_t estimate) {
  KeyCounts counts;
  Result<void> decoded;
  const auto visit = [&](std::string_view, std::string_view value) {
    auto entry = core::decode_holder_entry(value);
    if (!entry) {
      decoded = std::unexpected(std::move(entry).error());
      return false;
    }
    if (++counts.total % kReportEvery == 0) progress(counts.total, std::max(estimate, counts.total));
    if (entry->withdrawn) return true;
    std::uint32_t newest = 0;
    for (const auto& digest : entry->digests) newest = std::max(newest, digest.key_id);
    ++counts.references[newest];
    return true;
  };
  auto scanned = store.scan(core::Family::kHolder, {}, visit);
  if (!scanned) return std::unexpected(std::move(scanned).error());
  if (!decoded) return std::unexpected(std::move(decoded).error());
  return counts;
}

}  // namespace

Result<json::object> DaemonControls::status() {
  parts_.refresh_readiness();
  const auto view = parts_.views.view();
  const auto level = parts_.disk.level();
  const auto space = parts_.disk.space();
  const auto figures = parts_.store.figures();
  return json::object{
      {"version", parts_.version},
      {"environment", parts_.environment},
      {"since", core::format_rfc3339(parts_.since)},
      {"ready", parts_.readiness.ready()},
      {"components", readiness_of(parts_.readiness)},
      {"connections", parts_.partners.connections()},
      {"requests_in_flight", parts_.partners.requests_in_flight()},
      {"commit_queue_depth", parts_.committer.depth()},
      {"log", log_of(*view, parts_.identity, parts_.keeper)},
      {"network",
       {{"participants", view->network->participants().size()},
        {"agreements", view->network->agreement_count()},
        {"subscriptions", view->network->subscription_count()}}},
      {"store", {{"dir", parts_.store.dir()}, {"table_bytes", figures.table_bytes}}},
      {"scrub", scrub_of(parts_.scrubber.figures())},
      {"disk",
       {{"level", index::to_string(level)}, {"free_bytes", space.free_bytes}, {"total_bytes", space.total_bytes}}},
      {"certificates", certificates_of(*parts_.tls.current())}};
}

Result<json::object> DaemonControls::backup(const std::string& target_dir, const Progress& progress) {
  const Claim claim(backup_runs_);
  if (!claim) return fail(Errc::kConflict, "another backup is being made");
  index::BackupRequest request;
  request.target_dir = target_dir;
  request.made_at = parts_.now();
  request.describe = [this](const core::StoreReader& copied) { return describe_log(copied, parts_.identity); };
  request.progress = progress;
  auto report = parts_.store.backup(request);
  if (!report) {
    parts_.log.error("backup failed", {{"target", target_dir.c_str()}, {"why", report.error().detail.c_str()}});
    return std::unexpected(std::move(report).error());
  }
  parts_.log.info("backup made",
                  {{"dir", report->dir.c_str()}, {"bytes", report->bytes}, {"log_records", report->note.log_size}});
  return json::object{{"dir", report->dir},
                      {"made_at", core::format_rfc3339(report->made_at)},
                      {"files", report->files.size()},
                      {"bytes", report->bytes},
                      {"log_size", report->note.log_size},
                      {"checkpoint", report->note.checkpoint}};
}

Result<json::object> DaemonControls::keys(const Progress& progress) {
  std::uint64_t estimate = 0;
  for (const auto& family : parts_.store.figures().families) {
    if (family.name == core::family_name(core::Family::kHolder)) estimate = family.keys_estimate;
  }
  const auto snapshot = parts_.store.snapshot();
  auto counts = count_by_key(*snapshot, progress, estimate);
  if (!counts) return std::unexpected(std::move(counts).error());
  json::array rows;
  bool newest = true;
  for (const auto id : parts_.secrets.pseudonyms.ids()) {
    rows.push_back(json::object{{"id", id}, {"newest", newest}, {"references", counts->references[id]}});
    counts->references.erase(id);
    newest = false;
  }
  std::uint64_t unknown = 0;
  for (const auto& [id, number] : counts->references) unknown += number;
  return json::object{
      {"pseudonym_keys", std::move(rows)}, {"entries", counts->total}, {"references_without_active_key", unknown}};
}

}  // namespace wissel::daemon
