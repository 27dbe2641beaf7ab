#include "config/value_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "config/nearest.hpp"

namespace wissel::config {
namespace {

using namespace std::chrono_literals;

TEST(ValueText, DurationsKeepTheirValueThroughTheirText) {
  for (const auto value : {0ms, 1ms, 1500ms, 10'000ms, 90'000ms, 7'200'000ms, 604'800'000ms}) {
    EXPECT_EQ(parse_milliseconds(format_milliseconds(value)), value) << format_milliseconds(value);
  }
  EXPECT_EQ(format_milliseconds(90s), "90s");
  EXPECT_EQ(format_milliseconds(std::chrono::days{7}), "P7D");
}

TEST(ValueText, RefusesWhatIsNoDuration) {
  for (const std::string_view text : {"", "10", "s", "-1s", "1.5s", "10 s", "10S", "01s", "P", "P1Y", "P-1D",
                                      "9223372036854775807s", "99999999999999999999s"}) {
    EXPECT_FALSE(parse_milliseconds(text)) << text;
  }
}

TEST(ValueText, SizesKeepTheirValueThroughTheirText) {
  for (const std::uint64_t value : {0ULL, 1ULL, 1000ULL, 16384ULL, 67108864ULL, 2147483648ULL}) {
    EXPECT_EQ(parse_size(format_size(value)), value) << format_size(value);
  }
  EXPECT_EQ(format_size(65536), "64KiB");
  for (const std::string_view text : {"", "KiB", "1kB", "1 KiB", "-1", "1e3", "99999999TiB"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(ValueText, TermsKeepMonthsApart) {
  EXPECT_EQ(parse_term("P2Y"), (core::Duration{.months = 24, .ms = 0}));
  EXPECT_EQ(format_term({.months = 24, .ms = 0}), "P2Y");
  EXPECT_EQ(format_term({.months = 18, .ms = 0}), "P1Y6M");
}

TEST(ValueText, AddressesAreIpLiterals) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:0"), (Endpoint{"127.0.0.1", 0}));
  EXPECT_EQ(parse_endpoint("[2001:db8::1]:443"), (Endpoint{"2001:db8::1", 443}));
  for (const std::string_view text : {"", ":1", "127.0.0.1", "127.0.0.1:", "::1:443", "[127.0.0.1]:1", "a:1", "[]:1",
                                      "127.0.0.1:65536", "127.0.0.1:+1"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(Nearest, FindsTheWordThatWasMeant) {
  constexpr std::array<std::string_view, 3> kWords = {"certificate", "key", "ca"};
  EXPECT_EQ(nearest("certficate", kWords), "certificate");
  EXPECT_EQ(nearest("kye", kWords), "key");
  EXPECT_EQ(nearest("colour", kWords), std::nullopt);
  EXPECT_EQ(nearest(std::string(10'000, 'k'), kWords), std::nullopt);
}

}  // namespace
}  // namespace wissel::config
