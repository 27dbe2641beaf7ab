// Quota and the brake over their routes: what is refused and how, what is recorded, who lets go.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/log/stored.hpp"
#include "tests/unit/transport/agreed.hpp"
#include "tests/unit/transport/test_gateway.hpp"
#include "transport/routes/resources.hpp"
#include "transport/work/limits.hpp"

namespace wissel::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::HasSubstr;

const core::Oin kOperator = oin("00000099000000009000");

class LimitRoutes : public testing::Test {
 protected:
  LimitRoutes() {
    at.listeners.add(worker);
    at.router = std::make_unique<Router>(at.gateway,
                                         std::vector<Routes>{search_routes(), subscription_routes(), brake_routes()});
    core::Participant beheerder{kOperator, "Beheerder", {}, {}, {}, {}, {}, {}};
    beheerder.stand = core::Stand::kAangesloten;
    beheerder.rollen.add(core::Role::kSchakelpuntbeheerder);
    at.change(core::PutParticipant{std::move(beheerder), {}});
    agree_on({});
    EXPECT_TRUE(worker.start());
  }
  ~LimitRoutes() override {
    if (!stopped) worker.stop();
  }

  void agree_on(std::optional<std::uint32_t> per_minute) {
    auto out = agreement_of({kHolderOne}, {kAfnemer, kBystander});
    out.per_minuut = per_minute;
    agree(at, std::move(out));
  }
  Response search(std::size_t subjects = 1, const core::Oin& who = kAfnemer) {
    std::string list;
    for (std::size_t i = 0; i < subjects; ++i) {
      list += (i > 0 ? "," : "") + std::string(R"({"soort":"bsn","waarde":"999990019"})");
    }
    return at.ask(Method::kPost, "/v1/zoekopdrachten", who, R"({"onderwerpen":[)" + list + "]," + ground() + "}");
  }
  static std::string code(const Response& response) {
    return std::string(json::parse(response.body).at("code").as_string());
  }
  Response release(const std::string& id, const core::Oin& who = kOperator) {
    return at.ask(Method::kPost, "/v1/remmen/" + id + "/vrijgave", who,
                  R"({"reden":"inhaalslag","gebruiker":{"id":"b-1","soort":"medewerker"}})");
  }
  json::array brakes(const core::Oin& who) { return at.get_json("/v1/remmen", who).at("remmen").as_array(); }
  core::LogRecord record(std::uint64_t index) {
    const auto stored = at.store.get(core::Family::kRecord, core::log_key(index)).value().value();
    return core::decode_line(core::decode_record(stored).value().line).value();
  }
  /// Everything that is left to be recorded, recorded.
  void end() {
    worker.stop();
    stopped = true;
  }

  TestGateway at{core::LimiterSettings{.per_minute = 50, .factor = 10, .floor = 20, .learning = 4}};
  LimitsWorker worker{work_ports(at.gateway), at.limiter, WorkThread{at.threads.context(0), 0}, {1h, 1h}};
  bool stopped = false;
};

TEST_F(LimitRoutes, EverySubjectCountsUnderTheAgreement) {
  agree_on(10);
  EXPECT_EQ(search(8).status, 200U);
  const auto size = at.log_size();
  const auto over = search(3);
  EXPECT_EQ(over.status, 429U);
  EXPECT_EQ(code(over), "quotum");
  EXPECT_EQ(TestGateway::header(over, "Retry-After"), "6") << "a tenth of a minute for one";
  EXPECT_EQ(TestGateway::header(over, "Wissel-Log-Index"), "");
  EXPECT_EQ(at.log_size(), size) << "no record for each refusal";
  EXPECT_EQ(search(8, kBystander).status, 200U) << "another party has its own";
  EXPECT_THAT(search(11).body, HasSubstr("ten hoogste 10 onderwerpen"));
}

TEST_F(LimitRoutes, AllAccessesOfAParticipantCount) {
  for (int i = 0; i < 50; ++i) ASSERT_EQ(at.get("/v1/remmen", kAfnemer).status, 200U);
  EXPECT_EQ(code(at.get("/v1/remmen", kAfnemer)), "quotum");
  EXPECT_EQ(code(at.get("/v1/bestaat-niet", kAfnemer)), "quotum") << "also what would be refused";
  EXPECT_EQ(at.get("/v1/remmen", kBystander).status, 200U);
}

TEST_F(LimitRoutes, OneRecordForAllThatWasRefusedToAParty) {
  agree_on(1);
  EXPECT_EQ(search().status, 200U);
  const auto size = at.log_size();
  for (int i = 0; i < 7; ++i) EXPECT_EQ(search().status, 429U);
  end();
  ASSERT_EQ(at.log_size(), size + 1);
  const auto line = record(size);
  EXPECT_EQ(line.object, "geweigerd:7");
  EXPECT_EQ(line.actie, core::Actie::kZoeken);
  EXPECT_EQ(line.uitkomst, core::Uitkomst::kGeweigerd);
  EXPECT_EQ(line.code, "quotum");
  EXPECT_EQ(line.http, 429);
  EXPECT_EQ(line.oin, kAfnemer);
}

TEST_F(LimitRoutes, TripsIsToldToThoseItConcernsAndLetGoByAPerson) {
  EXPECT_EQ(search(20).status, 200U);
  const auto index = at.log_size();
  const auto tripped = search(5);
  EXPECT_EQ(code(tripped), "geremd");
  EXPECT_EQ(TestGateway::header(tripped, "Retry-After"), "60");
  EXPECT_THAT(tripped.body, HasSubstr("25 onderwerpen in een minuut"));
  ASSERT_EQ(at.log_size(), index + 1) << "the brake has its record before this was answered";
  EXPECT_EQ(record(index).code, "geremd");
  EXPECT_EQ(code(search()), "geremd");
  EXPECT_EQ(search(1, kBystander).status, 200U);

  EXPECT_EQ(brakes(kBystander).size(), 0U) << "nobody else's business";
  ASSERT_EQ(brakes(kAfnemer).size(), 1U);
  ASSERT_EQ(brakes(kOperator).size(), 1U);
  const auto id = std::string(brakes(kAfnemer)[0].at("id").as_string());
  EXPECT_EQ(record(index).object, "rem:" + id);

  EXPECT_EQ(release(id, kAfnemer).status, 403U);
  EXPECT_EQ(release("x").status, 404U);
  const auto released = release(id);
  EXPECT_EQ(released.status, 200U) << released.body;
  EXPECT_EQ(record(std::stoull(TestGateway::header(released, "Wissel-Log-Index"))).object, "rem:" + id);
  EXPECT_EQ(search(25).status, 200U) << "what was asked is normal now";
  EXPECT_EQ(release(id).status, 404U);
  EXPECT_TRUE(brakes(kOperator).empty());
}

TEST_F(LimitRoutes, ABrakeHasOneRecordForAllThatItTurnedAway) {
  EXPECT_EQ(code(search(21)), "geremd");
  const auto size = at.log_size();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(code(search()), "geremd");
  end();
  ASSERT_EQ(at.log_size(), size + 1);
  EXPECT_EQ(record(size).object, "geweigerd:3");
  EXPECT_EQ(record(size).uitwisselafspraak, kAgreement.str());
}

TEST_F(LimitRoutes, ABrakeThatCannotBeStoredIsPulledByTheNextRequest) {
  at.sequencer.fail_after(0);
  EXPECT_EQ(search(21).status, 503U);
  at.sequencer.fail_after(-1);
  EXPECT_EQ(code(search(1)), "geremd");
  EXPECT_EQ(brakes(kAfnemer).size(), 1U);
}

}  // namespace
}  // namespace wissel::test
