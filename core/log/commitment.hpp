#pragma once
// How a record stands in the tree: as a commitment that shows nothing until its line and salt are shown.
#include <cstddef>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/result.hpp"

namespace wissel::core {

using Salt = Bytes16;

/// SHA-256("wissel-record-v1" 00 ‖ salt ‖ line). Never change.
[[nodiscard]] Hash record_commitment(const Salt& salt, std::string_view line);
/// SHA-256("wissel-bijlage-v1" 00 ‖ salt ‖ annex): the value of wissel.bijlage. Never change.
[[nodiscard]] Hash annex_hash(const Salt& salt, std::string_view annex);

/// An entry of the tree is 0x01 ‖ commitment; its leaf_hash() is in core/log/merkle.hpp.
inline constexpr std::size_t kEntryBytes = 33;
using Entry = ByteArray<kEntryBytes>;
[[nodiscard]] Entry entry_of(const Hash& commitment);

/// The bundle of C2SP tlog-tiles out of entries packed one after the other: a 16-bit length before each.
/// Errors: kCorrupt when the bytes are not whole entries.
[[nodiscard]] Result<std::string> entry_bundle(std::string_view packed_entries);

}  // namespace wissel::core
