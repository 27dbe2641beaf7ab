#pragma once
// Who may do what: one pure function over the network as it stands. It depends on nothing but its arguments.
#include <optional>
#include <string>
#include <string_view>

#include "core/policy/model.hpp"
#include "core/problem.hpp"

namespace wissel::core {

class Network;

/// What is asked to be allowed. Says nothing about whether the subject is known, so a refusal cannot either.
struct Question {
  Oin caller;
  Handeling handeling = Handeling::kZoeken;
  Basis basis;
  std::optional<ActingUser> gebruiker;
  std::optional<std::string> zaaktype;
  Instant at;
};

/// `rule` names the deciding rule, for the record: "uitwisselafspraak", "handeling", "zaaktype", …
struct Decision {
  bool allowed = false;
  ProblemCode code = ProblemCode::kNoAgreement;  ///< when refused
  std::string_view rule;                         ///< a literal
  std::uint64_t agreement_version = 0;           ///< when an agreement was found

  friend bool operator==(const Decision&, const Decision&) = default;
};

/// The first rule that fails decides. Rules, in order: the caller is an active participant with the role afnemer;
/// the agreement exists, is in force and names the caller as afnemer; it covers the act, the purpose, the zaaktype;
/// it accepts the acting user (present, function, level of assurance); consent and mandate are as it demands.
[[nodiscard]] Decision decide(const Network& network, const Question& question);

/// What a look-up or a delivery may show of a holder's reference under an agreement.
struct Shown {
  std::string_view zaaktype;   ///< empty: none
  std::string_view categorie;  ///< empty: none
  Zichtbaarheid zichtbaarheid = Zichtbaarheid::kGewoon;
};
/// Whether `agreement` lets its afnemers see a reference of `holder`. `afgeschermd` is never seen; `beperkt` only
/// under agreements that name it.
[[nodiscard]] bool may_see(const Agreement& agreement, const Oin& holder, const Shown& shown);

/// The end of a reference without geldigTot: the longest term for its category over the agreements that `holder`
/// offers under (none for the category: the longest without category), otherwise `fallback` (design: Terms).
[[nodiscard]] Instant reference_end(const Network& network, const Oin& holder, std::string_view categorie, Instant from,
                                    Duration fallback);

}  // namespace wissel::core
