// Derived families made anew from real tables, compared and replaced.
#include "index/rebuild.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/log/record.hpp"
#include "core/log/stored.hpp"
#include "core/state/keys.hpp"
#include "index/exam.hpp"
#include "tests/unit/index/rocks_fixture.hpp"

namespace wissel::index {
namespace {

using contract::keys;
using contract::write;
using core::Family;
using testing::HasSubstr;

class RebuildTest : public RocksStoreTest {
 protected:
  /// 600 records and 50 references, as the state machine writes them.
  void fill() {
    const auto store = open();
    core::WriteBatch batch(*store);
    std::string number;
    core::append_u32(number, 1);
    batch.put(Family::kMeta, std::string(core::kMetaPartyPrefix) + kOin, number);
    core::TreeEdge edge;
    std::string bundle;
    for (std::uint64_t i = 0; i < 600; ++i) add_record(batch, i, edge, bundle);
    std::string size;
    core::append_u64(size, 600);
    batch.put(Family::kMeta, std::string(core::kMetaLogSize), size);
    batch.put(Family::kMeta, std::string(core::kMetaLogRoot), std::string(core::as_view(edge.root())));
    for (std::uint8_t i = 0; i < 50; ++i) add_reference(batch, i);
    ASSERT_TRUE(store->write(batch, true));
    ASSERT_TRUE(store->flush());
  }
  static void add_record(core::WriteBatch& batch, std::uint64_t index, core::TreeEdge& edge, std::string& bundle) {
    core::LogRecord record;
    record.name = "proef";
    record.oin = core::Oin::parse(kOin).value();
    record.data_subject_id = core::Bytes16{static_cast<std::uint8_t>(index)};
    const auto line = core::encode_line(record);
    const core::Salt salt{static_cast<std::uint8_t>(index)};
    const auto entry = core::entry_of(core::record_commitment(salt, line));
    batch.put(Family::kRecord, core::log_key(index), core::encode_record(salt, line));
    batch.put(Family::kLogSubject, core::log_subject_key(*record.data_subject_id, index), {});
    batch.put(Family::kLogParty, core::log_party_key(1, index), {});
    bundle += core::as_view(entry);
    for (const auto& tile : edge.append(core::leaf_hash(core::as_view(entry)))) {
      batch.put(Family::kTile, core::tile_key(static_cast<std::uint8_t>(tile.level), tile.index),
                core::encode_tile(tile.hashes));
      batch.put(Family::kTile, core::tile_key(core::kBundleLevel, tile.index),
                core::encode_tile(std::exchange(bundle, {})));
    }
  }
  static void add_reference(core::WriteBatch& batch, std::uint8_t number) {
    core::HolderEntry entry;
    entry.subjects = {core::Pseudonym{number}, core::Pseudonym{number, 1}};
    entry.kinds = {core::SubjectKind::kZaak, core::SubjectKind::kBsn};
    const core::Uuid id(core::Bytes16{number});
    batch.put(Family::kHolder, core::holder_key(7, 0, id), core::encode(entry));
    for (const auto& subject : entry.subjects) {
      batch.put(Family::kReference, core::reference_key(subject, 7, id, 0), core::encode_reference_value(entry));
    }
  }
  std::vector<FamilyComparison> run(bool replace) {
    RebuildOptions options;
    options.replace = replace;
    options.scratch_dir = temp.at("scratch");
    auto compared = rebuild(dir, options, logger);
    if (!compared) throw std::runtime_error(compared.error().detail);
    EXPECT_FALSE(std::filesystem::exists(options.scratch_dir)) << "it is removed";
    return std::move(*compared);
  }
  static const FamilyComparison& of(const std::vector<FamilyComparison>& all, Family family) {
    return *std::ranges::find(all, family, &FamilyComparison::family);
  }
  static bool all_same(const std::vector<FamilyComparison>& all) {
    return std::ranges::all_of(all, &FamilyComparison::same);
  }

  static constexpr const char* kOin = "00000099000000001000";
};

TEST_F(RebuildTest, FindsASoundStoreTheSame) {
  fill();
  const auto compared = run(false);
  EXPECT_TRUE(all_same(compared));
  EXPECT_EQ(of(compared, Family::kReference).rows, 100U);
  EXPECT_EQ(of(compared, Family::kTile).rows, 4U);
  EXPECT_EQ(of(compared, Family::kLogSubject).rows, 600U);
  EXPECT_EQ(of(compared, Family::kLogParty).rows, 600U);
}

TEST_F(RebuildTest, CountsWhatIsMissingTooManyAndDifferent) {
  fill();
  {
    const auto store = open();
    core::WriteBatch batch(*store);
    const core::Uuid id(core::Bytes16{3});
    batch.remove(Family::kReference, core::reference_key(core::Pseudonym{3}, 7, id, 0));
    batch.put(Family::kReference, core::reference_key(core::Pseudonym{3, 1}, 7, id, 0), "other");
    batch.put(Family::kLogSubject, core::log_subject_key(core::Bytes16{0xEE}, 599), {});
    batch.remove(Family::kTile, core::tile_key(0, 1));
    ASSERT_TRUE(store->write(batch, true));
  }
  const auto compared = run(false);
  const auto& references = of(compared, Family::kReference);
  EXPECT_EQ(references.missing, 1U);
  EXPECT_EQ(references.different, 1U);
  EXPECT_EQ(references.first, "a subject, holder 7");
  EXPECT_EQ(of(compared, Family::kLogSubject).extra, 1U);
  EXPECT_EQ(of(compared, Family::kLogSubject).first, "a subject, log index 599");
  EXPECT_EQ(of(compared, Family::kTile).first, "tile 0/1");
  EXPECT_TRUE(of(compared, Family::kLogParty).same());

  const auto replaced = run(true);
  EXPECT_TRUE(of(replaced, Family::kReference).replaced);
  EXPECT_FALSE(of(replaced, Family::kLogParty).replaced) << "it was the same";
  EXPECT_TRUE(all_same(run(false)));
}

TEST_F(RebuildTest, MakesADamagedFamilyAnew) {
  fill();
  const auto findings = examine_store(dir, logger).value();
  const auto table = std::ranges::find(findings, "tile", &Finding::family);
  ASSERT_NE(table, findings.end());
  fakes::flip_bit(std::filesystem::path(dir) / table->subject, 64);
  const auto compared = run(false);
  EXPECT_NE(of(compared, Family::kTile).unreadable, "");
  EXPECT_TRUE(of(run(true), Family::kTile).replaced);
  EXPECT_TRUE(all_same(run(false)));
  EXPECT_TRUE(check_tables(dir, logger));
}

TEST_F(RebuildTest, NeverReplacesWhatItCannotMake) {
  fill();
  {
    const auto store = open();
    write(*store, Family::kRecord, {{core::log_key(5), "damaged"}});
  }
  const auto replaced = run(true);
  EXPECT_THAT(of(replaced, Family::kTile).not_made, HasSubstr("record 5"));
  EXPECT_FALSE(of(replaced, Family::kTile).replaced);
  EXPECT_EQ(keys(*open(), Family::kTile).size(), 4U);
}

TEST_F(RebuildTest, IsSeenAtTheStartWhenCutShort) {
  fill();
  ASSERT_TRUE(open()->mark_rebuild(Family::kTile));
  EXPECT_EQ(refusal().detail, "a rebuild of family tile in " + dir + " was cut short; end it with 'wisselctl rebuild " +
                                  dir + " --replace'");
}

}  // namespace
}  // namespace wissel::index
