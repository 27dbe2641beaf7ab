#include "bench/load/network.hpp"

#include <gtest/gtest.h>

namespace wissel::load {
namespace {

constexpr std::string_view kEnv =
    "WISSEL_URL=https://127.0.0.1:21182\n"
    "WISSEL_OPS_URL=http://127.0.0.1:30339\n"
    "WISSEL_CA=/net/pki/ca.pem\n"
    "WISSEL_PID=4242\n"
    "UITWISSELAFSPRAAK=01a20323-5ff1-75c1-9e51-77bbff572251\n"
    "P1_OIN=00000099000000101000\nP1_CERT=/net/pki/p1.pem\nP1_KEY=/net/pki/p1.key\n"
    "P2_OIN=00000099000000102000\nP2_CERT=/net/pki/p2.pem\nP2_KEY=/net/pki/p2.key\n";

TEST(ParseNetwork, ReadsTheEnvOfATestNetwork) {
  const auto network = parse_network(kEnv);
  ASSERT_TRUE(network.has_value()) << network.error();
  EXPECT_EQ(network->host, "127.0.0.1");
  EXPECT_EQ(network->port, "21182");
  EXPECT_EQ(network->authority(), "127.0.0.1:21182");
  EXPECT_EQ(network->daemon, 4242);
  EXPECT_EQ(network->agreement, "01a20323-5ff1-75c1-9e51-77bbff572251");
  ASSERT_EQ(network->partners.size(), 2U);
  EXPECT_EQ(network->partners[1].oin, "00000099000000102000");
  EXPECT_EQ(network->partners[1].key, "/net/pki/p2.key");
}

TEST(ParseNetwork, NamesTheVariableThatIsMissing) {
  for (const std::string name : {"WISSEL_URL", "WISSEL_CA", "WISSEL_PID", "UITWISSELAFSPRAAK", "P1_OIN", "P2_KEY"}) {
    std::string env(kEnv);
    const auto at = env.find(name + "=");
    env.replace(at, name.size(), "X");
    const auto network = parse_network(env);
    ASSERT_FALSE(network.has_value()) << name;
    EXPECT_NE(network.error().find(name), std::string::npos) << network.error();
  }
}

TEST(ParseNetwork, RefusesAnUrlWithoutPortAndAPidThatIsNoNumber) {
  for (const auto& [from, to] : {std::pair{"https://127.0.0.1:21182", "https://127.0.0.1"},
                                 std::pair{"https://127.0.0.1:21182", "http://127.0.0.1:21182"},
                                 std::pair{"WISSEL_PID=4242", "WISSEL_PID=42x"}}) {
    std::string env(kEnv);
    env.replace(env.find(from), std::string_view(from).size(), to);
    EXPECT_FALSE(parse_network(env).has_value()) << to;
  }
}

TEST(ParsePersons, FindsTheColumnByItsName) {
  const auto persons = parse_persons("\xEF\xBB\xBFgemeentecode,bsn\r\n0153,000009830\r\n\r\n0518,000009842\r\n");
  ASSERT_TRUE(persons.has_value()) << persons.error();
  EXPECT_EQ(*persons, (std::vector<std::string>{"000009830", "000009842"}));
}

TEST(ParsePersons, RefusesWithTheLineButNotTheValue) {
  const auto persons = parse_persons("bsn\n000009830\n12345678\"\n");
  ASSERT_FALSE(persons.has_value());
  EXPECT_NE(persons.error().find("line 3"), std::string::npos);
  EXPECT_EQ(persons.error().find("12345678"), std::string::npos);
}

TEST(ParsePersons, RefusesAFileWithoutTheColumnOrWithoutPersons) {
  EXPECT_FALSE(parse_persons("").has_value());
  EXPECT_FALSE(parse_persons("burgerservicenummer\n000009830\n").has_value());
  EXPECT_FALSE(parse_persons("bsn\n").has_value());
}

}  // namespace
}  // namespace wissel::load
