#pragma once
// The rules by which a question is decided, as one ordered table. Deciding walks it and stops at the first rule that
// fails; explaining walks the same table, so that the two cannot differ.
#include <cstdint>
#include <span>
#include <string_view>

#include "core/policy/policy.hpp"

namespace wissel::core {

struct Agreement;
struct Participant;

/// In the order of the table.
enum class RuleId : std::uint8_t {
  kParticipant,
  kRepresentation,
  kRole,
  kAgreement,
  kSuspension,
  kValidity,
  kAct,
  kPurpose,
  kSubjectKind,
  kZaaktype,
  kHours,
  kUser,
  kFunction,
  kAssurance,
  kFourEyes,
  kConsent,
  kMandate,
};

/// Who can see to it that a rule holds next time.
enum class Changer : std::uint8_t { kAfnemer, kPartijen, kBeheerder, kAanroeper };
template <>
struct Words<Changer> {
  static constexpr auto kAll = std::to_array<std::string_view>({"afnemer", "partijen", "beheerder", "aanroeper"});
};

/// A question with what the network holds about it, looked up once.
struct Asked {
  const Network& network;
  const Question& question;
  const Participant* caller = nullptr;   ///< null: unknown
  const Agreement* agreement = nullptr;  ///< the content that was signed last; null: unknown, or the caller no afnemer
  bool suspended = false;
  bool ended = false;
};
[[nodiscard]] Asked ask(const Network& network, const Question& question);

struct Rule {
  RuleId id;
  std::string_view name;  ///< as records and answers say it; never renamed
  ProblemCode code;       ///< of a refusal by this rule
  Changer changer;
  /// Pure. A rule is only asked where every rule before it holds.
  bool (*holds)(const Asked&);
};

/// What is decided where `failed` is the first rule that fails; null: all hold.
[[nodiscard]] Decision decision_by(const Asked& asked, const Rule* failed);

/// The table, in order. Lives as long as the program.
[[nodiscard]] std::span<const Rule> all_rules() noexcept;

}  // namespace wissel::core
