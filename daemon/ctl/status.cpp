// wisselctl status, reload
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <ostream>
#include <string>

#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/control_client.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

void print_components(const json::object& components, Io& io) {
  for (const auto& [name, value] : components) {
    const bool up = value.at("up").is_bool() && value.at("up").get_bool();
    const auto word = coloured(io.terminal, up ? Colour::kGood : Colour::kBad, up ? "up" : "down");
    io.out << "  " << name << ": " << word << " since " << text_at(value, "/since");
    if (!up) io.out << ": " << printable(text_at(value, "/why"));
    io.out << '\n';
  }
}

std::string scrub_text(const json::value& all) {
  std::string out = text_at(all, "/scrub/running") == "true" ? "runs, " : "";
  const auto last = text_at(all, "/scrub/last_success");
  out += last.empty() ? "none whole and sound since the start" : "all sound on " + last;
  if (const auto read = number_at(all, "/scrub/bytes"); read > 0) out += ", " + size_text(read) + " read";
  return out;
}

void print_status(const json::object& status, Io& io) {
  const json::value all(status);
  const bool ready = text_at(all, "/ready") == "true";
  io.out << "wisseld " << text_at(all, "/version") << ", " << text_at(all, "/environment") << ", since "
         << text_at(all, "/since") << ": "
         << coloured(io.terminal, ready ? Colour::kGood : Colour::kBad, ready ? "ready" : "not ready") << '\n';
  if (const auto* components = status.if_contains("components"); components != nullptr && components->is_object()) {
    print_components(components->get_object(), io);
  }
  Facts facts;
  facts.add("connections", text_at(all, "/connections") + ", " + text_at(all, "/requests_in_flight") +
                               " requests in flight, " + text_at(all, "/commit_queue_depth") + " waiting for the log");
  facts.add("network", text_at(all, "/network/participants") + " participants, " + text_at(all, "/network/agreements") +
                           " agreements, " + text_at(all, "/network/subscriptions") + " subscriptions");
  facts.add("log", text_at(all, "/log/records") + " records, root " + text_at(all, "/log/root"));
  facts.add("log key", text_at(all, "/log/vkey"));
  facts.add("store",
            text_at(all, "/store/dir") + ", " + size_text(number_at(all, "/store/table_bytes")) + " in tables");
  facts.add("scrub", scrub_text(all));
  facts.add("checkpoint", text_at(all, "/log/kept_records") + " records, kept in " + text_at(all, "/log/kept_in"));
  facts.add("disk", text_at(all, "/disk/level") + ": " + size_text(number_at(all, "/disk/free_bytes")) + " free of " +
                        size_text(number_at(all, "/disk/total_bytes")));
  facts.add("certificate ends", text_at(all, "/certificates/server_not_after"));
  facts.add("outgoing ends", text_at(all, "/certificates/outgoing_not_after"));
  facts.add("CA ends", text_at(all, "/certificates/ca_not_after"));
  facts.add("CRL due", text_at(all, "/certificates/crl_next_update"));
  facts.print(io.out);
}

class Status final : public Command {
 public:
  void add_options(CLI::App& app) override { add_socket_option(app, socket_); }
  ExitCode run(Io& io) override {
    const auto status = ask_daemon(socket_, {daemon::ControlAction::kStatus, {}});
    if (io.json) {
      io.out << json::serialize(status) << '\n';
    } else {
      print_status(status, io);
    }
    return text_at(status, "/ready") == "true" ? ExitCode::kDone : ExitCode::kFoundWrong;
  }

 private:
  std::string socket_;
};

class Reload final : public Command {
 public:
  void add_options(CLI::App& app) override { add_socket_option(app, socket_); }
  ExitCode run(Io& io) override {
    const auto report = ask_daemon(socket_, {daemon::ControlAction::kReload, {}});
    if (io.json) {
      io.out << json::serialize(report) << '\n';
      return ExitCode::kDone;
    }
    io.out << "reloaded: configuration, certificates and revocation lists\n";
    for (const auto& key : report.at("changed").as_array()) io.out << "  changed: " << text_of(key) << '\n';
    for (const auto& key : report.at("needs_restart").as_array()) {
      io.out << "  " << coloured(io.terminal, Colour::kChanged, "needs a restart") << ": " << text_of(key) << '\n';
    }
    return ExitCode::kDone;
  }

 private:
  std::string socket_;
};

}  // namespace

std::unique_ptr<Command> make_status() { return std::make_unique<Status>(); }
std::unique_ptr<Command> make_reload() { return std::make_unique<Reload>(); }

}  // namespace wissel::ctl
