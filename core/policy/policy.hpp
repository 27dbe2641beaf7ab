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
  Oin caller;  ///< whose rights count: who calls, or whom it acts for
  Handeling handeling = Handeling::kZoeken;
  Basis basis;
  std::optional<ActingUser> gebruiker;
  std::optional<std::string> zaaktype;
  Instant at;
  std::optional<Oin> vertegenwoordiger{};        ///< who really calls, where it acts for `caller`
  std::optional<ActingUser> tweede_gebruiker{};  ///< who looks on, where four eyes are demanded
  SubjectKinds onderwerpsoorten{};               ///< kinds of subject asked about; empty: no particular subject
  std::size_t aantal = 1;                        ///< subjects asked about at once
};

/// `rule` names the deciding rule (core/policy/rules.hpp), for the record: the one that failed, or "uitwisselafspraak"
/// where all hold.
struct Decision {
  bool allowed = false;
  ProblemCode code = ProblemCode::kNoAgreement;  ///< when refused
  std::string_view rule;                         ///< a literal
  std::uint64_t agreement_version = 0;           ///< when an agreement was found in which the caller is afnemer

  friend bool operator==(const Decision&, const Decision&) = default;
};

/// Walks the table of rules (core/policy/rules.hpp); the first that fails decides. Allocates nothing, takes no lock.
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
