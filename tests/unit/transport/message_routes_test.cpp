// POST /v1/statusberichten where something changes between preparing and accepting.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "core/messages/reference_codec.hpp"
#include "tests/unit/transport/test_gateway.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

using test::kHolderOne;

class MessageRoutesTest : public ::testing::Test {
 protected:
  MessageRoutesTest() { at_.router = std::make_unique<Router>(at_.gateway, std::vector<Routes>{message_routes()}); }

  Response push(const std::string& id) {
    const auto source = "urn:nld:oin:" + kHolderOne.str() + ":systeem:zaken";
    return at_.ask(Method::kPost, "/v1/statusberichten", kHolderOne,
                   R"({"specversion":"1.0","type":"nl.overheid.zaken.zaakstatus-gewijzigd","id":")" + id +
                       R"(","source":")" + source + R"(","subject":"Z-1","data":{"zaak":{"identificatie":"Z-1",)" +
                       R"("bronorganisatie":")" + kHolderOne.str() +
                       R"(","zaaktype":{"omschrijving":"Aanvraag"}},"status":{"omschrijving":"Ontvangen",)" +
                       R"("statusgroep":"ontvangen","gezetOp":"2026-11-22T12:00:00Z"}}})",
                   {}, "application/cloudevents+json");
  }
  [[nodiscard]] std::size_t references() const {
    std::size_t count = 0;
    const auto counted = at_.store.scan(core::Family::kHolder, {}, [&](std::string_view, std::string_view) {
      ++count;
      return true;
    });
    EXPECT_TRUE(counted);
    return count;
  }
  core::Uuid registered() const {
    core::Uuid id{core::Bytes16{}};
    EXPECT_TRUE(at_.store.scan(core::Family::kHolder, {}, [&](std::string_view key, std::string_view) {
      id = core::id_of_holder_key(key);
      return false;
    }));
    return id;
  }

  test::TestGateway at_;
};

TEST_F(MessageRoutesTest, SetsTheReferenceAlsoWhenThatIsWithdrawnAtTheSameMoment) {
  const auto first = push("1");
  ASSERT_EQ(first.status, 202U) << first.body;
  ASSERT_EQ(references(), 1U);
  at_.sequencer.hold_after(0);
  auto pushing = std::async(std::launch::async, [&] { return push("2"); });
  at_.sequencer.await_held(1);  // prepared while the reference was there
  at_.sequencer.hold_after(1);
  core::RecordDraft draft;
  draft.record.name = "verwijzing intrekken";
  at_.change(core::WithdrawReference{kHolderOne, registered(), {}, draft});
  ASSERT_EQ(references(), 0U);
  at_.sequencer.release();
  const auto response = pushing.get();
  EXPECT_EQ(response.status, 202U) << response.body;
  EXPECT_EQ(references(), 1U);
  EXPECT_EQ(push("2").body, response.body) << "accepted once";
}

}  // namespace
}  // namespace wissel::transport
