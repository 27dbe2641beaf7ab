#include <gtest/gtest.h>

#include "tests/unit/core/decision_world.hpp"

namespace wissel::core::decisions {
namespace {

struct Case {
  const char* name;
  const char* hours;
  const char* at;
  const char* begins;  ///< empty: never
};

TEST(Hours, TheNextMomentWithinThem) {
  const std::vector<Case> cases{
      {"within: now", "wo 08:00-17:00", "2026-03-04T10:00:30Z", "2026-03-04T10:00:30Z"},
      {"before: today", "wo 08:00-17:00", "2026-03-04T05:00:30Z", "2026-03-04T07:00:00Z"},
      {"after: next week", "wo 08:00-17:00", "2026-03-04T16:00:00Z", "2026-03-11T07:00:00Z"},
      {"the first of several", "vr 08:00-17:00|do 20:00-21:00", "2026-03-04T16:00:00Z", "2026-03-05T19:00:00Z"},
      {"over the change to summer", "ma 08:00-17:00", "2026-03-28T12:00:00Z", "2026-03-30T06:00:00Z"},
      {"over the change to winter", "ma 08:00-17:00", "2026-10-24T12:00:00Z", "2026-10-26T07:00:00Z"},
      {"in the hour that is skipped", "zo 02:30-03:30", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
  };
  for (const auto& each : cases) {
    const auto found = next_within(hours_of(each.hours), moment(each.at));
    ASSERT_TRUE(found) << each.name;
    EXPECT_EQ(format_rfc3339(*found), each.begins) << each.name;
  }
  EXPECT_EQ(next_within({}, moment("2026-03-04T10:00:00Z")), moment("2026-03-04T10:00:00Z"));
}

TEST(Hours, AMessageOutsideThemWaits) {
  auto in = network(deltas("uren=wo 08:00-17:00"));
  Subscription subscription{.id = agreement_id(),
                            .afnemer = named("ALFA"),
                            .onderwerp = {},
                            .onderwerp_soort = {},
                            .zaaktypen = {},
                            .bronhouders = {},
                            .typen = {},
                            .grondslag = question({}).basis,
                            .gebruiker = {},
                            .geldig_tot = {}};
  in.put(subscription);
  const EventFacts event{.sender = named("BRON"),
                         .type = "nl.overheid.zaken.zaakstatus-gewijzigd",
                         .zaaktype = {},
                         .vertrouwelijkheid = {},
                         .categorie = {},
                         .subjects = {},
                         .about = {}};
  const WaitingPlace place{named("ALFA"), subscription.id, Bezorgsoort::kPostbus, {}};
  const auto evening = moment("2026-03-04T16:30:00Z");
  EXPECT_EQ(match(in, event, evening).size(), 1U) << "it is accepted for the subscriber";
  const auto waiting = judge_place(in, place, event, evening);
  EXPECT_EQ(waiting.judgement, Judgement::kLater);
  EXPECT_EQ(format_rfc3339(waiting.from), "2026-03-11T07:00:00Z");
  EXPECT_EQ(judge_place(in, place, event, waiting.from).judgement, Judgement::kAllowed);
  // Over before the hours come: refused at once, by that rule.
  const auto last = moment("2026-12-30T16:30:00Z");
  const auto refused = judge_place(in, place, event, last);
  EXPECT_EQ(refused.judgement, Judgement::kRefused);
  EXPECT_EQ(said(refused.decision), "geen-uitwisselafspraak geldigheid");
}

}  // namespace
}  // namespace wissel::core::decisions
