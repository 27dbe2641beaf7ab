#include "core/log/note.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/log/merkle.hpp"

namespace wissel::core {
namespace {

// The example of C2SP signed-note.
constexpr std::string_view kVkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const std::string kNote =
    "This is an example message.\n\n"
    "\xe2\x80\x94 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

constexpr std::string_view kOrigin = "wissel.example.nl/log/2026";

SigningKey key_of(std::uint8_t number) {
  ByteArray<32> seed{};
  seed[0] = number;
  return SigningKey::from_seed(seed);
}
VerifierKey verifier_of(const SigningKey& key, std::string_view name = kOrigin) {
  return {std::string(name), key.public_key()};
}
const Hash kRoot = leaf_hash("root");

TEST(Note, VerifiesTheExampleOfTheSpecification) {
  const auto key = VerifierKey::parse(kVkey).value();
  EXPECT_EQ(key.name, "example.com/foo");
  EXPECT_EQ(key.id(), 0x530d903aU);
  EXPECT_EQ(key.vkey(), kVkey);
  const auto note = verify_note(kNote, {&key, 1}).value();
  EXPECT_EQ(note.text, "This is an example message.\n");
  EXPECT_EQ(note.encode(), kNote);
}

TEST(Note, RefusesEveryChangedByte) {
  const auto key = VerifierKey::parse(kVkey).value();
  for (std::size_t i = 0; i < kNote.size(); ++i) {
    auto changed = kNote;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(verify_note(changed, {&key, 1})) << i;
    EXPECT_FALSE(verify_note(kNote.substr(0, i), {&key, 1})) << i;
  }
}

TEST(Note, IgnoresUnknownKeysAndTakesManySignatures) {
  const auto key = key_of(1);
  auto note = sign_checkpoint(kOrigin, 7, kRoot, key);
  for (std::uint8_t witness = 2; witness < 40; ++witness) {
    note.signatures.push_back(sign_text(note.text, "witness" + std::to_string(witness), key_of(witness)));
  }
  note.signatures.push_back({"other", 1, std::string(72, 'x')});
  const auto known = verifier_of(key);
  EXPECT_EQ(verify_note(note.encode(), {&known, 1}).value().signatures.size(), 40U);
  const auto stranger = verifier_of(key_of(200));
  EXPECT_EQ(verify_note(note.encode(), {&stranger, 1}).error().code, Errc::kCorrupt);
  EXPECT_EQ(verify_note(note.encode(), {}).error().code, Errc::kCorrupt);
}

TEST(Note, AWrongSignatureOfAKnownKeyRejectsTheWhole) {
  const auto key = key_of(1);
  const auto witness = key_of(2);
  auto note = sign_checkpoint(kOrigin, 7, kRoot, key);
  note.signatures.push_back(sign_text("another text\n", "witness", witness));
  const VerifierKey both[] = {verifier_of(key), verifier_of(witness, "witness")};
  EXPECT_FALSE(verify_note(note.encode(), both));
  EXPECT_TRUE(verify_note(note.encode(), {both, 1}));
}

TEST(Note, SplitsAtTheLastEmptyLine) {
  const auto key = key_of(1);
  SignedNote note{"a\n\nb\n", {}};
  note.signatures.push_back(sign_text(note.text, kOrigin, key));
  const auto known = verifier_of(key);
  EXPECT_EQ(verify_note(note.encode(), {&known, 1}).value().text, "a\n\nb\n");
}

TEST(Note, RefusesWhatIsNone) {
  const std::string dash = "\xe2\x80\x94 ";
  for (const std::string& text : std::initializer_list<std::string>{
           "", "\n", "\n\n", "text\n", "text\n\n", "text\n\n" + dash + "name AAAAAAA=",
           "text\n\n" + dash + "name AAAAAAA\n", "text\n\n" + dash + "na+me AAAAAAA=\n",
           "text\n\n" + dash + " AAAAAAA=\n", "text\n\n- name AAAAAAA=\n", "te\txt\n\n" + dash + "name AAAAAAA=\n",
           "te\xc0\x80xt\n\n" + dash + "name AAAAAAA=\n", "te\xed\xa0\x80xt\n\n" + dash + "name AAAAAAA=\n",
           "text\n\n" + dash + "name AAAA\n", std::string(kNoteBytesMax + 1, 'x')}) {
    EXPECT_EQ(parse_note(text).error().code, Errc::kInvalidInput) << text.substr(0, 40);
  }
  EXPECT_TRUE(parse_note("text\n\n" + dash + "name AAAAAAA=\n"));
}

TEST(VerifierKey, RefusesWhatIsNone) {
  for (std::string_view text :
       {"", "a", "a+b", "a+530d903a+", "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"}) {
    EXPECT_EQ(VerifierKey::parse(text).error().code, Errc::kInvalidInput) << text;
  }
}

TEST(Checkpoint, RoundTripsThroughItsSignedForm) {
  const auto key = key_of(1);
  const auto note = sign_checkpoint(kOrigin, 70000, kRoot, key).encode();
  EXPECT_TRUE(note.starts_with("wissel.example.nl/log/2026\n70000\n" + to_base64(kRoot) + "\n\n\xe2\x80\x94 "));
  const auto checkpoint = verify_checkpoint(note, verifier_of(key)).value();
  EXPECT_EQ(checkpoint, (Checkpoint{std::string(kOrigin), 70000, kRoot}));
  EXPECT_FALSE(verify_checkpoint(note, verifier_of(key_of(2))));
}

TEST(Checkpoint, OfAnotherOriginThanItsKeyIsRefused) {
  const auto key = key_of(1);
  SignedNote note{Checkpoint{"another.example/log", 1, kRoot}.text(), {}};
  note.signatures.push_back(sign_text(note.text, kOrigin, key));
  EXPECT_EQ(verify_checkpoint(note.encode(), verifier_of(key)).error().code, Errc::kCorrupt);
}

TEST(Checkpoint, ReadsExtensionLinesAndRefusesMalformedOnes) {
  const auto root = to_base64(kRoot);
  EXPECT_TRUE(Checkpoint::parse("o\n0\n" + root + "\n"));
  EXPECT_TRUE(Checkpoint::parse("o\n12\n" + root + "\nextension\n"));
  for (const std::string& text :
       {std::string{}, "o\n1\n" + root, "\n1\n" + root + "\n", "o o\n1\n" + root + "\n", "o\n01\n" + root + "\n",
        "o\n-1\n" + root + "\n", "o\n+1\n" + root + "\n", "o\n1 \n" + root + "\n", "o\n\n" + root + "\n",
        "o\n18446744073709551616\n" + root + "\n", "o\n1\n" + root.substr(4) + "\n", "o\n1\n" + root + "\n\n"}) {
    EXPECT_FALSE(Checkpoint::parse(text)) << text;
  }
}

TEST(KeyName, HoldsNoSpaceOfAnyKind) {
  EXPECT_TRUE(is_key_name("wissel.example.nl/log"));
  EXPECT_TRUE(is_key_name("caf\xc3\xa9"));
  for (const char* name : {"", "a b", "a+b", "a\nb", "a\tb",
                           "a\xc2\xa0"
                           "b",
                           "a\xe2\x80\x8a"
                           "b",
                           "\xff"}) {
    EXPECT_FALSE(is_key_name(name)) << name;
  }
}

}  // namespace
}  // namespace wissel::core
