// wisselctl representation list|show|appoint|sign|end
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <ostream>
#include <string>
#include <vector>

#include "daemon/ctl/api_client.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/ended.hpp"
#include "daemon/ctl/input.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/signing.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

constexpr const char* kBase = "/v1/vertegenwoordigingen";

std::string path_of(const std::string& id) { return kBase + ("/" + url_encoded(id)); }

class RepresentationList final : public Command {
 public:
  void add_options(CLI::App& app) override { add_target_options(app, target_); }
  ExitCode run(Io& io) override {
    const auto rows = ApiClient(target_).list(std::string(kBase) + "?aantal=1000", "vertegenwoordigingen");
    if (io.json) {
      io.out << json::serialize(json::object{{"vertegenwoordigingen", rows}}) << '\n';
      return ExitCode::kDone;
    }
    Table table({"ID", "STATE", "REPRESENTED", "AGENT", "ACTS", "FROM", "UNTIL"});
    for (const auto& row : rows) {
      table.add({text_at(row, "/id"), text_at(row, "/stand"), text_at(row, "/vertegenwoordigde"),
                 text_at(row, "/vertegenwoordiger"), text_at(row, "/handelingen"),
                 text_at(row, "/geldigVan").substr(0, 10), text_at(row, "/geldigTot").substr(0, 10)});
    }
    table.print(io.out, io.terminal);
    return ExitCode::kDone;
  }

 private:
  ApiTarget target_;
};

void print_representation(const json::value& value, Io& io) {
  if (io.json) {
    io.out << json::serialize(value) << '\n';
    return;
  }
  Facts facts;
  facts.add("id", text_at(value, "/id"));
  facts.add("state", text_at(value, "/stand"));
  facts.add("represented", text_at(value, "/vertegenwoordigde"));
  facts.add("agent", text_at(value, "/vertegenwoordiger"));
  facts.add("acts", text_at(value, "/handelingen"));
  facts.add("from", text_at(value, "/geldigVan"));
  facts.add("until", text_at(value, "/geldigTot"));
  for (const auto& one : value.at("ondertekeningen").as_array()) {
    facts.add("signed by", text_at(one, "/door") + " at " + text_at(one, "/op") + " (" + text_at(one, "/wijze") + ")");
  }
  facts.add("waits for", text_at(value, "/wachtOp"));
  facts.add("ended by", text_at(value, "/einde/door"));
  facts.add("ended at", text_at(value, "/einde/op"));
  facts.add("because", text_at(value, "/einde/reden"));
  facts.add("version", text_at(value, "/versie"));
  facts.print(io.out);
}

class RepresentationShow final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("ID", id_, "Of the representation")->required();
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    print_representation(ApiClient(target_).get(path_of(id_)).json(), io);
    return ExitCode::kDone;
  }

 private:
  std::string id_;
  ApiTarget target_;
};

class RepresentationAppoint final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("OIN", agent_, "Who is to act for you")->required();
    app.add_option("--act", acts_, "zoeken, bevragen, ontvangen, registreren, melden, inzien; may be repeated")
        ->delimiter(',')
        ->required();
    app.add_option("--from", from_, "When it begins, such as 2027-01-01T00:00:00Z")->required();
    app.add_option("--until", until_, "When it ends by itself")->required();
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    const json::value body{{"vertegenwoordiger", agent_},
                           {"handelingen", json::value_from(acts_)},
                           {"geldigVan", from_},
                           {"geldigTot", until_}};
    const auto made = ApiClient(target_).send("POST", kBase, body).json();
    if (io.json) {
      io.out << json::serialize(made) << '\n';
    } else {
      io.out << text_at(made, "/id") << '\n';
    }
    return ExitCode::kDone;
  }

 private:
  std::string agent_;
  std::vector<std::string> acts_;
  std::string from_;
  std::string until_;
  ApiTarget target_;
};

class RepresentationSign final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("ID", id_, "Of the representation")->required();
    add_agreeing_options(app, how_);
    app.add_flag("-y,--yes", yes_, "Without asking");
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    ApiClient client(target_);
    const auto content = client.get(path_of(id_) + "/inhoud").body;
    const auto question = "Sign this, byte for byte?\n" + printable(content) + "\n";
    if (!yes_ && !confirmed(question, io)) return ExitCode::kFoundWrong;
    print_representation(client.send("POST", path_of(id_) + "/ondertekeningen", endorsement_body(content, how_)).json(),
                         io);
    return ExitCode::kDone;
  }

 private:
  std::string id_;
  Agreeing how_;
  bool yes_ = false;
  ApiTarget target_;
};

class RepresentationEnd final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("ID", id_, "Of the representation")->required();
    app.add_option("--reason", reason_, "Why, for the other side to read");
    app.add_flag("-y,--yes", yes_, "Without asking");
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    ApiClient client(target_);
    const auto present = client.get(path_of(id_)).json();
    const auto question = "End the representation of " + printable(text_at(present, "/vertegenwoordigde")) + " by " +
                          printable(text_at(present, "/vertegenwoordiger")) +
                          "? What is asked under it is refused from then on, also what is under way.";
    if (!yes_ && !confirmed(question, io)) return ExitCode::kFoundWrong;
    json::object body;
    if (!reason_.empty()) body["reden"] = reason_;
    client.send("POST", path_of(id_) + "/beeindiging", body, {{"If-Match", '"' + text_at(present, "/versie") + '"'}});
    if (io.json) {
      io.out << json::serialize(json::object{{"ended", id_}}) << '\n';
    } else {
      io.out << "ended: representation " << id_ << '\n';
    }
    return ExitCode::kDone;
  }

 private:
  std::string id_;
  std::string reason_;
  bool yes_ = false;
  ApiTarget target_;
};

}  // namespace

std::unique_ptr<Command> make_representation_list() { return std::make_unique<RepresentationList>(); }
std::unique_ptr<Command> make_representation_show() { return std::make_unique<RepresentationShow>(); }
std::unique_ptr<Command> make_representation_appoint() { return std::make_unique<RepresentationAppoint>(); }
std::unique_ptr<Command> make_representation_sign() { return std::make_unique<RepresentationSign>(); }
std::unique_ptr<Command> make_representation_end() { return std::make_unique<RepresentationEnd>(); }

}  // namespace wissel::ctl
