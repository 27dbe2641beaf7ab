#include "core/signing/jws.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/signing/base64url.hpp"
#include "core/signing/jwk.hpp"

namespace wissel::core {
namespace {

std::string bytes(std::string_view base64url) { return from_base64url(base64url).value(); }

// RFC 8037, appendix A.2 and RFC 7515, appendix A.3.1.
const PublicKeyBytes kEd{SigningAlgorithm::kEdDsa, bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")};
const PublicKeyBytes kEc{SigningAlgorithm::kEs256, bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU") +
                                                       bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")};

constexpr std::string_view kPayload = "de inhoud van versie 1";

TEST(VerifySignature, TakesTheVectorsOfTheStandards) {
  EXPECT_TRUE(verify_signature(
      kEd, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
      bytes("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")));
  EXPECT_TRUE(verify_signature(
      kEc,
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnV"
      "lfQ",
      bytes("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")));
}

TEST(VerifySignature, RefusesAnotherLengthAndEmptyOnes) {
  for (const auto& key : {kEd, kEc}) {
    EXPECT_FALSE(verify_signature(key, "a", std::string(63, 'a')));
    EXPECT_FALSE(verify_signature(key, "a", std::string(65, 'a')));
    EXPECT_FALSE(verify_signature(key, "a", std::string(64, '\0')));
  }
  EXPECT_FALSE(verify_signature({SigningAlgorithm::kEs256, "kort"}, "a", std::string(64, 'a')));
  EXPECT_FALSE(verify_signature({SigningAlgorithm::kEdDsa, "kort"}, "a", std::string(64, 'a')));
}

/// One signer with a key of each kind.
struct Signer {
  JwsPrivateKey ec = JwsPrivateKey::generate(SigningAlgorithm::kEs256);
  JwsPrivateKey ed = JwsPrivateKey::generate(SigningAlgorithm::kEdDsa);
  std::vector<SigningKeyPublic> keys{published("ec", ec.public_key()), published("ed", ed.public_key())};
};

std::string coded(std::string_view text) { return to_base64url(as_bytes(text)); }

/// A signature by `key` under a header of the test's own.
std::string with_header(const JwsPrivateKey& key, std::string_view header) {
  const auto written = coded(header);
  return written + ".." + coded(key.sign(written + '.' + coded(kPayload)));
}

TEST(VerifyDetached, TakesWhatWasSigned) {
  const Signer signer;
  const auto by_ec = verify_detached(sign_detached(kPayload, signer.ec, "ec"), kPayload, signer.keys);
  ASSERT_TRUE(by_ec.has_value());
  EXPECT_EQ(by_ec->kid, "ec");
  EXPECT_EQ(by_ec->afdruk, thumbprint(signer.ec.public_key()));
  EXPECT_TRUE(verify_detached(sign_detached("", signer.ed, "ed"), "", signer.keys).has_value());
}

TEST(VerifyDetached, ReadsAPrivateKeyBackFromItsFile) {
  const Signer signer;
  for (const auto* key : {&signer.ec, &signer.ed}) {
    const auto again = JwsPrivateKey::from_pem(key->to_pem());
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->public_key(), key->public_key());
    EXPECT_EQ(public_key_of_pem(key->to_pem()).value(), key->public_key());
  }
  EXPECT_FALSE(JwsPrivateKey::from_pem("geen sleutel").has_value());
  EXPECT_FALSE(public_key_of_pem("").has_value());
}

TEST(VerifyDetached, RefusesOtherContentAndAnotherKey) {
  const Signer signer;
  const Signer other;
  for (const auto* kid : {"ec", "ed"}) {
    const auto jws = sign_detached(kPayload, kid == std::string("ec") ? signer.ec : signer.ed, kid);
    EXPECT_EQ(verify_detached(jws, "de inhoud van versie 2", signer.keys).error().code, ProblemCode::kSignatureInvalid);
    EXPECT_EQ(verify_detached(jws, kPayload, other.keys).error().code, ProblemCode::kSignatureInvalid);
    EXPECT_EQ(verify_detached(jws, kPayload, {}).error().code, ProblemCode::kSigningKeyUnknown);
  }
}

TEST(VerifyDetached, RefusesEveryChangedCharacter) {
  const Signer signer;
  for (const auto* kid : {"ec", "ed"}) {
    const auto jws = sign_detached(kPayload, kid == std::string("ec") ? signer.ec : signer.ed, kid);
    for (std::size_t i = 0; i < jws.size(); ++i) {
      auto changed = jws;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      EXPECT_FALSE(verify_detached(changed, kPayload, signer.keys).has_value()) << i;
      EXPECT_FALSE(verify_detached(jws.substr(0, i), kPayload, signer.keys).has_value()) << i;
    }
  }
}

TEST(VerifyDetached, RefusesHeadersThatSaySomethingElse) {
  const Signer signer;
  const struct {
    const char* name;
    std::string header;
    ProblemCode code;
  } cases[] = {
      {"alg of the other key", R"({"alg":"EdDSA","kid":"ec"})", ProblemCode::kSignatureInvalid},
      {"alg none", R"({"alg":"none","kid":"ec"})", ProblemCode::kSignatureInvalid},
      {"alg missing", R"({"kid":"ec"})", ProblemCode::kSignatureInvalid},
      {"alg of a shared key", R"({"alg":"HS256","kid":"ec"})", ProblemCode::kSignatureInvalid},
      {"kid missing", R"({"alg":"ES256"})", ProblemCode::kSignatureInvalid},
      {"kid a number", R"({"alg":"ES256","kid":1})", ProblemCode::kSignatureInvalid},
      {"kid unknown", R"({"alg":"ES256","kid":"weg"})", ProblemCode::kSigningKeyUnknown},
      {"crit", R"({"alg":"ES256","kid":"ec","crit":["exp"],"exp":1})", ProblemCode::kSignatureInvalid},
      {"b64 false", R"({"alg":"ES256","kid":"ec","b64":false})", ProblemCode::kSignatureInvalid},
      {"a name twice", R"({"alg":"ES256","kid":"ec","kid":"ec"})", ProblemCode::kSignatureInvalid},
      {"not an object", R"(["ES256"])", ProblemCode::kSignatureInvalid},
      {"not JSON", "alg=ES256", ProblemCode::kSignatureInvalid},
      {"too large", R"({"alg":"ES256","kid":"ec","x":")" + std::string(4096, 'a') + "\"}",
       ProblemCode::kSignatureInvalid},
  };
  for (const auto& one : cases) {
    const auto verified = verify_detached(with_header(signer.ec, one.header), kPayload, signer.keys);
    ASSERT_FALSE(verified.has_value()) << one.name;
    EXPECT_EQ(verified.error().code, one.code) << one.name;
  }
}

TEST(VerifyDetached, PassesHeaderMembersThatMeanNothingHere) {
  const Signer signer;
  const auto jws = with_header(signer.ec, R"({"typ":"JOSE","alg":"ES256","kid":"ec","b64":true,"jwk":{"kty":"EC"}})");
  EXPECT_TRUE(verify_detached(jws, kPayload, signer.keys).has_value());
}

TEST(VerifyDetached, RefusesOtherForms) {
  const Signer signer;
  const auto jws = sign_detached(kPayload, signer.ec, "ec");
  const auto middle = jws.find("..") + 1;
  const auto header = jws.substr(0, middle - 1);
  const auto signature = jws.substr(middle + 1);
  const std::vector<std::string> others{
      "",
      "..",
      header,
      header + "." + signature,
      header + "." + coded(kPayload) + "." + signature,  // attached
      header + "=.." + signature,                        // padding
      header + ".." + signature + "==",                  // padding
      header + ".." + signature + "A",                   // one character too many
      header + ".." + signature + ".",                   // a fourth part
      " " + jws,
      jws + "\n",
      header + ".." + std::string(kJwsMax, 'A'),
  };
  for (const auto& other : others) {
    const auto verified = verify_detached(other, kPayload, signer.keys);
    ASSERT_FALSE(verified.has_value()) << other;
    EXPECT_EQ(verified.error().code, ProblemCode::kSignatureInvalid) << other;
  }
}

TEST(VerifyDetached, RefusesASecondSpellingOfTheSameSignature) {
  const Signer signer;
  const auto jws = sign_detached(kPayload, signer.ed, "ed");
  // 64 bytes end in a character of which four bits are unused: another one that decodes alike.
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const auto digit = kDigits.find(jws.back());
  ASSERT_EQ(digit % 16, 0U);
  EXPECT_FALSE(verify_detached(jws.substr(0, jws.size() - 1) + kDigits[digit + 1], kPayload, signer.keys).has_value());
}

}  // namespace
}  // namespace wissel::core
