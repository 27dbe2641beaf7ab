#pragma once
// How much memory a waiting command takes, near enough to bound a queue by.
#include <cstddef>

#include "core/state/command.hpp"

namespace wissel::index {

/// An estimate in bytes, cheap: counts what can be long (records, events, lines), and takes the rest as fixed.
[[nodiscard]] std::size_t command_bytes(const core::Command& command) noexcept;

}  // namespace wissel::index
