// wisselctl why: the path of a decision that was made, of a message, or of one that is only tried.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>

#include "daemon/ctl/api_client.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/ended.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

void add_agreement(Facts& facts, const json::value& told) {
  facts.add("agreement", text_at(told, "/uitwisselafspraak/id"));
  facts.add("version", text_at(told, "/uitwisselafspraak/versie"));
  facts.add("stage", text_at(told, "/uitwisselafspraak/stand"));
  facts.add("fields", text_at(told, "/filter/velden"));
  facts.add("zaaktypen", text_at(told, "/filter/zaaktypen"));
  facts.add("categories", text_at(told, "/filter/categorieen"));
  facts.add("highest level", text_at(told, "/filter/maxVertrouwelijkheidaanduiding"));
  facts.add("restricted references", text_at(told, "/filter/beperkteVerwijzingen"));
  facts.add("event types", text_at(told, "/filter/gebeurtenistypen"));
}

void add_needed(Facts& facts, const json::value& told) {
  facts.add("what would have to change", text_at(told, "/nodig/wat"));
  facts.add("who can change it", text_at(told, "/nodig/wie"));
}

/// Who has to do something about a delivery that stands like this.
std::string_view who_acts(std::string_view state, bool mailbox) {
  if (state == "wachtend" && mailbox) return "the subscriber: it waits in the mailbox to be fetched and acknowledged";
  if (state == "wachtend") return "nobody: it is tried again by itself";
  if (state == "bezorgd") return "nobody";
  if (state == "geweigerd") return "the parties to the agreement";
  return "the subscriber";
}

class Why final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("ID", id_, "Log index of an access, or id of your message");
    auto* on_trial = app.add_flag("--try", try_, "Explain what would be decided, without asking anything");
    const auto only_try = [&](CLI::Option* option) { option->needs(on_trial); };
    only_try(app.add_option("--act", act_, "zoeken, bevragen or ontvangen")->capture_default_str());
    only_try(app.add_option("--agreement", agreement_, "Id of the exchange agreement"));
    only_try(app.add_option("--purpose", purpose_, "URI of the purpose"));
    only_try(app.add_option("--zaaktype", zaaktype_, "Code of a zaaktype"));
    only_try(app.add_option("--kind", kind_, "Kind of subject: bsn, zaak, ..."));
    only_try(app.add_option("--count", count_, "Subjects asked about at once"));
    only_try(app.add_option("--user", user_, "Who acts, as your organisation knows them"));
    only_try(app.add_option("--function", function_, "The user's function"));
    only_try(app.add_option("--level", level_, "The user's level of assurance: laag, substantieel or hoog"));
    only_try(app.add_option("--second-user", second_user_, "Who looks on, where four eyes are demanded"));
    only_try(app.add_option("--at", at_, "Another moment than now (RFC 3339)"));
    only_try(app.add_option("--participant", participant_, "Another participant's rights (schakelpuntbeheerder)"));
    add_target_options(app, target_);
  }

  ExitCode run(Io& io) override {
    if (try_ == !id_.empty()) usage("give an ID, or --try with what would be asked");
    if (try_) return on_trial(io);
    const bool index = std::ranges::all_of(id_, [](char c) { return c >= '0' && c <= '9'; });
    return index ? record(io) : message(io);
  }

 private:
  [[nodiscard]] json::object question() const {
    if (agreement_.empty()) usage("--try needs --agreement");
    json::object basis{{"uitwisselafspraak", agreement_}};
    if (!purpose_.empty()) basis["doel"] = purpose_;
    json::object out{{"handeling", act_}, {"grondslag", std::move(basis)}};
    const auto set = [&](std::string_view name, const std::string& value) {
      if (!value.empty()) out[name] = value;
    };
    set("zaaktype", zaaktype_);
    set("onderwerpsoort", kind_);
    set("tijdstip", at_);
    set("deelnemer", participant_);
    if (count_ > 0) out["aantal"] = count_;
    if (!user_.empty()) {
      json::object user{{"id", user_}, {"soort", "medewerker"}};
      if (!function_.empty()) user["functie"] = function_;
      if (!level_.empty()) user["betrouwbaarheidsniveau"] = level_;
      out["gebruiker"] = std::move(user);
    }
    if (!second_user_.empty()) out["tweedeGebruiker"] = json::object{{"id", second_user_}, {"soort", "medewerker"}};
    return out;
  }

  ExitCode on_trial(Io& io) {
    const auto told = ApiClient(target_).send("POST", "/v1/beslissingen/proef", question()).json();
    const bool allowed = text_at(told, "/toegestaan") == "true";
    if (io.json) {
      io.out << json::serialize(told) << '\n';
      return allowed ? ExitCode::kDone : ExitCode::kFoundWrong;
    }
    Table table({"RULE", "OUTCOME", "WHY"});
    boost::system::error_code none;
    if (const auto* steps = told.find_pointer("/stappen", none); steps != nullptr && steps->is_array()) {
      for (const auto& step : steps->get_array()) {
        table.add({text_at(step, "/regel"), text_at(step, "/uitkomst"), text_at(step, "/toelichting")});
      }
    }
    table.print(io.out, io.terminal);
    Facts facts;
    facts.add("decision", allowed ? "allowed" : "refused");
    facts.add("code", text_at(told, "/code"));
    add_agreement(facts, told);
    add_needed(facts, told);
    facts.print(io.out);
    return allowed ? ExitCode::kDone : ExitCode::kFoundWrong;
  }

  static void show(const json::value& told, Io& io) {
    Facts facts;
    facts.add("log index", text_at(told, "/index"));
    facts.add("at", text_at(told, "/tijdstip"));
    facts.add("what", text_at(told, "/verwerking"));
    facts.add("by", text_at(told, "/deelnemer"));
    facts.add("acting for", text_at(told, "/namens"));
    facts.add("outcome", text_at(told, "/uitkomst"));
    facts.add("code", text_at(told, "/code"));
    facts.add("rule", text_at(told, "/regel"));
    facts.add("object", text_at(told, "/object"));
    facts.add("may have arrived", text_at(told, "/mogelijkOntvangen"));
    add_agreement(facts, told);
    facts.add("left out", text_at(told, "/weggelaten"));
    facts.add("hidden holders", text_at(told, "/afgeschermd"));
    add_needed(facts, told);
    facts.print(io.out);
  }

  ExitCode record(Io& io) {
    const auto told = ApiClient(target_).get("/v1/verwerkingen/" + id_ + "/uitleg").json();
    if (io.json) {
      io.out << json::serialize(told) << '\n';
    } else {
      show(told, io);
    }
    return ExitCode::kDone;
  }

  ExitCode message(Io& io) {
    ApiClient client(target_);
    const auto standing = client.get("/v1/statusberichten/" + url_encoded(id_)).json();
    const auto told = client.get("/v1/verwerkingen/" + text_at(standing, "/volgnummer") + "/uitleg").json();
    if (io.json) {
      io.out << json::serialize(json::object{{"acceptance", told}, {"message", standing}}) << '\n';
      return ExitCode::kDone;
    }
    show(told, io);
    boost::system::error_code none;
    const auto* places = standing.find_pointer("/afnemers", none);
    if (places == nullptr || !places->is_array() || places->get_array().empty()) {
      io.out << "nobody was subscribed to it under an agreement that covers it\n";
      return ExitCode::kDone;
    }
    for (const auto& place : places->get_array()) show_place(client, place, io);
    return ExitCode::kDone;
  }

  /// One subscriber's delivery, with the agreement that it leans on.
  static void show_place(ApiClient& client, const json::value& place, Io& io) {
    const auto state = text_at(place, "/stand");
    io.out << '\n';
    Facts facts;
    facts.add("subscriber", text_at(place, "/afnemer"));
    facts.add("by", text_at(place, "/bezorging"));
    facts.add("state", state);
    facts.add("attempts", text_at(place, "/pogingen"));
    facts.add("since", text_at(place, "/op"));
    facts.add("last error", text_at(place, "/laatsteFout"));
    facts.add("next try", text_at(place, "/volgendePoging"));
    facts.add("who must act", std::string(who_acts(state, text_at(place, "/bezorging") == "postbus")));
    if (const auto id = text_at(place, "/uitwisselafspraak"); !id.empty()) {
      const auto agreement = client.get("/v1/uitwisselafspraken/" + url_encoded(id)).json();
      add_agreement(facts, json::object{{"uitwisselafspraak", agreement}, {"filter", agreement}});
    }
    facts.print(io.out);
  }

  std::string id_;
  bool try_ = false;
  std::string act_ = "zoeken";
  std::string agreement_;
  std::string purpose_;
  std::string zaaktype_;
  std::string kind_;
  std::uint64_t count_ = 0;
  std::string user_;
  std::string function_;
  std::string level_;
  std::string second_user_;
  std::string at_;
  std::string participant_;
  ApiTarget target_;
};

}  // namespace

std::unique_ptr<Command> make_why() { return std::make_unique<Why>(); }

}  // namespace wissel::ctl
