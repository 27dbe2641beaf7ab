#pragma once
// The parts of the resource /v1/verwijzingen, one file each; reference_routes() puts them together.
#include "transport/routes/route.hpp"

namespace wissel::transport {

[[nodiscard]] Routes reference_bulk_routes();
[[nodiscard]] Routes reference_sync_routes();
[[nodiscard]] Routes reference_list_routes();

}  // namespace wissel::transport
