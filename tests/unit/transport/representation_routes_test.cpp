// Uploads and readings in another's name that are under way when the representation ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "tests/unit/core/appointing.hpp"
#include "tests/unit/transport/test_gateway.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::test {
namespace {

using testing::HasSubstr;

const core::Oin kAgent = kBystander;

class RepresentationRoutesTest : public testing::Test {
 protected:
  RepresentationRoutesTest() {
    at.router = std::make_unique<Router>(at.gateway, std::vector<Routes>{reference_routes(), log_record_routes()});
  }

  static core::Uuid id() { return core::Uuid(core::Bytes16{7}); }

  /// The agent acts for the first holder in everything, from an hour ago until in an hour.
  void agree() {
    const core::Milliseconds hour{3'600'000};
    at.change(core::PutRepresentation{
        core::appointed(id(), kHolderOne, kAgent, {TestGateway::now() - hour, TestGateway::now() + hour})});
  }
  core::Outcome end() { return at.change(core::EndRepresentation{id(), kHolderOne, {}, {}}); }

  /// As many lines as fill `pieces` pieces.
  Response upload(const std::string& path, int pieces, bool bulk) {
    std::string body;
    for (int i = 0; i < 1'000 * pieces; ++i) {
      const auto line =
          R"({"kenmerk":"k)" + std::to_string(i) + R"(","betrokkenen":[{"soort":"kvkNummer","waarde":"12345678"}]})";
      body += (bulk ? R"({"zet":)" + line + "}" : line) + '\n';
    }
    return at.ask(Method::kPost, path, kAgent, std::move(body), {}, "application/x-ndjson", kHolderOne.str());
  }

  /// An upload of four pieces, of which the representation ends right behind the second.
  Response upload_that_outlives_it(const std::string& path, bool bulk) {
    agree();
    at.sequencer.hold_after(2);  // the parent record and one piece
    auto uploading = std::async(std::launch::async, [&] { return upload(path, 4, bulk); });
    at.sequencer.await_held(1);
    auto ending = std::async(std::launch::async, [&] { return end(); });
    at.sequencer.await_held(2);
    at.sequencer.release();
    EXPECT_EQ(ending.get().status, 204);
    return uploading.get();
  }

  TestGateway at;
};

TEST_F(RepresentationRoutesTest, ABulkGoesNoFurtherThanTheEnd) {
  const auto answer = upload_that_outlives_it("/v1/verwijzingen/bulk", true);
  EXPECT_EQ(answer.status, 403U);
  EXPECT_THAT(answer.body, HasSubstr("geen-vertegenwoordiging"));
  EXPECT_THAT(answer.body, HasSubstr("ten minste 2000 gezette"));
  EXPECT_NE(TestGateway::header(answer, "Wissel-Log-Index"), "");
}

TEST_F(RepresentationRoutesTest, ASynchronisationThatOutlivesItChangesNothing) {
  const auto answer = upload_that_outlives_it("/v1/verwijzingen/synchronisaties", false);
  EXPECT_EQ(answer.status, 403U);
  EXPECT_THAT(answer.body, HasSubstr("geen-vertegenwoordiging"));
  const auto holder = at.machine->view()->parties->number(kHolderOne).value();
  const auto& sync = at.machine->view()->syncs->at(holder);
  EXPECT_FALSE(sync.open) << "it was given up";
  EXPECT_FALSE(sync.switched);
}

TEST_F(RepresentationRoutesTest, AnUploadIsTheRepresenteds) {
  agree();
  EXPECT_EQ(upload("/v1/verwijzingen/synchronisaties", 1, false).status, 200U);
  EXPECT_EQ(at.get_json("/v1/verwijzingen/wijzigingen", kAgent).at("wijzigingen").as_array().size(), 0U);
  EXPECT_TRUE(at.machine->view()->parties->number(kHolderOne));
  end();
  EXPECT_EQ(upload("/v1/verwijzingen/synchronisaties", 1, false).status, 403U);
}

TEST_F(RepresentationRoutesTest, AnExportIsReadAsTheRepresented) {
  agree();
  at.get_json("/v1/verwijzingen/wijzigingen", kHolderOne);
  const auto read = [&] {
    return at.ask(Method::kGet, "/v1/verwerkingen", kAgent, {}, "application/x-ndjson", {}, kHolderOne.str());
  };
  EXPECT_THAT(read().body, HasSubstr("wijzigingen van verwijzingen inzien"));
  end();
  EXPECT_EQ(read().status, 403U);
}

}  // namespace
}  // namespace wissel::test
