#include "config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sample.hpp"

namespace wissel::config {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> faults_of(const std::string& text) {
  const auto loaded = parse_settings(text, "/etc/wissel/w.yaml");
  std::vector<std::string> out;
  if (loaded) return out;
  for (const auto& fault : loaded.error()) out.push_back(to_string(fault));
  return out;
}

TEST(LoadSettings, TheSmallestConfigurationHasTheDefaults) {
  const auto loaded = parse_settings(minimal_config(), "/etc/wissel/w.yaml");
  ASSERT_TRUE(loaded) << testing::PrintToString(faults_of(minimal_config()));
  EXPECT_EQ(loaded->environment, Environment::kTest);
  EXPECT_EQ(loaded->log_origin(), "wissel.test/log/test");
  EXPECT_EQ(loaded->data_dir, "/var/lib/wissel");
  EXPECT_EQ(loaded->partners.listen, (std::vector<Endpoint>{{"127.0.0.1", 8443}}));
  EXPECT_EQ(loaded->partners.key, (SecretLocation{false, "/etc/wissel/server.key"}));
  EXPECT_EQ(loaded->secrets.body_key, (SecretLocation{true, "body"}));
  EXPECT_EQ(loaded->outgoing.certificate, "/etc/wissel/server.crt");
  EXPECT_EQ(loaded->outgoing.key, loaded->partners.key);
  EXPECT_EQ(loaded->outgoing.ca, "/etc/wissel/ca.crt");
  EXPECT_EQ(loaded->pull.commit_margin, 50ms);
  EXPECT_EQ(loaded->where("partners.key"), (Source{"/etc/wissel/w.yaml", 6, 8}));
  EXPECT_EQ(loaded->where("pull.wait_max"), (Source{"/etc/wissel/w.yaml", 0, 0}));
}

TEST(LoadSettings, ReadsEveryKindOfValue) {
  const auto loaded = parse_settings(R"(environment: acceptance
name: wissel.example.nl
bootstrap_operators: ["00000003123456780000", 00000099000000009001]
data_dir: store
runtime_dir: /run/w
partners:
  listen: ["0.0.0.0:443", "[::1]:8443"]
  certificate: /pki/server.crt
  key: credential:tls
  ca: ca.crt
  crl: [a.crl, /pki/b.crl]
  tls12: true
  threads: 4
  limits: {header_bytes_max: 32KiB, body_bytes_max: 2097152, idle_timeout: PT2M, connections_max: 20000}
outgoing: {certificate: c.crt, key: c.key, allow_private_addresses: true}
operators: {listen: "[::1]:9443"}
log: {signing_key: log.key}
secrets: {pseudonym_keys: p, sealing_key: s, body_key: b}
store: {block_cache: 1GiB, scrub_period: P14D}
push: {retry_first: 250ms, retry_max: 2h, repeat_term: 60d}
references: {term_max: P1Y6M}
agreements: {confirmation: allowed}
logging: {format: json, level: warn, components: {transport: debug, push_out: error}}
queue:
)",
                                     "/etc/w.yaml");
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  EXPECT_EQ(loaded->bootstrap_operators.size(), 2U);
  EXPECT_EQ(loaded->data_dir, "/etc/store");
  EXPECT_EQ(to_string(loaded->partners.listen.at(1)), "[::1]:8443");
  EXPECT_EQ(loaded->partners.key, (SecretLocation{true, "tls"}));
  EXPECT_EQ(loaded->partners.crl, (std::vector<std::filesystem::path>{"/etc/a.crl", "/pki/b.crl"}));
  EXPECT_TRUE(loaded->partners.tls12);
  EXPECT_EQ(loaded->partners.threads, 4U);
  EXPECT_EQ(loaded->partners.limits.header_bytes_max, 32U * 1024);
  EXPECT_EQ(loaded->partners.limits.body_bytes_max, 2U * 1024 * 1024);
  EXPECT_EQ(loaded->partners.limits.idle_timeout, 2min);
  EXPECT_EQ(loaded->outgoing.certificate, "/etc/c.crt");
  EXPECT_EQ(loaded->outgoing.ca, "/etc/ca.crt");
  EXPECT_EQ(loaded->store.scrub_period, std::chrono::days{14});
  EXPECT_EQ(loaded->push.retry_first, 250ms);
  EXPECT_EQ(loaded->push.repeat_term, std::chrono::days{60});
  EXPECT_EQ(loaded->references.term_max, (core::Duration{.months = 18, .ms = 0}));
  EXPECT_EQ(loaded->agreements.confirmation, Confirmation::kAllowed);
  EXPECT_EQ(loaded->logging.format, LogFormat::kJson);
  EXPECT_EQ(loaded->logging.components.at("push_out"), core::LogLevel::kError);
}

struct Refusal {
  std::string name;
  std::string line;  ///< added to the smallest configuration, as line 10
  std::string message;
};

class LoadSettingsRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(LoadSettingsRefuses, WithItsPlaceAndWhatIsAllowed) {
  EXPECT_THAT(faults_of(minimal_config() + GetParam().line),
              testing::ElementsAre("/etc/wissel/w.yaml:" + GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, LoadSettingsRefuses,
    testing::Values(
        Refusal{"UnknownKeyNearAnother", "pul: {}", "10:1: unknown key 'pul'; did you mean 'pull'?"},
        Refusal{"UnknownKeyInASection", "pull: {wait_maks: 1s}",
                "10:8: unknown key 'wait_maks' in pull; did you mean 'wait_max'?"},
        Refusal{"UnknownKeyNearNothing", "shutdown: {colour: red}",
                "10:12: unknown key 'colour' in shutdown; known here: drain"},
        Refusal{"DottedKey", "pull.wait_max: 1s",
                "10:1: unknown key 'pull.wait_max'; known here: environment, name, bootstrap_operators, data_dir, "
                "runtime_dir, partners, outgoing, operators, log, secrets, store, queue, pull, push, references, "
                "idempotency, limits, brake, agreements, logging, shutdown"},
        Refusal{"KeyGivenTwice", "name: other", "10:1: key 'name' is given twice; once; it stands at line 2 already"},
        Refusal{"NumberAsText", "pull: {holders_max: \"64\"}",
                "10:21: pull.holders_max is not a number; a number from 1 to 10000"},
        Refusal{"NumberOutOfRange", "pull: {holders_max: 0}",
                "10:21: pull.holders_max is out of range; a number from 1 to 10000"},
        Refusal{"HugeNumber", "pull: {holders_max: 99999999999999999999999}",
                "10:21: pull.holders_max is not a number; a number from 1 to 10000"},
        Refusal{"DurationWithoutUnit", "pull: {wait_max: 30}",
                "10:18: pull.wait_max is not a duration; a duration from 50ms to 5m, such as 10s"},
        Refusal{"DurationInMonths", "push: {expiry: P1M}",
                "10:16: push.expiry is not a duration; a duration from 1m to P365D, such as 10s"},
        Refusal{"DurationOutOfRange", "push: {mailbox_wait_max: 61s}",
                "10:26: push.mailbox_wait_max is out of range; a duration from 0ms to 1m, such as 10s"},
        Refusal{"SizeInUnknownUnit", "store: {block_cache: 1GB}",
                "10:22: store.block_cache is not a size; a size from 8MiB to 1TiB, such as 16KiB"},
        Refusal{"YesForTrue", "outgoing: {allow_private_addresses: yes}",
                "10:37: outgoing.allow_private_addresses is not true or false; true or false"},
        Refusal{"ListForText", "data_dir: [a]", "10:11: data_dir is a list, not a single value; a path"},
        Refusal{"NoValue", "data_dir:", "10:1: data_dir has no value; a path"},
        Refusal{"SectionAsText", "pull: 5s", "10:7: pull is not a map; keys with values"},
        Refusal{"HostName", "operators: {listen: \"localhost:1\"}",
                "10:21: operators.listen is not an address with a port; an IP address and a port, such as "
                "127.0.0.1:8443"},
        Refusal{"PortTooHigh", "operators: {listen: \"127.0.0.1:65536\"}",
                "10:21: operators.listen is not an address with a port; an IP address and a port, such as "
                "127.0.0.1:8443"},
        Refusal{"RemoteOperators", "operators: {listen: \"10.0.0.1:1\"}",
                "10:21: operators.listen is not a loopback address, and the listener is plain HTTP; 127.0.0.1 or "
                "[::1], or allow_remote: true"},
        Refusal{"WordUnknown", "logging: {level: verbose}",
                "10:18: logging.level is not a known word; one of debug, info, warn, error"},
        Refusal{"ComponentLevelUnknown", "logging: {components: {tls: loud}}",
                "10:29: logging.components is not a level (debug, info, warn, error); a map from component to level, "
                "such as {transport: debug}"},
        Refusal{"OperatorOfAnotherEnvironment", "bootstrap_operators: [\"00000003123456780000\"]",
                "10:22: bootstrap_operators holds an OIN of another environment; OINs that begin with 00000099 in "
                "test and only there"},
        Refusal{"OperatorIsNoOin", "bootstrap_operators: [\"123\"]",
                "10:22: bootstrap_operators holds what is not an OIN; 20 digits or capitals each, in quotes"},
        Refusal{"WatermarksOutOfOrder", "store: {watermark_stop: 3GiB}",
                "10:25: store.watermark_stop is above watermark_restrict; at most watermark_restrict"},
        Refusal{"RepeatsForgottenTooSoon", "push: {repeat_term: 7d}",
                "10:21: push.repeat_term is not longer than expiry; longer than expiry, so that no repeat is taken "
                "for a new message"},
        Refusal{"CertificateWithoutKey", "outgoing: {certificate: c.crt}",
                "10:25: outgoing.certificate is given alone; outgoing.certificate and outgoing.key together"},
        Refusal{"LineEndInAKey", "\"a\\nb\": 1",
                "10:1: unknown key 'a b'; known here: environment, name, bootstrap_operators, data_dir, runtime_dir, "
                "partners, outgoing, operators, log, secrets, store, queue, pull, push, references, idempotency, "
                "limits, brake, agreements, logging, shutdown"}),
    [](const auto& row) { return row.param.name; });

TEST(LoadSettings, GivesAllFaultsInOneRunInTheOrderOfTheFile) {
  EXPECT_THAT(faults_of("environment: tset\nname: a b\nname: c\npartners:\n  listen: []\n  key: credential:../x\n"
                        "pull: {wait_max: x}\n"),
              testing::ElementsAre(
                  "/etc/wissel/w.yaml:1:1: log.signing_key is missing; a path, or credential:NAME",
                  "/etc/wissel/w.yaml:1:1: secrets.pseudonym_keys is missing; a path, or credential:NAME",
                  "/etc/wissel/w.yaml:1:1: secrets.sealing_key is missing; a path, or credential:NAME",
                  "/etc/wissel/w.yaml:1:1: secrets.body_key is missing; a path, or credential:NAME",
                  "/etc/wissel/w.yaml:1:14: environment is not a known word; one of production, acceptance, test",
                  "/etc/wissel/w.yaml:2:7: name cannot stand in a checkpoint; up to 200 visible ASCII characters "
                  "without spaces and '+'",
                  "/etc/wissel/w.yaml:3:1: key 'name' is given twice; once; it stands at line 2 already",
                  "/etc/wissel/w.yaml:4:1: partners.certificate is missing; a path",
                  "/etc/wissel/w.yaml:4:1: partners.ca is missing; a path",
                  "/etc/wissel/w.yaml:5:11: partners.listen is out of range; a list of 1 to 16 IP addresses with a "
                  "port, such as 127.0.0.1:8443 or \"[::1]:8443\"",
                  "/etc/wissel/w.yaml:6:8: partners.key is not the name of a credential; a path, or credential:NAME",
                  "/etc/wissel/w.yaml:7:18: pull.wait_max is not a duration; a duration from 50ms to 5m, such as "
                  "10s"));
}

TEST(LoadSettings, AnEmptyFileMissesWhatIsRequired) { EXPECT_EQ(faults_of("").size(), 10U); }

TEST(LoadSettings, ThePackagedConfigurationIsInOrder) {
  const auto loaded = load_settings(std::string(WISSEL_SOURCE_DIR) + "/systemd/wissel.yaml", Files::kIgnore);
  ASSERT_TRUE(loaded) << to_string(loaded.error().front());
  EXPECT_EQ(loaded->environment, Environment::kProduction);
}

TEST(LoadSettings, AMissingFileIsNamed) {
  const auto loaded = load_settings("/nonexistent/w.yaml");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(to_string(loaded.error().front()),
            "/nonexistent/w.yaml: cannot be read: No such file or directory; a file in YAML");
}

TEST(LoadSettings, ADirectoryIsNoFile) {
  const auto loaded = load_settings("/");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(to_string(loaded.error().front()), testing::HasSubstr("it is a directory"));
}

TEST(LoadSettings, NamesFilesThatAreMissing) {
  const auto loaded = parse_settings(minimal_config(), "/nonexistent/w.yaml", Files::kCheck);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(to_string(loaded.error().front()),
            "/nonexistent/w.yaml:5:16: partners.certificate: /nonexistent/server.crt does not exist; a file that the "
            "daemon can read");
  EXPECT_EQ(loaded.error().size(), 6U);
}

}  // namespace
}  // namespace wissel::config
