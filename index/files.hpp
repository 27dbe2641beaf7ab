#pragma once
// Files read, hashed, copied and brought to stable storage. Private to index/.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace wissel::index {

/// Told of each piece that was handled.
using BytesSeen = std::function<void(std::uint64_t bytes)>;

/// All of these block on the disk. Errors: kUnavailable with path and reason; kNotFound when the source is missing.
/// SHA-256 of the content, in lower-case hexadecimal.
[[nodiscard]] core::Result<std::string> hash_file(const std::string& path, const BytesSeen& seen);
/// Copies into a new file of mode 0600, and syncs it; gives the SHA-256 of what was copied.
[[nodiscard]] core::Result<std::string> copy_file(const std::string& from, const std::string& to,
                                                  const BytesSeen& seen);
/// A new file of mode 0600, synced.
[[nodiscard]] core::Result<void> write_new_file(const std::string& path, std::string_view content);
/// Up to `bytes_max`; more is kCorrupt.
[[nodiscard]] core::Result<std::string> read_file(const std::string& path, std::size_t bytes_max);
/// fsync of a file or directory that exists.
[[nodiscard]] core::Result<void> sync_path(const std::string& path);

}  // namespace wissel::index
