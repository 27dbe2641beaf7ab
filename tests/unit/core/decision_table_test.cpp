// The kept decisions (tests/data/decisions/decisions.tsv): written from the rules, not from the program.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/core/decision_world.hpp"

namespace wissel::core::decisions {
namespace {

struct Row {
  std::string number;
  std::string sort;
  Deltas agreement;
  Deltas question;
  std::string expected;
  std::string why;
};

std::vector<Row> rows() {
  std::ifstream in(WISSEL_SOURCE_DIR "/tests/data/decisions/decisions.tsv");
  std::vector<Row> out;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    const auto parts = split(line, '\t');
    if (parts.size() != 6) throw std::runtime_error("decisions.tsv: " + line);
    out.push_back({parts[0], parts[1], deltas(parts[2]), deltas(parts[3]), parts[4], parts[5]});
  }
  return out;
}

std::string decided(const Row& row, const Network& in) {
  const auto asked = question(row.question);
  const auto decision = decide(in, asked);
  EXPECT_EQ(explain(in, asked).decision, decision) << row.number;
  if (decision.agreement_version != 0) {
    EXPECT_EQ(std::to_string(decision.agreement_version), get(row.agreement, "versie", "1")) << row.number;
  }
  return said(decision);
}

std::string seen(const Row& row, const Network& in) {
  const auto zaaktype = get(row.question, "zaaktype");
  const auto categorie = get(row.question, "categorie");
  const auto sight = from_word<Zichtbaarheid>(get(row.question, "zichtbaarheid", "gewoon")).value();
  const auto question_of_row = question(row.question);
  const bool shown = may_see(*ask(in, question_of_row).agreement, named(get(row.question, "houder", "BRON")),
                             {zaaktype, categorie, sight});
  return shown ? "zichtbaar" : "verborgen";
}

std::string delivered(const Row& row, const Network& in) {
  const auto asked = question(row.question);
  EventFacts event{.sender = named(get(row.question, "houder", "BRON")),
                   .type = get(row.question, "type", "nl.overheid.zaken.zaakstatus-gewijzigd"),
                   .zaaktype = asked.zaaktype,
                   .vertrouwelijkheid = {},
                   .categorie = get(row.question, "categorie"),
                   .zichtbaarheid = from_word<Zichtbaarheid>(get(row.question, "zichtbaarheid", "gewoon")).value(),
                   .subjects = {},
                   .about = {}};
  event.vertrouwelijkheid = from_word<Vertrouwelijkheid>(get(row.question, "vertrouwelijk"));
  if (row.question.contains("soorten")) event.about = parse_subject_kind(row.question.at("soorten"));
  Subscription subscription{.id = Uuid(),
                            .afnemer = asked.caller,
                            .onderwerp = {},
                            .onderwerp_soort = {},
                            .zaaktypen = {},
                            .bronhouders = {},
                            .typen = {},
                            .grondslag = asked.basis,
                            .gebruiker = asked.gebruiker,
                            .geldig_tot = {}};
  return said(decide_delivery(in, subscription, event, asked.at));
}

TEST(DecisionTable, EveryKeptDecisionIsMade) {
  const auto table = rows();
  ASSERT_GE(table.size(), 360U);
  for (const auto& row : table) {
    const auto in = network(row.agreement);
    const auto made = row.sort == "zien"       ? seen(row, in)
                      : row.sort == "bezorgen" ? delivered(row, in)
                                               : decided(row, in);
    EXPECT_EQ(made, row.expected) << "row " << row.number << ": " << row.why;
  }
}

TEST(DecisionTable, EveryRuleRefusesSomewhere) {
  std::map<std::string, int, std::less<>> refusals;
  for (const auto& row : rows()) {
    const auto parts = split(row.expected, ' ');
    if (parts.size() == 2) ++refusals[parts[1]];
  }
  for (const auto& rule : all_rules()) EXPECT_TRUE(refusals.contains(rule.name)) << rule.name;
}

}  // namespace
}  // namespace wissel::core::decisions
