#include "bench/load/requests.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <set>

namespace wissel::load {
namespace {

namespace json = boost::json;

class RequestsTest : public testing::Test {
 protected:
  struct Split {
    std::string head;
    json::object body;
  };
  Split written(Kind kind, std::size_t partner, std::uint64_t ticket, std::uint64_t random) {
    std::string out;
    requests.write(kind, partner, ticket, random, out);
    const auto end = out.find("\r\n\r\n") + 4;
    const auto body = out.substr(end);
    EXPECT_NE(out.find("Content-Length: " + std::to_string(body.size()) + "\r\n"), std::string::npos);
    EXPECT_NE(out.find("Host: localhost:8443\r\n"), std::string::npos);
    return {out.substr(0, end), json::parse(body).as_object()};
  }

  Network network{.host = "localhost",
                  .port = "8443",
                  .ca = "",
                  .daemon = 1,
                  .agreement = "01a20323-5ff1-75c1-9e51-77bbff572251",
                  .partners = {{"00000099000000101000", "", ""}, {"00000099000000102000", "", ""}}};
  std::vector<std::string> persons{"000009830", "000009842", "000009854"};
  Requests requests{network, persons, "7"};
};

TEST_F(RequestsTest, ASearchAsksAboutAPersonUnderTheAgreement) {
  const auto [head, body] = written(Kind::kSearch, 0, 1, 4);
  EXPECT_TRUE(head.starts_with("POST /v1/zoekopdrachten HTTP/1.1\r\n"));
  EXPECT_EQ(body.at("onderwerp").at("waarde").as_string(), "000009842");
  EXPECT_EQ(body.at("grondslag").at("uitwisselafspraak").as_string(), network.agreement);
}

TEST_F(RequestsTest, APullAsksTheSameAtItsOwnPath) {
  EXPECT_TRUE(written(Kind::kPull, 0, 1, 4).head.starts_with("POST /v1/statusbevragingen HTTP/1.1\r\n"));
}

TEST_F(RequestsTest, APushIsAboutAZaakThatTheNetworkGaveItsSender) {
  // Round-robin: persons 1 and 3 went to the first partner, person 2 to the second.
  std::set<std::string> first;
  std::set<std::string> second;
  for (std::uint64_t random = 0; random < 20; ++random) {
    first.emplace(written(Kind::kPush, 0, 1, random).body.at("subject").as_string());
    second.emplace(written(Kind::kPush, 1, 1, random).body.at("subject").as_string());
  }
  EXPECT_EQ(first, (std::set<std::string>{"ZAAK-0000001", "ZAAK-0000003"}));
  EXPECT_EQ(second, (std::set<std::string>{"ZAAK-0000002"}));
}

TEST_F(RequestsTest, EveryPushHasAnIdOfItsOwn) {
  const auto [head, body] = written(Kind::kPush, 1, 12, 0);
  EXPECT_NE(head.find("Content-Type: application/cloudevents+json\r\n"), std::string::npos);
  EXPECT_EQ(body.at("id").as_string(), "load-7-12");
  EXPECT_EQ(json::serialize(body).size(), 1024U);
  EXPECT_EQ(body.at("source").as_string(), "urn:nld:oin:00000099000000102000:systeem:load");
}

TEST_F(RequestsTest, ARegistrationChangesWithEachTicket) {
  std::set<std::string> ends;
  for (std::uint64_t ticket = 0; ticket < 5'000; ++ticket) {
    const auto body = written(Kind::kRegister, 1, ticket, 0).body;
    EXPECT_EQ(body.at("zaak").at("identificatie").as_string(), "LOAD-0000002");
    EXPECT_EQ(body.at("betrokkenen").at(0).at("waarde").as_string(), "000009842");
    ends.emplace(body.at("geldigTot").as_string());
  }
  EXPECT_EQ(ends.size(), 5'000U);
}

TEST_F(RequestsTest, AGetAsksForTheRootAndHasNoReceipt) {
  std::string out;
  requests.write(Kind::kGet, 0, 1, 4, out);
  EXPECT_EQ(out, "GET / HTTP/1.1\r\nHost: localhost:8443\r\n\r\n");
  EXPECT_TRUE(Requests::is_expected(Kind::kGet, 200));
  EXPECT_FALSE(Requests::has_receipt(Kind::kGet));
  EXPECT_TRUE(Requests::has_receipt(Kind::kSearch));
}

TEST_F(RequestsTest, KnowsWhichStatusIsRight) {
  EXPECT_TRUE(Requests::is_expected(Kind::kSearch, 200));
  EXPECT_FALSE(Requests::is_expected(Kind::kSearch, 202));
  EXPECT_TRUE(Requests::is_expected(Kind::kPush, 202));
  EXPECT_TRUE(Requests::is_expected(Kind::kRegister, 200));
  EXPECT_TRUE(Requests::is_expected(Kind::kRegister, 201));
  EXPECT_FALSE(Requests::is_expected(Kind::kPull, 503));
}

}  // namespace
}  // namespace wissel::load
