#include "core/crypto.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace wissel::core {
namespace {

std::string bytes(std::string_view hex) { return from_hex(hex).value(); }

template <std::size_t N>
ByteArray<N> array(std::string_view hex) {
  ByteArray<N> out{};
  const auto text = bytes(hex);
  for (std::size_t i = 0; i < N; ++i) out[i] = static_cast<std::uint8_t>(text.at(i));
  return out;
}

// FIPS 180-4 examples.
TEST(Sha256, GivesThePublishedValues) {
  EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256({"abc"})), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256({"abcdbcdecdefdefgefghfghighijhijk", "", "ijkljklmklmnlmnomnopnopq"})),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, ThreadsDoNotDisturbEachOther) {
  const auto expected = sha256({"abc"});
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) EXPECT_EQ(sha256({"a", "bc"}), expected);
    });
  }
}

// RFC 4231, sections 4.2, 4.3, 4.4 and 4.7 (a key above the block length).
TEST(HmacSha256, GivesTheVectorsOfRfc4231) {
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), {"Hi There"})),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", {"what do ya want ", "for nothing?"})),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\xaa'), {std::string(50, '\xdd')})),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'), {"Test Using Larger Than Block-Size Key - Hash Key First"})),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacKey, IsReusable) {
  const HmacKey key("Jefe");
  const HmacKey copy = key;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(key.mac({"what do ya want for nothing?"}), copy.mac({"what do ya want", " for nothing?"}));
  }
}

// The GCM specification (McGrew and Viega), test cases 14 (one zero block) and 16 (with additional data).
TEST(SealingKey, OpensThePublishedTestCases) {
  const auto zero = SealingKey::from_bytes(std::string(32, '\0')).value();
  const auto sealed = std::string(12, '\0') + bytes("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  EXPECT_EQ(zero.open(sealed, "").value(), std::string(16, '\0'));

  const auto key =
      SealingKey::from_bytes(bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")).value();
  const auto text = bytes(
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
      "bcc9f662");
  const auto whole = bytes("cafebabefacedbaddecaf888") + text + bytes("76fc6ece0f4e1768cddf8853bb2d551b");
  EXPECT_EQ(
      to_hex(as_bytes(key.open(whole, bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2")).value())),
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0d"
      "e657ba637b39");
}

TEST(SealingKey, RoundTripsAndNeverRepeatsANonce) {
  const auto key = SealingKey::from_bytes(std::string(32, 'k')).value();
  for (const std::string& plain : {std::string{}, std::string("zaak 1"), std::string(5000, 'x')}) {
    const auto sealed = key.seal(plain, "ref");
    EXPECT_EQ(sealed.size(), plain.size() + 28);
    EXPECT_EQ(key.open(sealed, "ref").value(), plain);
    EXPECT_NE(key.seal(plain, "ref"), sealed);
  }
}

TEST(SealingKey, RefusesEveryChange) {
  const auto key = SealingKey::from_bytes(std::string(32, 'k')).value();
  const auto sealed = key.seal("zaak 1", "ref");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(key.open(changed, "ref").error().code, Errc::kCorrupt) << i;
    EXPECT_FALSE(key.open(sealed.substr(0, i), "ref")) << i;
  }
  EXPECT_FALSE(key.open(sealed, "other"));
  EXPECT_FALSE(SealingKey::from_bytes(std::string(32, 'l')).value().open(sealed, "ref"));
  EXPECT_FALSE(SealingKey::from_bytes(std::string(31, 'k')));
}

// RFC 8032, section 7.1, tests 1 to 3.
TEST(SigningKey, GivesTheVectorsOfRfc8032) {
  struct Case {
    const char *seed, *public_key, *message, *signature;
  };
  const Case cases[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2"
       "4"
       "655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302ae"
       "e"
       "b00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28"
       "d"
       "c027beceea1ec40a"},
  };
  for (const auto& test : cases) {
    const auto key = SigningKey::from_seed(array<32>(test.seed));
    const auto message = bytes(test.message);
    EXPECT_EQ(to_hex(key.public_key()), test.public_key);
    EXPECT_EQ(to_hex(as_bytes(key.sign(message))), test.signature);
    EXPECT_TRUE(verify_ed25519(key.public_key(), message, bytes(test.signature)));
    EXPECT_FALSE(verify_ed25519(key.public_key(), message + "x", bytes(test.signature)));
    EXPECT_FALSE(verify_ed25519(key.public_key(), message, bytes(test.signature).substr(1)));
  }
}

TEST(SigningKey, ReadsPemAndRefusesWhatIsNot) {
  const auto key = SigningKey::generate();
  const auto again = SigningKey::from_pem(key.to_pem()).value();
  EXPECT_EQ(again.public_key(), key.public_key());
  EXPECT_TRUE(verify_ed25519(key.public_key(), "message", again.sign("message")));
  EXPECT_EQ(SigningKey::from_pem("").error().code, Errc::kInvalidInput);
  EXPECT_EQ(SigningKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").error().code,
            Errc::kInvalidInput);
}

// RFC 8410, section 10.3.
TEST(SigningKey, ReadsTheExampleOfRfc8410) {
  const auto key = SigningKey::from_pem(
      "-----BEGIN PRIVATE KEY-----\n"
      "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
      "-----END PRIVATE KEY-----\n");
  ASSERT_TRUE(key);
  EXPECT_EQ(to_hex(key->public_key()), "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1");
}

TEST(EqualInConstantTime, ComparesBytes) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
}

TEST(RandomBytes, FillsTheWholeSpan) {
  ByteArray<32> a{};
  ByteArray<32> b{};
  random_bytes(a);
  random_bytes(b);
  EXPECT_NE(a, b);
}

TEST(RandomBytes, AreHandedOutOnce) {
  // Small pieces come from a reserve: enough of them to use it up several times, with others between.
  std::set<Bytes16> seen;
  for (int i = 0; i < 1'000; ++i) {
    Bytes16 piece{};
    random_bytes(piece);
    EXPECT_TRUE(seen.insert(piece).second) << i;
    ByteArray<5> odd{};
    random_bytes(odd);
  }
}

TEST(RandomBytes, DifferBetweenThreads) {
  Bytes16 here{};
  Bytes16 there{};
  random_bytes(here);
  std::thread([&there] { random_bytes(there); }).join();
  EXPECT_NE(here, there);
}

TEST(RandomBytes, FillSpansOfAnySize) {
  for (std::size_t size = 0; size < 100; ++size) {
    // A byte that is 0 in all of twenty draws was not written.
    std::vector<std::uint8_t> any(size);
    for (int i = 0; i < 20; ++i) {
      std::vector<std::uint8_t> drawn(size);
      random_bytes(drawn);
      for (std::size_t at = 0; at < size; ++at) any[at] = static_cast<std::uint8_t>(any[at] | drawn[at]);
    }
    EXPECT_EQ(std::ranges::count(any, 0), 0) << size;
  }
}

}  // namespace
}  // namespace wissel::core
