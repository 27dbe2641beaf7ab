#pragma once
// From subjects to the pseudonyms that the index and the log know them by.
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "core/crypto.hpp"
#include "core/identity/oin.hpp"
#include "core/identity/subject.hpp"
#include "core/identity/uuid.hpp"

namespace wissel::core {

/// The active pseudonym keys, newest first. New writes use the newest, look-ups try all.
/// Thread safety: const members may be called at the same time.
class PseudonymKeys {
 public:
  struct Key {
    std::uint32_t id = 0;
    std::string bytes;  ///< 32
  };
  /// Requires at least one key with different ids; sorts by id, highest first.
  explicit PseudonymKeys(std::vector<Key> keys);

  /// First 16 bytes of HMAC-SHA-256(newest key, kind ‖ 0x00 ‖ canonical value) (design: Subject pseudonym).
  [[nodiscard]] Bytes16 of(const Subject& subject) const { return of(0, subject); }
  /// Under every active key, newest first.
  [[nodiscard]] std::vector<Bytes16> all(const Subject& subject) const;
  [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }
  /// Newest first.
  [[nodiscard]] std::vector<std::uint32_t> ids() const;

  /// The key of a holder's digests, for each active key: HMAC-SHA-256(key, "wissel:controlesom" 00 OIN).
  struct DigestKey {
    std::uint32_t id = 0;
    Hash key{};
  };
  [[nodiscard]] std::vector<DigestKey> digest_keys(const Oin& holder) const;

 private:
  struct Prepared {
    std::uint32_t id;
    HmacKey key;
  };
  [[nodiscard]] Bytes16 of(std::size_t which, const Subject& subject) const;

  std::vector<Prepared> keys_;
};

}  // namespace wissel::core
