// wisselctl key new DIR, key list, key vkey FILE
#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <ostream>
#include <string>

#include "config/secrets.hpp"
#include "core/crypto.hpp"
#include "core/log/note.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/control_client.hpp"
#include "daemon/ctl/ended.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/progress.hpp"
#include "daemon/ctl/secret_file.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

// The names under which the packaged unit hands them to the daemon.
constexpr std::array<const char*, 4> kKeyFiles{"log.key", "pseudonym_keys", "sealing_key", "body_key"};

std::string hex_secret() {
  core::ByteArray<32> bytes{};
  core::random_bytes(bytes);
  auto text = core::to_hex(bytes);
  core::wipe(bytes);
  return text;
}

class KeyNew final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("DIR", dir_, "Where the files go; made (mode 0700) when it is not there")->required();
  }
  ExitCode run(Io& io) override {
    const fs::path dir(dir_);
    for (const auto* name : kKeyFiles) {
      std::error_code ignored;
      if (fs::exists(fs::symlink_status(dir / name, ignored))) {
        wrong((dir / name).string() + " exists; keys are never overwritten. Name another directory");
      }
    }
    if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) unreachable(dir_ + ": " + std::strerror(errno));
    write_secret(dir / kKeyFiles[0], core::SigningKey::generate().to_pem());
    write_secret(dir / kKeyFiles[1], "1 " + hex_secret() + "\n");
    write_secret(dir / kKeyFiles[2], hex_secret() + "\n");
    write_secret(dir / kKeyFiles[3], hex_secret() + "\n");
    if (io.json) {
      json::array files;
      for (const auto* name : kKeyFiles) files.push_back(json::value((dir / name).string()));
      io.out << json::serialize(json::object{{"files", std::move(files)}}) << '\n';
      return ExitCode::kDone;
    }
    for (const auto* name : kKeyFiles) io.out << (dir / name).string() << '\n';
    io.out << "Copy them to a safe place now, apart from the backups: without them a backup cannot be used, with them\n"
              "it can be read.\n";
    return ExitCode::kDone;
  }

 private:
  std::string dir_;
};

class KeyList final : public Command {
 public:
  void add_options(CLI::App& app) override { add_socket_option(app, socket_); }
  ExitCode run(Io& io) override {
    json::object report;
    {
      ProgressLine line(io, "counting references");
      report = ask_daemon(socket_, {daemon::ControlAction::kKeys, {}},
                          [&](std::uint64_t done, std::uint64_t total) { line.show(done, total); });
    }
    if (io.json) {
      io.out << json::serialize(report) << '\n';
      return ExitCode::kDone;
    }
    Table table({"pseudonym key", "", "references"});
    for (const auto& row : report.at("pseudonym_keys").as_array()) {
      table.add({text_at(row, "/id"), text_at(row, "/newest") == "true" ? "newest" : "", text_at(row, "/references")});
    }
    table.print(io.out, io.terminal);
    io.out
        << "References count under the key that was the newest when their holder last changed them: an upper bound,\n"
           "since each later look-up of a subject moves its rows to the newest key.\n";
    const auto lost = number_at(report, "/references_without_active_key");
    if (lost == 0) return ExitCode::kDone;
    io.out << coloured(io.terminal, Colour::kBad, std::to_string(lost))
           << " are under a key that is not active: put it back\n";
    return ExitCode::kFoundWrong;
  }

 private:
  std::string socket_;
};

class KeyVkey final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("FILE", file_, "The log's signing key, PEM")->required();
    app.add_option("--origin", origin_, "The log's name: <name>/log/<environment> of the configuration")->required();
  }
  ExitCode run(Io& io) override {
    if (!core::is_key_name(origin_)) usage("--origin is no name of a log: no spaces, no '+'");
    const auto pem = config::read_secret({false, fs::absolute(file_).string()});
    if (!pem) throw Ended(ExitCode::kUnreachable, pem.error().detail);
    const auto key = core::SigningKey::from_pem(pem->view());
    if (!key) wrong(file_ + ": " + key.error().detail);
    const auto vkey = core::VerifierKey{origin_, key->public_key()}.vkey();
    if (io.json) {
      io.out << json::serialize(json::object{{"origin", origin_}, {"vkey", vkey}}) << '\n';
    } else {
      io.out << vkey << '\n';
    }
    return ExitCode::kDone;
  }

 private:
  std::string file_;
  std::string origin_;
};

}  // namespace

std::unique_ptr<Command> make_key_new() { return std::make_unique<KeyNew>(); }
std::unique_ptr<Command> make_key_list() { return std::make_unique<KeyList>(); }
std::unique_ptr<Command> make_key_vkey() { return std::make_unique<KeyVkey>(); }

}  // namespace wissel::ctl
