// wisselctl backup DIR, restore BACKUP DATADIR
#include "index/backup.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <filesystem>
#include <ostream>
#include <string>

#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/control_client.hpp"
#include "daemon/ctl/ended.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/progress.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

ExitCode code_of(core::Errc code) {
  return code == core::Errc::kNotFound || code == core::Errc::kUnavailable ? ExitCode::kUnreachable
                                                                           : ExitCode::kFoundWrong;
}

class Backup final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("DIR", dir_, "A directory that does not exist yet; its parent does")->required();
    add_socket_option(app, socket_);
  }
  ExitCode run(Io& io) override {
    std::error_code failure;
    const auto target = fs::absolute(dir_, failure).lexically_normal();
    if (failure) usage(dir_ + ": " + failure.message());
    json::object report;
    {
      ProgressLine line(io, "backing up");
      report = ask_daemon(socket_, {daemon::ControlAction::kBackup, target.string()},
                          [&](std::uint64_t done, std::uint64_t total) { line.show(done, total); });
    }
    if (io.json) {
      io.out << json::serialize(report) << '\n';
      return ExitCode::kDone;
    }
    const json::value all(std::move(report));
    io.out << "backed up to " << text_at(all, "/dir") << ": " << size_text(number_at(all, "/bytes")) << " in "
           << text_at(all, "/files") << " files, a log of " << text_at(all, "/log_size") << " records\n"
           << "Keep it away from this machine, and the keys apart from it. Check it with:\n"
           << "  wisselctl log verify " << text_at(all, "/dir") << '\n';
    return ExitCode::kDone;
  }

 private:
  std::string dir_;
  std::string socket_;
};

class Restore final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("BACKUP", backup_, "A directory that wisselctl backup made")->required();
    app.add_option("DATADIR", data_, "An empty or new data directory; no daemon runs on it")->required();
  }
  ExitCode run(Io& io) override {
    core::Result<index::BackupReport> restored;
    {
      ProgressLine line(io, "restoring");
      restored = index::restore_backup(backup_, data_,
                                       [&](std::uint64_t done, std::uint64_t total) { line.show(done, total); });
    }
    if (!restored) throw Ended(code_of(restored.error().code), restored.error().detail);
    if (io.json) {
      io.out << json::serialize(json::object{{"dir", restored->dir},
                                             {"made_at", core::format_rfc3339(restored->made_at)},
                                             {"files", restored->files.size()},
                                             {"bytes", restored->bytes},
                                             {"log_size", restored->note.log_size}})
             << '\n';
      return ExitCode::kDone;
    }
    io.out << "restored " << size_text(restored->bytes) << " to " << restored->dir << ": the state of "
           << core::format_rfc3339(restored->made_at) << ", a log of " << restored->note.log_size << " records\n"
           << "Before a daemon starts on it: chown -R it to the daemon's user, put the same keys in place, and run\n"
           << "  wisselctl log verify " << restored->dir << '\n'
           << "Where newer checkpoints than the backup's were signed, the daemon refuses to start until you say that\n"
           << "their records are given up:\n"
           << "  wisselctl log accept-older " << restored->dir << '\n';
    return ExitCode::kDone;
  }

 private:
  std::string backup_;
  std::string data_;
};

}  // namespace

std::unique_ptr<Command> make_backup() { return std::make_unique<Backup>(); }
std::unique_ptr<Command> make_restore() { return std::make_unique<Restore>(); }

}  // namespace wissel::ctl
