// Pulls over their route, against holders that are real servers on loopback: good, slow, lying and away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <string>

#include "core/log/stored.hpp"
#include "tests/unit/transport/agreed.hpp"
#include "tests/unit/transport/test_gateway.hpp"
#include "tests/unit/transport/test_partner.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::string_view kStatus =
    R"({"zaak":{"identificatie":"Z-1","bronorganisatie":"00000099000000005000","zaaktype":{"code":"ZT1","omschrijving":"V"}},)"
    R"("status":{"omschrijving":"Bezig","statusgroep":"in_behandeling","gezetOp":"2026-03-02T09:15:00Z"}})";

/// A holder's server that answers as the test says, and keeps what it was last asked.
class Holder {
 public:
  Holder(TestNetwork& net, const core::Oin& who)
      : server_(net, who, [this](const Request& request, Response& response) { return take(request, response); }) {}

  [[nodiscard]] std::map<std::string, std::string> endpoints() const {
    return {{"statusbevraging", server_.url("/statusbevraging")}};
  }
  void answers(unsigned status, std::string body) {
    const std::scoped_lock lock(mutex_);
    status_ = status;
    body_ = std::move(body);
    hangs_ = false;
  }
  /// It answers when it is let go on.
  void waits() {
    const std::scoped_lock lock(mutex_);
    waits_ = true;
  }
  void await_asked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return times_ > 0; });
  }
  void goes_on() {
    const std::scoped_lock lock(mutex_);
    waits_ = false;
    changed_.notify_all();
  }
  void hangs() {
    const std::scoped_lock lock(mutex_);
    hangs_ = true;
  }
  [[nodiscard]] json::value asked() const {
    const std::scoped_lock lock(mutex_);
    return json::parse(asked_);
  }
  [[nodiscard]] int times_asked() const {
    const std::scoped_lock lock(mutex_);
    return times_;
  }
  [[nodiscard]] std::string traceparent() const {
    const std::scoped_lock lock(mutex_);
    return traceparent_;
  }

 private:
  /// True when it is to hang.
  bool take(const Request& request, Response& response) {
    std::unique_lock lock(mutex_);
    ++times_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !waits_; });
    asked_ = request.body;
    traceparent_ = request.head.headers.find("traceparent").value_or("");
    response.status = status_;
    response.body = body_;
    return hangs_;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool waits_ = false;
  unsigned status_ = 200;
  std::string body_ = R"({"zaken":[)" + std::string(kStatus) + "]}";
  bool hangs_ = false;
  int times_ = 0;
  std::string asked_;
  std::string traceparent_;
  PartnerServer server_;
};

class PullRoutes : public testing::Test {
 protected:
  PullRoutes() {
    at.router = std::make_unique<Router>(at.gateway, std::vector<Routes>{pull_routes(), log_record_routes()});
    at.participant(kHolderOne, one.endpoints());
    at.participant(kHolderTwo, two.endpoints());
    agree_on({});
    refer(at, kHolderOne, 1);
    refer(at, kHolderTwo, 2);
  }

  void agree_on(std::optional<std::vector<std::string>> fields, bool pulls = true) {
    auto out = agreement_of({kHolderOne, kHolderTwo}, {kAfnemer});
    out.handelingen = {};
    out.handelingen[static_cast<std::size_t>(core::Handeling::kBevragen)] = pulls;
    out.velden = std::move(fields);
    out.bewaartermijn_status = "PT1H";
    agree(at, std::move(out));
  }

  Response pull(const std::string& more = {}, const std::string& accept = {}, const core::Oin& who = kAfnemer) {
    return at.ask(Method::kPost, "/v1/statusbevragingen", who, question(more), accept);
  }
  json::object answer(const std::string& more = {}) {
    const auto response = pull(more);
    EXPECT_EQ(response.status, 200U) << response.body;
    return json::parse(response.body).as_object();
  }
  static json::object part(const json::object& body, const core::Oin& holder) {
    for (const auto& each : body.at("delen").as_array()) {
      if (each.at("bronhouder").at("oin").as_string() == holder.view()) return each.as_object();
    }
    return {};
  }
  static std::string outcome(const json::object& part) {
    const auto* text = part.if_contains("uitkomst");
    return text == nullptr ? "no part" : std::string(text->as_string());
  }
  json::value line(std::uint64_t index) {
    const auto value = at.store.get(core::Family::kRecord, core::log_key(index)).value().value();
    return json::parse(core::decode_record(value).value().line);
  }
  static std::uint64_t number(const json::value& value) { return value.to_number<std::uint64_t>(); }

  TestGateway at;
  Holder one{at.net, kHolderOne};
  Holder two{at.net, kHolderTwo};
};

TEST_F(PullRoutes, WhatComesAfterASuspensionIsNotShownNorKept) {
  two.answers(403, "{}");
  one.waits();
  auto pulled = std::async(std::launch::async, [this] { return pull(); });
  one.await_asked();
  at.change(core::SuspendAgreement{kAgreement, {kHolderTwo, TestGateway::now(), "onderzoek"}});
  one.goes_on();
  const auto response = pulled.get();
  ASSERT_EQ(response.status, 200U) << response.body;
  const auto late = part(json::parse(response.body).as_object(), kHolderOne);
  EXPECT_EQ(outcome(late), "geweigerd");
  EXPECT_FALSE(late.contains("zaken"));
  EXPECT_EQ(line(number(late.at("logIndex"))).at("attributes").at("wissel.code").as_string(),
            "uitwisselafspraak-geschorst");
  EXPECT_EQ(at.metrics.value("wissel_kept_statuses"), 0);
}

TEST_F(PullRoutes, AsksEveryHolderAndRecordsEachPart) {
  const auto response = pull(R"(,"gebruiker":{"id":"u-1","soort":"medewerker"},"maxWachttijdMs":9000)");
  const auto body = json::parse(response.body).as_object();
  EXPECT_TRUE(body.at("volledig").as_bool()) << response.body;
  const auto query = std::stoull(TestGateway::header(response, "Wissel-Log-Index"));
  EXPECT_EQ(line(query).at("attributes").at("wissel.actie").as_string(), "bevragen");
  for (const auto& holder : {kHolderOne, kHolderTwo}) {
    const auto mine = part(body, holder);
    EXPECT_EQ(outcome(mine), "beantwoord");
    EXPECT_EQ(json::serialize(mine.at("zaken")), "[" + std::string(kStatus) + "]");
    const auto record = line(number(mine.at("logIndex")));
    EXPECT_EQ(record.at("attributes").at("wissel.actie").as_string(), "verstrekken");
    EXPECT_EQ(record.at("parent_span_id"), line(query).at("span_id"));
    EXPECT_GT(number(mine.at("logIndex")), query);
  }
  const auto asked = one.asked().as_object();
  EXPECT_EQ(asked.at("onderwerp").at("waarde").as_string(), "999990019");
  EXPECT_EQ(asked.at("afnemer").as_string(), kAfnemer.view());
  EXPECT_EQ(asked.at("doel").as_string(), "https://doel.example/vergunning");
  EXPECT_EQ(asked.at("gebruiker").at("id").as_string(), "u-1");
  EXPECT_TRUE(asked.contains("bevraging") && asked.contains("uiterlijk") && asked.contains("uitwisselafspraak"));
  const auto record = line(number(part(body, kHolderOne).at("logIndex")));
  EXPECT_THAT(one.traceparent(), HasSubstr(std::string(record.at("span_id").as_string())));
}

TEST_F(PullRoutes, ALyingHolderSpoilsOnlyItsOwnPart) {
  const std::vector<std::tuple<unsigned, std::string, std::string>> lies{{403, "{}", "geweigerd"},
                                                                         {500, "{}", "fout"},
                                                                         {302, "", "fout"},
                                                                         {200, "x", "fout"},
                                                                         {200, R"({"zaken":{}})", "fout"},
                                                                         {200, R"({"zaken":[{}]})", "fout"}};
  for (const auto& [status, text, wanted] : lies) {
    two.answers(status, text);
    const auto body = answer();
    EXPECT_EQ(outcome(part(body, kHolderTwo)), wanted) << status << text;
    EXPECT_FALSE(part(body, kHolderTwo).contains("zaken"));
    EXPECT_EQ(outcome(part(body, kHolderOne)), "beantwoord");
    EXPECT_FALSE(body.at("volledig").as_bool());
    const auto record = line(number(part(body, kHolderTwo).at("logIndex")));
    EXPECT_EQ(record.at("status").as_string(), "Unset") << "no fault of ours";
    two.answers(200, R"({"zaken":[]})");
    EXPECT_EQ(outcome(part(answer(), kHolderTwo)), "beantwoord");
  }
}

TEST_F(PullRoutes, AHangingHolderIsNamedWithinTheDeadline) {
  two.hangs();
  at.limits.pull_commit_margin = 300ms;
  const auto began = SteadyClock::now();
  const auto body = answer(R"(,"maxWachttijdMs":800)");
  EXPECT_LT(SteadyClock::now() - began, 5s);
  EXPECT_EQ(outcome(part(body, kHolderOne)), "beantwoord");
  EXPECT_EQ(outcome(part(body, kHolderTwo)), "nietTijdig");
  EXPECT_TRUE(part(body, kHolderTwo).contains("logIndex")) << "it was recorded in the commit margin";
}

TEST_F(PullRoutes, APartWhoseRecordComesLateIsNotShownAndItsRecordFollows) {
  at.sequencer.hold_after(2);  // the query and one part
  const auto response = pull(R"(,"maxWachttijdMs":1500)");
  const auto body = json::parse(response.body).as_object();
  int answered = 0;
  for (const auto& each : body.at("delen").as_array()) {
    if (each.at("uitkomst").as_string() == "beantwoord") ++answered;
    if (each.at("uitkomst").as_string() == "nietTijdig") {
      EXPECT_FALSE(each.as_object().contains("logIndex"));
      EXPECT_FALSE(each.as_object().contains("zaken"));
    }
  }
  EXPECT_EQ(answered, 1) << response.body;
  const auto size = at.log_size();
  at.sequencer.release();
  EXPECT_TRUE(at.tasks.drain(10s));
  ASSERT_EQ(at.log_size(), size + 1);
  EXPECT_EQ(line(size).at("attributes").at("wissel.actie").as_string(), "verstrekken");
}

TEST_F(PullRoutes, NobodyIsAskedBeforeTheQueryIsRecorded) {
  at.sequencer.hold_after(0);
  const auto response = pull(R"(,"maxWachttijdMs":200)");
  EXPECT_EQ(response.status, 503U);
  EXPECT_EQ(TestGateway::header(response, "Wissel-Log-Index"), "");
  EXPECT_EQ(one.times_asked() + two.times_asked(), 0);
  at.sequencer.release();
  EXPECT_TRUE(at.tasks.drain(10s));
  EXPECT_EQ(one.times_asked() + two.times_asked(), 0);
}

TEST_F(PullRoutes, TheBreakerSkipsWhoFailsEachTime) {
  two.answers(500, "{}");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(outcome(part(answer(), kHolderTwo)), "fout");
  const auto body = answer();
  EXPECT_EQ(outcome(part(body, kHolderTwo)), "overgeslagen");
  EXPECT_TRUE(part(body, kHolderTwo).contains("logIndex"));
  EXPECT_EQ(two.times_asked(), 5);
}

TEST_F(PullRoutes, AHolderWithoutAnEndpointOrWithAnotherCertificateIsOutOfReach) {
  at.participant(kHolderOne, {});
  at.participant(kHolderTwo, one.endpoints());  // whose certificate names the other one
  const auto body = answer();
  EXPECT_EQ(outcome(part(body, kHolderOne)), "onbereikbaar");
  EXPECT_EQ(outcome(part(body, kHolderTwo)), "onbereikbaar");
  EXPECT_EQ(one.times_asked(), 0);
}

TEST_F(PullRoutes, ARefusalIsRecordedAndNothingAsked) {
  agree_on({}, false);
  const auto size = at.log_size();
  const auto response = pull();
  EXPECT_EQ(response.status, 403U);
  EXPECT_THAT(response.body, HasSubstr("handeling-niet-gedekt"));
  EXPECT_EQ(at.log_size(), size + 1);
  EXPECT_FALSE(line(size).at("attributes").as_object().contains("wissel.bronhouders"));
  EXPECT_EQ(one.times_asked() + two.times_asked(), 0);
}

TEST_F(PullRoutes, AShieldedHolderLeavesNoTraceButInTheAnnex) {
  refer(at, kHolderTwo, 2, core::Zichtbaarheid::kAfgeschermd);
  const auto size = at.log_size();
  const auto body = answer();
  EXPECT_TRUE(body.at("volledig").as_bool());
  EXPECT_EQ(body.at("delen").as_array().size(), 1U);
  EXPECT_EQ(at.log_size(), size + 2) << "the query and the part of the other";
  const auto annex = at.store.get(core::Family::kAnnex, core::log_key(size)).value().value();
  EXPECT_THAT(annex, HasSubstr(kHolderTwo.str()));
  EXPECT_EQ(two.times_asked(), 0);
}

TEST_F(PullRoutes, NobodyKnownIsACompleteAnswer) {
  const auto body = answer(R"(,"bronhouders":["00000099000000007000"])");
  EXPECT_EQ(json::serialize(body), R"({"volledig":true,"delen":[]})");
}

TEST_F(PullRoutes, ShowsOnlyTheFieldsAgreed) {
  agree_on(std::vector<std::string>{"status"});
  const auto mine = part(answer(), kHolderOne);
  const auto& shown = mine.at("zaken").as_array().at(0).as_object();
  EXPECT_TRUE(shown.contains("status"));
  EXPECT_FALSE(shown.contains("zaak"));
}

TEST_F(PullRoutes, StreamsEachPartAndThenTheEnd) {
  two.answers(403, "{}");
  const auto response = pull({}, "application/x-ndjson");
  EXPECT_EQ(response.content_type, "application/x-ndjson");
  std::istringstream lines(response.body);
  std::vector<json::value> all;
  for (std::string text; std::getline(lines, text);) all.push_back(json::parse(text));
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(all[0].as_object().contains("bronhouder"));
  EXPECT_EQ(json::serialize(all[2]), R"({"volledig":false})");
}

TEST_F(PullRoutes, FaultsOfTheBodyComeTogether) {
  const auto response = pull(R"(,"maxWachttijdMs":99,"bronhouders":["x"],"raar":1)");
  EXPECT_EQ(response.status, 400U);
  for (const auto* where : {"/maxWachttijdMs", "/bronhouders/0", "/raar"}) {
    EXPECT_THAT(response.body, HasSubstr(where));
  }
  EXPECT_EQ(pull({}, {}, kAuditor).status, 403U);
}

}  // namespace
}  // namespace wissel::test
