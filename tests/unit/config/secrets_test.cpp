#include "config/secrets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <string>

#include "config/load.hpp"
#include "core/crypto.hpp"
#include "sample.hpp"
#include "tests/fakes/temp_dir.hpp"

namespace wissel::config {
namespace {

class SecretsTest : public testing::Test {
 protected:
  void TearDown() override { ::unsetenv("CREDENTIALS_DIRECTORY"); }
  SecretLocation file(const std::string& name, const std::string& content, ::mode_t mode = 0600) const {
    const auto path = directory.write(name, content);
    ::chmod(path.c_str(), mode);
    return {.credential = false, .name = path};
  }
  static std::string reason(const SecretLocation& location) {
    const auto read = read_secret(location);
    return read ? "" : read.error().detail;
  }

  fakes::TempDir directory;
};

const std::string kHex(64, 'a');

TEST_F(SecretsTest, ReadsAFileThatIsClosedToOthers) {
  const auto read = read_secret(file("k", "content"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->view(), "content");
}

TEST_F(SecretsTest, RefusesWhatGroupOrOthersMayRead) {
  for (const ::mode_t mode : {0640U, 0604U, 0620U, 0601U, 0777U}) {
    EXPECT_THAT(reason(file("k", "x", mode)), testing::HasSubstr("is open to others")) << std::oct << mode;
  }
}

TEST_F(SecretsTest, RefusesWhatIsNoFile) {
  EXPECT_THAT(reason({false, directory.path().string()}), testing::HasSubstr("is not a file"));
  EXPECT_THAT(reason({false, directory.at("none")}), testing::HasSubstr("No such file"));
  ASSERT_EQ(::mkfifo(directory.at("pipe").c_str(), 0600), 0);
  EXPECT_THAT(reason({false, directory.at("pipe")}), testing::HasSubstr("is not a file"));
  EXPECT_THAT(reason(file("large", std::string(kSecretBytesMax + 1, 'x'))), testing::HasSubstr("too large"));
}

TEST_F(SecretsTest, FindsCredentials) {
  const SecretLocation credential{.credential = true, .name = "tls"};
  EXPECT_THAT(reason(credential), testing::HasSubstr("CREDENTIALS_DIRECTORY is not set"));
  ::setenv("CREDENTIALS_DIRECTORY", directory.path().c_str(), 1);
  // The mask of systemd's ACL shows as the group's mode.
  static_cast<void>(file("tls", "content", 0440));
  EXPECT_EQ(reason(credential), "");
  static_cast<void>(file("tls", "content", 0444));
}

TEST(PseudonymKeys, AreSortedById) {
  const auto keys = parse_pseudonym_keys("# keys\n7 " + kHex + "\n\n  4294967295\t" + kHex + "  \r\n2 " + kHex);
  ASSERT_TRUE(keys) << keys.error().detail;
  ASSERT_EQ(keys->size(), 3U);
  EXPECT_EQ(keys->front().id, 2U);
  EXPECT_EQ(keys->back().id, 4294967295U);
  EXPECT_EQ(keys->back().key.view(), std::string(32, '\xAA'));
}

TEST(PseudonymKeys, RefusesFaultsWithTheirLineAndWithoutTheirContent) {
  const auto reason = [](const std::string& text) {
    const auto keys = parse_pseudonym_keys(text);
    return keys ? "" : keys.error().detail;
  };
  EXPECT_EQ(reason(""), "holds no key");
  EXPECT_EQ(reason("\n0 " + kHex), "line 2: no id from 1 to 4294967295 and a key");
  EXPECT_EQ(reason("4294967296 " + kHex), "line 1: no id from 1 to 4294967295 and a key");
  EXPECT_EQ(reason("1"), "line 1: no id from 1 to 4294967295 and a key");
  EXPECT_EQ(reason("1 " + kHex + "a"), "line 1: the key is not 64 hex digits");
  EXPECT_EQ(reason("1 " + std::string(64, 'g')), "line 1: the key is not 64 hex digits");
  EXPECT_EQ(reason("1 " + kHex + "\n1 " + kHex), "line 2: this id is there already");
  std::string many;
  for (int i = 1; i <= 65; ++i) many += std::to_string(i) + " " + kHex + "\n";
  EXPECT_EQ(reason(many), "more than 64 keys");
}

TEST(HexKey, IsExactly64Digits) {
  EXPECT_TRUE(parse_hex_key(kHex + "\n"));
  EXPECT_FALSE(parse_hex_key(kHex + "aa"));
  EXPECT_FALSE(parse_hex_key(""));
}

TEST(SecretBytesTest, AMoveLeavesNothingBehind) {
  auto from = *parse_hex_key(kHex);
  const SecretBytes to = std::move(from);
  EXPECT_EQ(to.size(), 32U);
  EXPECT_EQ(from.size(), 0U);  // NOLINT(bugprone-use-after-move): this is what is tested
}

TEST_F(SecretsTest, LoadsAllOrNamesEachFaultAtItsKey) {
  auto pem = core::SigningKey::generate().to_pem();
  static_cast<void>(file("log.key", pem));
  static_cast<void>(file("pseudonym.keys", "1 " + kHex));
  static_cast<void>(file("sealing.key", kHex));
  ::setenv("CREDENTIALS_DIRECTORY", directory.path().c_str(), 1);
  static_cast<void>(file("body", kHex));
  const auto settings = parse_settings(minimal_config(), directory.at("w.yaml"));
  ASSERT_TRUE(settings);
  const auto secrets = load_secrets(*settings);
  ASSERT_TRUE(secrets) << to_string(secrets.error().front());
  EXPECT_EQ(secrets->signing_key_pem.view(), pem);

  static_cast<void>(file("log.key", "no key"));
  static_cast<void>(file("sealing.key", kHex, 0644));
  const auto refused = load_secrets(*settings);
  ASSERT_FALSE(refused);
  const auto at = directory.path().string();
  ASSERT_EQ(refused.error().size(), 2U);
  EXPECT_EQ(to_string(refused.error()[0]),
            at + "/w.yaml:8:20: log.signing_key: " + at + "/log.key holds no usable key; an Ed25519 key in PEM");
  EXPECT_EQ(to_string(refused.error()[1]),
            at + "/w.yaml:9:56: secrets.sealing_key: " + at +
                "/sealing.key is open to others (allowed: mode 0600 or 0400); a file that only the daemon can read");
}

}  // namespace
}  // namespace wissel::config
