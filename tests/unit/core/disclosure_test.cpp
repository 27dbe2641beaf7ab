#include "core/messages/disclosure.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace wissel::core {
namespace {

namespace json = boost::json;

struct Status {
  json::value content;
  ZaakStatusView view;
};

Status status(std::string_view extra = {}) {
  auto text = std::string(R"({"zaak":{"identificatie":"Z-1","bronorganisatie":"00000099000000002000",
    "zaaktype":{"code":"ZT1","omschrijving":"Vergunning"},"titel":"Dakkapel"},
    "status":{"omschrijving":"Bezig","statusgroep":"in_behandeling","gezetOp":"2026-03-02T09:15:00Z"},
    "proces":[{"volgnummer":1,"naam":"Intake","stand":"afgerond"}])");
  text.append(extra).append("}");
  Status out{json::parse(text), {}};
  Faults faults;
  out.view = read_zaak_status(out.content, "", faults).value();
  return out;
}

TEST(Disclosure, FollowsLevelAndZaaktype) {
  Agreement agreement;
  const auto plain = status();
  EXPECT_TRUE(may_disclose(agreement, plain.view, plain.content, {}));
  EXPECT_TRUE(may_disclose(agreement, plain.view, plain.content, "ZT1"));
  EXPECT_FALSE(may_disclose(agreement, plain.view, plain.content, "ZT2"));
  const auto secret = status(R"(,"vertrouwelijkheidaanduiding":"geheim")");
  EXPECT_FALSE(may_disclose(agreement, secret.view, secret.content, {}));
  agreement.max_vertrouwelijkheid = Vertrouwelijkheid::kGeheim;
  EXPECT_TRUE(may_disclose(agreement, secret.view, secret.content, {}));
  agreement.zaaktypen = {"ZT2", "ZT3"};
  EXPECT_FALSE(may_disclose(agreement, plain.view, plain.content, {}));
  agreement.max_vertrouwelijkheid = Vertrouwelijkheid::kIntern;
  agreement.zaaktypen = {"ZT1"};
  EXPECT_FALSE(may_disclose(agreement, plain.view, plain.content, {})) << "no level counts as zaakvertrouwelijk";
}

TEST(Disclosure, KeepsOnlyTheFieldsAgreed) {
  Agreement agreement;
  auto one = status();
  const auto whole = one.content;
  keep_agreed_fields(agreement, one.content);
  EXPECT_EQ(one.content, whole);
  agreement.velden = {"status", "zaak.identificatie", "zaak.zaaktype.code", "proces.naam"};
  keep_agreed_fields(agreement, one.content);
  EXPECT_EQ(json::serialize(one.content),
            R"({"zaak":{"identificatie":"Z-1","zaaktype":{"code":"ZT1"}},)"
            R"("status":{"omschrijving":"Bezig","statusgroep":"in_behandeling","gezetOp":"2026-03-02T09:15:00Z"},)"
            R"("proces":[{"naam":"Intake"}]})");
  agreement.velden = std::vector<std::string>{};
  keep_agreed_fields(agreement, one.content);
  EXPECT_EQ(json::serialize(one.content), "{}");
}

}  // namespace
}  // namespace wissel::core
