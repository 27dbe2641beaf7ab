#pragma once
// A look at every file of a stopped store or a backup: what it is, whether it is sound, and what to do where it is not.
// Changes nothing.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/logger.hpp"
#include "core/result.hpp"
#include "index/finding.hpp"

namespace wissel::index {

/// The kind of a finding on a write-ahead log.
inline constexpr std::string_view kWalKind = "write-ahead log";

/// `done` of `total` bytes.
using ExamProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Findings in the order of the files' names, each file once, and at the end those about the store as a whole.
/// Errors: kNotFound (no such directory), kConflict (a daemon uses it), kUnavailable (it cannot be listed); everything
/// else that is wrong is a finding.
[[nodiscard]] core::Result<Findings> examine_store(const std::string& dir, core::Logger& logger,
                                                   const ExamProgress& progress = {});

/// About the free space under a directory, by the watermarks of the configuration or their defaults.
[[nodiscard]] Finding examine_space(const std::string& dir, std::uint64_t warn_free_bytes,
                                    std::uint64_t stop_free_bytes);

}  // namespace wissel::index
