#include "tests/partner/behaviour.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace wissel::partner {
namespace {

using boost::json::parse;
using boost::json::serialize;

TEST(PartnerBehaviour, IsGoodUntilToldOtherwise) {
  Behaviours behaviours;
  EXPECT_EQ(behaviours.take(Operation::kQuery).kind, Kind::kGood);
  EXPECT_EQ(serialize(behaviours.shown()), R"({"bevraging":{"soort":"goed"},"gebeurtenis":{"soort":"goed"}})");
}

TEST(PartnerBehaviour, IsGoodAgainAfterTheNumberOfRequests) {
  Behaviours behaviours;
  ASSERT_TRUE(behaviours.set(parse(R"({"op":"bevraging","soort":"fout","status":503,"retryAfterS":7,"aantal":2})")));
  EXPECT_EQ(behaviours.take(Operation::kEvent).kind, Kind::kGood);
  const auto first = behaviours.take(Operation::kQuery);
  EXPECT_EQ(first.kind, Kind::kError);
  EXPECT_EQ(first.status, 503U);
  EXPECT_EQ(first.retry_after_s, 7U);
  EXPECT_EQ(behaviours.take(Operation::kQuery).kind, Kind::kError);
  EXPECT_EQ(behaviours.take(Operation::kQuery).kind, Kind::kGood);
}

TEST(PartnerBehaviour, AllesCountsBothOperationsTogether) {
  Behaviours behaviours;
  ASSERT_TRUE(behaviours.set(parse(R"({"op":"alles","soort":"verbreekt","aantal":2})")));
  EXPECT_EQ(behaviours.take(Operation::kEvent).kind, Kind::kBreak);
  EXPECT_EQ(behaviours.take(Operation::kQuery).kind, Kind::kBreak);
  EXPECT_EQ(behaviours.take(Operation::kEvent).kind, Kind::kGood);
}

TEST(PartnerBehaviour, TheOtherCertificateCountsByHandshake) {
  Behaviours behaviours;
  ASSERT_TRUE(behaviours.set(parse(R"({"op":"gebeurtenis","soort":"certificaat","aantal":1})")));
  EXPECT_EQ(behaviours.take(Operation::kEvent).kind, Kind::kCertificate);
  EXPECT_TRUE(behaviours.take_other_certificate());
  EXPECT_FALSE(behaviours.take_other_certificate());
  EXPECT_EQ(behaviours.take(Operation::kEvent).kind, Kind::kGood);
}

TEST(PartnerBehaviour, RefusesWhatItDoesNotKnowAndStaysAsItWas) {
  Behaviours behaviours;
  for (const auto* wrong :
       {R"([])", R"({"soort":"goed"})", R"({"op":"iets","soort":"goed"})", R"({"op":"alles","soort":"raar"})",
        R"({"op":"alles","soort":"fout","status":200})", R"({"op":"alles","soort":"hangt","aantal":0})",
        R"({"op":"alles","soort":"vertraging","ms":-1})", R"({"op":"alles","soort":"goed","extra":1})"}) {
    EXPECT_FALSE(behaviours.set(parse(wrong))) << wrong;
  }
  EXPECT_EQ(behaviours.take(Operation::kQuery).kind, Kind::kGood);
}

}  // namespace
}  // namespace wissel::partner
