// wisselctl brake list|lift
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <ostream>
#include <string>

#include "daemon/ctl/api_client.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

class BrakeList final : public Command {
 public:
  void add_options(CLI::App& app) override { add_target_options(app, target_); }
  ExitCode run(Io& io) override {
    const auto rows = ApiClient(target_).list("/v1/remmen?aantal=1000", "remmen");
    const auto found = rows.empty() ? ExitCode::kDone : ExitCode::kFoundWrong;
    if (io.json) {
      io.out << json::serialize(json::object{{"remmen", rows}}) << '\n';
      return found;
    }
    if (rows.empty()) {
      io.out << "no brake is tripped\n";
      return found;
    }
    Table table({"ID", "PARTICIPANT", "AGREEMENT", "SINCE", "ASKED", "USUAL"});
    for (const auto& row : rows) {
      table.add({text_at(row, "/id"), text_at(row, "/deelnemer"), text_at(row, "/uitwisselafspraak"),
                 text_at(row, "/sinds"), text_at(row, "/gevraagdPerMinuut"), text_at(row, "/gewoonlijkPerMinuut")});
    }
    table.print(io.out, io.terminal);
    return found;
  }

 private:
  ApiTarget target_;
};

class BrakeLift final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("ID", id_, "Of the brake")->required();
    app.add_option("--reason", reason_, "Why it may go on; up to 500 characters")->required();
    app.add_option("--user", user_, "Who decides this: your organisation's own id of that person")->required();
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    const json::object body{{"reden", reason_}, {"gebruiker", json::object{{"id", user_}, {"soort", "medewerker"}}}};
    const auto answer =
        ApiClient(target_).send("POST", "/v1/remmen/" + url_encoded(id_) + "/vrijgave", body, {}).json();
    if (io.json) {
      io.out << json::serialize(answer) << '\n';
    } else {
      io.out << text_at(answer, "/deelnemer") << " may go on under " << text_at(answer, "/uitwisselafspraak") << "; "
             << text_at(answer, "/gevraagdPerMinuut") << " a minute counts as usual now\n";
    }
    return ExitCode::kDone;
  }

 private:
  std::string id_;
  std::string reason_;
  std::string user_;
  ApiTarget target_;
};

}  // namespace

std::unique_ptr<Command> make_brake_list() { return std::make_unique<BrakeList>(); }
std::unique_ptr<Command> make_brake_lift() { return std::make_unique<BrakeLift>(); }

}  // namespace wissel::ctl
