#include "core/time.hpp"

#include <gtest/gtest.h>

#include <array>

namespace wissel::core {
namespace {

TEST(Rfc3339, RoundTripsWithAndWithoutMilliseconds) {
  for (const char* text : {"2026-03-02T09:15:00Z", "2026-03-02T09:15:00.007Z", "0001-01-01T00:00:00Z",
                           "9999-12-31T23:59:59.999Z", "1969-12-31T23:59:59.500Z", "2024-02-29T00:00:00Z"}) {
    const auto at = parse_rfc3339(text);
    ASSERT_TRUE(at) << text;
    EXPECT_EQ(format_rfc3339(*at), text);
  }
  EXPECT_EQ(to_ms(*parse_rfc3339("1970-01-01T00:00:01.5Z")), 1500);
}

TEST(Rfc3339, AcceptsOffsetsFractionsAndLeapSeconds) {
  struct Case {
    const char* text;
    const char* utc;
  };
  for (const Case& c : std::to_array<Case>({{"2026-03-16T23:59:59+01:00", "2026-03-16T22:59:59Z"},
                                            {"2026-01-01T00:30:00+02:00", "2025-12-31T22:30:00Z"},
                                            {"2026-01-01t00:30:00.123456789z", "2026-01-01T00:30:00.123Z"},
                                            {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
                                            {"2017-01-01T00:59:60.5+01:00", "2017-01-01T00:00:00Z"},
                                            {"2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00Z"}})) {
    const auto at = parse_rfc3339(c.text);
    ASSERT_TRUE(at) << c.text;
    EXPECT_EQ(format_rfc3339(*at), c.utc) << c.text;
  }
}

TEST(Rfc3339, RefusesWhatIsNotAnInstant) {
  for (const char* text : {"",
                           "2026-03-02",
                           "2026-03-02T09:15Z",
                           "2026-03-02T09:15:00",
                           "2026-03-02 09:15:00Z",
                           "2026-02-29T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-01-32T00:00:00Z",
                           "2026-01-01T24:00:00Z",
                           "2026-01-01T00:60:00Z",
                           "2026-01-01T00:00:61Z",
                           "2026-01-01T12:00:60Z",
                           "2026-01-01T00:00:00.Z",
                           "2026-01-01T00:00:00+24:00",
                           "2026-01-01T00:00:00+01:60",
                           "2026-01-01T00:00:00+0100",
                           "0000-01-01T00:00:00Z",
                           "0001-01-01T00:00:00+01:00",
                           "9999-12-31T23:59:59-01:00",
                           "2026-01-01T00:00:00ZZ",
                           "+2026-01-01T00:00:00Z",
                           "2026-1-01T00:00:00Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Dates, ExistOrNot) {
  EXPECT_TRUE(is_date("2026-04-27"));
  EXPECT_TRUE(is_date("2024-02-29"));
  for (const char* text : {"", "2026-02-29", "2026-04-27T00:00:00Z", "27-04-2026", "2026-4-27", "0000-01-01"}) {
    EXPECT_FALSE(is_date(text)) << text;
  }
}

TEST(Durations, Parse) {
  struct Case {
    const char* text;
    Duration want;
  };
  for (const Case& c : std::to_array<Case>({{"P2Y", {24, 0}},
                                            {"P1Y6M", {18, 0}},
                                            {"P7D", {0, 7 * 86'400'000LL}},
                                            {"P2W", {0, 14 * 86'400'000LL}},
                                            {"PT5M", {0, 300'000}},
                                            {"PT0.25S", {0, 250}},
                                            {"P1Y2M3DT4H5M6S", {14, 3 * 86'400'000LL + 14'706'000}},
                                            {"P0D", {0, 0}}})) {
    const auto got = parse_duration(c.text);
    ASSERT_TRUE(got) << c.text;
    EXPECT_EQ(*got, c.want) << c.text;
  }
  for (const char* text : {"", "P", "PT", "P1", "1D", "P1DT", "P1M1Y", "P1Y1Y", "P-1D", "-P1D", "P1.5D", "PT1.5H",
                           "P1H", "PT1D", "P9999999999D", "P99999Y", "p1d", "P1D ", "PT1S1S"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Durations, AddFollowsTheCalendar) {
  const auto plus = [](const char* from, const char* term) {
    return format_rfc3339(add(*parse_rfc3339(from), *parse_duration(term)));
  };
  EXPECT_EQ(plus("2026-01-31T10:00:00Z", "P1M"), "2026-02-28T10:00:00Z");
  EXPECT_EQ(plus("2024-02-29T00:00:00Z", "P1Y"), "2025-02-28T00:00:00Z");
  EXPECT_EQ(plus("2026-11-15T01:02:03.004Z", "P3MT1H"), "2027-02-15T02:02:03.004Z");
  EXPECT_EQ(plus("2026-01-01T00:00:00Z", "P9000Y"), "9999-12-31T23:59:59.999Z");
}

TEST(Durations, CompareByWhatTheyGive) {
  EXPECT_TRUE(longer(*parse_duration("P1Y"), *parse_duration("P364D")));
  EXPECT_FALSE(longer(*parse_duration("P1Y"), *parse_duration("P365D")));
  EXPECT_FALSE(longer(*parse_duration("P1M"), *parse_duration("P31D")));
  EXPECT_TRUE(longer(*parse_duration("P2M"), *parse_duration("P58D")));
}

}  // namespace
}  // namespace wissel::core
