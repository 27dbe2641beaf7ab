#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/unit/transport/test_server.hpp"
#include "transport/tls/contexts.hpp"
#include "transport/tls/peer.hpp"

namespace wissel::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

std::string failures(const std::string& reason) {
  return "wissel_tls_handshake_failures_total{listener=\"partners\",reason=\"" + reason + "\"}";
}

class TlsTest : public testing::Test {
 protected:
  TestServer& start() {
    tls = TlsContexts::load(net.settings).value();
    s.options.tls = tls.get();
    return s.start();
  }

  TestNetwork net;
  std::unique_ptr<TlsContexts> tls;
  TestServer s;
};

TEST_F(TlsTest, NamesTheOrganisationOfTheCertificate) {
  start();
  TestClient client(s.port, net.settings.ca_file, &net.a);
  EXPECT_EQ(client.ask(get("/wie"))->body, std::string(kOinA) + " Gemeente Test");
  EXPECT_STREQ(SSL_get_version(client.ssl()), "TLSv1.3");
  EXPECT_EQ(client.ask(get("/groot"))->body.size(), 300'000U);
}

TEST_F(TlsTest, WithoutACertificateHttpAnswers) {
  start();
  TestClient client(s.port, net.settings.ca_file, nullptr);
  const auto answer = client.ask(get("/wie"));
  EXPECT_EQ(answer->status, 401);
  EXPECT_TRUE(answer->says("geen-certificaat\""));
}

TEST_F(TlsTest, ACertificateWithoutOneOinIs401) {
  start();
  const std::vector<std::vector<std::string>> wrong{{},      {kOinA, kOinB},           {kOinA, kOinA},
                                                    {"123"}, {"0000009900000000200x"}, {std::string(kOinA) + " "}};
  for (const auto& serial_numbers : wrong) {
    const Identity identity = net.ca.issue(Leaf{.serial_numbers = serial_numbers});
    TestClient client(s.port, net.settings.ca_file, &identity);
    const auto answer = client.ask(get("/wie"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 401);
    EXPECT_TRUE(answer->says("geen-certificaathouder"));
  }
}

TEST_F(TlsTest, EachWrongCertificateEndsTheHandshakeAndIsCounted) {
  const Identity revoked = net.ca.issue(kOinB);
  net.settings.crl_files = {net.dir.write("crl.pem", net.ca.crl({&revoked}))};
  start();
  TestCa other("Andere CA");
  TestCa twin("Test CA");  // the same name, another key
  const Identity foreign = other.issue(kOinA);
  const Identity forged = twin.issue(kOinA);
  const Identity expired = net.ca.issue(Leaf{.serial_numbers = {kOinA}, .not_after = -60s});
  const Identity early = net.ca.issue(Leaf{.serial_numbers = {kOinA}, .not_before = 3600s});
  const Identity usage = net.ca.issue(Leaf{.serial_numbers = {kOinA}, .usage = "serverAuth"});
  const std::vector<std::tuple<const char*, const Identity*>> wrong{{"other_ca", &foreign},
                                                                    {"expired", &expired},
                                                                    {"not_yet_valid", &early},
                                                                    {"revoked", &revoked},
                                                                    {"wrong_usage", &usage}};
  for (const auto& [reason, identity] : wrong) {
    TestClient client(s.port, net.settings.ca_file, identity);
    EXPECT_FALSE(client.ask(get("/wie"))) << reason;
    EXPECT_EQ(s.settled(failures(reason), 1), 1) << reason;
  }
  TestClient twin_client(s.port, net.settings.ca_file, &forged);
  EXPECT_FALSE(twin_client.ask(get("/wie")));
  TestClient good(s.port, net.settings.ca_file, &net.a);
  EXPECT_EQ(good.ask(get("/wie"))->status, 200);
}

TEST_F(TlsTest, WithoutTheIssuersListNobodyComesIn) {
  TestCa other("Andere CA");
  net.settings.crl_files = {net.dir.write("crl.pem", other.crl({}))};
  start();
  TestClient client(s.port, net.settings.ca_file, &net.a);
  EXPECT_FALSE(client.ask(get("/wie")));
  EXPECT_EQ(s.settled(failures("revocation_unknown"), 1), 1);
}

TEST_F(TlsTest, WhatIsNotTlsIsCounted) {
  start();
  TestClient plain(s.port);
  ASSERT_TRUE(plain.send(get("/wie")));
  while (!plain.ended()) (void)plain.answer();
  EXPECT_EQ(s.settled(failures("protocol"), 1), 1);
}

TEST_F(TlsTest, AHandshakeThatStallsIsEnded) {
  s.options.limits.handshake_timeout = 30ms;
  start();
  TestClient silent(s.port);
  EXPECT_TRUE(silent.ended());
  EXPECT_EQ(s.settled(failures("timeout"), 1), 1);
}

TEST_F(TlsTest, Tls12OnlyWhenAllowed) {
  start();
  for (const bool allowed : {false, true}) {
    net.settings.tls12 = allowed;
    ASSERT_TRUE(tls->reload(net.settings));
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
    SSL* ssl = SSL_new(context);
    BIO* bio = BIO_new_connect(("127.0.0.1:" + std::to_string(s.port)).c_str());
    SSL_set_bio(ssl, bio, bio);
    EXPECT_EQ(SSL_connect(ssl) == 1, allowed);
    if (allowed) {
      EXPECT_THAT(SSL_get_cipher(ssl), HasSubstr("ECDHE-ECDSA"));
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
}

TEST_F(TlsTest, ASessionResumesUntilAReload) {
  start();
  SSL_SESSION* session = nullptr;
  const auto ask = [&] {
    TestClient client(s.port, net.settings.ca_file, &net.a, session);
    EXPECT_EQ(client.ask(get("/wie"))->body, std::string(kOinA) + " Gemeente Test");
    const bool resumed = SSL_session_reused(client.ssl()) == 1;
    if (session != nullptr) SSL_SESSION_free(session);
    SSL_shutdown(client.ssl());  // without a farewell a session is not resumed
    session = SSL_get1_session(client.ssl());
    return resumed;
  };
  EXPECT_FALSE(ask());
  EXPECT_TRUE(ask());
  ASSERT_TRUE(tls->reload(net.settings));
  EXPECT_FALSE(ask());
  SSL_SESSION_free(session);
}

TEST_F(TlsTest, AnOpenConnectionIsVerifiedAgainAfterAReload) {
  start();
  TestClient good(s.port, net.settings.ca_file, &net.a);
  TestClient bad(s.port, net.settings.ca_file, &net.b);
  EXPECT_EQ(good.ask(get("/wie"))->status, 200);
  EXPECT_EQ(bad.ask(get("/wie"))->status, 200);
  net.settings.crl_files = {net.dir.write("crl.pem", net.ca.crl({&net.b}))};
  ASSERT_TRUE(tls->reload(net.settings));
  EXPECT_EQ(good.ask(get("/wie"))->status, 200);
  EXPECT_FALSE(bad.ask(get("/wie")));
  EXPECT_EQ(s.settled("wissel_http_rejected_total{listener=\"partners\",reason=\"no_longer_trusted\"}", 1), 1);
}

TEST_F(TlsTest, ReloadUnderLoadDropsNoRequest) {
  start();
  std::atomic<bool> done{false};
  std::atomic<int> failed{0};
  std::atomic<int> answered{0};
  std::vector<std::jthread> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&] {
      while (!done) {
        TestClient client(s.port, net.settings.ca_file, &net.a);
        for (int n = 0; n < 20; ++n) {
          const auto answer = client.ask(get("/wie"));
          ++(answer && answer->status == 200 ? answered : failed);
        }
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    const int before = answered;
    EXPECT_TRUE(tls->reload(net.settings));
    while (answered + failed < before + 20) std::this_thread::yield();
  }
  done = true;
  clients.clear();
  EXPECT_EQ(failed, 0);
  EXPECT_GT(answered, 0);
}

TEST_F(TlsTest, ABrokenReloadChangesNothing) {
  start();
  const TlsSettings good = net.settings;
  const auto refuses = [&](const TlsSettings& settings, const char* named) {
    const auto reloaded = tls->reload(settings);
    ASSERT_FALSE(reloaded);
    EXPECT_EQ(reloaded.error().code, core::Errc::kInvalidInput);
    EXPECT_THAT(reloaded.error().detail, HasSubstr(named));
  };
  TlsSettings wrong = good;
  wrong.certificate_file = net.dir.at("weg.pem");
  refuses(wrong, "weg.pem");
  wrong = good;
  wrong.key_file = net.dir.write("other.key", net.a.key_pem());
  refuses(wrong, "other.key");
  wrong = good;
  wrong.ca_file = net.dir.write("leeg.pem", "");
  refuses(wrong, "leeg.pem");
  wrong = good;
  wrong.crl_files = {net.dir.write("geen.crl", "geen lijst")};
  refuses(wrong, "geen.crl");
  EXPECT_EQ(tls->generation(), 1U);
  TestClient client(s.port, net.settings.ca_file, &net.a);
  EXPECT_EQ(client.ask(get("/wie"))->status, 200);
}

TEST_F(TlsTest, ConnectionsOfOnePartnerAreBounded) {
  s.options.limits.connections_per_partner_max = 1;
  start();
  TestClient first(s.port, net.settings.ca_file, &net.a);
  EXPECT_EQ(first.ask(get("/wie"))->status, 200);
  TestClient second(s.port, net.settings.ca_file, &net.a);
  const auto refused = second.ask(get("/wie"));
  EXPECT_EQ(refused->status, 429);
  EXPECT_TRUE(refused->says("Retry-After"));
  EXPECT_TRUE(second.ended());
  TestClient other(s.port, net.settings.ca_file, &net.b);
  EXPECT_EQ(other.ask(get("/wie"))->status, 200);
}

TEST_F(TlsTest, TellsWhenCertificatesEnd) {
  start();
  tls->publish(s.metrics);
  const auto ends = core::to_ms(instant_of(X509_get0_notAfter(net.server.certificate.get()))) / 1000;
  EXPECT_EQ(s.metric("wissel_tls_certificate_expiry_timestamp_seconds{certificate=\"server\"}"),
            static_cast<double>(ends));
}

TEST(PeerOf, PinsThePublicKey) {
  TestCa ca("Test CA");
  const Identity a = ca.issue(kOinA);
  const Identity b = ca.issue(kOinB);
  EXPECT_EQ(peer_of(a.certificate.get()).spki_sha256, peer_of(a.certificate.get()).spki_sha256);
  EXPECT_NE(peer_of(a.certificate.get()).spki_sha256, peer_of(b.certificate.get()).spki_sha256);
  EXPECT_FALSE(peer_of(nullptr).certificate_presented);
}

}  // namespace
}  // namespace wissel::test
