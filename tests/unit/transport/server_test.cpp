#include "transport/http/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>

#include "tests/unit/transport/test_server.hpp"

namespace wissel::test {
namespace {

using namespace std::chrono_literals;

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"; }
std::string post(const std::string& path, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class ServerTest : public testing::Test {
 protected:
  TestServer s;
};

TEST_F(ServerTest, AnswersSeveralRequestsOnOneConnection) {
  TestClient client(s.start().port);
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.ask(post("/echo?a=1", "hallo"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "POST /echo?a=1 hallo");
    EXPECT_TRUE(answer->says("Date: "));
  }
  EXPECT_EQ(s.settled("wissel_http_connections_total{listener=\"partners\"}", 1), 1);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  TestClient client(s.start().port);
  std::string all;
  for (int i = 0; i < 50; ++i) all += post("/n" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'b'));
  ASSERT_TRUE(client.send(all));
  for (int i = 0; i < 50; ++i) {
    const auto answer = client.answer();
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->body.starts_with("POST /n" + std::to_string(i) + " "));
  }
}

TEST_F(ServerTest, ReadsARequestThatComesByteForByte) {
  TestClient client(s.start().port);
  for (const char c : post("/echo", "hallo")) ASSERT_TRUE(client.send(std::string_view(&c, 1)));
  EXPECT_EQ(client.answer()->body, "POST /echo hallo");
}

TEST_F(ServerTest, ReadsAChunkedBody) {
  TestClient client(s.start().port);
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(client.ask(head + "3\r\nhal\r\n2;x=y\r\nlo\r\n0\r\nTrailer: t\r\n\r\n")->body, "POST /echo hallo");
  EXPECT_EQ(client.ask(get("/na"))->body, "GET /na ");
}

TEST_F(ServerTest, AnswersHeadWithoutABody) {
  TestClient client(s.start().port);
  const auto answer = client.ask("HEAD /echo HTTP/1.1\r\nHost: x\r\n\r\n", true);
  EXPECT_TRUE(answer->says("Content-Length: 11"));
  EXPECT_EQ(client.ask(get("/na"))->body, "GET /na ");
}

TEST_F(ServerTest, KeepsHttp10OnlyWhenAsked) {
  s.start();
  TestClient once(s.port);
  EXPECT_TRUE(once.ask("GET /a HTTP/1.0\r\n\r\n")->says("Connection: close"));
  EXPECT_TRUE(once.ended());
  TestClient kept(s.port);
  EXPECT_EQ(kept.ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->body, "GET /a ");
  EXPECT_EQ(kept.ask(get("/b"))->body, "GET /b ");
}

TEST_F(ServerTest, StreamsAnswersInChunks) {
  TestClient client(s.start().port);
  EXPECT_EQ(client.ask(get("/uit"))->body, "regel\nregel\nregel\n");
  EXPECT_EQ(client.ask(get("/groot"))->body.size(), 300'000U);
  EXPECT_FALSE(client.ask(get("/half")));  // cut without the last chunk
}

TEST_F(ServerTest, StreamsUploads) {
  TestClient client(s.start().port);
  EXPECT_EQ(client.ask(post("/stroom", std::string(500'000, 's')))->body, "500000");
  const auto large = client.ask("POST /stroom HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n" +
                                std::string(0x200000, 's') + "\r\n0\r\n\r\n");
  ASSERT_TRUE(large);
  EXPECT_EQ(large->status, 413);
  EXPECT_TRUE(client.ended());
}

TEST_F(ServerTest, SaysContinueWhenTheBodyIsWanted) {
  TestClient client(s.start().port);
  const std::string expect = "\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
  EXPECT_EQ(client.ask("POST /echo HTTP/1.1" + expect)->status, 100);
  EXPECT_EQ(client.ask("hallo")->body, "POST /echo hallo");
  // Refused on its head: no 100, and the connection ends, since a body may or may not follow.
  EXPECT_EQ(client.ask("POST /weg HTTP/1.1" + expect)->status, 404);
  EXPECT_TRUE(client.ended());
}

TEST_F(ServerTest, RefusesOnTheHeadAndKeepsTheConnectionWhenTheBodyIsSmall) {
  TestClient client(s.start().port);
  EXPECT_EQ(client.ask(post("/weg", "weggegooid"))->status, 404);
  EXPECT_EQ(client.ask(post("/echo", std::string(2000, 'x')))->status, 413);
  EXPECT_EQ(client.ask(get("/na"))->body, "GET /na ");
  EXPECT_EQ(client.ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nGET /b HTTP/1.1\r\n")->status,
            413);
  EXPECT_TRUE(client.ended());
}

TEST_F(ServerTest, RefusesAChunkedBodyAboveTheLimit) {
  TestClient client(s.start().port);
  const auto answer = client.ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n" +
                                 std::string(0x800, 'x') + "\r\n0\r\n\r\n");
  EXPECT_EQ(answer->status, 413);
  EXPECT_TRUE(client.ended());
}

TEST_F(ServerTest, AFailingHandlerIs500) {
  TestClient client(s.start().port);
  const auto answer = client.ask(get("/gooi"));
  EXPECT_EQ(answer->status, 500);
  EXPECT_FALSE(answer->says("thrown"));
  EXPECT_TRUE(client.ended());
}

// Each is followed by a second request, which must never be answered: whoever reads such a shape in another way than
// the one before us would take it for the first.
class Smuggling : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(Smuggling, IsRefusedAndNothingAfterItIsAnswered) {
  TestServer s;
  TestClient client(s.start().port);
  const auto answer = client.ask(std::string(GetParam().second) + get("/tweede"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 400);
  EXPECT_TRUE(answer->says("http-ongeldig"));
  EXPECT_FALSE(answer->says(" is not ") || answer->says("occurs"));  // details are Dutch
  EXPECT_TRUE(answer->says("Connection: close"));
  EXPECT_TRUE(client.ended());
}

#define HEAD "POST /echo HTTP/1.1\r\nHost: x\r\n"
#define CHUNKED HEAD "Transfer-Encoding: chunked\r\n\r\n"
INSTANTIATE_TEST_SUITE_P(
    Shapes, Smuggling,
    testing::Values(
        std::pair{"LengthAndChunked", HEAD "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        std::pair{"ChunkedAndLength", HEAD "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
        std::pair{"TwoLengths", HEAD "Content-Length: 5\r\nContent-Length: 0\r\n\r\nhallo"},
        std::pair{"TwoEqualLengths", HEAD "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhallo"},
        std::pair{"LengthList", HEAD "Content-Length: 5, 5\r\n\r\nhallo"},
        std::pair{"SignedLength", HEAD "Content-Length: +5\r\n\r\nhallo"},
        std::pair{"NegativeLength", HEAD "Content-Length: -1\r\n\r\n"},
        std::pair{"HexLength", HEAD "Content-Length: 0x5\r\n\r\nhallo"},
        std::pair{"HugeLength", HEAD "Content-Length: 18446744073709551621\r\n\r\nhallo"},
        std::pair{"EmptyLength", HEAD "Content-Length:\r\n\r\n"},
        std::pair{"Folded", HEAD "X: a\r\n Content-Length: 5\r\n\r\n"},
        std::pair{"FoldedEncoding", HEAD "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"},
        std::pair{"SpaceBeforeColon", HEAD "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
        std::pair{"TabBeforeColon", HEAD "Content-Length\t: 5\r\n\r\nhallo"},
        std::pair{"OtherEncoding", HEAD "Transfer-Encoding: gzip\r\n\r\n"},
        std::pair{"EncodingList", HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
        std::pair{"ChunkedIdentity", HEAD "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
        std::pair{"TwoEncodings", HEAD "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        std::pair{"QuotedEncoding", HEAD "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
        std::pair{"VerticalTabEncoding", HEAD "Transfer-Encoding: \x0b"
                                              "chunked\r\n\r\n0\r\n\r\n"},
        std::pair{"NoHost", "GET / HTTP/1.1\r\n\r\n"},
        std::pair{"TwoHosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"},
        std::pair{"HostWithUser", "GET / HTTP/1.1\r\nHost: a@x\r\n\r\n"},
        std::pair{"HostWithPath", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n"},
        std::pair{"ChunkedIn10", "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        std::pair{"OtherAbsoluteHost", "GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n"},
        std::pair{"AuthorityForm", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n"},
        std::pair{"StarForm", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"},
        std::pair{"BareLineFeeds", "GET / HTTP/1.1\nHost: x\n\n"},
        std::pair{"BareLineFeedInField", HEAD "X: a\nContent-Length: 5\r\n\r\n"},
        std::pair{"BareCarriageReturn", HEAD "X: a\rContent-Length: 5\r\n\r\n"},
        std::pair{"ControlInTarget",
                  "GET /a\x01"
                  "b HTTP/1.1\r\nHost: x\r\n\r\n"},
        std::pair{"EncodedControl", "GET /a%0d%0a HTTP/1.1\r\nHost: x\r\n\r\n"},
        std::pair{"EncodedNul", "GET /a%00 HTTP/1.1\r\nHost: x\r\n\r\n"},
        std::pair{"BrokenEscape", "GET /a%4 HTTP/1.1\r\nHost: x\r\n\r\n"},
        std::pair{"SpaceInTarget", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"},
        std::pair{"Http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        std::pair{"LowerVersion", "GET / http/1.1\r\nHost: x\r\n\r\n"}, std::pair{"Http09", "GET /\r\n\r\n"},
        std::pair{"EmptyName", HEAD ": x\r\n\r\n"}, std::pair{"NoColon", HEAD "Content-Length\r\n\r\n"},
        std::pair{"OtherExpect", HEAD "Expect: 200-ok\r\n\r\n"}, std::pair{"NegativeChunk", CHUNKED "-1\r\n\r\n"},
        std::pair{"SpacedChunk", CHUNKED " 0\r\n\r\n"}, std::pair{"HexPrefixChunk", CHUNKED "0x0\r\n\r\n"},
        std::pair{"HugeChunk", CHUNKED "ffffffffffffffff1\r\n\r\n"}, std::pair{"BareLineFeedChunk", CHUNKED "0\n\n"},
        std::pair{"LongerChunk", CHUNKED "2\r\nabc\r\n0\r\n\r\n"},
        std::pair{"BareLineFeedInExtension", CHUNKED "2;a\nx\r\nab\r\n0\r\n\r\n"},
        std::pair{"LineFeedInQuotedExtension", CHUNKED "2;a=\"\n\"\r\nab\r\n0\r\n\r\n"},
        std::pair{"FoldedTrailer", CHUNKED "0\r\nX: a\r\n b\r\n\r\n"},
        std::pair{"TwoTypes", HEAD "Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n"},
        std::pair{"TwoKeys", HEAD "Idempotency-Key: a\r\nIdempotency-Key: a\r\n\r\n"},
        std::pair{"LengthInTrailer", CHUNKED "0\r\nContent-Length: 5\r\n\r\n"}),
    [](const auto& shape) { return std::string(shape.param.first); });

TEST_F(ServerTest, TakesAnAbsoluteFormOfItsOwnHost) {
  TestClient client(s.start().port);
  EXPECT_EQ(client.ask("GET https://X/pad HTTP/1.1\r\nHost: x\r\n\r\n")->body, "GET /pad ");
}

TEST_F(ServerTest, RefusesAHeadAboveTheLimit) {
  s.start();
  TestClient client(s.port);
  EXPECT_EQ(client.ask("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(17'000, 'x'))->status, 431);
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(s.settled("wissel_http_rejected_total{listener=\"partners\",reason=\"header_too_large\"}", 1), 1);
}

TEST_F(ServerTest, RefusesTooManyFields) {
  TestClient client(s.start().port);
  std::string fields;
  for (int i = 0; i < 101; ++i) fields += "X: 1\r\n";
  EXPECT_EQ(client.ask("GET / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n")->status, 400);
}

TEST_F(ServerTest, AHeadThatStallsIs408) {
  s.options.limits.header_timeout = 30ms;
  TestClient client(s.start().port);
  EXPECT_EQ(client.ask("GET / HTTP/1.1\r\nHo")->status, 408);
  EXPECT_TRUE(client.ended());
}

TEST_F(ServerTest, ABodyThatStallsIs400) {
  s.options.limits.body_timeout = 30ms;
  TestClient client(s.start().port);
  EXPECT_EQ(client.ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhal")->status, 400);
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(s.settled("wissel_http_rejected_total{listener=\"partners\",reason=\"body_timeout\"}", 1), 1);
}

TEST_F(ServerTest, AnIdleConnectionIsClosedWithoutAWord) {
  s.options.limits.idle_timeout = 30ms;
  TestClient client(s.start().port);
  EXPECT_EQ(client.ask(get("/a"))->status, 200);
  EXPECT_TRUE(client.ended());
}

TEST_F(ServerTest, ABodyThatBreaksOffIsNotHandled) {
  TestClient client(s.start().port);
  ASSERT_TRUE(client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhal"));
  client.shut();
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(s.settled("wissel_http_rejected_total{listener=\"partners\",reason=\"body_broken\"}", 1), 1);
}

TEST_F(ServerTest, ARequestAboveTheNumberInFlightIs503) {
  s.options.limits.requests_in_flight_max = 1;
  s.start();
  TestClient first(s.port);
  ASSERT_TRUE(first.send(get("/wacht")));
  s.service.gate.await_arrival();
  TestClient second(s.port);
  const auto refused = second.ask(post("/echo", "x"));
  EXPECT_EQ(refused->status, 503);
  EXPECT_TRUE(refused->says("wachtrij-vol"));
  EXPECT_TRUE(refused->says("Retry-After: 1"));
  s.service.gate.open();
  EXPECT_EQ(first.answer()->status, 200);
  EXPECT_EQ(second.ask(get("/na"))->status, 200);
}

TEST_F(ServerTest, BodiesAboveTheSharedMemoryAre503) {
  s.options.limits.body_memory_bytes_max = 100;
  TestClient client(s.start().port);
  EXPECT_EQ(client.ask(post("/echo", std::string(100, 'x')))->status, 200);
  EXPECT_EQ(client.ask(post("/echo", std::string(101, 'x')))->status, 503);
}

TEST_F(ServerTest, ConnectionsAboveTheLimitAreClosed) {
  s.options.limits.connections_max = 1;
  s.start();
  TestClient first(s.port);
  EXPECT_EQ(first.ask(get("/a"))->status, 200);
  TestClient second(s.port);
  EXPECT_TRUE(second.ended());
  EXPECT_EQ(first.ask(get("/b"))->status, 200);
}

TEST_F(ServerTest, SpreadsConnectionsEvenly) {
  s.start();
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<TestClient>(s.port));
    EXPECT_EQ(clients.back()->ask(get("/a"))->status, 200);
  }
  EXPECT_EQ(s.server->connections(), 8U);
}

TEST_F(ServerTest, StopClosesIdleConnectionsAndFinishesRequests) {
  s.start();
  TestClient idle(s.port);
  EXPECT_EQ(idle.ask(get("/a"))->status, 200);
  TestClient busy(s.port);
  ASSERT_TRUE(busy.send(get("/wacht")));
  s.service.gate.await_arrival();
  auto stopped = std::async(std::launch::async, [this] { return s.server->stop(10s); });
  EXPECT_TRUE(idle.ended());
  s.service.gate.open();
  const auto answer = busy.answer();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->says("Connection: close"));
  EXPECT_TRUE(busy.ended());
  EXPECT_TRUE(stopped.get());
  EXPECT_EQ(s.server->connections(), 0U);
}

TEST_F(ServerTest, StopCutsWhatDoesNotEnd) {
  s.start();
  TestClient busy(s.port);
  ASSERT_TRUE(busy.send(get("/eeuwig")));
  s.service.gate.await_arrival();
  EXPECT_FALSE(s.server->stop(20ms));
  EXPECT_TRUE(busy.ended());
}

TEST_F(ServerTest, AdoptsAListeningSocket) {
  s.start();
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_FALSE(s.server->adopt(fd));
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
  ASSERT_EQ(::listen(fd, 8), 0);
  const auto port = s.server->adopt(fd);
  ASSERT_TRUE(port);
  TestClient client(*port);
  EXPECT_EQ(client.ask(get("/a"))->body, "GET /a ");
}

TEST_F(ServerTest, RefusesAnAddressItCannotListenOn) {
  s.start();
  EXPECT_EQ(s.server->listen("geen adres", 0).error().code, core::Errc::kInvalidInput);
  EXPECT_EQ(s.server->listen("127.0.0.1", s.port).error().code, core::Errc::kUnavailable);
}

}  // namespace
}  // namespace wissel::test
