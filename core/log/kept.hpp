#pragma once
// What a checkpoint that was kept apart says of the log in a store: it goes on from there, or it is an older copy.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/log/continuity.hpp"
#include "core/log/note.hpp"
#include "core/result.hpp"

namespace wissel::core {

enum class KeptState : std::uint8_t {
  kNone,        ///< nothing was kept
  kContinues,   ///< the log has what was signed
  kOlder,       ///< the log ends before what was signed
  kOther,       ///< the log has other records than were signed
  kUnreadable,  ///< no note that our key signed: damaged, of another log or another key
};

struct KeptJudgement {
  KeptState state = KeptState::kNone;
  LogPoint kept;       ///< as signed; nothing where it is unreadable
  LogPoint here;       ///< the end of the log in the store
  std::string detail;  ///< why it is unreadable

  /// Whether a daemon may sign anything of this log.
  [[nodiscard]] bool fine() const noexcept { return state == KeptState::kNone || state == KeptState::kContinues; }
};

/// `key`: of this log; without one the signature is not looked at.
/// Errors: those of the store.
[[nodiscard]] Result<KeptJudgement> judge_kept(const std::optional<std::string>& note, const VerifierKey* key,
                                               const TreeEdge& edge, const StoreReader& store);

/// Of a stopped store: its own end, and the key that it names; where it names none, the signature is not looked at.
/// Errors: those of the store, and kCorrupt where what it names is no key.
[[nodiscard]] Result<KeptJudgement> judge_kept(const std::optional<std::string>& note, const StoreReader& store);

/// For the operator: what is wrong, what it means and what to do. `note_path`: the kept note.
[[nodiscard]] std::string explain(const KeptJudgement& judgement, std::string_view data_dir,
                                  std::string_view note_path);

}  // namespace wissel::core
