// wisselctl shielded: the overview of a day.
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

constexpr const char* kBase = "/v1/afschermingsoverzichten";

class ShieldedShow final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("DAY", day_, "On which the overview came, as 2026-11-22; without it the newest");
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    ApiClient client(target_);
    if (day_.empty()) {
      const auto newest = client.list(std::string(kBase) + "?aantal=1", "overzichten", 1);
      day_ = text_at(newest.at(0), "/dag");
    }
    const auto rows = client.list(kBase + ("/" + url_encoded(day_)) + "?aantal=1000", "zoekvragen");
    if (io.json) {
      io.out << json::serialize(json::object{{"dag", day_}, {"zoekvragen", rows}}) << '\n';
      return ExitCode::kDone;
    }
    if (rows.empty()) {
      io.out << "overview of " << printable(day_) << ": nobody searched for what you shield\n";
      return ExitCode::kDone;
    }
    Table table({"AT", "ACT", "WHO", "NAME", "REPRESENTED BY", "AGREEMENT", "REFERENCES"});
    for (const auto& row : rows) {
      table.add({text_at(row, "/tijdstip"), text_at(row, "/handeling"), text_at(row, "/afnemer/oin"),
                 text_at(row, "/afnemer/naam"), text_at(row, "/vertegenwoordiger/oin"),
                 text_at(row, "/uitwisselafspraak"), text_at(row, "/verwijzingen")});
    }
    table.print(io.out, io.terminal);
    return ExitCode::kDone;
  }

 private:
  std::string day_;
  ApiTarget target_;
};

}  // namespace

std::unique_ptr<Command> make_shielded() { return std::make_unique<ShieldedShow>(); }

}  // namespace wissel::ctl
