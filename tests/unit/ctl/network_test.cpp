// The declarative network file, and what it takes to bring a network to it.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "daemon/ctl/frame.hpp"
#include "daemon/ctl/network_file.hpp"
#include "daemon/ctl/network_plan.hpp"
#include "daemon/ctl/yaml_json.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kNetwork = R"(deelnemers:
  - oin: "00000099000000101000"
    naam: Gemeente Utrecht
    rollen: [bronhouder, afnemer]
    stand: aangesloten
    quota: {perMinuut: 500}
uitwisselafspraken:
  - aanbieders: ["00000099000000102000", "00000099000000101000"]
    afnemers: ["00000099000000101000"]
    doel: https://doelen.example.nl/a
    wettelijkeGrondslag: {soort: wet, verwijzing: artikel 1}
    handelingen: [zoeken]
    maxVertrouwelijkheidaanduiding: openbaar
    verwerkingsactiviteit: https://verwerkingen.example.nl/a
    toestemmingVereist: false
    machtigingToegestaan: false
    geldigVan: 2026-01-01T00:00:00Z
    geldigTot: 2030-01-01T00:00:00Z
    bewaartermijnVerwijzing: []
)";

NetworkFile network(std::string_view yaml = kNetwork) {
  auto read = parse_network(yaml, "net.yaml");
  if (!read) throw std::runtime_error(to_string(read.error().front()));
  return std::move(*read);
}

std::vector<std::string> faults(std::string_view yaml) {
  std::vector<std::string> out;
  const auto read = parse_network(yaml, "net.yaml");
  if (read) return out;
  for (const auto& fault : read.error()) out.push_back(to_string(fault));
  return out;
}

/// What the API would show of a file's agreement.
json::object shown(const Wanted& wanted, const std::string& id, int version) {
  auto out = wanted.body;
  if (!wanted.body.contains("oin")) out["id"] = id;
  out["versie"] = version;
  return json::parse(json::serialize(out)).as_object();
}

TEST(NetworkFile, IsReadInCanonicalForm) {
  const auto read = network();
  ASSERT_EQ(read.participants.size(), 1U);
  EXPECT_EQ(read.participants[0].id, "00000099000000101000");
  EXPECT_EQ(read.participants[0].line, 2U);
  EXPECT_EQ(read.participants[0].body.at("quota").at("perMinuut").to_number<int>(), 500);
  ASSERT_EQ(read.agreements.size(), 1U);
  EXPECT_EQ(read.agreements[0].id, "");
  EXPECT_EQ(read.agreements[0].body.at("aanbieders").at(0).as_string(), "00000099000000101000");
}

TEST(NetworkFile, NamesEveryFaultAtItsPlace) {
  const auto found = faults(
      "deelnemers:\n"
      "  - oin: 123\n"
      "  - oin: \"00000099000000101000\"\n"
      "    naam: x\n"
      "    rollen: [zot]\n"
      "    stand: weg\n"
      "    kleur: rood\n"
      "afspraken: []\n");
  ASSERT_EQ(found.size(), 5U);
  EXPECT_THAT(found[0], HasSubstr("net.yaml:2:"));
  EXPECT_THAT(found[1], HasSubstr("net.yaml:5:"));
  EXPECT_THAT(found[2], HasSubstr("net.yaml:6:5: stand"));
  EXPECT_THAT(found[3], HasSubstr("net.yaml:7:5: kleur"));
  EXPECT_THAT(found[4], HasSubstr("net.yaml:8:1: unknown key 'afspraken'"));
}

TEST(NetworkFile, RefusesWhatIsNoNetwork) {
  for (const std::string_view bad : {"", "[]", "x", "deelnemers: 3", "a: 1\na: 2", "deelnemers: [x]", "\xff"}) {
    EXPECT_FALSE(faults(bad).empty()) << bad;
  }
  EXPECT_TRUE(faults("deelnemers: []\nuitwisselafspraken:\n").empty());
}

TEST(NetworkFile, RefusesTheSameThingTwice) {
  const std::string one = "  - {oin: \"00000099000000101000\", naam: x, rollen: [], stand: aangesloten}\n";
  EXPECT_THAT(faults("deelnemers:\n" + one + one), ElementsAre(HasSubstr("net.yaml:3:5: 00000099000000101000 stands")));
}

TEST(Plan, MakesWhatIsNotThereParticipantsFirst) {
  const auto todo = plan(network(), {}, {});
  ASSERT_EQ(todo.steps.size(), 2U);
  EXPECT_EQ(todo.steps[0].what, Step::What::kParticipant);
  EXPECT_EQ(todo.steps[0].kind, Step::Kind::kCreate);
  EXPECT_EQ(todo.steps[1].what, Step::What::kAgreement);
  EXPECT_THAT(todo.faults, IsEmpty());
}

TEST(Plan, FindsNothingToDoASecondTime) {
  const auto wanted = network();
  const auto todo = plan(wanted, {shown(wanted.participants[0], "", 4)},
                         {shown(wanted.agreements[0], "01a20325-04e1-72eb-8b41-5cb044da5774", 2)});
  EXPECT_THAT(todo.steps, IsEmpty());
  EXPECT_EQ(todo.unchanged, 2U);
  EXPECT_THAT(todo.not_in_file, IsEmpty());
}

TEST(Plan, ShowsTheMembersThatDifferAndTheVersionThatWasSeen) {
  const auto wanted = network();
  auto present = shown(wanted.participants[0], "", 4);
  present["naam"] = "Utrecht";
  const auto todo = plan(wanted, {present}, {});
  ASSERT_EQ(todo.steps[0].kind, Step::Kind::kChange);
  EXPECT_EQ(todo.steps[0].version, "4");
  ASSERT_EQ(todo.steps[0].changes.size(), 1U);
  EXPECT_EQ(todo.steps[0].changes[0].name, "naam");
  EXPECT_EQ(todo.steps[0].changes[0].before, "\"Utrecht\"");
  EXPECT_EQ(todo.steps[0].changes[0].after, "\"Gemeente Utrecht\"");
}

TEST(Plan, MatchesAnAgreementByItsIdAndNamesWhatIsNotInTheFile) {
  const std::string id = "01a20325-04e1-72eb-8b41-5cb044da5774";
  auto wanted = network();
  auto present = shown(wanted.agreements[0], id, 1);
  present["doel"] = "https://doelen.example.nl/b";
  // Without the id it is another agreement.
  auto todo = plan(wanted, {}, {present});
  EXPECT_EQ(todo.steps[1].kind, Step::Kind::kCreate);
  EXPECT_THAT(todo.not_in_file, ElementsAre("agreement " + id));
  wanted.agreements[0].id = id;
  todo = plan(wanted, {}, {present});
  EXPECT_EQ(todo.steps[1].kind, Step::Kind::kChange);
  EXPECT_THAT(todo.not_in_file, IsEmpty());
  todo = plan(wanted, {}, {});
  EXPECT_THAT(todo.faults, ElementsAre(HasSubstr("there is no agreement " + id)));
}

TEST(Plan, TwoEqualAgreementsAreTwo) {
  auto wanted = network();
  wanted.agreements.push_back(wanted.agreements[0]);
  const auto todo = plan(wanted, {}, {shown(wanted.agreements[0], "01a20325-04e1-72eb-8b41-5cb044da5774", 2)});
  EXPECT_EQ(todo.unchanged, 1U);
  EXPECT_EQ(todo.steps.size(), 2U);  // the participant, and the second agreement
}

TEST(AgreementTemplate, IsAnAgreement) {
  std::ostringstream out;
  std::ostringstream err;
  ASSERT_EQ(run({"agreement", "new"}, out, err), ExitCode::kDone);
  const auto read = parse_agreement(out.str(), "template");
  ASSERT_TRUE(read) << to_string(read.error().front());
  EXPECT_EQ(read->id, "");
}

TEST(YamlJson, KeepsCodesWithLeadingZerosAsTexts) {
  const auto document = config::parse_yaml("[00012, 12, -1, 1.5, \"12\", true, \"true\", 1e3, 2026-01-01]", "x");
  Places places;
  EXPECT_EQ(json::serialize(to_json(*document.root, places)),
            R"(["00012",12,-1,1.5E0,"12",true,"true","1e3","2026-01-01"])");
  EXPECT_EQ(place_of(places, "/1/deeper").second, 9U);
}

}  // namespace
}  // namespace wissel::ctl
