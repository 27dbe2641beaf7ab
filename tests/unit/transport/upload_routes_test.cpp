// Uploads that stop half-way because the store takes no more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/transport/test_gateway.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class UploadRoutesTest : public testing::Test {
 protected:
  UploadRoutesTest() { at.router = std::make_unique<Router>(at.gateway, std::vector<Routes>{reference_routes()}); }

  /// As many lines as fill `pieces` pieces.
  Response upload(const std::string& path, int pieces, bool bulk) {
    std::string body;
    for (int i = 0; i < 1'000 * pieces; ++i) {
      const auto line =
          R"({"kenmerk":"k)" + std::to_string(i) + R"(","betrokkenen":[{"soort":"kvkNummer","waarde":"12345678"}]})";
      body += (bulk ? R"({"zet":)" + line + "}" : line) + '\n';
    }
    return at.ask(Method::kPost, path, kHolderOne, std::move(body), {}, "application/x-ndjson");
  }

  TestGateway at;
};

TEST_F(UploadRoutesTest, ABulkThatStopsNamesItsRecordAndWhatStays) {
  const auto parent = at.log_size();
  at.sequencer.fail_after(2);  // the parent record and one piece
  const auto answer = upload("/v1/verwijzingen/bulk", 3, true);
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(TestGateway::header(answer, "Wissel-Log-Index"), std::to_string(parent));
  EXPECT_THAT(TestGateway::header(answer, "Retry-After"), Not(""));
  EXPECT_THAT(answer.body, HasSubstr("opslag-vol"));
  EXPECT_THAT(answer.body, HasSubstr("ten minste 1000 gezette"));
  EXPECT_THAT(answer.body, Not(HasSubstr("niets verwerkt")));
  EXPECT_THAT(answer.body, HasSubstr("/v1/verwerkingen/" + std::to_string(parent)));
}

TEST_F(UploadRoutesTest, ABulkThatNeverBeganHasNoRecord) {
  at.sequencer.fail_after(0);
  const auto answer = upload("/v1/verwijzingen/bulk", 1, true);
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(TestGateway::header(answer, "Wissel-Log-Index"), "");
  EXPECT_THAT(answer.body, HasSubstr("niets verwerkt"));
}

TEST_F(UploadRoutesTest, ASynchronisationThatStopsNamesItsRecordAndChangedNothing) {
  const auto parent = at.log_size();
  at.sequencer.fail_after(2);
  const auto answer = upload("/v1/verwijzingen/synchronisaties", 3, false);
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(TestGateway::header(answer, "Wissel-Log-Index"), std::to_string(parent));
  EXPECT_THAT(answer.body, HasSubstr("niets verwerkt"));
}

}  // namespace
}  // namespace wissel::test
