// The processing log over its routes: who sees what, proofs, notes and tiles, at the sizes where trees differ.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/log/stored.hpp"
#include "core/log/tile_path.hpp"
#include "tests/unit/transport/test_gateway.hpp"
#include "transport/routes/log_notes.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::test {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

class LogRoutes : public testing::Test {
 protected:
  LogRoutes() {
    at.router = std::make_unique<Router>(at.gateway,
                                         std::vector<Routes>{log_proof_routes(), log_record_routes(), tlog_routes()});
  }

  /// One record of an access, found under `parties`.
  std::uint64_t record(const core::Oin& caller, core::Actie actie, const std::vector<core::Oin>& named,
                       std::optional<core::Pseudonym> subject = {}, bool found_under_named = true) {
    core::RecordDraft draft;
    core::random_bytes(draft.salt);
    draft.record.name = "toegang";
    draft.record.oin = caller;
    draft.record.actie = actie;
    draft.record.end_time = TestGateway::now();
    draft.record.bronhouders = named;
    draft.subject = subject;
    if (found_under_named) draft.parties = named;
    draft.parties.push_back(caller);
    core::SaltedAnnex annex;
    annex.bytes = core::encode_annex({core::ActingUser{"u-1", {}, {}, {}}, {}, {}});
    draft.record.bijlage = core::annex_hash(annex.salt, annex.bytes);
    draft.annex = annex;
    core::Command command;
    command.records.push_back(std::move(draft));
    return at.commit(std::move(command)).log_index;
  }

  std::vector<std::uint64_t> indices(const json::value& body) {
    std::vector<std::uint64_t> out;
    for (const auto& row : body.at("verwerkingen").as_array())
      out.push_back(row.at("index").to_number<std::uint64_t>());
    return out;
  }
  static std::vector<core::Hash> hashes(const json::value& body) {
    std::vector<core::Hash> out;
    for (const auto& text : body.at("hashes").as_array()) {
      const auto bytes = core::from_base64(std::string_view(text.as_string())).value();
      out.push_back(core::ByteReader(bytes).array<32>());
    }
    return out;
  }
  core::Hash leaf(std::uint64_t index) {
    const auto value = at.store.get(core::Family::kRecord, core::log_key(index)).value().value();
    const auto stored = core::decode_record(value).value();
    return core::leaf_hash(core::as_view(core::entry_of(core::record_commitment(stored.salt, stored.line))));
  }

  TestGateway at;
};

// --- tiles ---

TEST_F(LogRoutes, TilesGiveTheTreeOfTheCheckpointAtEverySize) {
  for (const std::uint64_t size : {20U, 255U, 256U, 257U, 70'000U}) {
    at.grow_log(size - at.log_size());
    const auto note = at.get("/tlog/checkpoint", kBystander);
    EXPECT_EQ(note.content_type, "text/plain; charset=utf-8");
    const auto checkpoint = core::verify_checkpoint(note.body, at.verifier).value();
    ASSERT_EQ(checkpoint.size, size) << "reading the log's tree adds no record";
    // Every leaf from its bundle, against level 0; the root over them.
    core::TreeEdge tree;
    for (std::uint64_t first = 0; first < size; first += 256) {
      core::TilePath path{true, 0, first / 256, {}};
      if (size - first < 256) path.width = static_cast<std::uint8_t>(size - first);
      const auto bundle = at.get("/tlog/tile/" + core::format_tile_path(path), kBystander);
      path.entries = false;
      const auto tile = at.get("/tlog/tile/" + core::format_tile_path(path), kBystander);
      ASSERT_EQ(bundle.status, 200U) << first;
      ASSERT_EQ(tile.status, 200U) << first;
      EXPECT_EQ(tile.content_type, "application/octet-stream");
      EXPECT_THAT(TestGateway::header(tile, "Cache-Control"), HasSubstr("immutable"));
      core::ByteReader entries(bundle.body);
      std::string leaves;
      while (!entries.rest().empty()) {
        const auto bytes = entries.take(entries.u16());
        leaves += core::as_view(core::leaf_hash(bytes));
        tree.append(core::leaf_hash(bytes));
      }
      ASSERT_EQ(leaves, tile.body);
    }
    EXPECT_EQ(tree.size(), size);
    EXPECT_EQ(tree.root(), checkpoint.root);
  }
}

TEST_F(LogRoutes, EveryWidthUpToThePresentIsServedForEver) {
  at.grow_log(600 - at.log_size());
  const auto full = at.get("/tlog/tile/0/001", kBystander).body;
  ASSERT_EQ(full.size(), core::kTileBytes);
  for (const int width : {1, 17, 255}) {
    const auto bytes = static_cast<std::size_t>(width) * 32;
    const auto partial = at.get("/tlog/tile/0/001.p/" + std::to_string(width), kBystander);
    EXPECT_EQ(partial.body, full.substr(0, bytes)) << width;
  }
  EXPECT_EQ(at.get("/tlog/tile/0/002.p/88", kBystander).body.size(), 88U * 32);
  EXPECT_EQ(at.get("/tlog/tile/0/002.p/3", kBystander).body.size(), 3U * 32);
  EXPECT_EQ(at.get("/tlog/tile/1/000.p/2", kBystander).body.size(), 2U * 32);
  for (const auto* beyond : {"0/002.p/89", "0/002", "0/003.p/1", "1/000.p/3", "1/000", "2/000.p/1", "63/000",
                             "0/x999/x999/x999/x999/x999/999", "entries/002.p/89", "0/1", "x", "0/001.p/0"}) {
    EXPECT_EQ(at.get(std::string("/tlog/tile/") + beyond, kBystander).status, 404U) << beyond;
  }
  EXPECT_EQ(at.log_size(), 600U) << "none of these is an access";
}

TEST_F(LogRoutes, TheKeyIsShown) { EXPECT_EQ(at.get("/tlog/vkey", kBystander).body, at.verifier.vkey() + "\n"); }

TEST(LogNotes, SignsEachSizeOnce) {
  TestGateway at;
  LogNotes notes;
  const auto first = notes.note(at.identity, 3, core::empty_root());
  EXPECT_EQ(notes.note(at.identity, 3, core::empty_root()), first);
  EXPECT_EQ(notes.signatures(), 1U);
  EXPECT_NE(notes.note(at.identity, 4, core::empty_root()), first);
  EXPECT_EQ(notes.signatures(), 2U);
}

// --- proofs ---

TEST_F(LogRoutes, InclusionHoldsAtEverySizeUpToThePresent) {
  const auto mine = record(kAfnemer, core::Actie::kZoeken, {});
  for (const std::uint64_t size :
       {mine + 1, std::uint64_t{255}, std::uint64_t{256}, std::uint64_t{257}, std::uint64_t{70'000}}) {
    if (at.log_size() < size) at.grow_log(size - at.log_size());
    const auto where = "/v1/verwerkingen/" + std::to_string(mine) + "/bewijs?omvang=" + std::to_string(size);
    const auto proof = at.get_json(where, kAfnemer);
    const auto note = std::string(proof.at("checkpoint").as_string());
    const auto checkpoint = core::verify_checkpoint(note, at.verifier).value();
    EXPECT_EQ(checkpoint.size, size);
    EXPECT_TRUE(core::verify_inclusion(mine, size, leaf(mine), hashes(proof), checkpoint.root)) << size;
  }
  for (const auto& wrong : {std::to_string(mine), std::string("0"), std::string("100000"), std::string("x")}) {
    const auto where = "/v1/verwerkingen/" + std::to_string(mine) + "/bewijs?omvang=" + wrong;
    EXPECT_EQ(at.get(where, kAfnemer).status, 400U) << wrong;
  }
}

TEST_F(LogRoutes, ConsistencyHoldsBetweenAnyTwoSizes) {
  std::map<std::uint64_t, core::Hash> roots{{0, core::empty_root()}};
  const std::vector<std::uint64_t> sizes{0, 20, 255, 256, 257, 70'000};
  for (const auto size : sizes) {
    if (size == 0) continue;
    at.grow_log(size - at.log_size());
    roots[size] = at.machine->view()->edge.root();
  }
  for (const auto from : sizes) {
    for (const auto to : sizes) {
      const auto where = "/v1/verwerkingen/consistentie?van=" + std::to_string(from) + "&naar=" + std::to_string(to);
      if (from > to) {
        EXPECT_EQ(at.get(where, kBystander).status, 400U);
        continue;
      }
      const auto proof = at.get_json(where, kBystander);
      EXPECT_TRUE(core::verify_consistency(from, to, roots[from], roots[to], hashes(proof))) << from << ' ' << to;
    }
  }
}

// --- who sees what ---

TEST_F(LogRoutes, AWholeRecordIsForItsCallerAndAuditors) {
  const auto index = record(kAfnemer, core::Actie::kZoeken, {kHolderOne, kHolderTwo});
  const auto where = "/v1/verwerkingen/" + std::to_string(index);
  const auto mine = at.get_json(where, kAfnemer);
  EXPECT_FALSE(mine.as_object().contains("bijlage"));
  const auto salt = core::from_base64(std::string_view(mine.at("zout").as_string())).value();
  const auto line = std::string_view(mine.at("regel").as_string());
  const auto commitment = core::record_commitment(core::ByteReader(salt).array<16>(), line);
  EXPECT_EQ(core::leaf_hash(core::as_view(core::entry_of(commitment))), leaf(index));

  const auto audited = at.get_json(where, kAuditor);
  const auto& annex = audited.at("bijlage");
  EXPECT_EQ(annex.at("gebruiker").at("id").as_string(), "u-1");
  const auto annex_salt = core::from_base64(std::string_view(annex.at("zout").as_string())).value();
  const auto hash =
      core::annex_hash(core::ByteReader(annex_salt).array<16>(), std::string_view(annex.at("tekst").as_string()));
  EXPECT_THAT(line, HasSubstr(core::to_hex(hash)));

  for (const auto& other : {kHolderOne, kBystander}) {
    const auto refused = at.get(where, other);
    EXPECT_EQ(refused.status, 403U);
    EXPECT_THAT(refused.body, HasSubstr("niet-gerechtigd"));
    EXPECT_EQ(at.get(where + "/bewijs", other).status, 403U);
  }
  EXPECT_EQ(at.get("/v1/verwerkingen/1000000", kAfnemer).status, 404U);
  EXPECT_EQ(at.get("/v1/verwerkingen/x", kAfnemer).status, 404U);
}

TEST_F(LogRoutes, APartOfAPullIsShownWholeToItsHolder) {
  const auto index = record(kAfnemer, core::Actie::kVerstrekken, {kHolderOne});
  const auto where = "/v1/verwerkingen/" + std::to_string(index);
  EXPECT_EQ(at.get(where, kHolderOne).status, 200U);
  EXPECT_EQ(at.get(where + "/bewijs", kHolderOne).status, 200U);
  EXPECT_EQ(at.get(where, kHolderTwo).status, 403U);
}

TEST_F(LogRoutes, AnErasedLineIsGone) {
  const auto index = record(kAfnemer, core::Actie::kZoeken, {});
  core::WriteBatch batch(at.store);
  batch.put(core::Family::kRecord, core::log_key(index), core::encode_erased_record(core::Entry{}));
  ASSERT_TRUE(at.store.write(batch, true));
  const auto gone = at.get("/v1/verwerkingen/" + std::to_string(index), kAfnemer);
  EXPECT_EQ(gone.status, 404U);
  EXPECT_THAT(gone.body, HasSubstr("regel-vervallen"));
}

TEST_F(LogRoutes, ListsShowAHolderItselfOnly) {
  const auto index = record(kAfnemer, core::Actie::kZoeken, {kHolderOne, kHolderTwo});
  record(kBystander, core::Actie::kZoeken, {});
  const auto seen = at.get_json("/v1/verwerkingen", kHolderOne);
  ASSERT_THAT(indices(seen), ElementsAre(index));
  const auto& row = seen.at("verwerkingen").as_array().front();
  EXPECT_FALSE(row.as_object().contains("zout"));
  EXPECT_THAT(std::string(row.at("regel").as_string()), HasSubstr(kHolderOne.str()));
  EXPECT_THAT(std::string(row.at("regel").as_string()), Not(HasSubstr(kHolderTwo.str())));
  EXPECT_THAT(std::string(row.at("regel").as_string()), Not(HasSubstr("bijlage")));
}

TEST_F(LogRoutes, PagesFollowTheirCursorWhileTheLogGrows) {
  for (const bool newest_first : {true, false}) {
    std::vector<std::uint64_t> wanted;
    for (int i = 0; i < 7; ++i) wanted.push_back(record(kHolderTwo, core::Actie::kMelden, {}));
    if (newest_first) std::ranges::reverse(wanted);
    std::vector<std::uint64_t> seen;
    std::string path = "/v1/verwerkingen?actie=melden&aantal=3&partij=" + kHolderTwo.str();
    path += newest_first ? "&volgorde=nieuwste" : "&volgorde=oudste&vanaf=2020-01-01T00:00:00Z";
    while (!path.empty()) {
      const auto response = at.get(path, kAuditor);
      ASSERT_EQ(response.status, 200U) << response.body;
      const auto page = indices(json::parse(response.body));
      seen.insert(seen.end(), page.begin(), page.end());
      const auto link = TestGateway::header(response, "Link");
      path = link.empty() ? "" : link.substr(1, link.find('>') - 1);
    }
    if (!newest_first) seen.erase(seen.begin(), seen.begin() + 7);  // those of the round before
    EXPECT_EQ(seen, wanted);
  }
}

TEST_F(LogRoutes, TimesBoundWhatIsRead) {
  at.grow_log(500);
  const auto now = core::to_ms(TestGateway::now());
  const auto at_time = [](std::int64_t ms) { return core::format_rfc3339(core::from_ms(ms)); };
  EXPECT_TRUE(indices(at.get_json("/v1/verwerkingen?vanaf=" + at_time(now + 600'000), kAuditor)).empty());
  EXPECT_TRUE(indices(at.get_json("/v1/verwerkingen?tot=" + at_time(now - 600'000), kAuditor)).empty());
  EXPECT_EQ(indices(at.get_json("/v1/verwerkingen?vanaf=" + at_time(now - 600'000) + "&tot=" + at_time(now + 600'000),
                                kAuditor))
                .size(),
            100U);
}

TEST_F(LogRoutes, AnExportHoldsEveryRecordOnce) {
  at.grow_log(3'000 - at.log_size());
  const auto answer = at.get("/v1/verwerkingen?volgorde=oudste", kAuditor, "application/x-ndjson");
  EXPECT_EQ(answer.content_type, "application/x-ndjson");
  EXPECT_EQ(TestGateway::header(answer, "Wissel-Log-Index"), "3000");
  std::istringstream lines(answer.body);
  std::uint64_t next = 0;
  for (std::string line; std::getline(lines, line); ++next) {
    ASSERT_EQ(json::parse(line).at("index").to_number<std::uint64_t>(), next);
  }
  EXPECT_EQ(next, 3'000U) << "up to the request; its own record is beyond";
}

TEST_F(LogRoutes, AnotherPartyIsForAuditors) {
  EXPECT_EQ(at.get("/v1/verwerkingen?partij=" + kAfnemer.str(), kHolderOne).status, 403U);
  EXPECT_EQ(at.get("/v1/verwerkingen?partij=" + kHolderOne.str(), kHolderOne).status, 200U);
  EXPECT_EQ(at.get("/v1/verwerkingen?partij=" + kAfnemer.str(), kAuditor).status, 200U);
  for (const auto* wrong : {"vanaf=gisteren", "actie=stelen", "uitkomst=x", "traceId=x", "volgorde=x", "raar=1",
                            "na=zz", "na=00", "aantal=0", "partij=1"}) {
    EXPECT_EQ(at.get(std::string("/v1/verwerkingen?") + wrong, kAuditor).status, 400U) << wrong;
  }
}

TEST_F(LogRoutes, ASubjectIsFoundUnderItsPseudonym) {
  const core::Subject subject(core::Bsn::parse("999990019").value());
  const auto pseudonym = at.secrets.pseudonyms.of(subject);
  const auto mine = record(kAfnemer, core::Actie::kZoeken, {kHolderOne}, pseudonym);
  const auto theirs = record(kHolderTwo, core::Actie::kBevragen, {}, pseudonym);
  record(kAfnemer, core::Actie::kZoeken, {}, core::Pseudonym{1});
  const std::string body = R"({"onderwerp":{"soort":"bsn","waarde":"999990019"}})";
  const auto search = [&](const core::Oin& caller) {
    return json::parse(at.ask(Method::kPost, "/v1/verwerkingen/zoekopdrachten", caller, body).body);
  };
  record(kBystander, core::Actie::kMelden, {kHolderOne}, pseudonym, false);
  EXPECT_THAT(indices(search(kHolderOne)), ElementsAre(mine)) << "a view; not where the answer did not name it";
  EXPECT_THAT(indices(search(kAfnemer)), ElementsAre(mine));
  const auto all = indices(search(kAuditor));
  ASSERT_EQ(all.size(), 5U) << "the three, and the two searches before this one";
  EXPECT_EQ(all[3], theirs);
  EXPECT_EQ(all[4], mine);
  EXPECT_EQ(at.get("/v1/verwerkingen/zoekopdrachten", kAuditor).status, 405U);
}

TEST_F(LogRoutes, ReadingIsOneAccess) {
  const auto before = at.log_size();
  at.get_json("/v1/verwerkingen", kAuditor);
  EXPECT_EQ(at.log_size(), before + 1);
  at.get("/tlog/niets", kAuditor);
  EXPECT_EQ(at.log_size(), before + 1) << "outside the API nothing is an access";
}

}  // namespace
}  // namespace wissel::test
