// wisselctl doctor [DATADIR]: every file of a store and of the configuration, and what is wrong with it.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>

#include "config/load.hpp"
#include "core/log/kept.hpp"
#include "daemon/configuration_exam.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/control_client.hpp"
#include "daemon/ctl/ended.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/progress.hpp"
#include "daemon/ctl/silent.hpp"
#include "daemon/ctl/table.hpp"
#include "daemon/finding_json.hpp"
#include "index/checkpoint_apart.hpp"
#include "index/exam.hpp"
#include "index/rocks_store.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;
using index::Finding;
using index::Findings;
using index::Verdict;

core::Instant now() { return std::chrono::time_point_cast<core::Milliseconds>(std::chrono::system_clock::now()); }

/// Signed records are missing: then what is cut short is no write that nobody was answered.
void blame_cut_logs(Findings& findings) {
  for (auto& finding : findings) {
    if (finding.kind != index::kWalKind || finding.verdict != Verdict::kNote) continue;
    finding.verdict = Verdict::kBad;
    finding.what = "its end is cut short or damaged, and signed records are missing from the log";
    finding.remedy = "start no daemon on it; put this file back from a copy";
  }
}

/// The log in the store against the checkpoint that is kept apart. Nothing where the store does not open: that is a
/// finding already.
void examine_kept(const std::string& data_dir, const std::string& checkpoint_dir, Findings& out) {
  const auto path = index::kept_note_path(checkpoint_dir);
  Finding finding{path, "kept checkpoint", {}, 0, Verdict::kFine, {}, {}};
  const auto note = index::read_kept_note(checkpoint_dir);
  if (!note) {
    finding.verdict = Verdict::kBad;
    finding.what = note.error().detail;
    out.push_back(std::move(finding));
    return;
  }
  Silent logger;
  const auto store = index::open_read_only(data_dir, logger);
  if (!store) return;
  const auto judged = core::judge_kept(*note, **store);
  if (!judged) {
    finding.verdict = Verdict::kBad;
    finding.what = judged.error().detail;
  } else if (!judged->fine()) {
    finding.verdict = Verdict::kBad;
    finding.what = core::explain(*judged, data_dir, path);
    if (judged->state == core::KeptState::kOlder) blame_cut_logs(out);
  } else if (judged->state == core::KeptState::kNone) {
    finding.verdict = Verdict::kNote;
    finding.what = core::explain(*judged, data_dir, path);
  }
  out.push_back(std::move(finding));
}

Verdict verdict_of(std::string_view word) {
  for (const auto known : {Verdict::kFine, Verdict::kNote, Verdict::kWarn}) {
    if (index::to_string(known) == word) return known;
  }
  return Verdict::kBad;
}

/// What the daemon found, in the same form.
Findings from_json(const json::object& report) {
  Findings out;
  for (const auto& one : report.at("findings").as_array()) {
    out.push_back({text_at(one, "/subject"), text_at(one, "/kind"), text_at(one, "/family"), number_at(one, "/bytes"),
                   verdict_of(text_at(one, "/verdict")), text_at(one, "/what"), text_at(one, "/do")});
  }
  return out;
}

void print(const Findings& findings, Io& io) {
  Table table({"file", "kind", "size", "state"});
  for (const auto& finding : findings) {
    const auto kind = finding.family.empty() ? finding.kind : finding.kind + ", " + finding.family;
    table.add({finding.subject, kind, finding.bytes > 0 ? size_text(finding.bytes) : "",
               std::string(index::to_string(finding.verdict))});
  }
  table.print(io.out, io.terminal);
  // In full below the table, where nothing is cut.
  for (const auto& finding : findings) {
    if (finding.verdict == Verdict::kFine) continue;
    const auto colour = finding.verdict == Verdict::kBad    ? Colour::kBad
                        : finding.verdict == Verdict::kWarn ? Colour::kChanged
                                                            : Colour::kFaint;
    io.out << coloured(io.terminal, colour, index::to_string(finding.verdict)) << ": " << printable(finding.subject)
           << ": " << printable(finding.what) << '\n';
    if (!finding.remedy.empty()) io.out << "  " << printable(finding.remedy) << '\n';
  }
}

ExitCode conclude(const std::string& what, const Findings& findings, Io& io) {
  const auto is_bad = [](const Finding& finding) { return finding.verdict == Verdict::kBad; };
  const auto bad = std::ranges::count_if(findings, is_bad);
  if (io.json) {
    json::array list;
    for (const auto& finding : findings) list.push_back(daemon::to_json(finding));
    io.out << json::serialize(json::object{{"examined", what}, {"ok", bad == 0}, {"findings", std::move(list)}})
           << '\n';
  } else {
    print(findings, io);
    io.out << what << ": "
           << (bad == 0 ? coloured(io.terminal, Colour::kGood, "in order")
                        : coloured(io.terminal, Colour::kBad, std::to_string(bad) + " wrong"))
           << '\n';
  }
  return bad == 0 ? ExitCode::kDone : ExitCode::kFoundWrong;
}

class Doctor final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("DATADIR", dir_, "Data directory of a stopped daemon, or a backup; without it the daemon is asked");
    app.add_option("--config", config_, "The configuration: its keys, certificates and directories are looked at too");
    app.add_option("--checkpoint-dir", checkpoint_dir_,
                   "log.checkpoint_dir, where there is no --config and it is not DATADIR-checkpoint");
    add_socket_option(app, socket_);
  }

  ExitCode run(Io& io) override { return dir_.empty() ? ask(io) : look(io); }

 private:
  ExitCode ask(Io& io) {
    if (!config_.empty()) usage("the daemon knows its configuration: --config goes with DATADIR");
    json::object report;
    {
      ProgressLine line(io, "examining");
      report = ask_daemon(socket_, {daemon::ControlAction::kDoctor, {}},
                          [&](std::uint64_t done, std::uint64_t total) { line.show(done, total); });
    }
    return conclude(std::string(std::string_view(report.at("examined").as_string())), from_json(report), io);
  }

  ExitCode look(Io& io) {
    Findings findings;
    {
      ProgressLine line(io, "examining");
      Silent logger;
      auto examined =
          index::examine_store(dir_, logger, [&](std::uint64_t done, std::uint64_t total) { line.show(done, total); });
      if (!examined) unreachable(examined.error().detail);
      findings = std::move(*examined);
    }
    auto checkpoint_dir = checkpoint_dir_.empty() ? index::default_checkpoint_dir(dir_) : checkpoint_dir_;
    if (!config_.empty()) {
      if (const auto settings = config::load_settings(config_, config::Files::kIgnore)) {
        checkpoint_dir = settings->log.checkpoint_dir;
      }
      auto more = daemon::examine_configuration(config_, now());
      findings.insert(findings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    } else {
      findings.push_back(space_by_defaults());
    }
    examine_kept(dir_, checkpoint_dir, findings);
    return conclude(dir_, findings, io);
  }

  /// What a configuration allows is not known here, so it is no more than a warning.
  [[nodiscard]] Finding space_by_defaults() const {
    auto space = index::examine_space(dir_, kWarnFreeBytes, kStopFreeBytes);
    if (space.verdict == Verdict::kFine) return space;
    space.verdict = Verdict::kWarn;
    space.what += ", by the defaults of store.watermark_warn and store.watermark_stop; --config tells yours";
    return space;
  }

  // The defaults of store.watermark_warn and store.watermark_stop.
  static constexpr std::uint64_t kWarnFreeBytes = std::uint64_t{2} << 30U;
  static constexpr std::uint64_t kStopFreeBytes = std::uint64_t{256} << 20U;

  std::string dir_;
  std::string config_;
  std::string checkpoint_dir_;
  std::string socket_;
};

}  // namespace

std::unique_ptr<Command> make_doctor() { return std::make_unique<Doctor>(); }

}  // namespace wissel::ctl
