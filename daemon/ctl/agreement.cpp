// wisselctl agreement list|show|new|put: what agreements say. Their life: agreement_life.cpp.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <ostream>
#include <string>

#include "daemon/ctl/api_client.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/ended.hpp"
#include "daemon/ctl/input.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/network_file.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

constexpr const char* kBase = "/v1/uitwisselafspraken";

/// A file to begin with. A test reads it back as an agreement.
constexpr std::string_view kTemplate =
    R"(# An exchange agreement (uitwisselafspraak). Fill it in, then: wisselctl agreement new FILE
aanbieders: ["00000001002220647000"]     # OINs of those who disclose
afnemers: ["00000003123456780000"]       # OINs of those who receive
doel: https://doelen.example.nl/zaakstatus
wettelijkeGrondslag:
  soort: taakVanAlgemeenBelang
  verwijzing: Algemene wet bestuursrecht, artikel 2:15
zaaktypen: []                            # codes; empty is every zaaktype, also none
categorieen: []                          # empty is every category, also none
handelingen: [zoeken, bevragen, ontvangen]
# velden: [status, zaak]                 # fields of ZaakStatus that may be disclosed; without it all
# onderwerpsoorten: [bsn, zaak]          # kinds of subject that may be asked about; without it all
# gebeurtenistypen: []                   # event types beside the status of a zaak; without it all, or none with velden
# tijdvakken:                            # when it may be used, Dutch legal time; without it always
#   - {dagen: [ma, di, wo, do, vr], van: "07:00", tot: "19:00"}
# quota: {perMinuut: 600}                # of each receiver
# vierOgenVanaf: 100                     # from so many subjects in one search a second user must be named
# openbaar, beperkt_openbaar, intern, zaakvertrouwelijk, vertrouwelijk, confidentieel, geheim, zeer_geheim
maxVertrouwelijkheidaanduiding: zaakvertrouwelijk
beperkteVerwijzingen: false              # whether references marked "beperkt" are found
verwerkingsactiviteit: https://register.example.nl/verwerkingen/zaakstatus
gebruikerVereist: false                  # whether callers must name the acting user
# functies: [behandelaar]                # functions that the user may have; without it any
# minimaalBetrouwbaarheidsniveau: substantieel
toestemmingVereist: false
machtigingToegestaan: false
geldigVan: 2027-01-01T00:00:00Z
geldigTot: 2029-01-01T00:00:00Z
bewaartermijnVerwijzing:                 # longest term of a reference, by category
  - termijn: P2Y
# bewaartermijnStatus: P1D               # how long an answer serves later pulls (maxOuderdomS)
# herhaaltermijn: P7D
servicelevel:
  reactietijdMs: 5000
  beschikbaarheid: 99.5
  openstelling: 24/7
  tijdigheidMs: 60000
  terugmeldtermijn: P5D
)";

class AgreementList final : public Command {
 public:
  void add_options(CLI::App& app) override { add_target_options(app, target_); }
  ExitCode run(Io& io) override {
    const auto rows = ApiClient(target_).list(std::string(kBase) + "?aantal=1000", "uitwisselafspraken");
    if (io.json) {
      io.out << json::serialize(json::object{{"uitwisselafspraken", rows}}) << '\n';
      return ExitCode::kDone;
    }
    Table table({"ID", "STAGE", "VERSION", "FROM", "UNTIL", "ACTS", "OFFER", "RECEIVE", "PURPOSE"});
    for (const auto& row : rows) {
      const auto parties = [&](const char* name) { return std::to_string(row.at(name).as_array().size()); };
      table.add({text_at(row, "/id"), text_at(row, "/stand"), text_at(row, "/versie"),
                 text_at(row, "/geldigVan").substr(0, 10), text_at(row, "/geldigTot").substr(0, 10),
                 text_at(row, "/handelingen"), parties("aanbieders"), parties("afnemers"), text_at(row, "/doel")});
    }
    table.print(io.out, io.terminal);
    return ExitCode::kDone;
  }

 private:
  ApiTarget target_;
};

void print_agreement(const json::value& value, Io& io) {
  if (io.json) {
    io.out << json::serialize(value) << '\n';
    return;
  }
  Facts facts;
  if (const auto* object = value.if_object()) {
    for (const auto& [name, member] : *object) facts.add(name, text_of(member));
  }
  facts.print(io.out);
}

class AgreementShow final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("ID", id_, "Of the agreement")->required();
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    print_agreement(ApiClient(target_).get(kBase + ("/" + url_encoded(id_))).json(), io);
    return ExitCode::kDone;
  }

 private:
  std::string id_;
  ApiTarget target_;
};

Wanted read_agreement_file(const std::string& file, Io& io) {
  auto wanted = parse_agreement(read_input(file, io), file);
  if (!wanted) refuse_file(wanted.error());
  return std::move(*wanted);
}

class AgreementNew final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("FILE", file_, "The agreement, YAML; - is standard input. Without it a template is printed");
    app.add_flag("--offer", offer_, "Offer it for signature at once");
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    if (file_.empty()) {
      if (io.json) {
        io.out << json::serialize(json::object{{"template", kTemplate}}) << '\n';
      } else {
        io.out << kTemplate;
      }
      return ExitCode::kDone;
    }
    const auto wanted = read_agreement_file(file_, io);
    if (!wanted.id.empty()) wrong(file_ + " names an id: a new agreement gets one. Use: wisselctl agreement put");
    ApiClient client(target_);
    const auto made = client.send("POST", kBase, wanted.body).json();
    // Before the offer, so that whoever is refused that knows which draft there is now.
    if (io.json) {
      io.out << json::serialize(made) << '\n';
    } else {
      io.out << text_at(made, "/id") << '\n';
    }
    if (offer_) client.send("POST", kBase + ("/" + text_at(made, "/id")) + "/aanbieding", json::object{});
    return ExitCode::kDone;
  }

 private:
  std::string file_;
  bool offer_ = false;
  ApiTarget target_;
};

class AgreementPut final : public Command {
 public:
  void add_options(CLI::App& app) override {
    app.add_option("ID", id_, "Of the agreement")->required();
    app.add_option("FILE", file_, "All of it anew, YAML; - is standard input")->required();
    app.add_option("--if-version", version_, "Only when this is still the number of its last change (wijziging)");
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    const auto wanted = read_agreement_file(file_, io);
    if (!wanted.id.empty() && wanted.id != id_) wrong(file_ + " holds agreement " + wanted.id);
    ApiHeaders headers;
    if (!version_.empty()) headers.emplace_back("If-Match", '"' + version_ + '"');
    const auto answer = ApiClient(target_).send("PUT", kBase + ("/" + url_encoded(id_)), wanted.body, headers);
    print_agreement(answer.body.empty() ? json::value(wanted.body) : answer.json(), io);
    return ExitCode::kDone;
  }

 private:
  std::string id_;
  std::string file_;
  std::string version_;
  ApiTarget target_;
};

}  // namespace

std::unique_ptr<Command> make_agreement_list() { return std::make_unique<AgreementList>(); }
std::unique_ptr<Command> make_agreement_show() { return std::make_unique<AgreementShow>(); }
std::unique_ptr<Command> make_agreement_new() { return std::make_unique<AgreementNew>(); }
std::unique_ptr<Command> make_agreement_put() { return std::make_unique<AgreementPut>(); }

}  // namespace wissel::ctl
