#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/policy/codec.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

json::object whole() {
  return json::parse(R"({
    "aanbieders": ["00000099000000101000"], "afnemers": ["00000099000000102000"],
    "doel": "https://doelen.example.nl/a", "wettelijkeGrondslag": {"soort": "wet", "verwijzing": "artikel 1"},
    "zaaktypen": ["ZT1"], "categorieen": [], "handelingen": ["zoeken"], "onderwerpsoorten": ["bsn", "zaak"],
    "gebeurtenistypen": ["nl.voorbeeld.a"], "tijdvakken": [{"dagen": ["ma", "zo"], "van": "08:30", "tot": "24:00"}],
    "quota": {"perMinuut": 600}, "vierOgenVanaf": 50, "maxVertrouwelijkheidaanduiding": "intern",
    "verwerkingsactiviteit": "https://register.example.nl/1", "toestemmingVereist": false,
    "machtigingToegestaan": false, "geldigVan": "2026-01-01T00:00:00Z", "geldigTot": "2027-01-01T00:00:00Z",
    "bewaartermijnVerwijzing": []})")
      .as_object();
}

std::vector<std::string> faults_of(const json::object& body) {
  Faults faults;
  const auto read = read_agreement(body, Uuid(), faults);
  EXPECT_EQ(read.has_value(), faults.empty());
  std::vector<std::string> out;
  for (const auto& fault : faults.list()) out.push_back(fault.name);
  return out;
}

TEST(AgreementCodec, BoundsRoundTrip) {
  Faults faults;
  const auto read = read_agreement(whole(), Uuid(), faults);
  ASSERT_TRUE(read) << faults.list().front().name;
  EXPECT_TRUE(read->onderwerpsoorten.has(SubjectKind::kBsn));
  EXPECT_FALSE(read->onderwerpsoorten.has(SubjectKind::kRsin));
  EXPECT_EQ(read->tijdvakken, (std::vector<Tijdvak>{{0b1000001, 510, 1440}}));
  EXPECT_EQ(read->per_minuut, 600U);
  EXPECT_EQ(read->vier_ogen_vanaf, 50U);
  const auto again = to_json(*read);
  for (const char* name : {"onderwerpsoorten", "gebeurtenistypen", "tijdvakken", "quota", "vierOgenVanaf"}) {
    EXPECT_EQ(again.at(name), whole().at(name)) << name;
  }
  EXPECT_EQ(to_json(*decode_agreement(encode(*read))), again);
}

TEST(AgreementCodec, BoundsLeftOutStayOut) {
  auto body = whole();
  for (const char* name : {"onderwerpsoorten", "gebeurtenistypen", "tijdvakken", "quota", "vierOgenVanaf"}) {
    body.erase(name);
  }
  Faults faults;
  const auto read = read_agreement(body, Uuid(), faults);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->onderwerpsoorten.empty());
  EXPECT_FALSE(read->gebeurtenistypen);
  EXPECT_FALSE(to_json(*read).contains("tijdvakken"));
}

TEST(AgreementCodec, NamesEveryFaultOfABound) {
  auto body = whole();
  body["onderwerpsoorten"] = json::array{"bsn", "fiets"};
  body["tijdvakken"] = json::parse(R"([{"dagen": ["ma", "xx"], "van": "25:00", "tot": "08:60"},
                                       {"dagen": [], "van": "12:00", "tot": "12:00"}, {"dagen": ["di"], "van": "1200"}])");
  body["quota"] = json::object{{"perMinuut", 0}};
  body["vierOgenVanaf"] = 1001;
  const auto faults = faults_of(body);
  for (const char* place :
       {"/onderwerpsoorten/1", "/tijdvakken/0/dagen/1", "/tijdvakken/0/van", "/tijdvakken/0/tot", "/tijdvakken/1/dagen",
        "/tijdvakken/1/tot", "/tijdvakken/2/van", "/tijdvakken/2/tot", "/quota/perMinuut", "/vierOgenVanaf"}) {
    EXPECT_NE(std::ranges::find(faults, place), faults.end()) << place;
  }
}

}  // namespace
}  // namespace wissel::core
