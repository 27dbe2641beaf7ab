#include "tests/partner/dossier.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace wissel::partner {
namespace {

using boost::json::parse;

struct Pair {
  const char* name;
  const char* one;
  const char* other;
};

TEST(PartnerSubject, FormsOfOneSubjectAreOne) {
  for (const auto& [name, one, other] : {
           Pair{"bsn of eight digits", R"({"soort":"bsn","waarde":"09999001"})",
                R"({"soort":"bsn","waarde":"009999001"})"},
           Pair{"organisation as RSIN", R"({"soort":"zaak","bronorganisatie":"2220647","waarde":"Z1"})",
                R"({"soort":"zaak","bronorganisatie":"00000001002220647000","waarde":"Z1"})"},
       }) {
    EXPECT_EQ(canonical_subject(parse(one)), canonical_subject(parse(other))) << name;
  }
}

TEST(PartnerSubject, OtherSubjectsStayApart) {
  const auto bsn = canonical_subject(parse(R"({"soort":"bsn","waarde":"999990019"})"));
  EXPECT_NE(bsn, canonical_subject(parse(R"({"soort":"rsin","waarde":"999990019"})")));
  EXPECT_NE(canonical_subject(parse(R"({"soort":"zaak","bronorganisatie":"2220647","waarde":"Z1"})")),
            canonical_subject(parse(R"({"soort":"zaak","bronorganisatie":"2220647","waarde":"z1"})")));
}

TEST(PartnerSubject, RefusesWhatIsIncomplete) {
  for (const auto* wrong : {R"({})", R"({"soort":"bsn"})", R"({"soort":"zaak","waarde":"Z1"})",
                            R"({"soort":"overig","waarde":"x"})", R"({"soort":"iets","waarde":"x"})", R"("bsn")"}) {
    EXPECT_FALSE(canonical_subject(parse(wrong))) << wrong;
  }
}

TEST(PartnerDossier, FindsAZaakUnderEachOfItsSubjectsAndReplacesItsStatus) {
  Dossier dossier;
  const auto zaak = [](int status) {
    return parse(R"({"onderwerpen":[{"soort":"bsn","waarde":"999990019"},{"soort":"kvkNummer","waarde":"12345678"}],
      "zaak":{"zaak":{"identificatie":"Z1","bronorganisatie":"2220647"},"status":{"volgnummer":)" +
                 std::to_string(status) + "}}}");
  };
  ASSERT_TRUE(dossier.add(zaak(1)));
  ASSERT_TRUE(dossier.add(zaak(2)));
  for (const auto* subject :
       {R"({"soort":"bsn","waarde":"999990019"})", R"({"soort":"kvkNummer","waarde":"12345678"})"}) {
    const auto found = dossier.find(canonical_subject(parse(subject)).value());
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].at_pointer("/status/volgnummer").as_int64(), 2);
  }
  EXPECT_TRUE(dossier.find("bsn").empty());
}

TEST(PartnerDossier, AddsNothingWhenOneSubjectIsWrong) {
  Dossier dossier;
  const auto good = R"({"soort":"bsn","waarde":"999990019"})";
  EXPECT_FALSE(dossier.add(parse(std::string(R"({"onderwerpen":[)") + good + R"(,{"soort":"iets"}],"zaak":{}})")));
  EXPECT_TRUE(dossier.find(canonical_subject(parse(good)).value()).empty());
}

}  // namespace
}  // namespace wissel::partner
