#include "core/signing/endorsement.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <string>

#include "core/crypto.hpp"
#include "core/json/parse.hpp"
#include "core/policy/codec.hpp"
#include "core/signing/jwk.hpp"
#include "core/signing/jws.hpp"

namespace wissel::core {
namespace {

constexpr std::string_view kPayload = R"({"doel":"https://example.nl/doel"})";
const Instant kNow = from_ms(1'800'000'000'123);

Participant party(const JwsPrivateKey& key) {
  Participant out{.oin = Oin::parse("00000099000000002000").value(),
                  .naam = "P",
                  .rollen = {},
                  .eindpunten = {},
                  .certificaat_pins = {},
                  .quota = {}};
  out.ondertekensleutels.push_back(published("2026", key.public_key()));
  return out;
}

struct ReadInput {
  EndorsementInput input{};
  std::vector<InvalidParam> faults;
};
ReadInput read(std::string_view body) {
  const auto value = parse_json(body).value();
  Faults faults;
  ObjectReader in(value, "", faults);
  ReadInput out{read_endorsement_input(in), {}};
  in.finish();
  out.faults = faults.list();
  return out;
}

TEST(EndorsementInput, IsExactlyOneOfSignatureAndConfirmation) {
  EXPECT_EQ(read(R"({"handtekening":"a..b"})").input.handtekening, "a..b");
  const auto confirmed = read(R"({"bevestiging":{"inhoudSha256":")" + to_hex(sha256({kPayload})) + "\"}}");
  EXPECT_TRUE(confirmed.faults.empty());
  EXPECT_EQ(confirmed.input.inhoud_sha256, sha256({kPayload}));
  EXPECT_EQ(read("{}").faults.size(), 1U);
  EXPECT_EQ(
      read(R"({"handtekening":"a..b","bevestiging":{"inhoudSha256":")" + std::string(64, 'a') + "\"}}").faults.size(),
      1U);
  EXPECT_EQ(read(R"({"bevestiging":{"inhoudSha256":"aa"}})").faults.front().name, "/bevestiging/inhoudSha256");
  EXPECT_EQ(read(R"({"bevestiging":{"inhoudSha256":")" + std::string(64, 'a') + R"(","x":1}})").faults.front().name,
            "/bevestiging/x");
}

TEST(Endorse, TakesASignatureByAPublishedKey) {
  const auto key = JwsPrivateKey::generate(SigningAlgorithm::kEs256);
  const EndorsementInput input{.handtekening = sign_detached(kPayload, key, "2026")};
  const auto made = endorse(input, kPayload, party(key), false, kNow);
  ASSERT_TRUE(made.has_value());
  EXPECT_TRUE(made->is_signed());
  EXPECT_EQ(made->afdruk, thumbprint(key.public_key()));
  Faults faults;
  const auto again = read_endorsement(to_json(*made), "", faults);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(to_json(*again), to_json(*made));
  EXPECT_EQ(endorse(input, "anders", party(key), true, kNow).error().code, ProblemCode::kSignatureInvalid);
}

TEST(Endorse, TakesAConfirmationOfThisContentWhereItCounts) {
  const auto someone = party(JwsPrivateKey::generate(SigningAlgorithm::kEdDsa));
  const EndorsementInput input{.handtekening = {}, .inhoud_sha256 = sha256({kPayload})};
  const auto made = endorse(input, kPayload, someone, true, kNow);
  ASSERT_TRUE(made.has_value());
  EXPECT_FALSE(made->is_signed());
  EXPECT_EQ(boost::json::serialize(to_json(*made)),
            R"({"door":"00000099000000002000","op":"2027-01-15T08:00:00.123Z","wijze":"bevestiging"})");
  EXPECT_EQ(endorse(input, kPayload, someone, false, kNow).error().code, ProblemCode::kConfirmationNotAllowed);
  EXPECT_EQ(endorse(input, "anders", someone, true, kNow).error().code, ProblemCode::kSignatureInvalid);
}

TEST(Participant, KeepsItsKeysInTheStoreAndNotInItsOwnForm) {
  const auto someone = party(JwsPrivateKey::generate(SigningAlgorithm::kEs256));
  auto stored = someone;
  stored.versie = 3;
  EXPECT_EQ(decode_participant(encode(stored)).value().ondertekensleutels, someone.ondertekensleutels);
  EXPECT_FALSE(to_json(someone).contains("ondertekensleutels"));
}

}  // namespace
}  // namespace wissel::core
