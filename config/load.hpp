#pragma once
// From a file to Settings, or to everything that is wrong with it.
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

#include "config/fault.hpp"
#include "config/settings.hpp"

namespace wissel::config {

/// Whether the files that the configuration names are looked at as well (kCheck: they exist, may be read, and keys are
/// closed to others). Credentials are only looked at where $CREDENTIALS_DIRECTORY is set.
enum class Files : std::uint8_t { kCheck, kIgnore };

/// Reads and checks the whole file. The faults are all that were found in one run, in the order of the file. Relative
/// paths count from the file's directory and come out absolute. Blocks on the disk. Does not throw.
[[nodiscard]] std::expected<Settings, ConfigFaults> load_settings(const std::filesystem::path& path,
                                                                  Files files = Files::kCheck);

/// The same from bytes; `path` gives the base of relative paths and the name in messages.
[[nodiscard]] std::expected<Settings, ConfigFaults> parse_settings(std::string_view bytes,
                                                                   const std::filesystem::path& path,
                                                                   Files files = Files::kIgnore);

}  // namespace wissel::config
