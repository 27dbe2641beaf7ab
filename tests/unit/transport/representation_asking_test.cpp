// What is asked in another's name when the representation ends under it, and whose quota it takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <string>
#include <thread>

#include "core/log/stored.hpp"
#include "tests/unit/core/appointing.hpp"
#include "tests/unit/transport/agreed.hpp"
#include "tests/unit/transport/test_gateway.hpp"
#include "tests/unit/transport/test_partner.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

const core::Oin kAgent = kBystander;
constexpr const char* kKept = "wissel_kept_statuses";

/// The agent acts for the afnemer, which asks one holder and fetches what that sends.
class RepresentationAsking : public testing::Test {
 protected:
  RepresentationAsking() {
    at.router = std::make_unique<Router>(
        at.gateway,
        std::vector<Routes>{pull_routes(), search_routes(), subscription_routes(), mailbox_routes(), message_routes()});
    at.participant(kHolderOne, {{"statusbevraging", server.url("/statusbevraging")}});
    agree_on({});
    refer(at, kHolderOne, 1);
    at.change(core::PutRepresentation{
        core::appointed(appointment, kAfnemer, kAgent, {TestGateway::now() - 1h, TestGateway::now() + 1h})});
  }

  void agree_on(std::optional<std::uint32_t> per_minute) {
    auto out = agreement_of({kHolderOne}, {kAfnemer, kAgent});
    out.per_minuut = per_minute;
    out.bewaartermijn_status = "PT1H";
    agree(at, std::move(out));
  }
  void end() { EXPECT_EQ(at.change(core::EndRepresentation{appointment, kAfnemer, {}, {}}).status, 204); }

  Response ask(const std::string& path, const core::Oin& who, const std::string& namens, const std::string& more = {}) {
    return at.ask(Method::kPost, path, who, question(more), {}, "application/json", namens);
  }
  Response pull_for() { return ask("/v1/statusbevragingen", kAgent, kAfnemer.str()); }
  Response search(const core::Oin& who, const std::string& namens = {}) {
    return ask("/v1/zoekopdrachten", who, namens);
  }
  static json::object only_part(const Response& response) {
    return json::parse(response.body).at("delen").as_array().at(0).as_object();
  }

  void subscribe() {
    const auto made =
        at.ask(Method::kPost, "/v1/abonnementen", kAfnemer, R"({"bezorging":{"soort":"postbus"},)" + ground() + "}");
    ASSERT_EQ(made.status, 201U) << made.body;
  }
  void push() {
    const auto sent = at.ask(
        Method::kPost, "/v1/statusberichten", kHolderOne,
        R"({"specversion":"1.0","type":"nl.overheid.zaken.zaakstatus-gewijzigd","id":"1","source":"urn:nld:oin:)" +
            kHolderOne.str() + R"(:systeem:zaken","subject":"Z-1","data":)" + status() + "}",
        {}, "application/cloudevents+json");
    ASSERT_EQ(sent.status, 202U) << sent.body;
  }
  Response fetch_for(const std::string& query = {}) {
    return at.ask(Method::kGet, "/v1/postbus" + query, kAgent, {}, {}, {}, kAfnemer.str());
  }
  /// Comes back when it waits.
  std::future<Response> begin_waiting() {
    auto out = std::async(std::launch::async, [this] { return fetch_for("?wacht=20"); });
    const auto until = SteadyClock::now() + 10s;
    while (at.mailboxes.waiting() == 0 && SteadyClock::now() < until) std::this_thread::yield();
    EXPECT_EQ(at.mailboxes.waiting(), 1U);
    return out;
  }
  static std::string status() {
    return R"({"zaak":{"identificatie":"Z-1","bronorganisatie":")" + kHolderOne.str() +
           R"(","zaaktype":{"code":"ZT1","omschrijving":"V"}},"status":{"omschrijving":"Bezig",)" +
           R"("statusgroep":"in_behandeling","gezetOp":"2026-03-02T09:15:00Z"}})";
  }

  core::LogRecord record(std::uint64_t index) {
    const auto stored = at.store.get(core::Family::kRecord, core::log_key(index)).value().value();
    return core::decode_line(core::decode_record(stored).value().line).value();
  }
  /// Of what the agent did since the log had this size it tells a refusal, and nothing of what was in the mailbox: the
  /// agent reads its records.
  void expect_refused_alone(std::uint64_t since) {
    std::vector<core::LogRecord> done;
    for (auto i = since; i < at.log_size(); ++i) {
      if (auto one = record(i); one.oin == kAgent) done.push_back(std::move(one));
    }
    ASSERT_EQ(done.size(), 1U);
    EXPECT_EQ(done.front().code, "geen-vertegenwoordiging");
    EXPECT_THAT(done.front().object, testing::AnyOf("", "postbus"));
    EXPECT_FALSE(done.front().data_subject_id);
    EXPECT_TRUE(done.front().bronhouders.empty());
  }

  TestGateway at;
  core::Uuid appointment{core::Bytes16{8}};
  std::function<void()> while_asked = [] {};
  int times_asked = 0;
  PartnerServer server{at.net, kHolderOne, [this](const Request&, Response& response) {
                         ++times_asked;
                         while_asked();
                         response.body = R"({"zaken":[)" + status() + "]}";
                         return false;
                       }};
};

TEST_F(RepresentationAsking, APartThatComesBeforeTheEndIsShownAndKept) {
  const auto response = pull_for();
  EXPECT_EQ(response.status, 200U) << response.body;
  EXPECT_EQ(only_part(response).at("uitkomst").as_string(), "beantwoord");
  EXPECT_THAT(response.body, HasSubstr("Z-1"));
  EXPECT_EQ(at.metrics.value(kKept), 1);
}

TEST_F(RepresentationAsking, APartThatComesAfterTheEndIsNeitherShownNorKept) {
  while_asked = [this] { end(); };
  const auto response = pull_for();
  EXPECT_EQ(response.status, 200U) << "the query was allowed and recorded";
  const auto part = only_part(response);
  EXPECT_EQ(part.at("uitkomst").as_string(), "geweigerd");
  EXPECT_FALSE(part.contains("zaken"));
  EXPECT_THAT(response.body, Not(HasSubstr("Z-1")));
  EXPECT_FALSE(json::parse(response.body).at("volledig").as_bool());
  EXPECT_EQ(at.metrics.value(kKept), 0);

  const auto line = record(part.at("logIndex").to_number<std::uint64_t>());
  EXPECT_EQ(line.uitkomst, core::Uitkomst::kGeweigerd);
  EXPECT_EQ(line.code, "geen-vertegenwoordiging");
  EXPECT_THAT(line.object, HasSubstr(";uitkomst:geweigerd"));
  EXPECT_THAT(line.object, Not(HasSubstr("zaken"))) << "the agent reads its records: not even how many there were";

  while_asked = [] {};
  const auto own = ask("/v1/statusbevragingen", kAfnemer, {}, R"(,"maxOuderdomS":3600)");
  EXPECT_EQ(only_part(own).at("uitkomst").as_string(), "beantwoord");
  EXPECT_EQ(times_asked, 2) << "nothing was there to answer it with";
}

TEST_F(RepresentationAsking, AWaitForTheMailboxGivesNothingThatCameAfterTheEnd) {
  subscribe();
  auto waiting = begin_waiting();
  const auto size = at.log_size();
  end();
  push();
  const auto answer = waiting.get();
  EXPECT_EQ(answer.status, 403U);
  EXPECT_THAT(answer.body, HasSubstr("geen-vertegenwoordiging"));
  EXPECT_THAT(answer.body, Not(HasSubstr("Z-1")));

  expect_refused_alone(size);
  const auto own = at.get("/v1/postbus", kAfnemer);
  EXPECT_THAT(own.body, HasSubstr("Z-1")) << "it waits for its owner";
}

TEST_F(RepresentationAsking, AWaitForTheMailboxEndsWithTheRepresentation) {
  subscribe();
  auto waiting = begin_waiting();
  const auto began = SteadyClock::now();
  end();
  EXPECT_EQ(waiting.get().status, 403U);
  EXPECT_LT(SteadyClock::now() - began, 10s) << "at once, and not when its time has passed";
}

TEST_F(RepresentationAsking, AFetchThatTheEndOvertakesGivesNothing) {
  subscribe();
  push();
  const auto size = at.log_size();
  at.sequencer.hold_after(0);
  auto fetching = std::async(std::launch::async, [&] { return fetch_for(); });
  at.sequencer.await_held(1);  // put together, and not yet at its place in the order
  at.sequencer.hold_after(1);
  end();
  at.sequencer.release();
  const auto answer = fetching.get();
  EXPECT_EQ(answer.status, 403U);
  EXPECT_THAT(answer.body, Not(HasSubstr("Z-1")));
  expect_refused_alone(size);
  EXPECT_THAT(at.get("/v1/postbus", kAfnemer).body, HasSubstr("Z-1"));
}

TEST_F(RepresentationAsking, TakesTheQuotaOfTheRepresented) {
  auto participant = *at.machine->view()->network->participant(kAfnemer);
  participant.quota.emplace().per_minute = 3;
  at.change(core::PutParticipant{std::move(participant), {}});
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(search(kHolderTwo, kAfnemer.str()).status, 403U) << "nobody uses up another's by naming it";
  }
  for (int i = 0; i < 3; ++i) ASSERT_EQ(search(kAgent, kAfnemer.str()).status, 200U) << i;
  for (const auto& over : {search(kAgent, kAfnemer.str()), search(kAfnemer)}) {
    EXPECT_EQ(over.status, 429U);
    EXPECT_THAT(over.body, HasSubstr("\"quotum\""));
  }
  EXPECT_EQ(search(kAgent).status, 200U) << "in its own name";
}

TEST_F(RepresentationAsking, TakesTheQuotaOfTheRepresentedUnderTheAgreement) {
  agree_on(2);
  EXPECT_EQ(search(kAgent, kAfnemer.str()).status, 200U);
  EXPECT_EQ(search(kAfnemer).status, 200U);
  EXPECT_EQ(search(kAgent, kAfnemer.str()).status, 429U);
  EXPECT_EQ(pull_for().status, 429U);
  EXPECT_EQ(times_asked, 0);
  EXPECT_EQ(search(kAgent).status, 200U) << "in its own name";
}

}  // namespace
}  // namespace wissel::test
