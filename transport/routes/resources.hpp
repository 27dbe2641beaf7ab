#pragma once
// The resources of the API, one file each. Each function gives the rows of one resource; `gateway` outlives them.
#include "transport/routes/route.hpp"

namespace wissel::transport {

[[nodiscard]] Routes search_routes();
[[nodiscard]] Routes network_routes();
[[nodiscard]] Routes agreement_routes();
[[nodiscard]] Routes signing_key_routes();
[[nodiscard]] Routes reference_routes();
[[nodiscard]] Routes pull_routes();
[[nodiscard]] Routes log_proof_routes();
[[nodiscard]] Routes log_record_routes();
[[nodiscard]] Routes tlog_routes();
[[nodiscard]] Routes decision_routes();
[[nodiscard]] Routes message_routes();
[[nodiscard]] Routes subscription_routes();
[[nodiscard]] Routes representation_routes();
[[nodiscard]] Routes mailbox_routes();
[[nodiscard]] Routes brake_routes();
[[nodiscard]] Routes overview_routes();

}  // namespace wissel::transport
