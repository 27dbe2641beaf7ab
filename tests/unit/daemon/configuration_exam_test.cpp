// What is said of each part of a configuration: the file, its certificates and lists, its keys, the room it has.
#include "daemon/configuration_exam.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "config/load.hpp"
#include "core/crypto.hpp"
#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/config/sample.hpp"
#include "tests/unit/transport/test_pki.hpp"

namespace wissel::daemon {
namespace {

using index::Finding;
using index::Findings;
using index::Verdict;
using std::chrono::days;
using std::chrono::hours;
using testing::HasSubstr;
using testing::StartsWith;

core::Instant now() { return std::chrono::time_point_cast<core::Milliseconds>(std::chrono::system_clock::now()); }

/// A configuration with files of its own for everything, all of them well: the authority ends in 20 days, the list in a
/// day, the certificate in `kLeafDays`. An examination of 15 days ago finds nothing to say.
class ConfigurationExamTest : public testing::Test {
 protected:
  static constexpr int kLeafDays = 60;

  void SetUp() override {
    dir.write("ca.crt", ca.pem());
    certify("server", kLeafDays);
    dir.write("list.crl", ca.crl({}));
    secret("log.key", core::SigningKey::generate().to_pem());
    secret("pseudonym.keys", "1 " + std::string(64, 'a'));
    secret("sealing.key", std::string(64, 'b'));
    secret("body", std::string(64, 'c'));
    ::setenv("CREDENTIALS_DIRECTORY", dir.path().c_str(), 1);
  }
  void TearDown() override { ::unsetenv("CREDENTIALS_DIRECTORY"); }

  void certify(const std::string& name, int ends_in_days) {
    test::Leaf leaf{.serial_numbers = {test::kOinServer}};
    leaf.not_before = days{-30};
    leaf.not_after = days{ends_in_days};
    const auto identity = ca.issue(leaf);
    dir.write(name + ".crt", identity.certificate_pem());
    secret(name + ".key", identity.key_pem());
  }
  void secret(const std::string& name, const std::string& content, ::mode_t mode = 0600) const {
    ::chmod(dir.write(name, content).c_str(), mode);
  }
  /// Without watermarks, so that it matters nowhere how full the disk is.
  [[nodiscard]] Findings examine(const std::string& more = {}, core::Instant at = quiet_moment()) const {
    auto text = config::minimal_config() + "data_dir: " + dir.path().string() +
                "\nstore: {watermark_warn: 0, watermark_restrict: 0, watermark_stop: 0}\n" + more;
    const auto key = text.find("  ca: ca.crt\n");
    text.insert(key, "  crl: [list.crl]\n");
    return examine_configuration(dir.write("w.yaml", text), at);
  }
  static core::Instant quiet_moment() { return now() - days{15}; }

  /// The one finding of this kind.
  static Finding of(const Findings& findings, std::string_view kind) {
    if (std::ranges::count(findings, kind, &Finding::kind) != 1)
      throw std::runtime_error("not once: " + std::string(kind));
    return *std::ranges::find(findings, kind, &Finding::kind);
  }
  static std::string all_but_fine(const Findings& findings) {
    std::string out;
    for (const auto& one : findings) {
      if (one.verdict != Verdict::kFine) out += one.kind + " " + one.subject + ": " + one.what + "\n";
    }
    return out;
  }

  fakes::TempDir dir;
  test::TestCa ca{"Test CA"};
};

TEST_F(ConfigurationExamTest, FindsNothingWhereAllIsWell) {
  const auto findings = examine();
  EXPECT_EQ(all_but_fine(findings), "");
  for (const auto* kind : {"configuration", "server certificate", "CA certificates", "revocation list", "server key",
                           "signing key of the log", "pseudonym keys", "sealing key", "body key", "free space"}) {
    EXPECT_EQ(std::ranges::count(findings, kind, &Finding::kind), 1) << kind;
  }
  EXPECT_EQ(findings.size(), 10U) << "what is outgoing is the server's own";
  EXPECT_THAT(of(findings, "server certificate").what, StartsWith("until "));
}

TEST_F(ConfigurationExamTest, SaysOfAFaultyFileOnlyItsFaults) {
  const auto findings = examine("onbekend: 1\n");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, "configuration");
  EXPECT_EQ(findings[0].subject, dir.at("w.yaml"));
  EXPECT_EQ(findings[0].verdict, Verdict::kBad);
  EXPECT_THAT(findings[0].what, HasSubstr("onbekend"));
  EXPECT_THAT(findings[0].what, testing::MatchesRegex("[0-9]+:[0-9]+: .*"));
}

TEST_F(ConfigurationExamTest, WarnsOfACertificateInItsLastThirtyDays) {
  const auto end = now() + days{kLeafDays};
  const auto at = [&](core::Instant moment) { return of(examine({}, moment), "server certificate"); };
  EXPECT_EQ(at(end - days{31}).verdict, Verdict::kFine);
  const auto soon = at(end - days{29});
  EXPECT_EQ(soon.verdict, Verdict::kWarn);
  EXPECT_THAT(soon.what, StartsWith("ends "));
  EXPECT_THAT(soon.remedy, HasSubstr("renew"));
  const auto over = at(end + hours{1});
  EXPECT_EQ(over.verdict, Verdict::kBad);
  EXPECT_THAT(over.what, StartsWith("ended "));
}

TEST_F(ConfigurationExamTest, JudgesAFileByTheFirstOfItsCertificatesToEnd) {
  test::Leaf brief;
  brief.not_after = hours{1};
  dir.write("ca.crt", ca.pem() + ca.issue(brief).certificate_pem());
  const auto found = of(examine({}, now() + hours{2}), "CA certificates");
  EXPECT_EQ(found.subject, dir.at("ca.crt"));
  EXPECT_EQ(found.verdict, Verdict::kBad);
  EXPECT_THAT(found.what, StartsWith("ended "));
}

TEST_F(ConfigurationExamTest, NamesAFileWithoutACertificate) {
  dir.write("server.crt", "no certificate");
  const auto found = of(examine(), "server certificate");
  EXPECT_EQ(found.verdict, Verdict::kBad);
  EXPECT_EQ(found.what, "cannot be read, or holds none");
  EXPECT_EQ(examine_certificate(dir.at("none"), "x", now()).verdict, Verdict::kBad);
}

TEST_F(ConfigurationExamTest, LooksAtWhatIsOutgoingWhereItIsAnother) {
  certify("out", -1);
  dir.write("out-ca.crt", "no certificate");
  const std::string outgoing = "outgoing: {certificate: out.crt, key: out.key, ca: out-ca.crt}\n";
  const auto findings = examine(outgoing);
  EXPECT_EQ(of(findings, "outgoing certificate").verdict, Verdict::kWarn) << "fifteen days ago";
  EXPECT_EQ(of(examine(outgoing, now()), "outgoing certificate").verdict, Verdict::kBad);
  EXPECT_EQ(of(findings, "outgoing key").subject, dir.at("out.key"));
  EXPECT_EQ(of(findings, "outgoing key").verdict, Verdict::kFine);
  EXPECT_EQ(of(findings, "outgoing CA certificates").verdict, Verdict::kBad);
}

TEST_F(ConfigurationExamTest, AsksForANewerListOnlyOnceItsTimeIsOver) {
  const auto soon = of(examine({}, now()), "revocation list");
  EXPECT_EQ(soon.verdict, Verdict::kFine) << "every list ends soon";
  EXPECT_EQ(soon.remedy, "");
  const auto over = of(examine({}, now() + days{2}), "revocation list");
  EXPECT_EQ(over.verdict, Verdict::kBad);
  EXPECT_THAT(over.remedy, HasSubstr("newer"));
  dir.write("list.crl", "no list");
  EXPECT_EQ(of(examine(), "revocation list").verdict, Verdict::kBad);
}

TEST_F(ConfigurationExamTest, NamesAKeyThatIsOpenToOthers) {
  auto settings = config::parse_settings(config::minimal_config(), dir.at("w.yaml"));
  ASSERT_TRUE(settings);
  for (const auto& [file, kind] :
       {std::pair{"server.key", "server key"}, std::pair{"log.key", "signing key of the log"},
        std::pair{"pseudonym.keys", "pseudonym keys"}, std::pair{"sealing.key", "sealing key"},
        std::pair{"body", "body key"}}) {
    ::chmod(dir.at(file).c_str(), 0644);
    const auto found = of(examine_settings(*settings, quiet_moment()), kind);
    EXPECT_EQ(found.verdict, Verdict::kBad) << file;
    EXPECT_THAT(found.what, HasSubstr("is open to others")) << file;
    EXPECT_THAT(found.remedy, HasSubstr("0600")) << file;
    ::chmod(dir.at(file).c_str(), 0600);
  }
}

TEST_F(ConfigurationExamTest, NotesACredentialThatIsNotHandedToIt) {
  ::unsetenv("CREDENTIALS_DIRECTORY");
  const auto findings = examine();
  const auto found = of(findings, "body key");
  EXPECT_EQ(found.subject, "credential:body");
  EXPECT_EQ(found.verdict, Verdict::kNote);
  EXPECT_EQ(all_but_fine(findings), "body key credential:body: " + found.what + "\n") << "and reads no other key";
}

TEST_F(ConfigurationExamTest, ReadsTheKeysWhereItSeesAll) {
  secret("sealing.key", "no key");
  const auto findings = examine();
  EXPECT_EQ(of(findings, "sealing key").verdict, Verdict::kFine) << "as a file";
  const auto fault = std::ranges::find(findings, Verdict::kBad, &Finding::verdict);
  ASSERT_NE(fault, findings.end());
  EXPECT_EQ(fault->kind, "configuration");
  EXPECT_THAT(fault->what, HasSubstr("secrets.sealing_key"));
  EXPECT_THAT(fault->what, Not(HasSubstr("no key"))) << "nothing of its content";
}

TEST_F(ConfigurationExamTest, HoldsTheFreeSpaceAgainstTheWatermarks) {
  auto settings = config::parse_settings(config::minimal_config(), dir.at("w.yaml"));
  ASSERT_TRUE(settings);
  const auto space = [&](std::uint64_t warn, std::uint64_t stop) {
    settings->store.watermark_warn = warn;
    settings->store.watermark_stop = stop;
    return of(examine_settings(*settings, quiet_moment()), "free space");
  };
  constexpr std::uint64_t kMore = std::uint64_t{1} << 60U;  // than any disk has
  settings->data_dir = dir.path().string();
  EXPECT_EQ(space(1, 0).verdict, Verdict::kFine);
  EXPECT_GT(space(1, 0).bytes, 0U);
  EXPECT_EQ(space(kMore, 1).verdict, Verdict::kWarn);
  EXPECT_EQ(space(kMore, kMore).verdict, Verdict::kBad);
  settings->data_dir = dir.at("none");
  EXPECT_EQ(space(1, 0).verdict, Verdict::kBad);
}

}  // namespace
}  // namespace wissel::daemon
