#pragma once
// The state machine: commands in, effects and log records out. Deterministic: same commands, same order, same bytes.
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/published.hpp"
#include "core/state/key_marks.hpp"
#include "core/state/keys.hpp"
#include "core/state/sequencer.hpp"
#include "core/state/view.hpp"

namespace wissel::core {

struct MachineSettings {
  std::set<Oin> bootstrap_operators;
  Duration reference_term_max{24, 0};             ///< for holders without an agreement that sets a term
  Duration delivered_term{0, 30LL * 86'400'000};  ///< delivery state is kept so long after the end
  Duration repeat_term{0, 30LL * 86'400'000};     ///< for CloudEvent repeats
  Duration upload_give_up{0, 86'400'000};         ///< a synchronisation without a line for so long
  std::string vkey;                               ///< of the log's key, kept in the store for offline verification
  std::vector<KeyMark> key_marks;                 ///< of the keys that the store is bound to
  /// Signs a checkpoint of the log: size and root to a note.
  std::function<std::string(std::uint64_t, const Hash&)> sign_checkpoint;
  /// The durable log has grown. On the committer's thread; before anything of it is answered.
  std::function<void()> grown;
};

struct Working;  // the committer's copy; internal

/// Thread safety: apply, finish, committed and reload belong to the committer's thread; view() to anyone.
class Machine : public StateMachine, public ViewSource {
 public:
  /// `listener` (may be null) outlives the machine. Errors: those of the store, kCorrupt; kInvalidInput where
  /// the store was written with other keys.
  static Result<std::unique_ptr<Machine>> load(MachineSettings settings, const StoreReader& store,
                                               CommitListener* listener);
  ~Machine() override;

  Result<Outcome> apply(WriteBatch& batch, Command& command) override;
  Result<void> finish(WriteBatch& batch) override;
  void committed() override;
  Result<void> reload(const StoreReader& store) override;

  [[nodiscard]] std::shared_ptr<const View> view() const override { return published_.get(); }

 private:
  Machine(MachineSettings settings, CommitListener* listener);

  MachineSettings settings_;
  CommitListener* listener_;
  std::unique_ptr<Working> working_;
  Published<View> published_;
};

}  // namespace wissel::core
