// Chunked coding: what is read, and each way in which a body could end in two places.
#include "transport/http/chunk_decoder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace wissel::transport {
namespace {

using State = ChunkDecoder::State;

struct Decoded {
  State state = State::kMore;
  std::string data;
  std::string left;
};

/// As it comes in pieces of `step` bytes.
Decoded decode(std::string_view text, std::size_t step) {
  ChunkDecoder decoder;
  Decoded out;
  std::string in;
  for (std::size_t at = 0; at < text.size(); at += step) {
    in += text.substr(at, step);
    if (out.state != State::kMore) continue;
    std::size_t used = 1;
    while (used > 0 && out.state == State::kMore) {
      out.state = decoder.read(in, 4, out.data, used);
      in.erase(0, used);
    }
  }
  out.left = in;
  return out;
}

TEST(ChunkDecoder, ReadsChunksExtensionsAndATrailerHoweverTheyAreCut) {
  const std::string body = "5\r\nhallo\r\n00A ; a ; b=c;d=\"e\\\"; f\"\r\n0123456789\r\n0;x\r\nX-A: b\r\nY:\r\n\r\nGET";
  for (const std::size_t step : {1U, 2U, 3U, 7U, 1000U}) {
    const auto decoded = decode(body, step);
    EXPECT_EQ(decoded.state, State::kDone) << step;
    EXPECT_EQ(decoded.data, "hallo0123456789") << step;
    EXPECT_EQ(decoded.left, "GET") << step;
  }
}

TEST(ChunkDecoder, WaitsForTheRest) {
  const std::string body = "5;a\r\nhallo\r\n0\r\nX: y\r\n\r\n";
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_EQ(decode(body.substr(0, size), 1).state, State::kMore) << size;
  }
}

struct ChunkShape {
  const char* name;
  std::string body;
};

class ChunkFault : public testing::TestWithParam<ChunkShape> {};

TEST_P(ChunkFault, IsRefused) {
  for (const std::size_t step : {1U, 100'000U}) EXPECT_EQ(decode(GetParam().body, step).state, State::kBad) << step;
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ChunkFault,
    testing::Values(
        ChunkShape{"NoSize", "\r\n\r\n"}, ChunkShape{"Negative", "-1\r\n"}, ChunkShape{"Signed", "+1\r\n"},
        ChunkShape{"Prefixed", "0x1\r\n"}, ChunkShape{"SpaceBefore", " 1\r\n"}, ChunkShape{"SpaceAfter", "1 \r\n"},
        ChunkShape{"Above64Bits", "10000000000000001\r\n"}, ChunkShape{"SixteenDigits", "0000000000000001\r\n"},
        ChunkShape{"BareLineFeed", "1\na\r\n"}, ChunkShape{"LineFeedInExtension", "1;a\nb\r\na\r\n"},
        ChunkShape{"LineFeedInQuotes", "1;a=\"\n\"\r\na\r\n"},
        ChunkShape{"CarriageReturnInQuotes", "1;a=\"\r\"\r\na\r\n"},
        ChunkShape{"NulInQuotes", std::string("1;a=\"\0\"\r\na\r\n", 12)}, ChunkShape{"OpenQuotes", "1;a=\"\r\na\r\n"},
        ChunkShape{"QuotesEndInEscape", "1;a=\"\\\r\na\r\n"}, ChunkShape{"NamelessExtension", "1;=a\r\na\r\n"},
        ChunkShape{"ExtensionOfNothing", "1;\r\na\r\n"}, ChunkShape{"SpacesBeforeTheEnd", "1;a \r\na\r\n"},
        ChunkShape{"LineFeedAfterData", "1\r\na\n0\r\n"}, ChunkShape{"LongerData", "1\r\nab\r\n"},
        ChunkShape{"EndlessLine", "1;" + std::string(5'000, 'a')},
        ChunkShape{"FoldedTrailer", "0\r\nX: a\r\n b\r\n\r\n"}, ChunkShape{"LineFeedEndsTrailer", "0\r\nX: a\n\r\n"},
        ChunkShape{"NoFieldInTrailer", "0\r\nGET /\r\n\r\n"},
        ChunkShape{"SpaceBeforeColonInTrailer", "0\r\nX : a\r\n\r\n"},
        ChunkShape{"LengthInTrailer", "0\r\ncontent-LENGTH: 5\r\n\r\n"},
        ChunkShape{"CodingInTrailer", "0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        ChunkShape{"EndlessTrailer", "0\r\n" + std::string(4'000, 'a') + ": b\r\n" + std::string(4'000, 'a') +
                                         ": b\r\n" + std::string(4'000, 'a') + ": b\r\n"}),
    [](const auto& shape) { return std::string(shape.param.name); });

TEST(ChunkDecoder, GivesNoMoreThanItIsAskedFor) {
  ChunkDecoder decoder;
  std::string data;
  std::size_t used = 0;
  EXPECT_EQ(decoder.read("6\r\nabcdef\r\n", 4, data, used), State::kMore);
  EXPECT_EQ(data, "abcd");
  EXPECT_EQ(used, 7U);
}

}  // namespace
}  // namespace wissel::transport
