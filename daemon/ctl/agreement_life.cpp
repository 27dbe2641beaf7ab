// wisselctl agreement offer|sign|suspend|resume|end: how agreements come into force and out of it.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <ostream>
#include <string>

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

std::string path_of(const std::string& id) { return "/v1/uitwisselafspraken/" + url_encoded(id); }

/// How an agreement stands after what was done to it.
void print_standing(const std::string& done, const json::value& agreement, Io& io) {
  if (io.json) {
    io.out << json::serialize(agreement) << '\n';
    return;
  }
  io.out << done << ": agreement " << text_at(agreement, "/id") << ", version " << text_at(agreement, "/versie")
         << " is " << text_at(agreement, "/stand") << '\n';
  const auto proposed = text_at(agreement, "/voorstel/versie");
  if (!proposed.empty()) io.out << "  version " << proposed << " is proposed\n";
  for (const char* at : {"/wachtOp", "/voorstel/wachtOp"}) {
    const auto waiting = text_at(agreement, at);
    if (!waiting.empty()) io.out << "  waits for the signatures of " << waiting << '\n';
  }
}

json::object reason_body(const std::string& reason) {
  json::object body;
  if (!reason.empty()) body["reden"] = reason;
  return body;
}

class AgreementOffer final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("ID", id_, "Of the agreement")->required();
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    print_standing("offered", ApiClient(target_).send("POST", path_of(id_) + "/aanbieding", json::object{}).json(), io);
    return ExitCode::kDone;
  }

 private:
  std::string id_;
  ApiTarget target_;
};

class AgreementSign final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("ID", id_, "Of the agreement")->required();
    add_agreeing_options(app, how_);
    app.add_flag("-y,--yes", yes_, "Without asking");
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    ApiClient client(target_);
    const auto present = client.get(path_of(id_)).json();
    const bool successor = present.as_object().contains("voorstel");
    const auto version = text_at(present, successor ? "/voorstel/versie" : "/versie");
    const auto content = client.get(path_of(id_) + "/versies/" + version + "/inhoud").body;
    if (!io.json) io.out << "version " << version << " says:\n  " << printable(content) << '\n';
    if (!yes_ && !confirmed("Sign exactly this?", io)) return ExitCode::kFoundWrong;
    auto body = endorsement_body(content, how_);
    body["versie"] = std::stoll(version);
    print_standing("signed", client.send("POST", path_of(id_) + "/ondertekeningen", body).json(), io);
    return ExitCode::kDone;
  }

 private:
  std::string id_;
  Agreeing how_;
  bool yes_ = false;
  ApiTarget target_;
};

class AgreementSuspend final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("ID", id_, "Of the agreement")->required();
    app.add_option("--reason", reason_, "Why; all parties see it");
    app.add_flag("-y,--yes", yes_, "Without asking");
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    const auto question = "Suspend agreement " + id_ + "? Searches, pulls and deliveries under it are refused at once.";
    if (!yes_ && !confirmed(question, io)) return ExitCode::kFoundWrong;
    const auto body = reason_body(reason_);
    print_standing("suspended", ApiClient(target_).send("POST", path_of(id_) + "/schorsing", body).json(), io);
    return ExitCode::kDone;
  }

 private:
  std::string id_;
  std::string reason_;
  bool yes_ = false;
  ApiTarget target_;
};

class AgreementResume final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("ID", id_, "Of the agreement")->required();
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    print_standing("lifted", ApiClient(target_).send("POST", path_of(id_) + "/hervatting", json::object{}).json(), io);
    return ExitCode::kDone;
  }

 private:
  std::string id_;
  ApiTarget target_;
};

class AgreementEnd final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("ID", id_, "Of the agreement")->required();
    app.add_option("--reason", reason_, "Why; all parties see it");
    app.add_flag("-y,--yes", yes_, "Without asking");
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    ApiClient client(target_);
    const auto present = client.get(path_of(id_)).json();
    const auto question = "End agreement " + id_ + " (" + printable(text_at(present, "/doel")) +
                          ") for good? Searches, pulls and deliveries under it are refused from then on, also of "
                          "messages that wait.";
    if (!yes_ && !confirmed(question, io)) return ExitCode::kFoundWrong;
    client.send("POST", path_of(id_) + "/beeindiging", reason_body(reason_),
                {{"If-Match", '"' + text_at(present, "/wijziging") + '"'}});
    if (io.json) {
      io.out << json::serialize(json::object{{"ended", id_}}) << '\n';
    } else {
      io.out << "ended: agreement " << id_ << '\n';
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

std::unique_ptr<Command> make_agreement_offer() { return std::make_unique<AgreementOffer>(); }
std::unique_ptr<Command> make_agreement_sign() { return std::make_unique<AgreementSign>(); }
std::unique_ptr<Command> make_agreement_suspend() { return std::make_unique<AgreementSuspend>(); }
std::unique_ptr<Command> make_agreement_resume() { return std::make_unique<AgreementResume>(); }
std::unique_ptr<Command> make_agreement_end() { return std::make_unique<AgreementEnd>(); }

}  // namespace wissel::ctl
