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
  bool suspended = false;
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

/// As the API shows it: `{toegestaan, code?, regel, stappen, uitwisselafspraak?, filter?, nodig?}`. `at`: of the
/// question, by which the agreement's stage is told.
[[nodiscard]] boost::json::object to_json(const Explanation& explanation, Instant at);
/// What an agreement lets through: what is left when everything else is taken out of an answer or a message.
[[nodiscard]] boost::json::object filter_json(const Agreement& agreement);

}  // namespace wissel::core
