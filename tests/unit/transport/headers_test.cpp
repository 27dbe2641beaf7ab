// Headers with a grammar of their own: only its exact form is taken.
#include <gtest/gtest.h>

#include "transport/routes/trace.hpp"

namespace wissel::transport {
namespace {

TEST(Traceparent, OnlyLowerCaseAndNoForbiddenVersion) {
  const std::string rest = "-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";
  EXPECT_TRUE(parse_traceparent("00" + rest + "01"));
  EXPECT_TRUE(parse_traceparent("cc" + rest + "01-more"));
  for (const std::string& wrong : {"ff" + rest + "01", "FF" + rest + "01", "fF" + rest + "01", "0A" + rest + "01",
                                   "00" + rest + "0A", "00" + rest + "01-more", "00" + rest + "0g"}) {
    EXPECT_FALSE(parse_traceparent(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace wissel::transport
