#pragma once
// What a stopped store says of its tables. Private to index/.
#include <string>
#include <vector>

#include "core/logger.hpp"
#include "core/result.hpp"
#include "index/tables.hpp"

namespace wissel::index {

/// Opens it for reading and closes it again. Errors: as open_read_only.
[[nodiscard]] core::Result<std::vector<TableFile>> tables_of(const std::string& dir, core::Logger& logger);

}  // namespace wissel::index
