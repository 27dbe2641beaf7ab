#include "core/json/object_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "core/json/parse.hpp"
#include "core/json/write.hpp"

namespace wissel::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

enum class Colour : std::uint8_t { kRed, kBlue };
constexpr std::array<EnumName<Colour>, 2> kColours{{{"rood", Colour::kRed}, {"blauw", Colour::kBlue}}};

std::vector<std::string> places(const Faults& faults) {
  std::vector<std::string> out;
  for (const auto& fault : faults.list()) out.push_back(fault.name + " " + std::string(info(fault.code).text));
  return out;
}

TEST(ObjectReader, ReadsEachType) {
  const auto body = *parse_json(
      R"({"s":"é","i":3,"n":1.5,"b":true,"e":"blauw","a":[1],"l":["x","y"],"o":{},"t":"2026-01-01T00:00:00Z",)"
      R"("d":"2026-01-01","p":"P1D","u":"urn:x","id":"0192f3a4-7c11-7b3e-9a55-3f0f6c1d2e77","w":null})");
  Faults faults;
  ObjectReader r(body, "", faults);
  EXPECT_EQ(r.required_string("s", 1, 1), "é");
  EXPECT_EQ(r.required_int("i", 0, 3), 3);
  EXPECT_EQ(r.required_number("n", 0, 3), 1.5);
  EXPECT_EQ(r.required_bool("b"), true);
  EXPECT_EQ(r.required_enum("e", kColours), Colour::kBlue);
  EXPECT_EQ(r.required_array("a", 1, 1)->size(), 1U);
  EXPECT_THAT(*r.required_strings("l", 0, 5, 5), ElementsAre("x", "y"));
  EXPECT_NE(r.required_object("o"), nullptr);
  EXPECT_TRUE(r.required_time("t"));
  EXPECT_EQ(r.required_date("d"), "2026-01-01");
  EXPECT_EQ(r.required_duration("p"), (Duration{0, 86'400'000}));
  EXPECT_EQ(r.required_uri("u", 100), "urn:x");
  EXPECT_EQ(r.required_uuid("id")->version(), 7U);
  EXPECT_TRUE(r.any("w")->is_null());
  EXPECT_FALSE(r.optional_string("absent", 1, 2));
  r.finish();
  EXPECT_THAT(places(faults), ElementsAre());
}

TEST(ObjectReader, CollectsAllFaultsWithTheirPlaces) {
  const auto body = *parse_json(
      R"({"s":"tekst van een beller","i":3.5,"j":9,"b":1,"e":"groen","a":{},"l":["x",3],"o":[],"t":"gisteren","d":"2026-02-30",)"
      R"("p":"1 dag","u":"geen","id":"x","w":null,"c":"a\u0001","x/y":1,"123456782":1})");
  Faults faults;
  ObjectReader r(body, "/onderwerp", faults);
  r.required_string("s", 1, 3);
  r.optional_int("i", 0, 5);
  r.optional_int("j", 0, 5);
  r.optional_bool("b");
  r.optional_enum("e", kColours);
  r.optional_array("a", 0, 5);
  r.optional_strings("l", 0, 5, 5);
  r.optional_object("o");
  r.optional_time("t");
  r.optional_date("d");
  r.optional_duration("p");
  r.optional_uri("u", 100);
  r.optional_uuid("id");
  r.optional_string("w", 1, 2);
  r.optional_string("c", 1, 5);
  r.required_string("mist", 1, 5);
  r.finish();
  EXPECT_THAT(
      places(faults),
      ElementsAre("/onderwerp/s veld-waarde", "/onderwerp/i veld-type", "/onderwerp/j veld-waarde",
                  "/onderwerp/b veld-type", "/onderwerp/e veld-waarde", "/onderwerp/a veld-type",
                  "/onderwerp/l/1 veld-type", "/onderwerp/o veld-type", "/onderwerp/t veld-waarde",
                  "/onderwerp/d veld-waarde", "/onderwerp/p veld-waarde", "/onderwerp/u veld-waarde",
                  "/onderwerp/id veld-waarde", "/onderwerp/w veld-type", "/onderwerp/c veld-waarde",
                  "/onderwerp/mist veld-ontbreekt", "/onderwerp/x~1y veld-onbekend", "/onderwerp/* veld-onbekend"));
  for (const auto& fault : faults.list()) {
    for (const char* value : {"beller", "groen", "gisteren", "123456782"}) {
      EXPECT_THAT(fault.reason, Not(HasSubstr(value)));
      EXPECT_THAT(fault.name, Not(HasSubstr(value)));
    }
  }
  EXPECT_EQ(faults.take_problem().code, ProblemCode::kInputInvalid);
}

TEST(ObjectReader, AnotherKindOfValueIsOneFault) {
  Faults faults;
  const boost::json::value body = boost::json::array{1};
  ObjectReader r(body, "", faults);
  EXPECT_FALSE(r.required_string("s", 1, 3));
  r.finish();
  EXPECT_THAT(places(faults), ElementsAre(" veld-type"));
}

TEST(ObjectReader, DropsUnknownMembersWhenAskedTo) {
  auto body = *parse_json(R"({"zaken":[{"a":1,"x":{"y":2},"z/~":3,"n":null}],"b":4})");
  Faults faults(UnknownFields::kDrop);
  ObjectReader outer(body, "", faults);
  const auto* list = outer.required_array("zaken", 0, 5);
  ObjectReader inner((*list)[0], outer.pointer("zaken", 0), faults);
  inner.required_int("a", 0, 5);
  inner.optional_string("n", 0, 5);
  inner.finish();
  outer.finish();
  EXPECT_TRUE(faults.empty());
  EXPECT_EQ(faults.dropped(), 4U);
  faults.erase_dropped(body, "");
  EXPECT_EQ(write_json(body), R"({"zaken":[{"a":1}]})");
}

TEST(Faults, AreBounded) {
  Faults faults;
  for (int i = 0; i < 1000; ++i) faults.add("/x", ProblemCode::kFieldType, "fout");
  EXPECT_EQ(faults.list().size(), Faults::kFaultsMax);
  EXPECT_EQ(faults.take_problem().code, ProblemCode::kFieldType);
  EXPECT_TRUE(faults.empty());
}

}  // namespace
}  // namespace wissel::core
