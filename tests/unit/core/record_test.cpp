#include "core/log/record.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/crypto.hpp"
#include "core/json/parse.hpp"
#include "core/log/commitment.hpp"
#include "core/log/merkle.hpp"

namespace wissel::core {
namespace {

using testing::HasSubstr;
using testing::Not;

Oin oin(int number) {
  const auto digits = std::to_string(number);
  return Oin::parse("00000099" + std::string(9 - digits.size(), '0') + digits + "000").value();
}

/// Every member set, each to another value.
LogRecord full() {
  LogRecord record;
  record.trace_id = {0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36};
  record.span_id = {0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7};
  record.parent_span_id = Bytes8{1, 2, 3, 4, 5, 6, 7, 8};
  record.start_time = from_ms(1772442900123);
  record.end_time = from_ms(1772442900125);
  record.status = LogStatus::kOk;
  record.name = "zoeken";
  record.processing_activity_id = "https://register.example.nl/a/1";
  record.data_subject_id = Bytes16{0xff};
  record.data_subject_id_type = "bsn";
  record.foreign_operation_processor = "urn:nld:oin:00000099000000001000";
  record.actie = Actie::kZoeken;
  record.uitkomst = Uitkomst::kGeweigerd;
  record.code = "doel-niet-gedekt";
  record.oin = oin(1);
  record.namens = oin(2);
  record.herkomst = "knooppunt";
  record.uitwisselafspraak = "0198c5a2-0000-7000-8000-000000000000";
  record.regel = "doel";
  record.object = "a \"b\" \\ \n \x01 \xc3\xa9";
  record.bronhouders = {oin(3), oin(4)};
  record.bronhouders_aantal = 9;
  record.http = 403;
  record.stand = 18446744073709551615U;
  record.bijlage = sha256({"annex"});
  return record;
}

TEST(Record, ALineHasExactlyTheseBytes) {
  auto record = full();
  record.parent_span_id.reset();
  record.namens.reset();
  record.code.clear();
  record.bronhouders_aantal.reset();
  record.bijlage.reset();
  record.data_subject_id.reset();
  EXPECT_EQ(encode_line(record),
            R"({"v":1,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7",)"
            R"("start_time":1772442900123,"end_time":1772442900125,"status":"Ok","name":"zoeken","attributes":{)"
            R"("dpl.core.processing_activity_id":"https://register.example.nl/a/1",)"
            R"("dpl.core.data_subject_id_type":"bsn",)"
            R"("dpl.core.foreign_operation.processor":"urn:nld:oin:00000099000000001000",)"
            R"("wissel.actie":"zoeken","wissel.uitkomst":"geweigerd","wissel.oin":"00000099000000001000",)"
            R"("wissel.herkomst":"knooppunt","wissel.uitwisselafspraak":"0198c5a2-0000-7000-8000-000000000000",)"
            R"("wissel.regel":"doel","wissel.object":"a \"b\" \\ \n \u0001 )"
            "\xc3\xa9\","
            R"("wissel.bronhouders":["00000099000000003000","00000099000000004000"],)"
            R"("wissel.http":403,"wissel.stand":18446744073709551615}})");
}

TEST(Record, RoundTripsWithAndWithoutEachMember) {
  std::vector<LogRecord> records{full(), LogRecord{}};
  for (std::size_t i = 0; i < 18; ++i) records.push_back(full());
  records[2].parent_span_id.reset();
  records[3].processing_activity_id.clear();
  records[4].data_subject_id.reset();
  records[5].data_subject_id_type.clear();
  records[6].foreign_operation_processor.clear();
  records[7].code.clear();
  records[8].oin.reset();
  records[9].namens.reset();
  records[10].herkomst.clear();
  records[11].uitwisselafspraak.clear();
  records[12].regel.clear();
  records[13].object.clear();
  records[14].bronhouders.clear();
  records[14].bronhouders_aantal.reset();
  records[15].bronhouders_aantal.reset();
  records[16].http.reset();
  records[17].stand.reset();
  records[18].bijlage.reset();
  records[19].start_time = from_ms(-5);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto line = encode_line(records[i]);
    const auto decoded = decode_line(line);
    ASSERT_TRUE(decoded) << i << line;
    EXPECT_EQ(*decoded, records[i]) << i;
    EXPECT_TRUE(parse_json(line)) << line;
  }
}

TEST(Record, EveryWordComesBack) {
  for (std::size_t actie = 0; actie < Words<Actie>::kAll.size(); ++actie) {
    for (std::size_t uitkomst = 0; uitkomst < Words<Uitkomst>::kAll.size(); ++uitkomst) {
      auto record = full();
      record.actie = static_cast<Actie>(actie);
      record.uitkomst = static_cast<Uitkomst>(uitkomst);
      record.status = static_cast<LogStatus>(actie % 3);
      EXPECT_EQ(decode_line(encode_line(record)).value(), record);
    }
  }
  EXPECT_EQ(word(Actie::kBeheren), "beheren");
  EXPECT_EQ(word(Uitkomst::kFout), "fout");
  EXPECT_EQ(word(LogStatus::kError), "Error");
}

TEST(Record, AnyTruncationIsRefused) {
  const auto line = encode_line(full());
  for (std::size_t i = 0; i < line.size(); ++i) {
    EXPECT_EQ(decode_line(std::string_view(line).substr(0, i)).error().code, Errc::kCorrupt) << i;
  }
  EXPECT_FALSE(decode_line(line + " "));
  EXPECT_FALSE(decode_line(line + "\n"));
}

TEST(Record, AChangedByteIsRefusedOrReadAsAnotherRecord) {
  const auto record = full();
  const auto line = encode_line(record);
  for (std::size_t i = 0; i < line.size(); ++i) {
    auto changed = line;
    changed[i] = static_cast<char>(changed[i] ^ 2);
    const auto decoded = decode_line(changed);
    if (decoded) {
      EXPECT_NE(*decoded, record) << i;
    }
  }
}

TEST(Record, NeverExceedsItsBoundAndKeepsTheCount) {
  auto record = full();
  for (auto* text : {&record.name, &record.processing_activity_id, &record.data_subject_id_type, &record.regel,
                     &record.foreign_operation_processor, &record.code, &record.herkomst, &record.object,
                     &record.uitwisselafspraak}) {
    *text = std::string(5000, '\x01');
  }
  record.bronhouders.clear();
  for (int i = 0; i < 5000; ++i) record.bronhouders.push_back(oin(i));
  record.bronhouders_aantal.reset();
  const auto line = encode_line(record);
  EXPECT_LE(line.size(), kRecordLineBytesMax);
  EXPECT_GT(line.size(), kRecordLineBytesMax - 400);
  const auto decoded = decode_line(line).value();
  EXPECT_EQ(decoded.bronhouders_aantal, 5000U);
  EXPECT_GT(decoded.bronhouders.size(), 100U);
  EXPECT_EQ(encode_line(decoded), line);
}

TEST(Record, ATextIsCutBetweenCharacters) {
  LogRecord record;
  record.name = "x";
  for (int i = 0; i < 1000; ++i) record.name += "\xe2\x82\xac";
  const auto decoded = decode_line(encode_line(record)).value();
  EXPECT_EQ(decoded.name.size(), 1U + 341U * 3U);
  EXPECT_TRUE(record.name.starts_with(decoded.name));
  EXPECT_TRUE(parse_json(encode_line(record)));
}

TEST(Record, AViewNamesNobodyElse) {
  const auto record = full();
  const auto view = view_for(record, oin(4)).value();
  const auto line = encode_line(view);
  EXPECT_THAT(line, HasSubstr(oin(4).view()));
  EXPECT_THAT(line, Not(HasSubstr(oin(3).view())));
  EXPECT_THAT(line, Not(HasSubstr("aantal")));
  EXPECT_THAT(line, Not(HasSubstr("bijlage")));
  EXPECT_THAT(line, HasSubstr(oin(1).view()));
  EXPECT_EQ(view_for(record, oin(5)), std::nullopt);
  EXPECT_EQ(view_for(LogRecord{}, oin(5)), std::nullopt);
}

std::vector<std::string> names(const boost::json::value& object) {
  std::vector<std::string> out;
  for (const auto& member : object.as_object()) out.emplace_back(member.key());
  return out;
}

TEST(Record, MembersAndWordsAreThoseOfThePublishedSchemaInItsOrder) {
  std::ifstream file(WISSEL_SOURCE_DIR "/docs/openapi/record-v1.schema.json");
  std::stringstream content;
  content << file.rdbuf();
  const auto schema = boost::json::parse(content.str());
  const auto line = boost::json::parse(encode_line(full()));
  const auto& attributes = schema.at("properties").at("attributes");
  EXPECT_EQ(names(line), names(schema.at("properties")));
  EXPECT_EQ(names(line.at("attributes")), names(attributes.at("properties")));

  const auto least = boost::json::parse(encode_line(LogRecord{}));
  EXPECT_EQ(boost::json::value_to<std::vector<std::string>>(schema.at("required")), names(least));
  EXPECT_EQ(boost::json::value_to<std::vector<std::string>>(attributes.at("required")), names(least.at("attributes")));

  const auto words = [&](const boost::json::value& property) {
    return boost::json::value_to<std::vector<std::string>>(property.at("enum"));
  };
  EXPECT_THAT(words(schema.at("properties").at("status")), testing::ElementsAreArray(Words<LogStatus>::kAll));
  EXPECT_THAT(words(attributes.at("properties").at("wissel.actie")), testing::ElementsAreArray(Words<Actie>::kAll));
  EXPECT_THAT(words(attributes.at("properties").at("wissel.uitkomst")),
              testing::ElementsAreArray(Words<Uitkomst>::kAll));
}

TEST(Annex, HoldsWhatAuditorsMaySee) {
  EXPECT_EQ(encode_annex({}), R"({"v":1})");
  Annex annex;
  annex.gebruiker = ActingUser{"m-17", Gebruikersoort::kMedewerker, "consulent", Betrouwbaarheidsniveau::kHoog};
  annex.eindafnemer = Bytes16{};
  annex.afgeschermd = {oin(3)};
  EXPECT_EQ(encode_annex(annex), R"({"v":1,"gebruiker":{"id":"m-17","soort":"medewerker","functie":"consulent",)"
                                 R"("betrouwbaarheidsniveau":"hoog"},"eindafnemer":"00000000000000000000000000000000",)"
                                 R"("afgeschermd":["00000099000000003000"]})");
  annex.afgeschermd.assign(5000, oin(3));
  const auto cut = encode_annex(annex);
  EXPECT_LE(cut.size(), kRecordLineBytesMax);
  EXPECT_THAT(cut, HasSubstr(R"("afgeschermd_aantal":5000)"));
}

// Literal values: what stands in trees that exist may never change.
TEST(Commitment, HasTheseBytes) {
  const Salt salt{1, 2, 3};
  const std::string zero(1, '\0');
  EXPECT_EQ(record_commitment(salt, "line"), sha256({"wissel-record-v1" + zero + std::string(as_view(salt)) + "line"}));
  EXPECT_EQ(annex_hash(salt, "line"), sha256({"wissel-bijlage-v1" + zero + std::string(as_view(salt)) + "line"}));
  const auto entry = entry_of(record_commitment(salt, "line"));
  EXPECT_EQ(entry[0], 1);
  EXPECT_EQ(as_view(entry).substr(1), as_view(record_commitment(salt, "line")));
  EXPECT_EQ(leaf_hash(as_view(entry)), sha256({zero, as_view(entry)}));
}

TEST(EntryBundle, PutsALengthBeforeEachEntry) {
  const auto entry = entry_of(record_commitment({}, "line"));
  const auto packed = std::string(as_view(entry)) + std::string(as_view(entry));
  const auto one = std::string("\0\x21", 2) + std::string(as_view(entry));
  EXPECT_EQ(entry_bundle(packed).value(), one + one);
  EXPECT_EQ(entry_bundle("").value(), "");
  EXPECT_FALSE(entry_bundle(packed.substr(1)));
}

}  // namespace
}  // namespace wissel::core
