#pragma once
// The two parts of the key table. Internal to config/key_table.cpp.
#include <span>

#include "config/key_table.hpp"

namespace wissel::config {

[[nodiscard]] std::span<const KeyRow> network_rows();  ///< identity, listeners, calls
[[nodiscard]] std::span<const KeyRow> work_rows();     ///< keys, store, queue, pull, push and the rest

}  // namespace wissel::config
