#include "core/log/verify.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "core/crypto.hpp"
#include "core/log/record.hpp"
#include "core/log/stored.hpp"
#include "tests/fakes/memory_store.hpp"

namespace wissel::core {
namespace {

constexpr std::string_view kOrigin = "wissel.example.nl/log/test";
const SigningKey kKey = SigningKey::from_seed(ByteArray<32>{7});

Salt salt_of(std::uint64_t index) {
  Salt salt{};
  for (std::size_t i = 0; i < 8; ++i) salt[i] = static_cast<std::uint8_t>(index >> (8 * i));
  return salt;
}
LogRecord record_of(std::uint64_t index) {
  LogRecord record;
  record.name = "regel " + std::to_string(index);
  record.stand = index;
  record.bijlage = annex_hash(salt_of(index + 1), "annex" + std::to_string(index));
  return record;
}

enum class Form { kPlain, kWithCommitment };

/// A log as a committer writes it.
class VerifyTest : public testing::Test {
 protected:
  void fill(std::uint64_t size, Form form = Form::kPlain) {
    store.clear();
    edge = {};
    std::string packed;
    for (std::uint64_t i = 0; i < size; ++i) {
      const auto line = encode_line(record_of(i));
      const auto commitment = record_commitment(salt_of(i), line);
      const auto entry = entry_of(commitment);
      store.put(Family::kRecord, log_key(i),
                form == Form::kPlain ? encode_record(salt_of(i), line) : encode_record(salt_of(i), commitment, line));
      store.put(Family::kAnnex, log_key(i), encode_stored_annex(salt_of(i + 1), "annex" + std::to_string(i)));
      store.put(Family::kLogSubject, log_subject_key(Bytes16{1}, i), "");
      store.put(Family::kLogParty, log_party_key(7, i), "");
      for (const auto& tile : edge.append(leaf_hash(as_view(entry)))) {
        store.put(Family::kTile, tile_key(static_cast<std::uint8_t>(tile.level), tile.index), encode_tile(tile.hashes));
      }
      packed += as_view(entry);
      if (packed.size() == kPackedBundleBytes) {
        store.put(Family::kTile, tile_key(kBundleLevel, i / kTileWidth), encode_tile(std::exchange(packed, {})));
      }
    }
    seal(size);
  }
  void seal(std::uint64_t size) {
    std::string number;
    append_u64(number, size);
    store.put(Family::kMeta, std::string(kMetaLogSize), number);
    store.put(Family::kMeta, std::string(kMetaLogRoot), std::string(as_view(edge.root())));
    store.put(Family::kMeta, std::string(kMetaLogVkey), VerifierKey{std::string(kOrigin), kKey.public_key()}.vkey());
    sign(size, edge.root());
  }
  void sign(std::uint64_t size, const Hash& root, const SigningKey& key = kKey) {
    store.put(Family::kMeta, std::string(kMetaLogCheckpoint), sign_checkpoint(kOrigin, size, root, key).encode());
  }
  std::string value(Family family, const std::string& key) { return store.get(family, key).value().value(); }
  /// Flips one bit of a stored value.
  void flip(Family family, const std::string& key, std::size_t at) {
    auto changed = value(family, key);
    changed.at(at) = static_cast<char>(changed.at(at) ^ 1);
    store.put(family, key, changed);
  }
  LogReport verify(const VerifyOptions& options = {}) { return verify_log(store, options).value(); }
  void expect_fault(LogRule rule, std::uint64_t index, std::uint64_t end = 0) {
    const auto report = verify();
    ASSERT_TRUE(report.fault) << to_string(rule);
    EXPECT_EQ(to_string(report.fault->rule), to_string(rule)) << report.fault->explain();
    EXPECT_EQ(report.fault->index, index) << report.fault->explain();
    if (end != 0) {
      EXPECT_EQ(report.fault->index_end, end);
    }
    EXPECT_NE(report.fault->explain().find("record"), std::string::npos);
  }

  fakes::MemoryStore store;
  TreeEdge edge;
};

TEST_F(VerifyTest, AnEmptyStoreVerifies) {
  const auto report = verify();
  EXPECT_TRUE(report.verified());
  EXPECT_EQ(report.size, 0U);
  EXPECT_EQ(report.root, empty_root());
}

TEST_F(VerifyTest, SoundLogsOfEverySizeVerify) {
  for (const std::uint64_t size : {0U, 1U, 255U, 256U, 257U, 513U, 1000U}) {
    fill(size, size % 2 == 0 ? Form::kPlain : Form::kWithCommitment);
    const auto report = verify();
    ASSERT_TRUE(report.verified()) << report.fault->explain();
    EXPECT_EQ(report.size, size);
    EXPECT_EQ(report.records, size);
    EXPECT_EQ(report.annexes, size);
    EXPECT_EQ(report.index_rows, 2 * size);
    EXPECT_EQ(report.root, edge.root());
    EXPECT_EQ(report.signed_size, size);
    EXPECT_TRUE(report.key_from_store);
  }
}

TEST_F(VerifyTest, ALineUnderAFullBundleIsNamedExactly) {
  fill(600);
  flip(Family::kRecord, log_key(300), 40);
  expect_fault(LogRule::kRecordCommitment, 300);
}

TEST_F(VerifyTest, ALineAtTheEndIsNamedExactlyWhereItsCommitmentIsKept) {
  fill(600, Form::kWithCommitment);
  flip(Family::kRecord, log_key(590), 60);
  expect_fault(LogRule::kRecordCommitment, 590);
}

TEST_F(VerifyTest, ALineAtTheEndIsNamedByItsNeighboursOtherwise) {
  fill(600);
  flip(Family::kRecord, log_key(590), 60);
  expect_fault(LogRule::kRoot, 512, 600);
}

TEST_F(VerifyTest, AMissingRecordIsAFaultUnlessABundleHoldsItsEntry) {
  fill(600);
  store.erase(Family::kRecord, log_key(599));
  expect_fault(LogRule::kRecordPresent, 599);
  store.erase(Family::kRecord, log_key(550));
  expect_fault(LogRule::kRecordPresent, 550);
}

TEST_F(VerifyTest, ErasedLinesLeaveNoHole) {
  fill(600);
  for (const std::uint64_t index : {3U, 550U}) {
    store.erase(Family::kLogSubject, log_subject_key(Bytes16{1}, index));
    store.erase(Family::kLogParty, log_party_key(7, index));
  }
  store.erase(Family::kRecord, log_key(3));
  const auto commitment = record_commitment(salt_of(550), encode_line(record_of(550)));
  store.put(Family::kRecord, log_key(550), encode_erased_record(entry_of(commitment)));
  const auto report = verify();
  ASSERT_TRUE(report.verified()) << report.fault->explain();
  EXPECT_EQ(report.records, 598U);
  EXPECT_EQ(report.erased, 2U);
}

TEST_F(VerifyTest, RowsMayNotPointAtErasedOrUnknownRecords) {
  fill(300);
  store.put(Family::kLogParty, log_party_key(9, 300), "");
  expect_fault(LogRule::kIndexRow, 300);
  store.erase(Family::kRecord, log_key(3));
  expect_fault(LogRule::kIndexRow, 3);
}

TEST_F(VerifyTest, RecordsTilesAndAnnexesBeyondTheSizeAreFaults) {
  fill(300);
  store.put(Family::kAnnex, log_key(300), encode_stored_annex({}, "x"));
  expect_fault(LogRule::kAnnexHash, 300);
  store.erase(Family::kAnnex, log_key(300));
  store.put(Family::kTile, tile_key(0, 1), encode_tile(std::string(kTileBytes, 'x')));
  expect_fault(LogRule::kTileWithinSize, 300);
  store.erase(Family::kTile, tile_key(0, 1));
  // Of no level, and in the middle of a tile.
  for (const auto& [last, level] : {std::pair{255, '\x20'}, std::pair{254, '\0'}}) {
    const auto key = log_key(static_cast<std::uint64_t>(last)) + level;
    store.put(Family::kTile, key, "x");
    expect_fault(LogRule::kTileWithinSize, 300);
    store.erase(Family::kTile, key);
  }
  store.put(Family::kRecord, log_key(301), encode_record({}, "x"));
  expect_fault(LogRule::kRecordWithinSize, 301);
}

TEST_F(VerifyTest, EachChangedTileIsNamed) {
  fill(600);
  flip(Family::kTile, tile_key(0, 1), 1 + 32 * 5);
  expect_fault(LogRule::kTile, 256 + 5);
  store.erase(Family::kTile, tile_key(0, 1));
  expect_fault(LogRule::kTile, 256, 512);
  flip(Family::kTile, tile_key(kBundleLevel, 0), 1 + 33 * 9 + 2);
  expect_fault(LogRule::kRecordCommitment, 9);
  store.erase(Family::kTile, tile_key(kBundleLevel, 0));
  expect_fault(LogRule::kBundlePresent, 0, 256);
}

TEST_F(VerifyTest, AnnexesHoldToTheirRecords) {
  fill(300);
  store.erase(Family::kAnnex, log_key(2));
  EXPECT_TRUE(verify().verified()) << "an annex has its own term";
  flip(Family::kAnnex, log_key(270), 18);
  expect_fault(LogRule::kAnnexHash, 270);
}

TEST_F(VerifyTest, AStoreRewrittenAsAWholeFailsItsSignature) {
  fill(300);
  const auto checkpoint = value(Family::kMeta, std::string(kMetaLogCheckpoint));
  const auto other = SigningKey::from_seed(ByteArray<32>{8});
  fill(299);
  store.put(Family::kMeta, std::string(kMetaLogCheckpoint), checkpoint);
  expect_fault(LogRule::kCheckpoint, 299, 300);
  sign(299, Hash{1});
  expect_fault(LogRule::kCheckpoint, 0, 299);
  sign(299, edge.root(), other);
  expect_fault(LogRule::kCheckpoint, 0, 299);
  sign(100, edge.root());
  expect_fault(LogRule::kCheckpoint, 0, 100);
}

TEST_F(VerifyTest, AGivenKeyStandsAboveTheStoredOne) {
  fill(10);
  VerifyOptions own;
  own.key = VerifierKey{std::string(kOrigin), kKey.public_key()};
  EXPECT_TRUE(verify(own).verified());
  EXPECT_FALSE(verify(own).key_from_store);
  VerifyOptions other;
  other.key = VerifierKey{std::string(kOrigin), SigningKey::from_seed(ByteArray<32>{8}).public_key()};
  EXPECT_EQ(verify(other).fault->rule, LogRule::kCheckpoint);
}

TEST_F(VerifyTest, MetaMustBeThereAndWellFormed) {
  fill(10);
  store.erase(Family::kMeta, std::string(kMetaLogVkey));
  expect_fault(LogRule::kMetaPresent, 0);
  store.erase(Family::kMeta, std::string(kMetaLogRoot));
  expect_fault(LogRule::kMetaPresent, 0);
  store.put(Family::kMeta, std::string(kMetaLogSize), "x");
  expect_fault(LogRule::kMetaPresent, 0);
}

TEST_F(VerifyTest, AnAbsurdSizeEndsAtTheFirstRecordThatIsNotThere) {
  fill(10);
  store.put(Family::kMeta, std::string(kMetaLogSize), std::string(7, '\x7f') + "\x01");
  store.erase(Family::kMeta, std::string(kMetaLogCheckpoint));
  expect_fault(LogRule::kBundlePresent, 0);
}

TEST_F(VerifyTest, ErrorsOfTheStoreAreToldApart) {
  fill(10);
  store.fail_reads(Error{Errc::kCorrupt, "bad block"});
  expect_fault(LogRule::kStoreReadable, 0);
  store.fail_reads(Error{Errc::kUnavailable, "no disk"});
  EXPECT_EQ(verify_log(store).error().code, Errc::kUnavailable);
}

/// A store of which one family cannot be read.
class WithoutFamily final : public StoreReader {
 public:
  WithoutFamily(const StoreReader& store, Family family) : store_(store), family_(family) {}
  Result<std::optional<std::string>> get(Family family, std::string_view key, ReadTier tier) const override {
    return store_.get(family, key, tier);
  }
  Result<void> scan(Family family, const KeyRange& range, const Visitor& visit, ReadTier tier) const override {
    if (family == family_) return fail(Errc::kCorrupt, "bad block");
    return store_.scan(family, range, visit, tier);
  }

 private:
  const StoreReader& store_;
  Family family_;
};

TEST_F(VerifyTest, AnUnreadableIndexIsNotTakenForDamageOfTheLog) {
  fill(10);
  for (const auto family : {Family::kLogSubject, Family::kLogParty}) {
    const auto report = verify_log(WithoutFamily(store, family));
    ASSERT_TRUE(report && report->fault);
    EXPECT_EQ(report->fault->rule, LogRule::kIndexReadable);
    EXPECT_EQ(
        report->fault->explain(),
        "records 0-9: they verify, but the index by which they are found cannot be read (bad block). The index is "
        "derived: make it anew with 'wisselctl rebuild DATADIR --replace', and verify again.");
  }
}

TEST_F(VerifyTest, TellsHowFarItIs) {
  fill(1000);
  std::uint64_t last = 0;
  VerifyOptions options;
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    EXPECT_LT(last, done);
    EXPECT_EQ(total, 1000U);
    last = done;
  };
  EXPECT_TRUE(verify(options).verified());
  EXPECT_EQ(last, 1000U);
}

TEST_F(VerifyTest, TheEdgeAndTheEntriesComeBackFromTheStore) {
  for (const std::uint64_t size : {0U, 1U, 255U, 256U, 257U, 1000U}) {
    fill(size);
    const auto loaded = load_edge(store, size).value();
    EXPECT_EQ(loaded.root(), edge.root());
    const StoredTiles full(store);
    const EdgeTiles tiles(loaded, full);
    EXPECT_EQ(root_at(size, tiles).value(), edge.root());
    for (std::uint64_t index = 0; index < size; index += 97) {
      const auto entry = entry_of(record_commitment(salt_of(index), encode_line(record_of(index))));
      const auto within = index % kTileWidth;
      const auto packed = read_entries(store, size, index / kTileWidth, within + 1).value();
      EXPECT_EQ(packed.substr(within * kEntryBytes), as_view(entry));
    }
    EXPECT_FALSE(read_entries(store, size, size / kTileWidth, size % kTileWidth + 1));
  }
  store.erase(Family::kRecord, log_key(999));
  EXPECT_EQ(load_edge(store, 1000).error().code, Errc::kCorrupt);
}

TEST(StoredRecord, HasTheseFormatsAndNoOther) {
  EXPECT_EQ(encode_record(Salt{}, "line"), std::string("\x01", 1) + std::string(16, '\0') + "line");
  EXPECT_EQ(encode_erased_record(Entry{1}), std::string("\x02\x01", 2) + std::string(32, '\0'));
  EXPECT_EQ(encode_record(Salt{}, Hash{}, "line"), std::string("\x03", 1) + std::string(48, '\0') + "line");
  EXPECT_EQ(log_key(258), std::string("\0\0\0\0\0\0\1\2", 8));
  EXPECT_EQ(tile_key(kBundleLevel, 1), std::string("\0\0\0\0\0\0\1\xff\xff", 9));
  EXPECT_EQ(tile_key(1, 0), std::string("\0\0\0\0\0\0\xff\xff\1", 9));
  EXPECT_EQ(log_party_key(1, 2), std::string("\0\0\0\1\0\0\0\0\0\0\0\2", 12));
  for (const std::string& value : {std::string{}, std::string("\x04"), std::string(17, '\x01'), std::string(33, '\x02'),
                                   std::string(35, '\x02'), std::string(49, '\x03')}) {
    EXPECT_FALSE(decode_record(value));
  }
}

}  // namespace
}  // namespace wissel::core
