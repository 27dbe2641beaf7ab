// wisselctl find: who holds something about a subject. The subject is read from standard input: arguments show in ps,
// stay in the shell's history, and end up in logs.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <istream>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ctl/api_client.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/ended.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

// As many as one search takes.
constexpr std::size_t kSubjectsMax = 1'000;
constexpr std::size_t kLineBytesMax = 1'000;

class Find final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("--agreement", agreement_, "Id of the exchange agreement that the search leans on")->required();
    app.add_option("--kind", kind_, "bsn, rsin, kvkNummer, vestigingsnummer, zaak, verzoek or overig")
        ->capture_default_str();
    app.add_option("--organisation", organisation_, "Of a zaak or verzoek: the RSIN or OIN it belongs to");
    app.add_option("--scheme", scheme_, "Of an overig: the URI of the scheme of its values");
    app.add_option("--zaaktype", zaaktype_, "Only holders with this zaaktype");
    app.add_option("--purpose", purpose_, "Where the agreement asks for it: the URI of the purpose");
    app.add_option("--user", user_, "Who searches, as your organisation knows them");
    app.add_option("--user-kind", user_kind_, "medewerker, systeem, burger or vertegenwoordiger")
        ->capture_default_str();
    add_target_options(app, target_);
  }

  ExitCode run(Io& io) override {
    const auto values = subjects(io);
    auto body = question();
    const bool single = values.size() == 1;
    if (single) {
      body["onderwerp"] = subject(values.front());
    } else {
      auto& list = body["onderwerpen"].emplace_array();
      for (const auto& value : values) list.push_back(subject(value));
    }
    const auto answer = ApiClient(target_).send("POST", "/v1/zoekopdrachten", body);
    const auto found = answer.json();
    if (io.json) {
      io.out << json::serialize(found) << '\n';
      return ExitCode::kDone;
    }
    if (single) {
      show(found, io);
    } else {
      show_many(found, io);
    }
    if (const auto index = answer.headers.find("wissel-log-index"); index != answer.headers.end()) {
      io.err << "log index " << printable(index->second) << '\n';
    }
    return ExitCode::kDone;
  }

 private:
  [[nodiscard]] std::vector<std::string> subjects(Io& io) const {
    if (io.terminal.in == nullptr) unreachable("there is no standard input");
    if (io.terminal.in_is_terminal) io.err << kind_ << ": " << std::flush;
    std::vector<std::string> out;
    for (std::string line; std::getline(*io.terminal.in, line);) {
      if (line.ends_with('\r')) line.pop_back();
      if (line.empty()) continue;
      if (line.size() > kLineBytesMax) usage("a line of standard input is too long for a subject");
      out.push_back(std::move(line));
      if (io.terminal.in_is_terminal) break;
      if (out.size() > kSubjectsMax) usage("one search takes at most 1,000 subjects");
    }
    if (out.empty()) usage("no subject was given: put it on standard input, one a line");
    return out;
  }

  [[nodiscard]] json::object subject(const std::string& value) const {
    json::object out{{"soort", kind_}, {"waarde", value}};
    if (!organisation_.empty()) out["bronorganisatie"] = organisation_;
    if (!scheme_.empty()) out["stelsel"] = scheme_;
    return out;
  }

  [[nodiscard]] json::object question() const {
    json::object basis{{"uitwisselafspraak", agreement_}};
    if (!purpose_.empty()) basis["doel"] = purpose_;
    json::object out{{"grondslag", std::move(basis)}};
    if (!zaaktype_.empty()) out["zaaktype"] = zaaktype_;
    if (!user_.empty()) out["gebruiker"] = json::object{{"id", user_}, {"soort", user_kind_}};
    return out;
  }

  static void show(const json::value& found, Io& io) {
    boost::system::error_code none;
    const auto* holders = found.find_pointer("/bronhouders", none);
    if (holders == nullptr || !holders->is_array() || holders->get_array().empty()) {
      io.out << "nobody that you may know of\n";
      return;
    }
    Table table({"OIN", "NAME", "ZAAKTYPEN", "SINCE", "DISPUTED"});
    for (const auto& holder : holders->get_array()) {
      table.add({text_at(holder, "/oin"), text_at(holder, "/naam"), text_at(holder, "/zaaktypen"),
                 text_at(holder, "/sinds"), text_at(holder, "/inOnderzoek") == "true" ? "in onderzoek" : ""});
    }
    table.print(io.out, io.terminal);
  }

  /// By number, not by subject: what is shown may be kept.
  static void show_many(const json::value& found, Io& io) {
    boost::system::error_code none;
    const auto* results = found.find_pointer("/resultaten", none);
    if (results == nullptr || !results->is_array()) wrong("the answer holds no list 'resultaten'");
    Table table({"LINE", "HOLDERS", "NAMES"});
    std::size_t number = 0;
    for (const auto& result : results->get_array()) {
      ++number;
      if (const auto* problem = result.as_object().if_contains("probleem")) {
        table.add({std::to_string(number), "-", text_at(*problem, "/code") + ": " + text_at(*problem, "/detail")});
        continue;
      }
      const auto& holders = result.at("bronhouders").as_array();
      std::string names;
      for (const auto& holder : holders) names += (names.empty() ? "" : ", ") + text_at(holder, "/naam");
      table.add({std::to_string(number), std::to_string(holders.size()), names});
    }
    table.print(io.out, io.terminal);
  }

  std::string agreement_;
  std::string kind_ = "bsn";
  std::string organisation_;
  std::string scheme_;
  std::string zaaktype_;
  std::string purpose_;
  std::string user_;
  std::string user_kind_ = "medewerker";
  ApiTarget target_;
};

}  // namespace

std::unique_ptr<Command> make_find() { return std::make_unique<Find>(); }

}  // namespace wissel::ctl
