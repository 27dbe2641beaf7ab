#pragma once
// What readers see between two commits: the network, the log's edge, and the short numbers of parties.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/limits/brake.hpp"
#include "core/log/merkle.hpp"
#include "core/policy/network.hpp"
#include "core/state/reference.hpp"

namespace wissel::core {

/// Short numbers of organisations; 0 is nobody's.
class Parties {
 public:
  [[nodiscard]] std::optional<PartyNumber> number(const Oin& oin) const;
  /// Nothing for a number never given.
  [[nodiscard]] const Oin* oin(PartyNumber number) const;
  [[nodiscard]] PartyNumber next() const noexcept { return static_cast<PartyNumber>(oins_.size() + 1); }
  void add(const Oin& oin);  ///< gives it next()
  void load(std::map<PartyNumber, Oin> all);

 private:
  std::vector<Oin> oins_;
  std::map<Oin, PartyNumber> numbers_;
};

/// Where a holder's references stand as a whole: its full sets, and their versions.
struct SyncState {
  Generation current = 0;          ///< what look-ups see
  Generation newest = 0;           ///< the highest ever given
  std::optional<Generation> open;  ///< an upload goes on
  Uuid upload{};
  Instant last_line;
  // Work that goes on in pieces after a switch or an abandoned upload.
  enum class Phase : std::uint8_t { kNone, kNoteChanges, kClear } phase = Phase::kNone;
  Generation old = 0;     ///< the set that is being cleared away
  std::string cursor;     ///< reference id from which to go on
  bool switched = false;  ///< records and a summary are due; not after an abandoned upload
  std::string trace;      ///< 16 + 8 bytes: trace id and span id of the switch's record
  std::uint64_t changed = 0;
  std::uint64_t withdrawn = 0;
  std::uint64_t unchanged = 0;
  /// The highest version of a reference of this holder that left the store: what is set anew goes on above it.
  std::uint64_t gone_version = 0;
};
[[nodiscard]] std::string encode(const SyncState& state);
[[nodiscard]] Result<SyncState> decode_sync_state(std::string_view value);  ///< Errors: kCorrupt.

using SyncStates = std::map<PartyNumber, SyncState>;

/// One immutable picture. Copying shares what did not change.
struct View {
  std::shared_ptr<const Network> network;
  std::shared_ptr<const Parties> parties;
  std::shared_ptr<const SyncStates> syncs;
  TreeEdge edge;  ///< of the log as it is durable
  std::shared_ptr<const Brakes> brakes;

  /// The generation of `holder` that look-ups see.
  [[nodiscard]] Generation generation(PartyNumber holder) const;
};

/// Port: the picture as of the last durable commit.
/// Thread safety: may be called from any thread.
class ViewSource {
 public:
  virtual ~ViewSource() = default;
  /// Never null.
  [[nodiscard]] virtual std::shared_ptr<const View> view() const = 0;
};

/// A new row of the outbox.
struct QueuedRow {
  std::string key;
  std::string eindpunt;
  Instant accepted;
};

/// What the workers are told after a commit.
struct Notices {
  bool reloaded = false;          ///< the state was read anew: there may be more than the other members say
  std::vector<QueuedRow> outbox;  ///< new rows
  bool outbox_shrank = false;
  std::uint64_t outbox_rows = 0;  ///< in all, after this commit
  std::vector<Oin> mailboxes;     ///< whose mailbox got something
  bool network_changed = false;
  bool brakes_changed = false;
  std::optional<Instant> earliest_timer;  ///< the earliest due time written
  std::vector<PartyNumber> syncs;         ///< holders with work to go on with

  [[nodiscard]] bool empty() const noexcept {
    return !reloaded && outbox.empty() && !outbox_shrank && mailboxes.empty() && !network_changed && !brakes_changed &&
           !earliest_timer && syncs.empty();
  }
};

/// Port: workers listen here. Called on the committer's thread; must not block.
class CommitListener {
 public:
  virtual ~CommitListener() = default;
  virtual void committed(const Notices& notices) = 0;
};

}  // namespace wissel::core
