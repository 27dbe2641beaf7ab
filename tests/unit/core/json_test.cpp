#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstdint>

#include "core/json/parse.hpp"
#include "core/json/write.hpp"

namespace wissel::core {
namespace {

Problem problem_in(std::string_view text, const JsonLimits& limits = {}) {
  auto value = parse_json(text, limits);
  EXPECT_FALSE(value) << text;
  return value ? Problem{} : value.error();
}

TEST(ParseJson, NamesThePlaceOfADuplicate) {
  struct Case {
    const char* text;
    const char* place;
  };
  for (const Case& c : std::to_array<Case>({{R"({"a":1,"a":2})", "/a"},
                                            {R"({"a":{"b":[0,{"c":1,"d":[],"c":2}]}})", "/a/b/1/c"},
                                            {R"({"x":{"y":1},"q":[[],[{"y":1,"\u0079":2}]]})", "/q/1/0/y"},
                                            {R"([{"a/b~":1,"a/b~":2}])", "/0/a~1b~0"},
                                            {R"({"":1,"":2})", "/"},
                                            {R"({"123456782":1,"123456782":2})", "/*"}})) {
    const auto problem = problem_in(c.text);
    EXPECT_EQ(problem.code, ProblemCode::kJsonDuplicateName);
    ASSERT_EQ(problem.params.size(), 1U);
    EXPECT_EQ(problem.params[0].name, c.place);
  }
}

TEST(ParseJson, SameNameInDifferentObjectsIsFine) {
  EXPECT_TRUE(parse_json(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]})"));
  EXPECT_TRUE(parse_json(R"({"ab":1,"a":2,"b":3,"":4})"));
}

TEST(ParseJson, KeepsToItsBounds) {
  EXPECT_TRUE(parse_json(std::string(32, '[') + std::string(32, ']')));
  EXPECT_EQ(problem_in(std::string(33, '[') + std::string(33, ']')).code, ProblemCode::kTooDeep);
  EXPECT_EQ(problem_in("[1,2,3]", {.values_max = 3}).code, ProblemCode::kTooLarge);
  EXPECT_TRUE(parse_json("[1,2]", {.values_max = 3}));
  EXPECT_EQ(problem_in(R"({"a":1,"b":2})", {.members_max = 1}).code, ProblemCode::kTooLarge);
}

TEST(ParseJson, RefusesWhatIsNotJson) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "[1",
                           "\xEF\xBB\xBF{}",
                           "{} {}",
                           "nul",
                           "01",
                           "1.",
                           "[1,]",
                           "{'a':1}",
                           "\"\\ud800\"",
                           "\"\xC3\x28\"",
                           "{\"a\":\"\xED\xA0\x80\"}",
                           "1e400",
                           "-1e400",
                           "123456789012345678901234567890",
                           "NaN",
                           "/**/1",
                           "\"\x01\""}) {
    EXPECT_EQ(problem_in(text).code, ProblemCode::kJsonInvalid) << text;
  }
}

TEST(ParseJson, ReadsNumbersExactly) {
  EXPECT_EQ(parse_json("9223372036854775807")->as_int64(), INT64_MAX);
  EXPECT_EQ(parse_json("18446744073709551615")->as_uint64(), UINT64_MAX);
  EXPECT_EQ(parse_json("2.2250738585072014e-308")->as_double(), 2.2250738585072014e-308);
  EXPECT_EQ(parse_json("9007199254740993.0")->as_double(), 9007199254740992.0);
  EXPECT_EQ(parse_json("0.1")->as_double(), 0.1);
}

TEST(ParseJson, ReadsBackTheLongWholeNumbersThatWeWrite) {
  // Found by fuzz_json: written without an exponent, this double looks like a whole number of more than 64 bits.
  const auto value = parse_json("123456789012345679904.01");
  EXPECT_EQ(write_json(*value), "123456789012345680000");
  EXPECT_EQ(parse_json(write_json(*value)), *value);
  EXPECT_EQ(problem_in("123456789012345680001").code, ProblemCode::kJsonInvalid);
}

TEST(Jcs, WritesNumbersAsTheRfcDoes) {
  struct Case {
    std::uint64_t bits;
    const char* text;
  };
  // RFC 8785, appendix B.
  for (const Case& c : std::to_array<Case>({{0x0000000000000000, "0"},
                                            {0x8000000000000000, "0"},
                                            {0x0000000000000001, "5e-324"},
                                            {0x8000000000000001, "-5e-324"},
                                            {0x7fefffffffffffff, "1.7976931348623157e+308"},
                                            {0xffefffffffffffff, "-1.7976931348623157e+308"},
                                            {0x4340000000000000, "9007199254740992"},
                                            {0xc340000000000000, "-9007199254740992"},
                                            {0x4430000000000000, "295147905179352830000"},
                                            {0x44b52d02c7e14af5, "9.999999999999997e+22"},
                                            {0x44b52d02c7e14af6, "1e+23"},
                                            {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
                                            {0x444b1ae4d6e2ef4e, "999999999999999700000"},
                                            {0x444b1ae4d6e2ef4f, "999999999999999900000"},
                                            {0x444b1ae4d6e2ef50, "1e+21"},
                                            {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
                                            {0x3eb0c6f7a0b5ed8d, "0.000001"},
                                            {0x41b3de4355555553, "333333333.3333332"},
                                            {0x41b3de4355555557, "333333333.33333343"},
                                            {0xbecbf647612f3696, "-0.0000033333333333333333"},
                                            {0x43143ff3c1cb0959, "1424953923781206.2"}})) {
    EXPECT_EQ(jcs(boost::json::value(std::bit_cast<double>(c.bits))), c.text);
  }
}

TEST(Jcs, FollowsTheRfcExamples) {
  // RFC 8785, sections 3.2.2 and 3.2.3.
  EXPECT_EQ(
      jcs(*parse_json(R"({"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],)"
                      R"("string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]})")),
      R"({"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],)"
      "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
  EXPECT_EQ(jcs(*parse_json("{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":6,"
                            "\"\\u00f6\":7}")),
            "{\"\\r\":2,\"1\":4,\"\xC2\x80\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\xEF\xAC\xB3\":3}");
}

TEST(Jcs, IsTheSameForTheSameContent) {
  EXPECT_EQ(jcs(*parse_json(R"({"b":1.0,"a":[1e0, 10]})")), jcs(*parse_json(R"({ "a" : [1,1.0e1], "b":1 })")));
}

TEST(WriteJson, KeepsOrderAndWholeNumbers) {
  EXPECT_EQ(write_json(*parse_json(R"({"b":9223372036854775807,"a":[1.5,18446744073709551615,"\u0001"]})")),
            R"({"b":9223372036854775807,"a":[1.5,18446744073709551615,"\u0001"]})");
}

}  // namespace
}  // namespace wissel::core
