// wisselctl participant list|show|put
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "daemon/ctl/api_client.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/ended.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

std::string path_of(const std::string& oin) { return "/v1/deelnemers/" + url_encoded(oin); }

class ParticipantList final : public Command {
 public:
  void add_options(CLI::App& app) override { add_target_options(app, target_); }
  ExitCode run(Io& io) override {
    const auto rows = ApiClient(target_).list("/v1/deelnemers?aantal=1000", "deelnemers");
    if (io.json) {
      io.out << json::serialize(json::object{{"deelnemers", rows}}) << '\n';
      return ExitCode::kDone;
    }
    Table table({"OIN", "NAME", "ROLES", "STATE", "TYPE"});
    for (const auto& row : rows) {
      table.add({text_at(row, "/oin"), text_at(row, "/naam"), text_at(row, "/rollen"), text_at(row, "/stand"),
                 text_at(row, "/soort")});
    }
    table.print(io.out, io.terminal);
    return ExitCode::kDone;
  }

 private:
  ApiTarget target_;
};

void print_participant(const json::value& value, Io& io) {
  if (io.json) {
    io.out << json::serialize(value) << '\n';
    return;
  }
  Facts facts;
  facts.add("OIN", text_at(value, "/oin"));
  facts.add("name", text_at(value, "/naam"));
  facts.add("roles", text_at(value, "/rollen"));
  facts.add("state", text_at(value, "/stand"));
  facts.add("type", text_at(value, "/soort"));
  boost::system::error_code none;
  if (const auto* points = value.find_pointer("/eindpunten", none); points != nullptr && points->is_object()) {
    for (const auto& [name, url] : points->get_object()) facts.add("endpoint " + printable(name), text_of(url));
  }
  facts.add("pins", text_at(value, "/certificaatPins"));
  facts.add("per minute", text_at(value, "/quota/perMinuut"));
  facts.add("version", text_at(value, "/versie"));
  facts.print(io.out);
}

class ParticipantShow final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("OIN", oin_, "Of the participant")->required();
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    print_participant(ApiClient(target_).get(path_of(oin_)).json(), io);
    return ExitCode::kDone;
  }

 private:
  std::string oin_;
  ApiTarget target_;
};

class ParticipantPut final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("OIN", oin_, "Of the participant")->required();
    app.add_option("--name", name_, "Its name");
    app.add_option("--role", roles_, "A role, such as bronhouder, afnemer, auditor; may be repeated")->delimiter(',');
    app.add_option("--state", state_,
                   "aangemeld, in_beproeving, aangesloten (the only active one), geschorst, uitgetreden");
    app.add_option("--type", type_, "deelnemer, knooppunt or gemeenschappelijkeVoorziening");
    app.add_option("--endpoint", endpoints_, "NAME=URL, such as statusbevraging=https://…; an empty URL removes it");
    app.add_option("--pin", pins_, "SHA-256 of a certificate's public key that is accepted; 'none' removes all")
        ->delimiter(',');
    app.add_option("--per-minute", per_minute_, "Requests a minute");
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    ApiClient client(target_);
    const auto present = client.find(path_of(oin_));
    json::object body = present ? present->json().as_object() : fresh();
    change(body);
    ApiHeaders headers;
    if (present) {
      // What was read is what is changed: whoever was in between is not overwritten.
      if (const auto etag = present->headers.find("etag"); etag != present->headers.end()) {
        headers.emplace_back("If-Match", etag->second);
      }
    }
    const auto answer = client.send("PUT", path_of(oin_), body, headers);
    print_participant(answer.body.empty() ? json::value(body) : answer.json(), io);
    return ExitCode::kDone;
  }

 private:
  [[nodiscard]] json::object fresh() const {
    if (!name_ || roles_.empty()) usage("participant " + oin_ + " is new: --name and --role are needed");
    return {{"naam", *name_}, {"rollen", json::array()}, {"stand", "aangesloten"}, {"soort", "deelnemer"}};
  }

  void change(json::object& body) const {
    body.erase("versie");
    if (name_) body["naam"] = *name_;
    if (state_) body["stand"] = *state_;
    if (type_) body["soort"] = *type_;
    if (!roles_.empty()) body["rollen"] = json::value_from(roles_);
    if (per_minute_) body["quota"] = json::object{{"perMinuut", *per_minute_}};
    if (!pins_.empty()) {
      body["certificaatPins"] = pins_.front() == "none" ? json::value(json::array()) : json::value_from(pins_);
    }
    if (endpoints_.empty()) return;
    auto& points = body["eindpunten"];
    if (!points.is_object()) points = json::object();
    for (const auto& given : endpoints_) {
      const auto equals = given.find('=');
      if (equals == std::string::npos) usage("--endpoint is NAME=URL");
      const auto name = given.substr(0, equals);
      const auto url = given.substr(equals + 1);
      if (url.empty()) {
        points.get_object().erase(name);
      } else {
        points.get_object()[name] = url;
      }
    }
  }

  std::string oin_;
  std::optional<std::string> name_;
  std::vector<std::string> roles_;
  std::optional<std::string> state_;
  std::optional<std::string> type_;
  std::vector<std::string> endpoints_;
  std::vector<std::string> pins_;
  std::optional<std::uint32_t> per_minute_;
  ApiTarget target_;
};

}  // namespace

std::unique_ptr<Command> make_participant_list() { return std::make_unique<ParticipantList>(); }
std::unique_ptr<Command> make_participant_show() { return std::make_unique<ParticipantShow>(); }
std::unique_ptr<Command> make_participant_put() { return std::make_unique<ParticipantPut>(); }

}  // namespace wissel::ctl
