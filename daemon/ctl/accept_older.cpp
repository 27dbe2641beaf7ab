// wisselctl log accept-older DATADIR: an operator's word that the log goes on from an older copy of the store.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <chrono>
#include <optional>
#include <ostream>
#include <pwd.h>
#include <string>
#include <unistd.h>

#include "core/log/kept.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/ended.hpp"
#include "daemon/ctl/input.hpp"
#include "daemon/ctl/silent.hpp"
#include "index/checkpoint_apart.hpp"
#include "index/rocks_store.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

/// Who gives the word: the account behind sudo, too.
std::string account() {
  if (const char* behind = std::getenv("SUDO_USER"); behind != nullptr && *behind != '\0') return behind;
  const auto* entry = ::getpwuid(::getuid());
  return entry != nullptr ? entry->pw_name : std::to_string(::getuid());
}

[[noreturn]] void cannot(const core::Error& error) {
  const bool away = error.code == core::Errc::kNotFound || error.code == core::Errc::kUnavailable;
  throw Ended(away ? ExitCode::kUnreachable : ExitCode::kFoundWrong, error.detail);
}

template <class T>
T need(core::Result<T> result) {
  if (!result) cannot(result.error());
  return std::move(*result);
}

class AcceptOlder final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("DATADIR", dir_, "Data directory of the stopped daemon: the older copy")->required();
    app.add_option("--checkpoint-dir", checkpoint_dir_,
                   "log.checkpoint_dir of the configuration, where that is not DATADIR-checkpoint");
    app.add_flag("-y,--yes", yes_, "Without asking");
  }

  ExitCode run(Io& io) override {
    if (checkpoint_dir_.empty()) checkpoint_dir_ = index::default_checkpoint_dir(dir_);
    auto apart = need(index::CheckpointApart::open(checkpoint_dir_));
    const auto note = need(apart.note());
    const auto judged = look(note);
    if (judged.fine()) return nothing_to_accept(io, judged, apart.path());
    if (!yes_ && !confirmed(question(judged), io)) wrong("not accepted; nothing was changed");
    index::AcceptedCopy word;
    word.kept_sha256 = index::note_sha256(*note);
    word.from = judged.here;
    word.at = std::chrono::time_point_cast<core::Milliseconds>(std::chrono::system_clock::now());
    word.by = account();
    if (auto accepted = apart.accept(word); !accepted) cannot(accepted.error());
    say(io, judged, word);
    return ExitCode::kDone;
  }

 private:
  [[nodiscard]] core::KeptJudgement look(const std::optional<std::string>& note) const {
    Silent logger;
    auto store = index::open_read_only(dir_, logger);
    if (!store && store.error().code == core::Errc::kNotFound) {
      wrong("there is no store in " + dir_ + "; restore a backup into it first");
    }
    if (!store) cannot(store.error());
    return need(core::judge_kept(note, **store));
  }

  static std::string lost(const core::KeptJudgement& judged) {
    if (judged.state != core::KeptState::kOlder) return "records that were signed";
    return std::to_string(judged.kept.size - judged.here.size) + " records that were signed";
  }

  [[nodiscard]] std::string question(const core::KeptJudgement& judged) const {
    return "The log in " + dir_ + " ends at " + std::to_string(judged.here.size) + " records; " + lost(judged) +
           " are given up, and partners who saw them will see a second log. Go on from here?";
  }

  ExitCode nothing_to_accept(Io& io, const core::KeptJudgement& judged, const std::string& path) const {
    if (io.json) {
      io.out << json::serialize(json::object{{"accepted", false}, {"log_size", judged.here.size}}) << '\n';
    } else {
      io.out << "nothing to accept: " << core::explain(judged, dir_, path) << '\n';
    }
    return ExitCode::kDone;
  }

  void say(Io& io, const core::KeptJudgement& judged, const index::AcceptedCopy& word) const {
    if (io.json) {
      io.out << json::serialize(json::object{{"accepted", true},
                                             {"log_size", judged.here.size},
                                             {"signed_size", judged.kept.size},
                                             {"given_up_sha256", word.kept_sha256},
                                             {"by", word.by}})
             << '\n';
      return;
    }
    io.out << "accepted: the next start goes on from " << judged.here.size << " records, and the first record after "
           << "them says so, by " << word.by << ".\n"
           << "The checkpoint that is given up stays in " << checkpoint_dir_ << ". Tell partners and auditors.\n";
  }

  std::string dir_;
  std::string checkpoint_dir_;
  bool yes_ = false;
};

}  // namespace

std::unique_ptr<Command> make_log_accept_older() { return std::make_unique<AcceptOlder>(); }

}  // namespace wissel::ctl
