#pragma once
// Marks by which a store knows the keys that it was written with: a daemon that was given others must not go on with
// it, since it would find nobody, or sign a log that others hold as another one's.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/store.hpp"

namespace wissel::core {

/// A key that a store is bound to, without the key itself.
struct KeyMark {
  std::string id;    ///< in meta behind kMetaKeyMarkPrefix; never renamed
  std::string mark;  ///< 8 bytes, of which the key cannot be worked out
  std::string what;  ///< for the message: which key of the configuration
};

/// The mark of `key` (32 random bytes): first 8 bytes of HMAC-SHA-256(key, "wissel:sleutelmerk" 00 id).
[[nodiscard]] KeyMark mark_key(std::string id, std::string what, std::string_view key);

/// Holds the marks and the log's verifier key (may be empty: not looked at) against the store's. Gives back the marks
/// that the store does not have yet. Errors: kInvalidInput for another key, saying what to do; those of the store.
[[nodiscard]] Result<std::vector<KeyMark>> check_keys(const StoreReader& store, const std::vector<KeyMark>& marks,
                                                      std::string_view vkey);

}  // namespace wissel::core
