// Who searched for what a holder shields, as the holder reads it the day after.
#include <gtest/gtest.h>

#include <string>

#include "core/state/shielded.hpp"
#include "tests/unit/transport/agreed.hpp"
#include "tests/unit/transport/test_gateway.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view kBase = "/v1/afschermingsoverzichten";

class OverviewRoutes : public testing::Test {
 protected:
  OverviewRoutes() {
    at.router =
        std::make_unique<Router>(at.gateway, std::vector<Routes>{search_routes(), pull_routes(), overview_routes()});
    agree(at, agreement_of({kHolderOne, kHolderTwo}, {kAfnemer}));
    refer(at, kHolderOne, 1, core::Zichtbaarheid::kAfgeschermd);
    refer(at, kHolderTwo, 2);
  }

  Response look(const std::string& path) {
    auto response = at.ask(Method::kPost, path, kAfnemer, question());
    EXPECT_EQ(response.status, 200U) << response.body;
    return response;
  }
  /// From now on it is so much later for who reads.
  void later(std::chrono::hours by) {
    at.gateway.now = [by] { return TestGateway::now() + by; };
  }
  std::string newest(const core::Oin& who) {
    return json::value_to<std::string>(at.get_json(std::string(kBase), who).at("overzichten").at(0).at("dag"));
  }
  json::array told(const core::Oin& who, const std::string& query = {}) {
    return at.get_json(std::string(kBase) + "/" + newest(who) + query, who).at("zoekvragen").as_array();
  }
  static std::string next(const Response& response) {
    const auto link = TestGateway::header(response, "Link");
    return link.substr(1, link.find('>') - 1);
  }

  TestGateway at;
};

TEST_F(OverviewRoutes, NothingIsToldBeforeTheDayIsOver) {
  look("/v1/zoekopdrachten");
  EXPECT_TRUE(told(kHolderOne).empty());
}

TEST_F(OverviewRoutes, AHolderReadsWhoSearchedForWhatItShields) {
  const auto found = look("/v1/zoekopdrachten");
  EXPECT_EQ(found.body.find(kHolderOne.view()), std::string::npos) << found.body;
  look("/v1/statusbevragingen");
  later(24h);
  const auto rows = told(kHolderOne);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("handeling").as_string(), "zoeken");
  EXPECT_EQ(rows[1].at("handeling").as_string(), "bevragen");
  EXPECT_EQ(rows[0].at("afnemer").at("oin").as_string(), kAfnemer.view());
  EXPECT_EQ(rows[0].at("afnemer").at("naam").as_string(), "Organisatie " + kAfnemer.str());
  EXPECT_EQ(rows[0].at("doel").as_string(), "https://doel.example/vergunning");
  EXPECT_EQ(rows[0].at("uitwisselafspraak").as_string(), kAgreement.str());
  ASSERT_EQ(rows[0].at("verwijzingen").as_array().size(), 1U);
  EXPECT_EQ(rows[0].at("verwijzingen").at(0).as_string(), core::Uuid(core::Bytes16{1}).str());
}

TEST_F(OverviewRoutes, OthersAreToldNothingAndReadJustAsManyDays) {
  look("/v1/zoekopdrachten");
  later(24h);
  EXPECT_TRUE(told(kHolderTwo).empty()) << "what it holds was shown";
  EXPECT_TRUE(told(kBystander).empty());
  const auto days = [&](const core::Oin& who) {
    return at.get_json(std::string(kBase) + "?aantal=1000", who).at("overzichten").as_array().size();
  };
  EXPECT_EQ(days(kHolderOne), 30U);
  EXPECT_EQ(days(kBystander), 30U);
  EXPECT_EQ(at.get(std::string(kBase), kAuditor).status, 403U);
}

TEST_F(OverviewRoutes, LongOverviewsComeInPages) {
  for (int i = 0; i < 3; ++i) look("/v1/zoekopdrachten");
  later(24h);
  const auto first = at.get(std::string(kBase) + "/" + newest(kHolderOne) + "?aantal=2", kHolderOne);
  EXPECT_EQ(json::parse(first.body).at("zoekvragen").as_array().size(), 2U);
  const auto second = at.get(next(first), kHolderOne);
  EXPECT_EQ(json::parse(second.body).at("zoekvragen").as_array().size(), 1U);
  EXPECT_EQ(TestGateway::header(second, "Link"), "");
}

TEST_F(OverviewRoutes, DaysThatAreNotToldOfAreNotFound) {
  for (const char* day : {"2020-01-01", "2999-01-01", "2026-02-30", "gisteren", "2026-1-1"}) {
    EXPECT_EQ(at.get(std::string(kBase) + "/" + day, kHolderOne).status, 404U) << day;
  }
  EXPECT_EQ(at.get(std::string(kBase) + "/" + newest(kHolderOne) + "?na=00", kHolderOne).status, 200U);
  EXPECT_EQ(at.get(std::string(kBase) + "/" + newest(kHolderOne) + "?na=zz", kHolderOne).status, 400U);
}

}  // namespace
}  // namespace wissel::test
