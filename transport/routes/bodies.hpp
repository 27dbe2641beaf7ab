#pragma once
// What several bodies have in common: the basis of a processing and who acts.
#include <optional>

#include "core/json/object_reader.hpp"
#include "core/log/record.hpp"
#include "core/policy/policy.hpp"

namespace wissel::transport {

/// `grondslag` (required), `gebruiker` and `zaaktype` of a search, pull or log query.
struct Ground {
  core::Basis basis;
  std::optional<core::ActingUser> gebruiker;
  std::optional<std::string> zaaktype;
  std::optional<core::ActingUser> tweede_gebruiker{};  ///< searches only
};
[[nodiscard]] Ground read_ground(core::ObjectReader& in);

/// The question that this ground puts for an act.
[[nodiscard]] core::Question question_of(const Ground& ground, const core::Oin& caller, core::Handeling handeling,
                                         core::Instant at);
/// Notes in a record which agreement was named and which rule decided.
void note_decision(core::LogRecord& record, const core::Network& network, const core::Question& question,
                   const core::Decision& decision);

}  // namespace wissel::transport
