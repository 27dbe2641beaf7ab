// The filter of an agreement: what it lets through, what it never does.
#include "core/messages/disclosure.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>

#include "core/json/parse.hpp"
#include "core/json/write.hpp"
#include "core/messages/cloud_event.hpp"
#include "core/messages/status_fields.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

std::string status(std::string_view extra = {}) {
  auto text = std::string(R"({"zaak":{"identificatie":"Z-1","bronorganisatie":"00000099000000002000",)"
                          R"("zaaktype":{"code":"ZT1","omschrijving":"Vergunning"},"titel":"Dakkapel"},)"
                          R"("status":{"omschrijving":"Bezig","statusgroep":"in_behandeling",)"
                          R"("gezetOp":"2026-03-02T09:15:00Z"},)"
                          R"("proces":[{"volgnummer":1,"naam":"Intake","stand":"afgerond"}])");
  return text.append(extra).append("}");
}
constexpr std::string_view kSecret = R"(,"vertrouwelijkheidaanduiding":"geheim")";

StatusFilter::Zaken shown(const Agreement& agreement, const std::string& statuses,
                          const std::optional<std::string>& asked = {}) {
  return StatusFilter(agreement).zaken(HolderAnswer::parse(Undisclosed(R"({"zaken":[)" + statuses + "]}")).value(),
                                       asked);
}
std::string kept(std::vector<std::string> fields, std::string_view text) {
  auto value = json::parse(text);
  (void)FieldTree(fields).keep(value.as_object());
  return json::serialize(value);
}

TEST(StatusFilter, FollowsLevelAndZaaktype) {
  Agreement agreement;
  EXPECT_EQ(shown(agreement, status()).count, 1U);
  EXPECT_EQ(shown(agreement, status(), "ZT1").count, 1U);
  EXPECT_EQ(shown(agreement, status(), "ZT2").count, 0U);
  EXPECT_EQ(shown(agreement, status(), "ZT2").left_out, LeftOut{}) << "what was not asked for is not left out";
  EXPECT_EQ(shown(agreement, status(kSecret)).left_out, (LeftOut{1, 0, 0}));
  agreement.max_vertrouwelijkheid = Vertrouwelijkheid::kGeheim;
  EXPECT_EQ(shown(agreement, status(kSecret)).count, 1U) << "the highest level itself is covered";
  agreement.zaaktypen = {"ZT2", "ZT3"};
  EXPECT_EQ(shown(agreement, status()).left_out, (LeftOut{0, 1, 0}));
  agreement.max_vertrouwelijkheid = Vertrouwelijkheid::kIntern;
  agreement.zaaktypen = {"ZT1"};
  EXPECT_EQ(shown(agreement, status()).left_out, (LeftOut{1, 0, 0})) << "no level counts as zaakvertrouwelijk";
  const auto none = shown(agreement, status() + "," + status(kSecret));
  EXPECT_EQ(none.text.view(), "[]");
  EXPECT_EQ(none.left_out.by_level, 2U);
}

TEST(StatusFilter, EachLevelIsCoveredByItselfAndAbove) {
  for (std::size_t max = 0; max < Words<Vertrouwelijkheid>::kAll.size(); ++max) {
    Agreement agreement;
    agreement.max_vertrouwelijkheid = static_cast<Vertrouwelijkheid>(max);
    for (std::size_t level = 0; level < Words<Vertrouwelijkheid>::kAll.size(); ++level) {
      const auto text = status(R"(,"vertrouwelijkheidaanduiding":")" +
                               std::string(word(static_cast<Vertrouwelijkheid>(level))) + '"');
      EXPECT_EQ(shown(agreement, text).count, level <= max ? 1U : 0U) << level << " under " << max;
    }
  }
}

TEST(StatusFilter, KeepsOnlyTheFieldsAgreed) {
  Agreement agreement;
  EXPECT_EQ(shown(agreement, status()).text.view(), "[" + status() + "]");
  agreement.velden = {"status", "zaak.identificatie", "zaak.zaaktype.code", "proces.naam"};
  const auto some = shown(agreement, status() + "," + status());
  const std::string one =
      R"({"zaak":{"identificatie":"Z-1","zaaktype":{"code":"ZT1"}},)"
      R"("status":{"omschrijving":"Bezig","statusgroep":"in_behandeling","gezetOp":"2026-03-02T09:15:00Z"},)"
      R"("proces":[{"naam":"Intake"}]})";
  EXPECT_EQ(some.text.view(), "[" + one + "," + one + "]");
  EXPECT_EQ(some.left_out, (LeftOut{0, 0, 10}));
  agreement.velden = std::vector<std::string>{};
  EXPECT_EQ(shown(agreement, status()).text.view(), "[{}]");
}

TEST(FieldTree, NamesWholeMembersOrPartsOfThem) {
  EXPECT_EQ(kept({"a"}, R"({"a":{"b":1,"c":[2]},"d":3})"), R"({"a":{"b":1,"c":[2]}})");
  EXPECT_EQ(kept({"a.b"}, R"({"a":{"b":1,"c":2}})"), R"({"a":{"b":1}})");
  EXPECT_EQ(kept({"a.b", "a"}, R"({"a":{"b":1,"c":2}})"), R"({"a":{"b":1,"c":2}})") << "whichever comes first";
  EXPECT_EQ(kept({"a", "a.b"}, R"({"a":{"b":1,"c":2}})"), R"({"a":{"b":1,"c":2}})");
  EXPECT_EQ(kept({"b", "a.c"}, R"({"a":{"b":1,"c":2},"b":0})"), R"({"a":{"c":2},"b":0})");
  EXPECT_EQ(kept({"ab"}, R"({"a":1,"abc":2,"ab":3})"), R"({"ab":3})") << "a name is not a prefix";
}

TEST(FieldTree, TreatsEachElementOfAList) {
  EXPECT_EQ(kept({"a.b"}, R"({"a":[{"b":1,"c":2},{"c":3},{"b":4}]})"), R"({"a":[{"b":1},{"b":4}]})");
  EXPECT_EQ(kept({"a.b"}, R"({"a":[[{"b":1,"c":2}],[{"c":3}]]})"), R"({"a":[[{"b":1}]]})");
  EXPECT_EQ(kept({"a"}, R"({"a":[1,{"b":2}]})"), R"({"a":[1,{"b":2}]})");
}

TEST(FieldTree, LeavesNothingOfWhatIsNotNamedItself) {
  EXPECT_EQ(kept({"a.b"}, R"({"a":"text","d":1})"), "{}");
  EXPECT_EQ(kept({"a.b"}, R"({"a":["text",7,null]})"), "{}");
  EXPECT_EQ(kept({"a.b"}, R"({"a":{"c":1}})"), "{}") << "that there is an a is not told either";
  EXPECT_EQ(kept({"a.b"}, R"({"a":[]})"), "{}");
  EXPECT_EQ(kept({}, R"({"a":1})"), "{}");
  EXPECT_EQ(kept({""}, R"({"a":1})"), "{}");
}

TEST(StatusFields, ATypingErrorIsToldWithTheNearestName) {
  for (const auto field : status_fields()) EXPECT_TRUE(is_status_field(field)) << field;
  for (const char* field : {"taken.titel", "taken.titel.nl"}) EXPECT_TRUE(is_status_field(field)) << field;
  for (const char* field : {"", "statu", "status.", "status.omschrijving.nl", "taken.", "taken..x", "Status"}) {
    EXPECT_FALSE(is_status_field(field)) << field;
  }
  EXPECT_EQ(nearest_status_field("statu"), "status");
  EXPECT_EQ(nearest_status_field("status.omschriving"), "status.omschrijving");
  EXPECT_EQ(nearest_status_field("titel"), "zaak.titel");
  EXPECT_EQ(nearest_status_field("zaaktype.code"), "zaak.zaaktype.code");
}

EventFacts facts(std::string type = std::string(kZaakStatusEventType)) {
  EventFacts out{.sender = Oin::parse("00000099000000002000").value(),
                 .type = std::move(type),
                 .zaaktype = {},
                 .vertrouwelijkheid = {},
                 .categorie = {},
                 .subjects = {},
                 .about = {}};
  if (out.type == kZaakStatusEventType) {
    out.zaaktype = "ZT1";
    out.vertrouwelijkheid = Vertrouwelijkheid::kZaakvertrouwelijk;
  }
  return out;
}

TEST(StatusFilter, LeavesAttributesAndExtensionsOfAnEvent) {
  Agreement agreement;
  agreement.velden = {"status.omschrijving"};
  const auto head = std::string(R"({"id":"1","subject":"Z-1","kenmerk":"loket","data":)");
  const StatusFilter filter(agreement);
  const auto event = filter.event(Undisclosed(head + status() + "}"), facts());
  ASSERT_TRUE(event);
  EXPECT_EQ(event->text.view(), head + R"({"status":{"omschrijving":"Bezig"}}})");
  EXPECT_EQ(event->left_out.fields, 4U);
  for (const char* damaged : {"", "[]", "{}", R"({"data":"x"})", R"({"data":)"}) {
    EXPECT_EQ(filter.event(Undisclosed(damaged), facts()).error().code, Errc::kCorrupt) << damaged;
  }
  agreement.velden.reset();
  EXPECT_EQ(StatusFilter(agreement).event(Undisclosed("as it was"), facts())->text.view(), "as it was");
}

TEST(StatusFilter, CarriesAnotherEventOnlyWhereItIsNamed) {
  Agreement agreement;
  const auto carries = [&](const EventFacts& event) { return StatusFilter(agreement).carries(event); };
  const auto other = facts("nl.example.anders");
  EXPECT_TRUE(carries(facts()));
  EXPECT_TRUE(carries(other)) << "without velden every type";
  agreement.velden = {"status"};
  EXPECT_TRUE(carries(facts()));
  EXPECT_FALSE(carries(other)) << "nobody looks inside, so nothing can be left out of it";
  agreement.gebeurtenistypen = {"nl.example.anders"};
  EXPECT_TRUE(carries(other));
  agreement.velden.reset();
  agreement.gebeurtenistypen = std::vector<std::string>{};
  EXPECT_FALSE(carries(other));
  EXPECT_TRUE(carries(facts())) << "the status itself needs no name";
  EXPECT_EQ(StatusFilter(agreement).event(Undisclosed("{}"), other).error().code, Errc::kInvalidInput);
}

TEST(StatusFilter, CarriesAStatusByItsLevelAndZaaktype) {
  Agreement agreement;
  auto event = facts();
  const auto carries = [&] { return StatusFilter(agreement).carries(event); };
  event.vertrouwelijkheid = Vertrouwelijkheid::kVertrouwelijk;
  EXPECT_FALSE(carries());
  agreement.max_vertrouwelijkheid = Vertrouwelijkheid::kVertrouwelijk;
  EXPECT_TRUE(carries());
  agreement.zaaktypen = {"ZT2"};
  EXPECT_FALSE(carries());
  event.zaaktype.reset();
  EXPECT_FALSE(carries()) << "no zaaktype is not a zaaktype that is covered";
}

TEST(StatusFilter, IsBoundedUnlessEverythingPasses) {
  Agreement agreement;
  const auto bounded = [&] { return StatusFilter(agreement).bounded(); };
  EXPECT_TRUE(bounded());
  agreement.max_vertrouwelijkheid = Vertrouwelijkheid::kZeerGeheim;
  EXPECT_FALSE(bounded());
  agreement.zaaktypen = {"ZT1"};
  EXPECT_TRUE(bounded());
  agreement.zaaktypen.clear();
  agreement.velden = {"status"};
  EXPECT_TRUE(bounded());
}

// --- properties, over random trees of few names, so that paths often meet ---

constexpr std::array<std::string_view, 4> kNames{"a", "b", "ab", "c"};
constexpr int kCases = 20'000;

class RandomTrees {
 public:
  explicit RandomTrees(unsigned seed) : random_(seed) {}

  json::object object(int depth) {
    json::object out;
    for (const auto name : kNames) {
      if (pick(3) > 0) out[name] = value(depth);
    }
    return out;
  }
  std::vector<std::string> paths() {
    std::vector<std::string> out(pick(5));
    for (auto& path : out) {
      path = kNames[pick(kNames.size())];
      for (std::size_t more = pick(3); more > 0; --more) path.append(".").append(kNames[pick(kNames.size())]);
    }
    return out;
  }

 private:
  std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }
  json::value value(int depth) {
    const auto kind = depth == 0 ? 0 : pick(4);
    if (kind == 1) return object(depth - 1);
    if (kind != 2) return ++number_;  // each leaf another, so that one that moves is seen
    json::array out;
    for (std::size_t i = pick(4); i > 0; --i) out.push_back(value(depth - 1));
    return out;
  }

  std::mt19937 random_;
  std::int64_t number_ = 0;
};

/// Each leaf with its path, lists left out of it.
void leaves(const json::value& value, const std::string& at, std::set<std::pair<std::string, std::int64_t>>& out) {
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      leaves(member.value(), at.empty() ? std::string(member.key()) : at + '.' + std::string(member.key()), out);
    }
  } else if (const auto* list = value.if_array()) {
    for (const auto& element : *list) leaves(element, at, out);
  } else {
    out.emplace(at, value.as_int64());
  }
}

/// The rule, said in another way than the filter does: a leaf passes when its path or one above it is named.
bool covered(const std::vector<std::string>& paths, const std::string& leaf) {
  for (auto path = leaf; !path.empty(); path.resize(path.rfind('.') == std::string::npos ? 0 : path.rfind('.'))) {
    if (std::ranges::find(paths, path) != paths.end()) return true;
  }
  return false;
}

TEST(FieldTreeProperties, ExactlyTheLeavesThatAreCoveredSurvive) {
  RandomTrees random(20'261'122);
  for (int i = 0; i < kCases; ++i) {
    auto object = random.object(4);
    const auto paths = random.paths();
    std::set<std::pair<std::string, std::int64_t>> want;
    leaves(object, "", want);
    std::erase_if(want, [&](const auto& leaf) { return !covered(paths, leaf.first); });
    const FieldTree tree(paths);
    (void)tree.keep(object);
    std::set<std::pair<std::string, std::int64_t>> got;
    leaves(object, "", got);
    ASSERT_EQ(got, want) << json::serialize(object);
  }
}

TEST(FieldTreeProperties, NeverAddsAndIsIdempotent) {
  RandomTrees random(4);
  for (int i = 0; i < kCases; ++i) {
    auto object = random.object(4);
    const auto whole = object;
    const FieldTree tree(random.paths());
    const auto left_out = tree.keep(object);
    ASSERT_EQ(left_out == 0, object == whole) << json::serialize(whole);
    const auto once = object;
    ASSERT_EQ(tree.keep(object), 0U) << json::serialize(whole);
    ASSERT_EQ(object, once);
  }
}

}  // namespace
}  // namespace wissel::core
