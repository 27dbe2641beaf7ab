// ZaakStatus and the CloudEvents that carry it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "core/json/write.hpp"
#include "core/messages/cloud_event.hpp"
#include "core/messages/disclosure.hpp"
#include "core/messages/zaak_status.hpp"

namespace wissel::core {
namespace {

using testing::Contains;
using testing::ElementsAre;

constexpr const char* kFull =
    R"({"zaak":{"identificatie":"ZAAK-2026-00042","bronorganisatie":"00000099000000001000","zaaktype":{)"
    R"("url":"https://x.nl/zt/1","code":"bijstand","omschrijving":"Aanvraag bijstand"},"titel":"Bijstand",)"
    R"("startdatum":"2026-03-01"},"verzoek":{"identificatie":"V1","bronorganisatie":"002220647","soort":"aanvraag",)"
    R"("ingediendOp":"2026-03-01T00:00:00Z","kanaal":"web"},"product":{"naam":"Bijstand","url":"https://x.nl/p",)"
    R"("servicetermijn":"P14D"},"proces":[{"volgnummer":1,"naam":"Intake","toelichting":"a\nb","stand":"afgerond",)"
    R"("gezetOp":"2026-03-01T00:00:00Z"}],"status":{"omschrijving":"In behandeling","statusgroep":"in_behandeling",)"
    R"("volgnummer":2,"isEindstatus":false,"gezetOp":"2026-03-02T09:14:31Z","toelichting":"t"},"verwachting":{)"
    R"("datum":"2026-04-27","aard":"wettelijk","volgendeStap":"Besluit","doorlooptijd":"P56D"},"opschorting":{)"
    R"("indicatie":false,"reden":""},"verlenging":{"reden":"drukte","duur":"P7D"},"resultaat":{"omschrijving":"Verleend"},)"
    R"("taken":[{"uuid":"x","eigenVeld":{"a":[1]},"deadline":"2026-03-16T23:59:59+01:00"}],"contact":{)"
    R"("organisatie":"Gemeente","kanaal":"telefoon","url":"https://x.nl","telefoon":"14030"},)"
    R"("vertrouwelijkheidaanduiding":"vertrouwelijk","bron":{"systeem":"zs","bijgewerktOp":"2026-03-02T09:14:31Z",)"
    R"("aard":"formeel"}})";
constexpr const char* kLeast =
    R"({"verzoek":{"identificatie":"V1","bronorganisatie":"002220647"},"status":{"omschrijving":"Klaar",)"
    R"("statusgroep":"afgerond","gezetOp":"2026-03-02T09:14:31Z"}})";

std::vector<std::string> places(const Problem& problem) {
  std::vector<std::string> out;
  for (const auto& fault : problem.params) out.push_back(fault.name + " " + std::string(info(fault.code).text));
  return out;
}
std::vector<std::string> faults_in(const boost::json::value& value) {
  Faults faults;
  EXPECT_FALSE(read_zaak_status(value, "", faults));
  return faults.empty() ? std::vector<std::string>{} : places(faults.take_problem());
}

TEST(ZaakStatus, TheFullestAndTheLeastAreRead) {
  Faults faults;
  const auto full = read_zaak_status(*parse_json(kFull), "", faults);
  ASSERT_TRUE(full) << faults.list()[0].name;
  EXPECT_EQ(full->identificatie(), "ZAAK-2026-00042");
  EXPECT_EQ(full->zaaktype, "bijstand");
  EXPECT_EQ(full->statusgroep, Statusgroep::kInBehandeling);
  EXPECT_FALSE(full->is_end());
  EXPECT_EQ(full->vertrouwelijkheid, Vertrouwelijkheid::kVertrouwelijk);
  EXPECT_EQ(format_rfc3339(full->gezet_op), "2026-03-02T09:14:31Z");
  const auto least = read_zaak_status(*parse_json(kLeast), "", faults);
  ASSERT_TRUE(least);
  EXPECT_TRUE(least->is_end());
  EXPECT_EQ(least->vertrouwelijkheid, Vertrouwelijkheid::kZaakvertrouwelijk);
  EXPECT_EQ(least->subject().kind(), SubjectKind::kVerzoek);
  EXPECT_LT(least->vertrouwelijkheid, full->vertrouwelijkheid);
}

TEST(ZaakStatus, AMemberThatIsRemovedIsMissedOnlyWhenRequired) {
  const auto full = *parse_json(kFull);
  for (const auto& member : full.get_object()) {
    auto less = full.get_object();
    less.erase(member.key());
    Faults faults;
    EXPECT_EQ(read_zaak_status(less, "", faults).has_value(), member.key() != "status") << member.key();
  }
}

TEST(ZaakStatus, EveryMemberOfAnotherTypeIsAFault) {
  const auto full = *parse_json(kFull);
  for (const auto& member : full.get_object()) {
    auto other = full.get_object();
    other[member.key()] = 7;
    EXPECT_THAT(faults_in(other), ElementsAre("/" + std::string(member.key()) + " veld-type"));
  }
}

TEST(ZaakStatus, NamesEveryFault) {
  struct Case {
    const char* pointer;
    boost::json::value value;
    const char* fault;
  };
  const std::array<Case, 14> cases{
      {{"/status/isEindstatus", true, "/status/isEindstatus veld-waarde"},
       {"/status/statusgroep", "afgerond", "/status/isEindstatus veld-waarde"},
       {"/status/statusgroep", "klaar", "/status/statusgroep veld-waarde"},
       {"/status/gezetOp", "2026-03-02", "/status/gezetOp veld-waarde"},
       {"/status/omschrijving", boost::json::string(81, 'x'), "/status/omschrijving veld-waarde"},
       {"/status/toelichting", boost::json::string(1001, 'x'), "/status/toelichting veld-waarde"},
       {"/zaak/titel", boost::json::string(81, 'x'), "/zaak/titel veld-waarde"},
       {"/zaak/zaaktype", nullptr, "/zaak/zaaktype veld-type"},
       {"/zaak/bronorganisatie", "123456789", "/zaak/bronorganisatie veld-waarde"},
       {"/verwachting/datum", "2026-04-27T00:00:00Z", "/verwachting/datum veld-waarde"},
       {"/verlenging/reden", boost::json::string(201, 'x'), "/verlenging/reden veld-waarde"},
       {"/taken/0/deadline", "2026-03-16T23:59:59", "/taken/0/deadline veld-waarde"},
       {"/proces/0/stand", "half", "/proces/0/stand veld-waarde"},
       {"/vertrouwelijkheidaanduiding", "Openbaar", "/vertrouwelijkheidaanduiding veld-waarde"}}};
  for (const Case& c : cases) {
    auto value = *parse_json(kFull);
    value.at_pointer(c.pointer) = c.value;
    EXPECT_THAT(faults_in(value), ElementsAre(c.fault)) << c.pointer;
  }
  auto unknown = *parse_json(kFull);
  unknown.at_pointer("/zaak/zaaktype").as_object()["extra"] = 1;
  EXPECT_THAT(faults_in(unknown), ElementsAre("/zaak/zaaktype/extra veld-onbekend"));
  EXPECT_THAT(faults_in(boost::json::object{}), ElementsAre("/zaak veld-ontbreekt", "/status veld-ontbreekt"));
}

TEST(HolderAnswer, DropsAndCountsWhatIsUnknown) {
  auto zaak = *parse_json(kFull);
  zaak.as_object()["eigen"] = 1;
  zaak.at_pointer("/status").as_object()["bsn"] = "999990019";
  zaak.at_pointer("/zaak").as_object()["titel"] = nullptr;
  const auto body = boost::json::object{{"zaken", boost::json::array{zaak}}, {"meer", 1}};
  const auto answer = HolderAnswer::parse(Undisclosed(write_json(body)));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->dropped, 4U);
  auto want = *parse_json(kFull);
  want.at_pointer("/zaak").as_object().erase("titel");
  ASSERT_EQ(answer->zaken.size(), 1U);
  Agreement open;
  open.max_vertrouwelijkheid = Vertrouwelijkheid::kZeerGeheim;
  const auto shown = StatusFilter(open).zaken(*answer, {});
  EXPECT_EQ(jcs(parse_json(shown.text.view())->get_array().at(0)), jcs(want));
  EXPECT_TRUE(HolderAnswer::parse(Undisclosed(R"({"zaken":[]})"))->zaken.empty());
}

TEST(HolderAnswer, RefusesAnotherShape) {
  for (const char* text : {"", "[]", "{}", R"({"zaken":{}})", R"({"zaken":[{}]})", R"({"zaken":[1]})", "<html>",
                           R"({"zaken":[],"zaken":[]})", R"({"zaken":null})",
                           R"({"zaken":[{"zaak":null,"status":{"omschrijving":"x","statusgroep":"afgerond",)"
                           R"("gezetOp":"2026-03-02T09:14:31Z"}}]})"}) {
    EXPECT_FALSE(HolderAnswer::parse(Undisclosed(text))) << text;
  }
}

boost::json::object event_with(const char* data = kFull) {
  return boost::json::object{{"specversion", "1.0"},
                             {"id", "e1"},
                             {"source", "urn:nld:oin:00000099000000001000:systeem:zaaksysteem"},
                             {"type", "nl.overheid.zaken.zaakstatus-gewijzigd"},
                             {"subject", "ZAAK-2026-00042"},
                             {"time", "2026-03-02T10:15:00.5+01:00"},
                             {"sequence", "3"},
                             {"sequencetype", "Integer"},
                             {"data", *parse_json(data)}};
}
std::vector<std::string> event_faults(const boost::json::object& event) {
  const auto parsed = parse_cloud_event(write_json(event));
  EXPECT_FALSE(parsed);
  return parsed ? std::vector<std::string>{} : places(parsed.error());
}

TEST(CloudEvents, AreReadAndKeptAsSent) {
  const std::string text = write_json(event_with());
  const auto event = parse_cloud_event(text);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->id, "e1");
  EXPECT_EQ(event->source_oin->view(), "00000099000000001000");
  EXPECT_EQ(event->status->identificatie(), "ZAAK-2026-00042");
  EXPECT_EQ(event->extensions.size(), 2U);
  EXPECT_EQ(format_rfc3339(*event->time), "2026-03-02T09:15:00.500Z");
  EXPECT_EQ(event->text(), text);
  EXPECT_EQ(event->order_key(), "00000099000000001000ZAAK-2026-00042");
  EXPECT_EQ(parse_cloud_event(event->canonical)->canonical, event->canonical);
}

TEST(CloudEvents, NullAttributesAreAbsent) {
  auto event = event_with();
  event["dataschema"] = nullptr;
  event["eigen"] = nullptr;
  const auto parsed = parse_cloud_event(write_json(event));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->canonical, parse_cloud_event(write_json(event_with()))->canonical);
}

TEST(CloudEvents, OtherTypesAreCarriedUnread) {
  boost::json::object event{{"specversion", "1.0"},
                            {"id", "1"},
                            {"source", "urn:nld:kvknr:12345678.x"},
                            {"type", "nl.brp.persoon-verhuisd"},
                            {"data", nullptr}};
  const auto parsed = parse_cloud_event(write_json(event));
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->source_oin);
  EXPECT_FALSE(parsed->status);
  EXPECT_TRUE(parsed->data()->is_null());
  EXPECT_EQ(parsed->order_key(), "urn:nld:kvknr:12345678.x");
  event.erase("data");
  event["data_base64"] = "AAE=";
  event["datacontenttype"] = "application/octet-stream";
  EXPECT_TRUE(parse_cloud_event(write_json(event)));
}

TEST(CloudEvents, NameEveryFault) {
  struct Case {
    const char* name;
    boost::json::value value;
    const char* fault;
  };
  const std::array<Case, 26> cases{{{"specversion", "0.3", "/specversion veld-waarde"},
                                    {"id", "", "/id veld-waarde"},
                                    {"id", 1, "/id veld-type"},
                                    {"id", nullptr, "/id veld-ontbreekt"},
                                    {"source", "urn:nld:oin:00000099000000001000", "/source veld-waarde"},
                                    {"source", "urn:nld:oin:00000001123456789000:systeem:x", "/source veld-waarde"},
                                    {"source", "urn:nld:oin:00000099000000001000:systeem:", "/source veld-waarde"},
                                    {"source", "met spatie", "/source veld-waarde"},
                                    {"type", "zonderpunt", "/type veld-waarde"},
                                    {"subject", "ZAAK-ANDERS", "/subject veld-waarde"},
                                    {"subject", nullptr, "/subject veld-ontbreekt"},
                                    {"subject", "a\x7f", "/subject veld-waarde"},
                                    {"time", "gisteren", "/time veld-waarde"},
                                    {"dataschema", "relatief", "/dataschema veld-waarde"},
                                    {"datacontenttype", "json", "/datacontenttype veld-waarde"},
                                    {"data_base64", "AAE=", "/data_base64 veld-waarde"},
                                    {"Hoofdletter", "x", "/Hoofdletter veld-onbekend"},
                                    {"eenveeltelangeextensie", "x", "/eenveeltelangeextensie veld-onbekend"},
                                    {"eigen", 1.5, "/eigen veld-type"},
                                    {"eigen", 2147483648, "/eigen veld-type"},
                                    {"eigen", boost::json::object{}, "/eigen veld-type"},
                                    {"eigen", "999990019", "/eigen elfproef"},
                                    {"eigen", 999990019, "/eigen elfproef"},
                                    {"kenmerk", "02220647", "/kenmerk elfproef"},
                                    {"sequence", "x", "/sequence veld-waarde"},
                                    {"sequence", nullptr, "/sequence veld-ontbreekt"}}};
  for (const Case& c : cases) {
    auto event = event_with();
    event[c.name] = c.value;
    EXPECT_THAT(event_faults(event), Contains(c.fault)) << c.name << " " << c.fault;
  }
  auto wrong_data = event_with();
  wrong_data["data"].as_object().erase("status");
  EXPECT_THAT(event_faults(wrong_data), ElementsAre("/data/status veld-ontbreekt"));
  auto no_data = event_with();
  no_data.erase("data");
  EXPECT_THAT(event_faults(no_data), ElementsAre("/data veld-ontbreekt"));
}

TEST(CloudEvents, ExemptAttributesMayHoldAnyNumber) {
  auto event = event_with();
  event["id"] = "999990019";
  event["traceparent"] = "999990019";
  EXPECT_TRUE(parse_cloud_event(write_json(event)));
}

TEST(CloudEvents, ASubjectThatCouldBeABsnIsLeftToTheCaller) {
  auto event = event_with();
  event["subject"] = "999990019";
  event["data"].at_pointer("/zaak/identificatie") = "999990019";
  const auto parsed = parse_cloud_event(write_json(event));
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(parsed->subject_resembles_bsn);
  EXPECT_EQ(subject_elfproef("/2").code, ProblemCode::kElfproef);
  EXPECT_EQ(subject_elfproef("/2").params[0].name, "/2/subject");
  EXPECT_FALSE(parse_cloud_event(write_json(event_with()))->subject_resembles_bsn);
}

TEST(CloudEvents, HaveAtMost32Extensions) {
  auto event = event_with();
  for (int i = 2; i < 32; ++i) event["x" + std::to_string(i)] = true;
  EXPECT_TRUE(parse_cloud_event(write_json(event)));
  event["x32"] = true;
  EXPECT_THAT(event_faults(event), ElementsAre(" te-groot"));
}

TEST(CloudEventBatches, AreAllOrNone) {
  boost::json::array batch{event_with(), event_with()};
  EXPECT_EQ(parse_cloud_event_batch(write_json(batch))->size(), 2U);
  EXPECT_TRUE(parse_cloud_event_batch("[]")->empty());
  batch[1].as_object().erase("id");
  const auto refused = parse_cloud_event_batch(write_json(batch));
  ASSERT_FALSE(refused);
  EXPECT_THAT(places(refused.error()), ElementsAre("/1/id veld-ontbreekt"));
  EXPECT_EQ(parse_cloud_event_batch("[1,2,3]", 2).error().code, ProblemCode::kTooLarge);
  EXPECT_FALSE(parse_cloud_event_batch("{}"));
  EXPECT_FALSE(parse_cloud_event_batch("[1]"));
}

}  // namespace
}  // namespace wissel::core
