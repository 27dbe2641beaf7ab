// wisselctl apply -f network.yaml
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <ostream>
#include <string>

#include "daemon/ctl/api_client.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/ended.hpp"
#include "daemon/ctl/input.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/network_plan.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

std::string title(const Step& step) {
  const bool participant = step.what == Step::What::kParticipant;
  return std::string(participant ? "participant " : "agreement ") + (step.id.empty() ? "(new)" : step.id);
}

void print_step(const Step& step, Io& io) {
  const bool created = step.kind == Step::Kind::kCreate;
  io.out << (created ? coloured(io.terminal, Colour::kGood, "+ ") : coloured(io.terminal, Colour::kChanged, "~ "))
         << title(step) << '\n';
  for (const auto& change : step.changes) {
    if (created) {
      io.out << "    " << change.name << ": " << printable(change.after) << '\n';
    } else {
      io.out << "    " << change.name << ": " << (change.before.empty() ? "(none)" : printable(change.before)) << " → "
             << (change.after.empty() ? "(none)" : printable(change.after)) << '\n';
    }
  }
}

json::object step_json(const Step& step) {
  json::object changes;
  for (const auto& change : step.changes) {
    changes[change.name] = json::object{{"before", change.before}, {"after", change.after}};
  }
  return {{"kind", step.kind == Step::Kind::kCreate ? "create" : "change"},
          {"what", step.what == Step::What::kParticipant ? "participant" : "agreement"},
          {"id", step.id},
          {"changes", std::move(changes)}};
}

class Apply final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("-f,--file", file_, "The network, YAML; - is standard input")->required();
    app.add_flag("-y,--yes", yes_, "Apply without asking");
    app.add_flag("--dry-run", dry_run_, "Show the difference and change nothing; exit code 1 when there is one");
    add_target_options(app, target_);
  }

  ExitCode run(Io& io) override {
    const auto wanted = parse_network(read_input(file_, io), file_);
    if (!wanted) refuse_file(wanted.error());
    ApiClient client(target_);
    auto todo = plan(*wanted, participants(client, *wanted), agreements(client));
    if (!todo.faults.empty()) {
      std::string text = file_;
      for (const auto& fault : todo.faults) text += "\n" + fault;
      wrong(text);
    }
    if (!io.json) show(todo, io);
    if (dry_run_) {
      if (io.json) print_json(todo, false, io);
      return todo.steps.empty() ? ExitCode::kDone : ExitCode::kFoundWrong;
    }
    const bool go = todo.steps.empty() || yes_ || confirmed("Apply?", io);
    if (!go) return ExitCode::kFoundWrong;
    for (auto& step : todo.steps) take(client, step, io);
    if (io.json) print_json(todo, true, io);
    return ExitCode::kDone;
  }

 private:
  /// The list leaves out pins and quota, so each one that the file names is read by itself.
  static json::array participants(ApiClient& client, const NetworkFile& wanted) {
    auto rows = client.list("/v1/deelnemers?aantal=1000", "deelnemers");
    for (auto& row : rows) {
      const auto oin = text_at(row, "/oin");
      for (const auto& one : wanted.participants) {
        if (one.id == oin) row = client.get("/v1/deelnemers/" + url_encoded(oin)).json();
      }
    }
    return rows;
  }

  /// Those that have not ended, each as its newest version says: a proposal that waits for signatures counts as there.
  static json::array agreements(ApiClient& client) {
    json::array out;
    for (const auto& row : client.list("/v1/uitwisselafspraken?aantal=1000", "uitwisselafspraken")) {
      if (text_at(row, "/stand") == "beeindigd") continue;
      const auto& shown = row.as_object();
      json::object newest = shown;
      for (const char* name : {"opvolger", "voorstel"}) {
        if (const auto* version = shown.if_contains(name)) newest = version->as_object();
      }
      newest["wijziging"] = shown.at("wijziging");
      out.push_back(std::move(newest));
    }
    return out;
  }

  /// A new version, or the first, is offered at once: its parties are to sign it.
  static void offer(ApiClient& client, const Step& step, Io& io) {
    const auto path = "/v1/uitwisselafspraken/" + url_encoded(step.id);
    const auto offered = client.send("POST", path + "/aanbieding", json::object{}).json();
    if (io.json) return;
    const auto waiting = text_at(offered, offered.as_object().contains("voorstel") ? "/voorstel/wachtOp" : "/wachtOp");
    io.out << "  offered; waits for the signatures of " << waiting << '\n';
  }

  static void show(const Plan& todo, Io& io) {
    for (const auto& step : todo.steps) print_step(step, io);
    for (const auto& name : todo.not_in_file) {
      io.out << coloured(io.terminal, Colour::kFaint, "  not in the file, left alone: " + name) << '\n';
    }
    io.out << todo.steps.size() << " to change, " << todo.unchanged << " as they should be\n";
  }

  static void take(ApiClient& client, Step& step, Io& io) {
    ApiHeaders headers;
    if (!step.version.empty()) headers.emplace_back("If-Match", '"' + step.version + '"');
    if (step.what == Step::What::kParticipant) {
      client.send("PUT", "/v1/deelnemers/" + url_encoded(step.id), step.body, headers);
    } else if (step.kind == Step::Kind::kChange) {
      client.send("PUT", "/v1/uitwisselafspraken/" + url_encoded(step.id), step.body, headers);
    } else {
      step.id = text_at(client.send("POST", "/v1/uitwisselafspraken", step.body).json(), "/id");
    }
    if (!io.json) io.out << "done: " << title(step) << '\n';
    if (step.what == Step::What::kAgreement) offer(client, step, io);
  }

  static void print_json(const Plan& todo, bool applied, Io& io) {
    json::array steps;
    for (const auto& step : todo.steps) steps.push_back(step_json(step));
    io.out << json::serialize(json::object{{"applied", applied},
                                           {"steps", std::move(steps)},
                                           {"unchanged", todo.unchanged},
                                           {"not_in_file", json::value_from(todo.not_in_file)}})
           << '\n';
  }

  std::string file_;
  bool yes_ = false;
  bool dry_run_ = false;
  ApiTarget target_;
};

}  // namespace

std::unique_ptr<Command> make_apply() { return std::make_unique<Apply>(); }

}  // namespace wissel::ctl
