#include "core/signing/jwk.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/json/parse.hpp"
#include "core/signing/base64url.hpp"

namespace wissel::core {
namespace {

constexpr std::string_view kEd = R"("kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")";
constexpr std::string_view kEc = R"("kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                                 R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")";

struct Read {
  std::vector<SigningKeyPublic> keys;
  std::vector<InvalidParam> faults;
};

Read read(const std::string& set) {
  Faults faults;
  const auto value = parse_json(set).value();
  Read out{.keys = read_jwk_set(value, "", faults), .faults = {}};
  out.faults = faults.list();
  return out;
}

std::string one(std::string_view members, std::string_view more = "") {
  return R"({"keys":[{"kid":"a",)" + std::string(members) + std::string(more) + "}]}";
}

TEST(Base64Url, TakesOnlyTheCanonicalForm) {
  EXPECT_EQ(to_base64url(as_bytes(std::string_view("\xfb\xff"))), "-_8");
  EXPECT_EQ(from_base64url("-_8"), "\xfb\xff");
  EXPECT_EQ(from_base64url(""), "");
  for (const auto* wrong : {"-_8=", "-_9", "+/8", "A", "AAAAA", "A A", "AA.A"}) {
    EXPECT_FALSE(from_base64url(wrong).has_value()) << wrong;
  }
}

// RFC 8037, appendix A.3.
TEST(Thumbprint, IsThatOfTheStandard) {
  const auto keys = read(one(kEd)).keys;
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys.front().afdruk, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(JwkSet, ComesBackAsItWasRead) {
  const auto set = R"({"keys":[{"kid":"een",)" + std::string(kEd) + R"(},{"kid":"twee","use":"sig","alg":"ES256",)" +
                   R"("key_ops":["verify"],)" + std::string(kEc) + "}]}";
  const auto first = read(set);
  ASSERT_TRUE(first.faults.empty());
  ASSERT_EQ(first.keys.size(), 2U);
  EXPECT_EQ(first.keys[1].key.algorithm, SigningAlgorithm::kEs256);
  EXPECT_EQ(read(boost::json::serialize(to_jwk_set(first.keys))).keys, first.keys);
  EXPECT_TRUE(read(R"({"keys":[]})").faults.empty());
}

TEST(JwkSet, NeverTakesOrRepeatsAPrivatePart) {
  const auto found = read(one(kEd, R"(,"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")"));
  EXPECT_TRUE(found.keys.empty());
  ASSERT_EQ(found.faults.size(), 1U);
  EXPECT_EQ(found.faults.front().name, "/keys/0/d");
  EXPECT_EQ(found.faults.front().reason.find("nWGx"), std::string::npos);
}

TEST(JwkSet, RefusesWhatIsNoSoundPublicKey) {
  const struct {
    const char* name;
    std::string set;
    std::string_view pointer;
  } cases[] = {
      {"no list", R"({"sleutels":[]})", "/keys"},
      {"no kid", R"({"keys":[{)" + std::string(kEd) + "}]}", "/keys/0/kid"},
      {"a long kid", R"({"keys":[{"kid":")" + std::string(101, 'a') + "\"," + std::string(kEd) + "}]}", "/keys/0/kid"},
      {"a kid twice", R"({"keys":[{"kid":"a",)" + std::string(kEd) + R"(},{"kid":"a",)" + std::string(kEc) + "}]}",
       "/keys/1/kid"},
      {"RSA", R"({"keys":[{"kid":"a","kty":"RSA","crv":"-"}]})", "/keys/0/kty"},
      {"another curve", R"({"keys":[{"kid":"a","kty":"EC","crv":"P-384"}]})", "/keys/0/crv"},
      {"curve of another type", R"({"keys":[{"kid":"a","kty":"OKP","crv":"P-256"}]})", "/keys/0/crv"},
      {"for encryption", one(kEd, R"(,"use":"enc")"), "/keys/0/use"},
      {"another alg", one(kEd, R"(,"alg":"ES256")"), "/keys/0/alg"},
      {"to sign with", one(kEd, R"(,"key_ops":["sign"])"), "/keys/0/key_ops"},
      {"an unknown member", one(kEd, R"(,"x5u":"https://example.nl")"), "/keys/0/x5u"},
      {"y on a curve without", one(kEd, R"(,"y":"AA")"), "/keys/0/y"},
      {"no y", one(R"("kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")"), "/keys/0/y"},
      {"padding", one(R"("kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=")"),
       "/keys/0/x"},
      {"short", one(R"("kty":"OKP","crv":"Ed25519","x":"AAAA")"), "/keys/0/x"},
      {"off P-256",
       one(R"("kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
           R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5aw")"),
       "/keys/0/x"},
      {"no point of P-256",
       one(R"("kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",)"
           R"("y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")"),
       "/keys/0/x"},
  };
  for (const auto& row : cases) {
    const auto found = read(row.set);
    ASSERT_FALSE(found.faults.empty()) << row.name;
    EXPECT_EQ(found.faults.front().name, row.pointer) << row.name;
  }
}

TEST(JwkSet, HoldsAtMostTwentyKeys) {
  std::string list;
  for (int i = 0; i < 21; ++i) {
    list += (i == 0 ? "" : ",") + (R"({"kid":")" + std::to_string(i)) + "\"," + std::string(kEd) + "}";
  }
  EXPECT_EQ(read(R"({"keys":[)" + list + "]}").faults.size(), 1U);
}

std::string ed25519(std::string_view hex) { return from_hex(hex).value(); }

TEST(SoundKey, LeavesOutThePointsForWhichAnyoneCanSign) {
  const auto sound = [](std::string_view hex) { return is_sound({SigningAlgorithm::kEdDsa, ed25519(hex)}); };
  // RFC 8032, section 7.1, test 1.
  EXPECT_TRUE(sound("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
  const std::string zeros(62, '0');
  EXPECT_FALSE(sound("00" + zeros));                                                        // order 4
  EXPECT_FALSE(sound("01" + zeros));                                                        // order 1
  EXPECT_FALSE(sound("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));  // order 2
  EXPECT_FALSE(sound("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"));  // order 8
  EXPECT_FALSE(sound("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"));  // order 8
  EXPECT_FALSE(sound("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));  // 1, above p
  EXPECT_FALSE(sound("02" + zeros));                                                        // no x
}

}  // namespace
}  // namespace wissel::core
