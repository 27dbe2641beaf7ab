// A checkpoint that was kept, held against the log in a store.
#include "core/log/kept.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/crypto.hpp"
#include "core/log/stored.hpp"
#include "tests/fakes/memory_store.hpp"

namespace wissel::core {
namespace {

constexpr std::string_view kOrigin = "wissel.example.nl/log/test";
const SigningKey kKey = SigningKey::from_seed(ByteArray<32>{7});
const VerifierKey kVerifier{std::string(kOrigin), kKey.public_key()};

class KeptTest : public testing::Test {
 protected:
  /// A log of `size` records whose first `common` are those of every other log made so.
  void fill(std::uint64_t size, std::uint64_t common = 1'000'000) {
    store.clear();
    edge = {};
    for (std::uint64_t i = 0; i < size; ++i) {
      const auto leaf = leaf_hash((i < common ? "leaf " : "other ") + std::to_string(i));
      for (const auto& tile : edge.append(leaf)) {
        store.put(Family::kTile, tile_key(static_cast<std::uint8_t>(tile.level), tile.index), encode_tile(tile.hashes));
      }
    }
  }
  [[nodiscard]] std::string signed_now(const SigningKey& key = kKey, std::string_view origin = kOrigin) const {
    return sign_checkpoint(origin, edge.size(), edge.root(), key).encode();
  }
  KeptState state(const std::optional<std::string>& note) { return judge_kept(note, &kVerifier, edge, store)->state; }

  fakes::MemoryStore store;
  TreeEdge edge;
};

TEST_F(KeptTest, AllowsALogOfWhichNothingWasKept) {
  fill(3);
  EXPECT_EQ(state(std::nullopt), KeptState::kNone);
  EXPECT_TRUE(judge_kept(std::nullopt, &kVerifier, edge, store)->fine());
}

TEST_F(KeptTest, AllowsALogThatGoesOnFromIt) {
  for (const std::uint64_t size : {0U, 1U, 2U, 255U, 256U, 257U, 700U}) {
    fill(size);
    const auto note = signed_now();
    for (const std::uint64_t more : {0U, 1U, 256U, 300U}) {
      fill(size + more);
      EXPECT_EQ(state(note), KeptState::kContinues) << size << " and " << more;
    }
  }
}

TEST_F(KeptTest, RecognisesAnOlderCopy) {
  fill(700);
  const auto note = signed_now();
  for (const std::uint64_t size : {699U, 512U, 1U, 0U}) {
    fill(size);
    EXPECT_EQ(state(note), KeptState::kOlder) << size;
  }
}

TEST_F(KeptTest, RecognisesAnotherLog) {
  fill(700);
  const auto note = signed_now();
  for (const std::uint64_t size : {700U, 701U, 1'000U}) {
    fill(size, 699);
    EXPECT_EQ(state(note), KeptState::kOther) << size;
  }
}

TEST_F(KeptTest, TakesNoNoteOfAnotherKeyOrLogOrNone) {
  fill(5);
  EXPECT_EQ(state(signed_now(SigningKey::from_seed(ByteArray<32>{8}))), KeptState::kUnreadable);
  EXPECT_EQ(state(signed_now(kKey, "elders.example.nl/log/test")), KeptState::kUnreadable);
  EXPECT_EQ(state(""), KeptState::kUnreadable);
  EXPECT_EQ(state("checkpoint"), KeptState::kUnreadable);
}

TEST_F(KeptTest, NeedsNoKeyToCompare) {
  fill(5);
  const auto note = signed_now(SigningKey::from_seed(ByteArray<32>{8}));
  fill(4);
  EXPECT_EQ(judge_kept(note, nullptr, edge, store)->state, KeptState::kOlder);
}

TEST_F(KeptTest, JudgesByTheKeyThatTheStoreNames) {
  fill(kTileWidth);  // so that its end is read from tiles alone
  std::string size;
  append_u64(size, edge.size());
  store.put(Family::kMeta, std::string(kMetaLogSize), size);
  const auto other = signed_now(SigningKey::from_seed(ByteArray<32>{8}));
  EXPECT_EQ(judge_kept(other, store)->state, KeptState::kContinues) << "it names none";
  store.put(Family::kMeta, std::string(kMetaLogVkey), kVerifier.vkey());
  EXPECT_EQ(judge_kept(signed_now(), store)->state, KeptState::kContinues);
  EXPECT_EQ(judge_kept(other, store)->state, KeptState::kUnreadable);
  store.put(Family::kMeta, std::string(kMetaLogVkey), "no key");
  EXPECT_EQ(judge_kept(other, store).error().code, Errc::kCorrupt);
}

TEST_F(KeptTest, SaysWhatItMeansAndWhatToDo) {
  fill(7);
  const auto note = signed_now();
  fill(4);
  EXPECT_EQ(explain(*judge_kept(note, &kVerifier, edge, store), "/d", "/c/checkpoint"),
            "the store in /d is an older copy: its log has 4 records, and 7 were signed (/c/checkpoint). Going on "
            "would sign a second log beside the first; nothing was changed and nothing is signed. Put the newer store "
            "back, or restore a newer backup; only where there is none, and when partners and auditors know: "
            "'wisselctl log accept-older /d'");
  const auto other = explain(*judge_kept("checkpoint", &kVerifier, edge, store), "/d", "/c/checkpoint");
  EXPECT_TRUE(other.starts_with("/c/checkpoint is no checkpoint that this log's key signed: ")) << other;
  EXPECT_NE(other.find("Put this file back from a copy of its directory; only where there is none"), other.npos)
      << other;
}

}  // namespace
}  // namespace wissel::core
