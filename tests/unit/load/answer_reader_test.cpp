#include "bench/load/answer_reader.hpp"

#include <gtest/gtest.h>

namespace wissel::load {
namespace {

using State = AnswerReader::State;

constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nwissel-log-index: 12\r\nContent-Length: 5\r\n\r\nabcde";

TEST(AnswerReader, NeedsAllOfTheAnswerAndNoMore) {
  for (std::size_t bytes = 0; bytes < kAnswer.size(); ++bytes) {
    AnswerReader reader;
    EXPECT_EQ(reader.read(kAnswer.substr(0, bytes)), State::kMore) << bytes;
    EXPECT_EQ(reader.read(kAnswer), State::kComplete) << bytes;
    EXPECT_EQ(reader.size(), kAnswer.size());
  }
}

TEST(AnswerReader, ReadsByteByByte) {
  AnswerReader reader;
  for (std::size_t bytes = 0; bytes < kAnswer.size(); ++bytes) {
    ASSERT_EQ(reader.read(kAnswer.substr(0, bytes)), State::kMore);
  }
  ASSERT_EQ(reader.read(kAnswer), State::kComplete);
  EXPECT_EQ(reader.answer().status, 200U);
  EXPECT_TRUE(reader.answer().receipt);
  EXPECT_FALSE(reader.answer().close);
}

TEST(AnswerReader, LeavesTheNextAnswerAlone) {
  AnswerReader reader;
  ASSERT_EQ(reader.read(std::string(kAnswer) + "HTTP/1.1 5"), State::kComplete);
  EXPECT_EQ(reader.size(), kAnswer.size());
}

TEST(AnswerReader, SeesThatTheConnectionCloses) {
  AnswerReader reader;
  ASSERT_EQ(reader.read("HTTP/1.1 503 X\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n"), State::kComplete);
  EXPECT_TRUE(reader.answer().close);
  EXPECT_FALSE(reader.answer().receipt);
}

TEST(AnswerReader, TakesAStatusWithoutBody) {
  AnswerReader reader;
  EXPECT_EQ(reader.read("HTTP/1.1 204 No Content\r\n\r\n"), State::kComplete);
}

struct Bad {
  const char* name;
  const char* text;
};
class AnswerReaderRefuses : public testing::TestWithParam<Bad> {};

TEST_P(AnswerReaderRefuses, WhatItCannotRead) {
  AnswerReader reader;
  EXPECT_EQ(reader.read(GetParam().text), State::kInvalid);
}

INSTANTIATE_TEST_SUITE_P(Heads, AnswerReaderRefuses,
                         testing::Values(Bad{"OtherProtocol", "SSH-2.0-x\r\n\r\n"},
                                         Bad{"OldVersion", "HTTP/1.0 200 OK\r\n\r\n"},
                                         Bad{"NoStatus", "HTTP/1.1 \r\n\r\n"},
                                         Bad{"Interim", "HTTP/1.1 100 Continue\r\n\r\n"},
                                         Bad{"NoLength", "HTTP/1.1 200 OK\r\n\r\n"},
                                         Bad{"Chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"},
                                         Bad{"LengthIsNoNumber", "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n"},
                                         Bad{"HugeLength", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"},
                                         Bad{"NoColon", "HTTP/1.1 200 OK\r\nContent-Length\r\n\r\n"}),
                         [](const auto& param) { return param.param.name; });

TEST(AnswerReader, BoundsTheHead) {
  AnswerReader reader;
  const std::string endless = "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x');
  EXPECT_EQ(reader.read(endless), State::kInvalid);
}

}  // namespace
}  // namespace wissel::load
