#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <sstream>
#include <unordered_set>

#include "core/identity/number.hpp"
#include "core/identity/oin.hpp"
#include "core/identity/subject.hpp"
#include "core/identity/text.hpp"
#include "core/identity/uuid.hpp"
#include "core/identity/zaak_id.hpp"

namespace wissel::core {
namespace {

using testing::HasSubstr;
using testing::Not;

template <class T>
std::string printed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

TEST(Elfproef, AgreesWithTheKnownNumbers) {
  for (const char* good : {"123456782", "111222333", "999990342", "999990019", "249566758", "002220647", "822477348"}) {
    EXPECT_TRUE(passes_elfproef(good)) << good;
  }
  for (const char* bad : {"123456789", "000000000", "", "12345678", "1234567820", "12345678a"}) {
    EXPECT_FALSE(passes_elfproef(bad)) << bad;
  }
}

TEST(Elfproef, SeesABsnOnlyInTheWholeText) {
  EXPECT_TRUE(resembles_bsn("999990019"));
  EXPECT_TRUE(resembles_bsn("02220647"));
  EXPECT_FALSE(resembles_bsn("ZAAK-999990019"));
  EXPECT_FALSE(resembles_bsn("999990018"));
}

TEST(BsnParse, PadsEightDigitsAndPrintsMasked) {
  const auto bsn = Bsn::parse("02220647");
  ASSERT_TRUE(bsn);
  EXPECT_EQ(bsn->clear(), "002220647");
  EXPECT_EQ(bsn->masked(), "*******47");
  EXPECT_EQ(printed(*bsn), "*******47");
}

TEST(BsnParse, RefusesWithoutRepeatingTheDigits) {
  for (const char* bad : {"123456789", "000000000", "1234567", "1234567890", "12345678 ", " 23456782", "", "١٢٣"}) {
    const auto bsn = Bsn::parse(bad);
    ASSERT_FALSE(bsn) << bad;
    EXPECT_EQ(bsn.error().code, Errc::kInvalidInput);
    if (*bad != '\0') {
      EXPECT_THAT(bsn.error().detail, Not(HasSubstr(bad)));
    }
  }
}

TEST(OtherNumbers, CheckTheirLength) {
  EXPECT_TRUE(KvkNummer::parse("12345678"));
  EXPECT_FALSE(KvkNummer::parse("1234567"));
  EXPECT_FALSE(KvkNummer::parse("1234567a"));
  EXPECT_TRUE(Vestigingsnummer::parse("000012345678"));
  EXPECT_FALSE(Vestigingsnummer::parse("12345678901"));
  EXPECT_EQ(printed(*KvkNummer::parse("12345678")), "******78");
  EXPECT_EQ(Rsin::parse("02220647")->clear(), "002220647");
}

TEST(OinParse, AcceptsEachKnownPrefix) {
  for (const char* good :
       {"00000001002220647000", "00000001822477348000", "00000001823288444000", "00000003123456780000",
        "00000004194049711000", "00000004114202890000", "00000099000000001000", "0000000700AB00000000"}) {
    const auto oin = Oin::parse(good);
    ASSERT_TRUE(oin) << good;
    EXPECT_EQ(oin->view(), good);
  }
}

TEST(OinParse, RefusesWhatIsMalformed) {
  struct Case {
    const char* what;
    const char* text;
  };
  for (const Case& c : std::to_array<Case>({{"empty", ""},
                                            {"too short", "0000000100222064700"},
                                            {"too long", "000000010022206470000"},
                                            {"lower case", "0000000700ab00000000"},
                                            {"free prefix", "00000005002220647000"},
                                            {"unknown prefix", "00000011002220647000"},
                                            {"letter in the prefix", "0000000A002220647000"},
                                            {"no zeros at the end", "00000001002220647001"},
                                            {"elfproef", "00000001123456789000"},
                                            {"KvK with nine digits", "00000003123456789000"},
                                            {"KvK with a letter", "000000031234567A0000"},
                                            {"space", "00000099 00000001000"}})) {
    EXPECT_FALSE(Oin::parse(c.text)) << c.what;
  }
}

TEST(OinParse, KnowsRsinTestAndMask) {
  const auto oin = Oin::from_rsin(*Rsin::parse("002220647"));
  EXPECT_EQ(oin.view(), "00000001002220647000");
  EXPECT_EQ(oin, *Oin::parse("00000001002220647000"));
  EXPECT_EQ(oin.rsin()->clear(), "002220647");
  EXPECT_FALSE(oin.is_test());
  EXPECT_TRUE(Oin::parse("00000099000000001000")->is_test());
  EXPECT_FALSE(Oin::parse("00000099000000001000")->rsin());
  EXPECT_EQ(printed(oin), "00000001*******47000");
  EXPECT_EQ((std::unordered_set<Oin>{oin, oin}.size()), 1U);
}

TEST(Text, ComposedLettersPassAndLooseMarksDoNot) {
  EXPECT_TRUE(is_composed_text("Zaak Zoë é ñ ß ł Ő 中文 한 Привет"));
  EXPECT_FALSE(is_composed_text("Zoe\xCC\x88"));               // e + U+0308
  EXPECT_FALSE(is_composed_text("\xE2\x84\xAB"));              // U+212B, which NFC turns into U+00C5
  EXPECT_FALSE(is_composed_text("\xE1\x84\x80\xE1\x85\xA1"));  // Hangul in two halves
  EXPECT_FALSE(is_composed_text("\xC3\x28"));                  // not UTF-8
}

TEST(Text, CountsCodePointsAndRefusesBadUtf8) {
  EXPECT_EQ(utf8_length("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), 4U);
  for (const char* bad : {"\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xFF", "\xF0\x9F\x98"}) {
    EXPECT_FALSE(utf8_length(bad));
  }
}

TEST(Text, ControlCharactersAndNoncharactersAreNotPlain) {
  EXPECT_TRUE(is_plain_text("gewoon é"));
  EXPECT_FALSE(is_plain_text("a\nb"));
  EXPECT_TRUE(is_plain_text("a\nb", LineBreaks::kAllowed));
  for (const char* bad : {"\x01", "\x7F", "\xC2\x85", "\xEF\xBF\xBE", "\xEF\xB7\x90", "\xF0\x9F\xBF\xBF"}) {
    EXPECT_FALSE(is_plain_text(bad, LineBreaks::kAllowed));
  }
}

TEST(ZaakIdParse, KeepsTheIdentificatieByteForByte) {
  const auto oin = *Oin::parse("00000001002220647000");
  const auto id = ZaakId::parse(oin, "Zaak-ë-1");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->canonical(), "00000001002220647000Zaak-ë-1");
  EXPECT_EQ(*ZaakId::parse_canonical(id->canonical()), *id);
  EXPECT_NE(*ZaakId::parse(oin, "zaak-ë-1"), *id);
  EXPECT_THAT(printed(*id), Not(HasSubstr("Zaak")));
}

TEST(ZaakIdParse, RefusesLengthControlsAndLooseMarks) {
  const auto oin = *Oin::parse("00000001002220647000");
  EXPECT_TRUE(ZaakId::parse(oin, std::string(40, 'x')));
  std::string forty;
  for (int i = 0; i < 40; ++i) forty += "é";
  EXPECT_TRUE(ZaakId::parse(oin, forty));
  for (const std::string& bad : {std::string(), std::string(41, 'x'), std::string("a\0b", 3), std::string("a\tb"),
                                 std::string("e\xCC\x81"), std::string("\xFF")}) {
    EXPECT_FALSE(ZaakId::parse(oin, bad));
  }
  EXPECT_FALSE(ZaakId::parse_canonical("0000"));
}

TEST(Bronorganisatie, TakesRsinAndOin) {
  EXPECT_EQ(parse_bronorganisatie("002220647")->view(), "00000001002220647000");
  EXPECT_EQ(parse_bronorganisatie("00000099000000001000")->view(), "00000099000000001000");
  EXPECT_FALSE(parse_bronorganisatie("123456789"));
  EXPECT_FALSE(parse_bronorganisatie(""));
}

TEST(UuidText, RoundTrips) {
  const auto id = Uuid::parse("0192F3A4-7c11-7b3e-9a55-3f0f6c1d2e77");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->str(), "0192f3a4-7c11-7b3e-9a55-3f0f6c1d2e77");
  EXPECT_EQ(id->version(), 7U);
  for (const char* bad : {"", "0192f3a4-7c11-7b3e-9a55-3f0f6c1d2e7", "0192f3a47c11-7b3e-9a55-3f0f6c1d2e777-",
                          "0192f3a4-7c11-7b3e-9a55-3f0f6c1d2e7g", "{192f3a4-7c11-7b3e-9a55-3f0f6c1d2e77"}) {
    EXPECT_FALSE(Uuid::parse(bad)) << bad;
  }
}

TEST(UuidMaking, Version7HoldsTheTimeAndSortsByIt) {
  Uuid::Randomness random;
  random.fill(0xFF);
  const auto early = Uuid::v7(from_ms(0x0192F3A47C11), random);
  EXPECT_EQ(early.str(), "0192f3a4-7c11-7fff-bfff-ffffffffffff");
  EXPECT_EQ(to_ms(early.time()), 0x0192F3A47C11);
  EXPECT_LT(early, Uuid::v7(from_ms(0x0192F3A47C12), Uuid::Randomness{}));
}

TEST(SubjectKinds, HaveNamesBothWays) {
  for (const char* name : {"bsn", "rsin", "kvkNummer", "vestigingsnummer", "zaak", "verzoek", "overig"}) {
    const auto kind = parse_subject_kind(name);
    ASSERT_TRUE(kind) << name;
    EXPECT_EQ(to_string(*kind), name);
  }
  EXPECT_FALSE(parse_subject_kind("BSN"));
}

TEST(Subjects, HaveOneCanonicalForm) {
  EXPECT_EQ(Subject(*Bsn::parse("02220647")).canonical(), "002220647");
  EXPECT_NE(Subject(*Bsn::parse("02220647")), Subject(*Rsin::parse("02220647")));
  const auto id = *ZaakId::parse(*parse_bronorganisatie("002220647"), "ZAAK-1");
  EXPECT_EQ(Subject::zaak(id).canonical(), "00000001002220647000ZAAK-1");
  EXPECT_EQ(Subject::zaak(id).zaak_id(), id);
  EXPECT_NE(Subject::zaak(id), Subject::verzoek(id));
  EXPECT_EQ(Subject::overig("urn:voorbeeld:kenteken", "XX-99-XX")->canonical(),
            std::string("urn:voorbeeld:kenteken\0XX-99-XX", 31));
  EXPECT_FALSE(Subject::overig("geen uri", "x"));
  EXPECT_FALSE(Subject::overig("urn:x", ""));
  EXPECT_FALSE(Subject::overig("urn:x", std::string_view("a\0b", 3)));
}

TEST(ReferenceId, IsWhatAHolderComputes) {
  // printf 'wissel:verwijzing\0<OIN>\0zaak\0<OIN>ZAAK-2026-00042' | sha256sum, then version and variant bits.
  const auto holder = *Oin::parse("00000001002220647000");
  EXPECT_EQ(reference_id(holder, ReferenceKeyKind::kZaak, "00000001002220647000ZAAK-2026-00042").str(),
            "8307d393-a846-812b-a074-5657606a4df0");
  EXPECT_NE(reference_id(holder, ReferenceKeyKind::kKenmerk, "x"), reference_id(holder, ReferenceKeyKind::kZaak, "x"));
}

TEST(Uris, NeedASchemeAndNoSpaces) {
  for (const char* good : {"urn:x", "https://voorbeeld.nl/a?b=c#d", "a:%20"}) EXPECT_TRUE(is_absolute_uri(good));
  for (const char* bad : {"", "x", ":x", "urn:", "1a:x", "urn:a b", "urn:é", "ur_n:x", "urn:<x>"}) {
    EXPECT_FALSE(is_absolute_uri(bad)) << bad;
  }
}

}  // namespace
}  // namespace wissel::core
