#pragma once
// A log record on its way to the log: filled and hashed where the request is handled, appended by the committer.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/identity/oin.hpp"
#include "core/identity/uuid.hpp"
#include "core/log/commitment.hpp"
#include "core/log/record.hpp"

namespace wissel::core {

/// 16 bytes that stand for a subject under one key of the index (design: Subject pseudonym).
using Pseudonym = Bytes16;

/// What auditors alone see of an access; bound to the record by its salted hash, with a term of its own.
struct SaltedAnnex {
  Bytes16 salt{};
  std::string bytes;
};

/// A holder, and which of its references an access was kept from.
struct Shielded {
  Oin holder;
  std::vector<Uuid> references;  ///< at most kShieldedIdsMax
};
inline constexpr std::size_t kShieldedIdsMax = 100;
/// The holders alone, as an annex names them.
[[nodiscard]] std::vector<Oin> holders_of(std::span<const Shielded> all);

struct RecordDraft {
  LogRecord record;
  Bytes16 salt{};
  std::optional<SaltedAnnex> annex;
  std::optional<Pseudonym> subject;  ///< the record is found under it
  std::vector<Oin> parties;          ///< the record is found under each of these
  /// Of a look-up what it was kept from, for the overviews of the holders; often nothing. Unset: no look-up.
  std::optional<std::vector<Shielded>> shielded;
  std::string line;   ///< set by seal()
  Hash commitment{};  ///< set by seal()
  bool sealed = false;
  /// What `record.object` says where the command is refused after all, since its caller reads the line and `object`
  /// tells of the answer. Unset: the same.
  std::optional<std::string> object_if_refused;
  /// Of one thing in the answer: where the command is refused there is no such record.
  bool of_answer = false;

  /// Encodes and hashes the record. Do it on the I/O thread; the committer seals again only what it had to change.
  void seal();
  /// Binds an annex to it, with a salt of its own.
  void add_annex(const Annex& content);
  /// Sets how it ended and makes it unsealed when that differs from what was sealed.
  void conclude(Uitkomst outcome, std::uint16_t http, std::string_view code = {});
};

/// A further draft after a lent one, with a salt and span of its own that follow from the lent salt and `number`: so
/// the committer makes as many records as it turns out to need, and still the same bytes on every node. The lent draft
/// is not logged itself where others than its caller may see what is derived.
[[nodiscard]] RecordDraft derive_draft(const RecordDraft& lent, std::uint64_t number);

}  // namespace wissel::core
