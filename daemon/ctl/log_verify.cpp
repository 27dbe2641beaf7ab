// wisselctl log verify DATADIR [--vkey KEY]
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <iostream>
#include <optional>
#include <string>
#include <unistd.h>

#include "core/bytes.hpp"
#include "core/log/verify.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/silent.hpp"
#include "index/backup.hpp"
#include "index/checkpoint_apart.hpp"
#include "index/rocks_store.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

/// One line that is written over, on a terminal only.
class Progress {
 public:
  Progress(std::ostream& out, bool shown) : out_(out), shown_(shown) {}
  ~Progress() {
    if (drawn_) out_ << "\r\033[K" << std::flush;
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::uint64_t done, std::uint64_t total) {
    if (!shown_ || total == 0) return;
    const auto percent = done * 100 / total;
    if (drawn_ && percent == percent_) return;
    constexpr std::uint64_t kWidth = 40;
    const auto filled = static_cast<std::size_t>(done * kWidth / total);
    out_ << "\r[" << std::string(filled, '#') << std::string(kWidth - filled, ' ') << "] " << percent << "% of "
         << total << " records" << std::flush;
    percent_ = percent;
    drawn_ = true;
  }

 private:
  std::ostream& out_;
  bool shown_;
  bool drawn_ = false;
  std::uint64_t percent_ = 0;
};

void print_json(const std::string& dir, const core::LogReport& report, bool kept, std::ostream& out) {
  json::object result{{"directory", dir},        {"verified", report.verified()},
                      {"size", report.size},     {"records", report.records},
                      {"erased", report.erased}, {"annexes", report.annexes},
                      {"vkey", report.vkey},     {"key_from_store", report.key_from_store},
                      {"signed_size", nullptr},  {"root", nullptr},
                      {"kept_checkpoint", kept}, {"fault", nullptr}};
  if (report.signed_size) result["signed_size"] = *report.signed_size;
  if (report.verified()) result["root"] = core::to_base64(report.root);
  if (const auto& fault = report.fault) {
    result["fault"] = json::object{{"rule", core::to_string(fault->rule)},
                                   {"index", fault->index},
                                   {"index_end", fault->index_end},
                                   {"detail", fault->detail},
                                   {"explanation", fault->explain()}};
  }
  out << json::serialize(result) << '\n';
}

void print_text(const std::string& dir, const core::LogReport& report, std::ostream& out) {
  if (report.fault) {
    out << dir << ": NOT verified\n" << report.fault->explain() << '\n';
  } else {
    out << dir << ": verified\n"
        << "  records  " << report.size;
    if (report.erased > 0) out << " (" << report.erased << " with their line erased at its term)";
    out << "\n  root     " << core::to_base64(report.root) << "\n  signed   ";
    if (!report.signed_size) {
      out << "never: no signature holds these records\n";
    } else if (*report.signed_size < report.size) {
      out << "the first " << *report.signed_size << "; the last " << report.size - *report.signed_size
          << " are held by no signature yet\n";
    } else {
      out << "all of them\n";
    }
  }
  if (!report.vkey.empty()) out << "  key      " << report.vkey << '\n';
  if (report.key_from_store) {
    out << "The key was taken from the store itself, so whoever could rewrite the whole store could pass this check.\n"
           "Give the key that you got from the operator, or noted earlier, with --vkey.\n";
  }
}

class LogVerify final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("DATADIR", dir_, "Data directory of a stopped daemon, or a backup")->required();
    app.add_option("--checkpoint-dir", checkpoint_dir_,
                   "log.checkpoint_dir, where it is not DATADIR-checkpoint; a backup has its checkpoint in it");
    app.add_option("--vkey", vkey_, "The log's verifier key (name+id+key) that you trust");
  }

  ExitCode run(Io& io) override {
    core::VerifyOptions options;
    if (!vkey_.empty()) {
      auto key = core::VerifierKey::parse(vkey_);
      if (!key) {
        io.err << "wisselctl: --vkey: " << key.error().detail << '\n';
        return ExitCode::kUsage;
      }
      options.key = *key;
    }
    if (index::is_backup(dir_)) {
      const auto backup = index::read_backup(dir_);
      if (!backup) return not_read(io, backup.error());
      options.note = backup->note.checkpoint;
      options.note_path = "the backup's";
    } else {
      auto note = index::read_kept_note(kept_dir());
      if (!note) return not_read(io, note.error());
      options.note = std::move(*note).value_or(std::string());
      options.note_path = index::kept_note_path(kept_dir());
    }
    Silent logger;
    const auto store = index::open_read_only(dir_, logger);
    if (!store) return not_read(io, store.error());
    core::Result<core::LogReport> report;
    {
      Progress progress(io.err, &io.err == &std::cerr && !io.json && ::isatty(STDERR_FILENO) == 1);
      options.progress = [&progress](std::uint64_t done, std::uint64_t total) { progress.show(done, total); };
      report = core::verify_log(**store, options);
    }
    if (!report) return not_read(io, report.error());
    // A log that holds is no comfort where references or messages beside it are damaged.
    if (report->verified()) {
      if (const auto sound = index::check_tables(dir_, logger); !sound) return not_read(io, sound.error());
    }
    if (io.json) {
      print_json(dir_, *report, !options.note.empty(), io.out);
    } else {
      print_text(dir_, *report, io.out);
      if (options.note.empty()) say_not_compared(io);
    }
    return report->verified() ? ExitCode::kDone : ExitCode::kFoundWrong;
  }

 private:
  /// What was signed last is kept apart from the store, so that a log without its end is known to be one.
  [[nodiscard]] std::string kept_dir() const {
    return checkpoint_dir_.empty() ? index::default_checkpoint_dir(dir_) : checkpoint_dir_;
  }

  void say_not_compared(Io& io) const {
    io.out << "No checkpoint is kept in " << kept_dir()
           << ", so whether records are missing at the end was not looked at.\nWhere the configuration names another "
              "log.checkpoint_dir, give it with --checkpoint-dir.\n";
  }

  /// Damage that keeps the store from opening is found wrong; everything else keeps us from looking.
  ExitCode not_read(Io& io, const core::Error& error) const {
    const bool damaged = error.code == core::Errc::kCorrupt;
    if (io.json) {
      io.out << json::serialize(json::object{{"directory", dir_},
                                             {"verified", false},
                                             {"error", core::to_string(error.code)},
                                             {"explanation", error.detail}})
             << '\n';
    } else {
      io.err << dir_ << ": " << (damaged ? "NOT verified: " : "cannot be read: ") << error.detail << '\n';
    }
    return damaged ? ExitCode::kFoundWrong : ExitCode::kUnreachable;
  }

  std::string dir_;
  std::string checkpoint_dir_;
  std::string vkey_;
};

}  // namespace

std::unique_ptr<Command> make_log_verify() { return std::make_unique<LogVerify>(); }

}  // namespace wissel::ctl
