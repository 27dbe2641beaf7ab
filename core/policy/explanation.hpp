#pragma once
// A decision explained: every rule with what came of it, and for a refusal what would have to change and who can change
// it. Says nothing about any subject, since the question does not name one.
#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/policy/rules.hpp"

namespace wissel::core {

enum class StepOutcome : std::uint8_t { kVoldaan, kNietVoldaan, kNietBereikt };
template <>
struct Words<StepOutcome> {
  static constexpr auto kAll = std::to_array<std::string_view>({"voldaan", "niet_voldaan", "niet_bereikt"});
};

struct Step {
  std::string_view rule;
  StepOutcome outcome = StepOutcome::kNietBereikt;
  std::string sentence;  ///< Dutch
};

struct Explanation {
  Decision decision;
  std::vector<Step> steps;               ///< one for each rule, in their order
  const Agreement* agreement = nullptr;  ///< null where the caller is no afnemer in it; lives as long as the network
  std::string_view stage;                ///< its stage at the moment of the question, as the API says it
  /// For a refusal: what would have to change, in Dutch, and who can change it.
  struct Needed {
    std::string what;
    Changer who = Changer::kPartijen;
  };
  std::optional<Needed> needed;
};

/// Decides as decide() does, and says why.
[[nodiscard]] Explanation explain(const Network& network, const Question& question);

/// What a rule of this name asks for when it has refused; nothing for a name that is no rule's. For records, of which
/// only the rule is known.
[[nodiscard]] std::optional<Explanation::Needed> needed_by(std::string_view rule);

/// The rule that a record notes: "zaaktype@3", "geweigerd;schorsing@3;mogelijk-ontvangen". Views into the text.
struct NotedRule {
  std::string_view rule;          ///< empty: none is noted
  std::uint64_t version = 0;      ///< of the agreement; 0: none was found
  bool may_have_arrived = false;  ///< a delivery that ended: the subscriber may have had it
};
[[nodiscard]] NotedRule read_noted_rule(std::string_view noted);

/// As the API shows it: `{toegestaan, code?, regel, stappen, uitwisselafspraak?, filter?, nodig?}`.
[[nodiscard]] boost::json::object to_json(const Explanation& explanation);
/// What an agreement lets through: what is left when everything else is taken out of an answer or a message.
[[nodiscard]] boost::json::object filter_json(const Agreement& agreement);
[[nodiscard]] boost::json::object needed_json(const Explanation::Needed& needed);

}  // namespace wissel::core
