// The codecs of subject, basis and reference: round trips and refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "core/json/parse.hpp"
#include "core/json/write.hpp"
#include "core/messages/basis.hpp"
#include "core/messages/reference_codec.hpp"
#include "core/messages/subject_codec.hpp"

namespace wissel::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Refusal {
  const char* what;
  const char* text;
  std::vector<std::string> places;
};

std::vector<std::string> places(const Faults& faults) {
  std::vector<std::string> out;
  for (const auto& fault : faults.list()) out.push_back(fault.name + " " + std::string(info(fault.code).text));
  return out;
}

TEST(SubjectCodec, RoundTripsEachKind) {
  for (const char* text :
       {R"({"soort":"bsn","waarde":"999990019"})", R"({"soort":"rsin","waarde":"002220647"})",
        R"({"soort":"kvkNummer","waarde":"12345678"})", R"({"soort":"vestigingsnummer","waarde":"000012345678"})",
        R"({"soort":"zaak","waarde":"ZAAK-é","bronorganisatie":"00000001002220647000"})",
        R"({"soort":"verzoek","waarde":"V1","bronorganisatie":"00000099000000001000"})",
        R"({"soort":"overig","waarde":"XX-99","stelsel":"urn:voorbeeld:kenteken"})"}) {
    Faults faults;
    const auto subject = read_subject(*parse_json(text), "", faults);
    ASSERT_TRUE(subject) << text;
    EXPECT_EQ(write_json(write_subject(*subject)), text);
  }
}

TEST(SubjectCodec, GivesOneCanonicalForm) {
  Faults faults;
  const auto a =
      read_subject(*parse_json(R"({"soort":"zaak","waarde":"Z1","bronorganisatie":"002220647"})"), "", faults);
  const auto b = read_subject(*parse_json(R"({"soort":"zaak","waarde":"Z1","bronorganisatie":"00000001002220647000"})"),
                              "", faults);
  EXPECT_EQ(a, b);
  const auto c = read_subject(*parse_json(R"({"soort":"bsn","waarde":"02220647"})"), "", faults);
  EXPECT_EQ(c->canonical(), "002220647");
}

TEST(SubjectCodec, NamesEveryFault) {
  const std::array<Refusal, 12> cases{
      {{"elfproef", R"({"soort":"bsn","waarde":"123456789"})", {"/waarde elfproef"}},
       {"not digits", R"({"soort":"bsn","waarde":"12345678a"})", {"/waarde veld-waarde"}},
       {"number instead of text", R"({"soort":"bsn","waarde":999990019})", {"/waarde veld-type"}},
       {"unknown kind", R"({"soort":"BSN","waarde":"999990019"})", {"/soort veld-waarde"}},
       {"nothing", R"({})", {"/soort veld-ontbreekt", "/waarde veld-ontbreekt"}},
       {"list", R"([])", {" veld-type"}},
       {"zaak without bronorganisatie", R"({"soort":"zaak","waarde":"Z"})", {"/bronorganisatie veld-ontbreekt"}},
       {"both wrong",
        R"({"soort":"zaak","waarde":"e\u0301","bronorganisatie":"123456789"})",
        {"/bronorganisatie veld-waarde", "/waarde veld-waarde"}},
       {"bsn with stelsel", R"({"soort":"bsn","waarde":"999990019","stelsel":"urn:x"})", {"/stelsel veld-onbekend"}},
       {"overig without stelsel", R"({"soort":"overig","waarde":"x"})", {"/stelsel veld-ontbreekt"}},
       {"overig with a word", R"({"soort":"overig","waarde":"x","stelsel":"y"})", {"/stelsel veld-waarde"}},
       {"zero byte", R"({"soort":"overig","waarde":"a\u0000b","stelsel":"urn:x"})", {"/waarde veld-waarde"}}}};
  for (const Refusal& c : cases) {
    Faults faults;
    EXPECT_FALSE(read_subject(*parse_json(c.text), "", faults)) << c.what;
    EXPECT_EQ(places(faults), c.places) << c.what;
  }
}

TEST(BasisCodec, RoundTrips) {
  const char* text =
      R"({"uitwisselafspraak":"0198c5a2-0000-7000-8000-000000000000","doel":"https://x.nl/doel","toestemming":"t","machtiging":"m"})";
  Faults faults;
  const auto basis = read_basis(*parse_json(text), "", faults);
  ASSERT_TRUE(basis);
  EXPECT_EQ(write_json(write_basis(*basis)), text);
  const char* user_text =
      R"({"id":"u1","soort":"medewerker","functie":"consulent","betrouwbaarheidsniveau":"substantieel"})";
  const auto user = read_acting_user(*parse_json(user_text), "", faults);
  ASSERT_TRUE(user);
  EXPECT_EQ(write_json(write_acting_user(*user)), user_text);
  EXPECT_LT(*user->betrouwbaarheidsniveau, Betrouwbaarheidsniveau::kHoog);
}

TEST(BasisCodec, NamesEveryFault) {
  Faults faults;
  EXPECT_FALSE(read_basis(*parse_json(R"({"doel":"geen uri","x":1})"), "/grondslag", faults));
  EXPECT_FALSE(read_acting_user(*parse_json(R"({"soort":"robot"})"), "/gebruiker", faults));
  EXPECT_THAT(places(faults), ElementsAre("/grondslag/uitwisselafspraak veld-ontbreekt", "/grondslag/doel veld-waarde",
                                          "/grondslag/x veld-onbekend", "/gebruiker/id veld-ontbreekt",
                                          "/gebruiker/soort veld-waarde"));
}

constexpr const char* kReference =
    R"({"zaak":{"identificatie":"ZAAK-2026-00042","bronorganisatie":"00000001002220647000"},)"
    R"("verzoek":{"identificatie":"V1","bronorganisatie":"00000001002220647000"},)"
    R"("betrokkenen":[{"soort":"bsn","waarde":"999990019"}],"kenmerk":"K1","zaaktype":"bijstand","categorie":"uitkering",)"
    R"("zichtbaarheid":"beperkt","geldigTot":"2030-01-01T00:00:00Z"})";

TEST(ReferenceCodec, RoundTrips) {
  Faults faults;
  const auto reference = read_reference(*parse_json(kReference), "", faults);
  ASSERT_TRUE(reference);
  EXPECT_EQ(write_json(write_reference(*reference)), kReference);
  EXPECT_EQ(reference->subjects().size(), 3U);
}

TEST(ReferenceCodec, TheKeyIsZaakThenVerzoekThenKenmerk) {
  Faults faults;
  const auto holder = *Oin::parse("00000001002220647000");
  auto reference = *read_reference(*parse_json(kReference), "", faults);
  EXPECT_EQ(reference.id(holder).str(), "8307d393-a846-812b-a074-5657606a4df0");
  reference.zaak.reset();
  EXPECT_EQ(reference.id(holder), reference_id(holder, ReferenceKeyKind::kVerzoek, "00000001002220647000V1"));
  reference.verzoek.reset();
  EXPECT_EQ(reference.id(holder), reference_id(holder, ReferenceKeyKind::kKenmerk, "K1"));
}

TEST(ReferenceCodec, ARepeatedSubjectCountsOnce) {
  Faults faults;
  const auto reference =
      read_reference(*parse_json(R"({"kenmerk":"K","betrokkenen":[{"soort":"bsn","waarde":"02220647"},)"
                                 R"({"soort":"bsn","waarde":"002220647"}]})"),
                     "", faults);
  ASSERT_TRUE(reference);
  EXPECT_EQ(reference->subjects().size(), 1U);
}

TEST(ReferenceCodec, NamesEveryFault) {
  std::string many = R"({"kenmerk":"K","betrokkenen":[)";
  for (int i = 0; i < 51; ++i) many += std::string(i == 0 ? "" : ",") + R"({"soort":"bsn","waarde":"999990019"})";
  many += "]}";
  const std::array<Refusal, 9> cases{
      {{"nothing", "{}", {"/kenmerk veld-ontbreekt", " veld-ontbreekt"}},
       {"nobody", R"({"kenmerk":"K"})", {" veld-ontbreekt"}},
       {"empty list", R"({"kenmerk":"K","betrokkenen":[]})", {" veld-ontbreekt"}},
       {"no key", R"({"betrokkenen":[{"soort":"bsn","waarde":"999990019"}]})", {"/kenmerk veld-ontbreekt"}},
       {"kenmerk is a BSN",
        R"({"kenmerk":"999990019","betrokkenen":[{"soort":"bsn","waarde":"999990019"}]})",
        {"/kenmerk elfproef"}},
       {"kenmerk is a short BSN",
        R"({"kenmerk":"02220647","betrokkenen":[{"soort":"bsn","waarde":"999990019"}]})",
        {"/kenmerk elfproef"}},
       {"too many", many.c_str(), {"/betrokkenen veld-waarde"}},
       {"several",
        R"({"zaak":{"identificatie":""},"betrokkenen":[{"soort":"bsn","waarde":"123456789"}],"zichtbaarheid":"x","y":1})",
        {"/zaak/bronorganisatie veld-ontbreekt", "/zaak/identificatie veld-waarde", "/betrokkenen/0/waarde elfproef",
         "/zichtbaarheid veld-waarde", "/y veld-onbekend"}},
       {"wrong type", R"({"betrokkenen":"x","kenmerk":"K"})", {"/betrokkenen veld-type"}}}};
  for (const Refusal& c : cases) {
    Faults faults;
    EXPECT_FALSE(read_reference(*parse_json(c.text), "", faults)) << c.what;
    EXPECT_EQ(places(faults), c.places) << c.what;
    for (const auto& fault : faults.list()) EXPECT_THAT(fault.reason, Not(HasSubstr("999990019")));
  }
}

TEST(ReferenceLines, SetOrWithdraw) {
  const auto set = parse_reference_line(std::string(R"({"zet":)") + kReference + "}");
  ASSERT_TRUE(set);
  EXPECT_TRUE(std::holds_alternative<ReferenceInput>(*set));
  const auto withdraw = parse_reference_line(R"({"trekIn":"8307d393-a846-812b-a074-5657606a4df0"})");
  ASSERT_TRUE(withdraw);
  EXPECT_EQ(std::get<WithdrawLine>(*withdraw).id.str(), "8307d393-a846-812b-a074-5657606a4df0");
}

TEST(ReferenceLines, ALineCutAnywhereIsRefused) {
  const std::string line = std::string(R"({"zet":)") + kReference + "}";
  for (std::size_t i = 0; i < line.size(); ++i) EXPECT_FALSE(parse_reference_line(line.substr(0, i))) << i;
  for (const char* bad : {"{}", "[]", R"({"zet":{}})", R"({"trekIn":"x"})", R"({"zet":1})", R"({"x":1})",
                          R"({"zet":{},"trekIn":"8307d393-a846-812b-a074-5657606a4df0"})"}) {
    EXPECT_FALSE(parse_reference_line(bad)) << bad;
  }
}

}  // namespace
}  // namespace wissel::core
