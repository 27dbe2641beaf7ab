#include "transport/client/http_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "tests/fakes/recording_metrics.hpp"
#include "tests/unit/transport/scripted_server.hpp"
#include "tests/unit/transport/test_server.hpp"
#include "transport/client/url.hpp"
#include "transport/within.hpp"

namespace wissel::test {
namespace {

using namespace std::chrono_literals;

class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest() {
    limits.allow_private_addresses = true;
    threads.start();
  }
  ~HttpClientTest() override {
    threads.stop();
    threads.join();
  }

  HttpClient& client() {
    if (!client_) client_ = std::make_unique<HttpClient>(threads.context(0), *tls, limits, metrics);
    return *client_;
  }
  ClientRequest request(std::uint16_t port, const std::string& path = "/echo") {
    return {.url = "https://127.0.0.1:" + std::to_string(port) + path,
            .headers = {},
            .body = "hallo",
            .expected_oin = core::Oin::parse(kOinServer).value(),
            .deadline = SteadyClock::now() + 5s};
  }
  /// The client belongs to its io thread, so what touches it runs there.
  void forget() {
    asio::post(threads.context(0), asio::use_future([this] { client_.reset(); })).get();
  }
  std::size_t connections() {
    return asio::post(threads.context(0), asio::use_future([this] { return client_->connections(); })).get();
  }
  ClientResult call(ClientRequest request) {
    return asio::co_spawn(threads.context(0), client().call(std::move(request)), asio::use_future).get();
  }
  /// Calls a server that does `script`, and gives the fault.
  ClientError fault(ScriptedServer::Script script, std::size_t answer_bytes_max = 1000) {
    ScriptedServer bad(net, net.server, std::move(script));
    ClientRequest asked = request(bad.port);
    asked.answer_bytes_max = answer_bytes_max;
    auto result = call(std::move(asked));
    forget();
    return result ? ClientError{ClientFault::kStopped, false, "no fault"} : result.error();
  }

  TestNetwork net;
  std::unique_ptr<TlsContexts> tls = TlsContexts::load(net.settings).value();
  fakes::RecordingMetrics metrics;
  ClientLimits limits;
  IoThreads threads{1, "client"};
  std::unique_ptr<HttpClient> client_;
};

TEST_F(HttpClientTest, CallsOverOneKeptConnection) {
  TestServer s(tls.get());
  s.start();
  for (int i = 0; i < 3; ++i) {
    const auto answer = call(request(s.port));
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->status, 200U);
    EXPECT_EQ(answer->body, "POST /echo hallo");
    EXPECT_EQ(answer->headers.find("Content-Type"), "text/plain");
  }
  EXPECT_EQ(s.settled("wissel_http_connections_total{listener=\"partners\"}", 1), 1);
  EXPECT_EQ(connections(), 1U);
  EXPECT_EQ(metrics.value("wissel_client_requests_total", {{"outcome", "http_2xx"}}), 3);
  EXPECT_EQ(metrics.value("wissel_client_connections_opened_total"), 1);
  EXPECT_EQ(metrics.value("wissel_client_connections"), 1) << "kept";
  EXPECT_EQ(metrics.value("wissel_client_requests_in_flight"), 0);
}

TEST_F(HttpClientTest, CountsHowCallsEndAndWhatWaited) {
  TestServer s(tls.get());
  s.start();
  limits.connections_per_partner_max = 1;
  std::vector<std::future<ClientResult>> calls;
  // The first stands still until the others wait for its connection.
  for (const auto* path : {"/wacht", "/echo", "/echo"}) {
    calls.push_back(asio::co_spawn(threads.context(0), client().call(request(s.port, path)), asio::use_future));
  }
  s.service.gate.await_arrival();
  while (metrics.value("wissel_client_requests_waiting") < 2) std::this_thread::yield();
  s.service.gate.open();
  for (auto& each : calls) EXPECT_TRUE(each.get());
  EXPECT_EQ(metrics.observations("wissel_client_wait_duration_seconds"), 2U);
  EXPECT_EQ(metrics.value("wissel_client_requests_waiting"), 0);
}

TEST_F(HttpClientTest, ShowsItsCertificateAndReadsStreams) {
  TestServer s(tls.get());
  s.start();
  EXPECT_EQ(call(request(s.port, "/wie"))->body, std::string(kOinServer) + " Gemeente Test");
  EXPECT_EQ(call(request(s.port, "/uit"))->body, "regel\nregel\nregel\n");
  ClientRequest head = request(s.port);
  head.method = Method::kHead;
  head.body.clear();
  EXPECT_EQ(call(head)->body, "");
  EXPECT_EQ(call(request(s.port, "/half")).error().fault, ClientFault::kBroken);
}

TEST_F(HttpClientTest, ConnectsByName) {
  TestServer s(tls.get());
  s.start();
  ClientRequest by_name = request(s.port);
  by_name.url = "https://localhost:" + std::to_string(s.port) + "/echo";
  const auto answer = call(by_name);
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->status, 200U);
}

TEST_F(HttpClientTest, ReloadedCertificatesNeedANewConnection) {
  TestServer s(tls.get());
  s.start();
  ASSERT_TRUE(call(request(s.port)));
  ASSERT_TRUE(tls->reload(net.settings));
  ASSERT_TRUE(call(request(s.port)));
  EXPECT_EQ(s.settled("wissel_http_connections_total{listener=\"partners\"}", 2), 2);
}

TEST_F(HttpClientTest, RefusesAnotherOrganisationAndAnotherHostBeforeItSends) {
  std::atomic<int> bytes{0};
  const auto count = [&bytes](SSL* ssl) {
    char buffer[64];
    bytes += std::max(0, SSL_read(ssl, buffer, sizeof buffer));
  };
  {
    ScriptedServer other(net, net.a, count);
    const auto answer = call(request(other.port));
    EXPECT_EQ(answer.error().fault, ClientFault::kOtherOrganisation);
    EXPECT_FALSE(answer.error().body_may_have_left);
  }
  {
    const Identity elsewhere = net.ca.issue(Leaf{.serial_numbers = {kOinServer}, .alt_names = "DNS:elders.example"});
    ScriptedServer other(net, elsewhere, count);
    EXPECT_EQ(call(request(other.port)).error().fault, ClientFault::kTlsRefused);
  }
  {
    TestCa ca("Andere CA");
    const Identity foreign = ca.issue(kOinServer);
    ScriptedServer other(net, foreign, count);
    EXPECT_EQ(call(request(other.port)).error().fault, ClientFault::kTlsRefused);
  }
  {
    const Identity client_only = net.ca.issue(Leaf{.serial_numbers = {kOinServer}, .usage = "clientAuth"});
    ScriptedServer other(net, client_only, count);
    EXPECT_EQ(call(request(other.port)).error().fault, ClientFault::kTlsRefused);
  }
  EXPECT_EQ(bytes, 0);
}

TEST_F(HttpClientTest, TellsEachWrongAnswerApart) {
  const auto answers = [](std::string bytes) {
    return [bytes = std::move(bytes)](SSL* ssl) {
      ScriptedServer::read_request(ssl);
      ScriptedServer::write(ssl, bytes);
      SSL_shutdown(ssl);
    };
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  EXPECT_EQ(fault(answers("onzin\r\n\r\n")).fault, ClientFault::kAnswerInvalid);
  EXPECT_EQ(fault(answers("HTTP/1.1 200 OK\nContent-Length: 0\n\n")).fault, ClientFault::kAnswerInvalid);
  EXPECT_EQ(fault(answers(ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab")).fault, ClientFault::kAnswerInvalid);
  EXPECT_EQ(fault(answers(ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")).fault,
            ClientFault::kAnswerInvalid);
  EXPECT_EQ(fault(answers(ok + "Transfer-Encoding: gzip\r\n\r\nx")).fault, ClientFault::kAnswerInvalid);
  EXPECT_EQ(fault(answers("HTTP/1.1 101 Switching\r\n\r\n")).fault, ClientFault::kAnswerInvalid);
  EXPECT_EQ(fault(answers(ok + "Content-Length: 1001\r\n\r\n" + std::string(1001, 'x'))).fault,
            ClientFault::kAnswerTooLarge);
  EXPECT_EQ(fault(answers(ok + "\r\n" + std::string(1001, 'x'))).fault, ClientFault::kAnswerTooLarge);
  const ClientError broken = fault(answers(ok + "Content-Length: 5\r\n\r\nab"));
  EXPECT_EQ(broken.fault, ClientFault::kBroken);
  EXPECT_TRUE(broken.body_may_have_left);
  std::string interim;
  for (int i = 0; i < 20; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(fault(answers(interim)).fault, ClientFault::kAnswerInvalid);
}

TEST_F(HttpClientTest, BoundsEndlessHeaders) {
  const ClientError endless = fault([](SSL* ssl) {
    ScriptedServer::read_request(ssl);
    ScriptedServer::write(ssl, "HTTP/1.1 200 OK\r\n");
    while (ScriptedServer::write(ssl, "X: y\r\n")) {
    }
  });
  EXPECT_EQ(endless.fault, ClientFault::kAnswerTooLarge);
}

TEST_F(HttpClientTest, ReadsAnAnswerThatEndsWithItsConnectionOnlyWhenThatEndsInOrder) {
  {
    ScriptedServer good(net, net.server, [](SSL* ssl) {
      ScriptedServer::read_request(ssl);
      ScriptedServer::write(ssl, "HTTP/1.1 200 OK\r\n\r\ntot het eind");
      SSL_shutdown(ssl);
    });
    EXPECT_EQ(call(request(good.port))->body, "tot het eind");
    forget();
  }
  const ClientError cut = fault([](SSL* ssl) {
    ScriptedServer::read_request(ssl);
    ScriptedServer::write(ssl, "HTTP/1.1 200 OK\r\n\r\nhalf");
  });
  EXPECT_EQ(cut.fault, ClientFault::kBroken);
}

TEST_F(HttpClientTest, AHangingServerEndsAtTheDeadline) {
  ScriptedServer hanging(net, net.server, ScriptedServer::await_end);
  ClientRequest asked = request(hanging.port);
  asked.deadline = SteadyClock::now() + 60ms;
  const auto answer = call(asked);
  EXPECT_EQ(answer.error().fault, ClientFault::kTimedOut);
  EXPECT_TRUE(answer.error().body_may_have_left);
}

TEST_F(HttpClientTest, CancellationEndsTheCall) {
  ScriptedServer hanging(net, net.server, ScriptedServer::await_end);
  auto limited = within(40ms, client().call(request(hanging.port)));
  const auto answer = asio::co_spawn(threads.context(0), std::move(limited), asio::use_future).get();
  EXPECT_FALSE(answer);
  EXPECT_EQ(connections(), 0U);
}

TEST_F(HttpClientTest, NothingIsSentWhereNobodyListens) {
  std::uint16_t port = 0;
  {
    TestServer gone(tls.get());
    port = gone.start().port;
  }
  const auto answer = call(request(port));
  EXPECT_EQ(answer.error().fault, ClientFault::kConnectFailed);
  EXPECT_FALSE(answer.error().body_may_have_left);
}

TEST_F(HttpClientTest, RetriesOnlyIdempotentCallsOnAKeptConnectionThatWentStale) {
  // Answers once on each connection, takes the next request and closes without an answer.
  const auto once = [](SSL* ssl) {
    ScriptedServer::read_request(ssl);
    ScriptedServer::write(ssl, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nja");
    ScriptedServer::read_request(ssl);
  };
  ScriptedServer server(net, net.server, once);
  ClientRequest asked = request(server.port);
  ASSERT_TRUE(call(asked));
  const auto broken = call(asked);
  EXPECT_EQ(broken.error().fault, ClientFault::kBroken);
  EXPECT_TRUE(broken.error().body_may_have_left);
  ASSERT_TRUE(call(asked));
  asked.idempotent = true;
  ASSERT_TRUE(call(asked));
  EXPECT_EQ(server.handshakes, 3);
  forget();
}

TEST_F(HttpClientTest, CallsAboveTheLimitOfAPartnerWaitOrAreRefused) {
  limits.connections_per_partner_max = 1;
  limits.waiting_per_partner_max = 1;
  TestServer s(tls.get());
  s.start();
  auto first = asio::co_spawn(threads.context(0), client().call(request(s.port, "/wacht")), asio::use_future);
  s.service.gate.await_arrival();
  auto second = asio::co_spawn(threads.context(0), client().call(request(s.port)), asio::use_future);
  EXPECT_EQ(call(request(s.port)).error().fault, ClientFault::kOverloaded);
  s.service.gate.open();
  EXPECT_EQ(first.get()->status, 200U);
  EXPECT_EQ(second.get()->status, 200U);
  EXPECT_EQ(s.settled("wissel_http_connections_total{listener=\"partners\"}", 1), 1);
}

TEST_F(HttpClientTest, RefusesPrivateAddressesUnlessAllowed) {
  limits.allow_private_addresses = false;
  for (const char* url : {"https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.0.0.1/"}) {
    ClientRequest asked = request(1);
    asked.url = url;
    EXPECT_EQ(call(asked).error().fault, ClientFault::kAddressRefused) << url;
  }
}

TEST_F(HttpClientTest, AfterStopNothingIsCalled) {
  HttpClient& stopped = client();
  asio::post(threads.context(0), asio::use_future([&stopped] { stopped.stop(); })).get();
  EXPECT_EQ(call(request(1)).error().fault, ClientFault::kStopped);
}

TEST(HttpsUrl, IsSplitStrictly) {
  const auto url = parse_https_url("https://Voorbeeld.NL:8443/a/b?c=d");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->authority(), "voorbeeld.nl:8443");
  EXPECT_EQ(url->target, "/a/b?c=d");
  EXPECT_EQ(parse_https_url("https://x")->target, "/");
  EXPECT_EQ(parse_https_url("https://[2001:db8::1]:1/")->authority(), "[2001:db8::1]:1");
  for (const char* wrong :
       {"", "http://x/", "https://", "https:///a", "https://a@x/", "https://x:0/", "https://x:65536/", "https://x:1a/",
        "https://x/#f", "https://x/a b", "https://[::1", "https://[x]/", "https://[fe80::1%eth0]/", "https://x:/",
        "https://x/\x01", "HTTPS://x/", "https://x\\y/"}) {
    EXPECT_FALSE(parse_https_url(wrong)) << wrong;
  }
}

TEST(IsPublic, KnowsWhatIsNot) {
  for (const char* address : {"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
                              "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1",
                              "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1"}) {
    EXPECT_FALSE(is_public(asio::ip::make_address(address))) << address;
  }
  for (const char* address : {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2a00:1450::1", "::ffff:8.8.8.8"}) {
    EXPECT_TRUE(is_public(asio::ip::make_address(address))) << address;
  }
}

}  // namespace
}  // namespace wissel::test
