// The daemon's side of wisselctl doctor.
#include <boost/json.hpp>

#include <algorithm>

#include "daemon/configuration_exam.hpp"
#include "daemon/controls.hpp"
#include "daemon/finding_json.hpp"

namespace wissel::daemon {
namespace {

namespace json = boost::json;
using index::Finding;
using index::Verdict;

Finding judge(const index::DamagedTable& table) {
  auto what = table.what;
  if (!table.holds.empty()) what += "; it holds " + table.holds;
  return {table.name,
          "table",
          table.family,
          0,
          Verdict::kBad,
          std::move(what),
          "stop the daemon, and put the file back or restore a backup with 'wisselctl restore'"};
}

/// The daemon keeps it itself, so it fits; whether it can go on doing so is the question.
Finding judge(const CheckpointKeeper& keeper) {
  Finding out{keeper.dir(), "kept checkpoint", {}, 0, Verdict::kFine, {}, {}};
  out.what = keeper.failure();
  if (out.what.empty()) return out;
  out.verdict = Verdict::kBad;
  out.remedy = "room and permissions for log.checkpoint_dir";
  return out;
}

}  // namespace

core::Result<json::object> DaemonControls::doctor(const Progress& progress) {
  auto report = parts_.scrubber.run_now(progress);
  if (!report) return std::unexpected(std::move(report).error());
  index::Findings findings;
  Finding tables{parts_.store.dir(), "tables", {}, report->bytes, Verdict::kFine, {}, {}};
  tables.what = std::to_string(report->files) + " files read";
  findings.push_back(std::move(tables));
  for (const auto& table : report->damaged) findings.push_back(judge(table));
  findings.push_back(judge(parts_.keeper));
  auto more = examine_configuration(parts_.configuration.string(), parts_.now());
  findings.insert(findings.end(), more.begin(), more.end());
  json::array list;
  for (const auto& finding : findings) list.push_back(to_json(finding));
  return json::object{{"examined", parts_.store.dir() + ", in use"}, {"findings", std::move(list)}};
}

}  // namespace wissel::daemon
