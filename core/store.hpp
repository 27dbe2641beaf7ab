#pragma once
// Port: ordered families of bytes, written in atomic batches. The core owns the encodings of keys and values
// (core/state/keys.hpp), because the same commands must give the same bytes on every node; index/ implements this
// port on RocksDB, tests/fakes in memory. No RocksDB name may appear here.
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace wissel::core {

/// Names on disk come from family_name(); never renumber, never rename.
enum class Family : std::uint8_t {
  kReference,
  kHolder,
  kMessage,
  kOutbox,
  kMailbox,
  kDelivered,
  kRecord,
  kAnnex,
  kTile,
  kLogSubject,
  kLogParty,
  kTimer,
  kRepeat,
  kEntity,
  kEntityHistory,
  kMeta,
};
inline constexpr std::size_t kFamilyCount = 16;
[[nodiscard]] std::string_view family_name(Family family) noexcept;

/// Where a read may look. kMemory never waits for the disk and gives Errc::kWouldBlock when it would have to.
enum class ReadTier : std::uint8_t { kMemory, kAll };

/// A half-open range [from, to) of keys in byte order; an empty `to` means: to the end of the family.
struct KeyRange {
  std::string from;
  std::string to;
  bool backwards = false;  ///< from the last key down
};
/// All keys that begin with `prefix`.
[[nodiscard]] KeyRange prefix_range(std::string_view prefix);
/// The smallest key above all that begin with `prefix`; empty when there is none.
[[nodiscard]] std::string after_prefix(std::string_view prefix);

/// Called for each entry; the views live until it returns. Return false to stop.
using Visitor = std::function<bool(std::string_view key, std::string_view value)>;

/// Thread safety: all members may be called at the same time.
/// Blocking: with ReadTier::kAll every call may wait for the disk; never call so on an I/O thread.
/// Errors: kWouldBlock (kMemory only), kUnavailable, kCorrupt.
class StoreReader {
 public:
  virtual ~StoreReader() = default;
  virtual Result<std::optional<std::string>> get(Family family, std::string_view key,
                                                 ReadTier tier = ReadTier::kAll) const = 0;
  virtual Result<void> scan(Family family, const KeyRange& range, const Visitor& visit,
                            ReadTier tier = ReadTier::kAll) const = 0;
};

/// Writes collected for one atomic commit, readable while it is being built. A visitor of scan() may not write to the
/// batch that it scans: the views could point at bytes that move.
/// Thread safety: none; it belongs to the committer.
class WriteBatch : public StoreReader {
 public:
  struct Op {
    Family family;
    std::string key;
    std::optional<std::string> value;  ///< nothing: delete
  };

  /// `below` is the committed state, and outlives the batch.
  explicit WriteBatch(const StoreReader& below) : below_(below) {}

  void put(Family family, std::string key, std::string value);
  void remove(Family family, std::string key);

  /// Reads see the batch's own writes first, except in the families that only grow by the log (record, annex, tile,
  /// log_subject, log_party): those are written past the overlay, since no command reads them back.
  Result<std::optional<std::string>> get(Family family, std::string_view key,
                                         ReadTier tier = ReadTier::kAll) const override;
  Result<void> scan(Family family, const KeyRange& range, const Visitor& visit,
                    ReadTier tier = ReadTier::kAll) const override;

  [[nodiscard]] const std::vector<Op>& ops() const noexcept { return ops_; }
  [[nodiscard]] std::size_t size() const noexcept { return ops_.size(); }
  /// Takes back everything written after the batch had `size` operations: one command failed, the others stand.
  void rollback(std::size_t size);

 private:
  /// Key to the index in ops_ of the newest operation on it.
  using Overlay = std::map<std::string, std::size_t, std::less<>>;
  [[nodiscard]] static bool is_overlaid(Family family) noexcept;
  [[nodiscard]] Overlay& overlay(Family family) noexcept { return overlays_[static_cast<std::size_t>(family)]; }
  [[nodiscard]] const Overlay& overlay(Family family) const noexcept {
    return overlays_[static_cast<std::size_t>(family)];
  }
  void add(Op op);
  template <class Iterator, class Before>
  Result<void> merge(Family family, const KeyRange& range, Iterator own, Iterator own_end, Before before,
                     const Visitor& visit, ReadTier tier) const;

  /// What a family was last asked for below: the steps of one command often ask for one key in turn.
  struct LastRead {
    std::string key;
    std::optional<std::string> value;
  };

  const StoreReader& below_;
  mutable std::array<std::optional<LastRead>, kFamilyCount> last_read_;
  std::vector<Op> ops_;
  /// For each operation the one before it on the same key, so that rollback costs only what it takes back.
  std::vector<std::size_t> earlier_;
  std::vector<Overlay> overlays_{kFamilyCount};
};

/// The store as a whole. `write` is called by the committer only; everything else from any thread.
class Store : public StoreReader {
 public:
  /// Atomic. With `sync` it returns after the bytes are on stable storage. After an error nothing of the batch may be
  /// answered, and the store counts as failed until reopened. Errors: kUnavailable, kCorrupt.
  virtual Result<void> write(const WriteBatch& batch, bool sync) = 0;
  /// A view that does not move while others write. It may not outlive the store.
  [[nodiscard]] virtual std::unique_ptr<StoreReader> snapshot() const = 0;
};

}  // namespace wissel::core
