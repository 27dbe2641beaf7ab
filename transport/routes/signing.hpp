#pragma once
// A caller's signature under something that parties agree on.
#include <string_view>

#include "core/signing/endorsement.hpp"
#include "transport/routes/exchange.hpp"

namespace wissel::transport {

/// The caller's endorsement of exactly `payload`: a signature by a key that it publishes or, where this network's rules
/// allow it, a confirmation over its own mTLS identity. Refuses with the codes of core::endorse.
[[nodiscard]] OrRefusal<core::Endorsement> endorse_as_caller(const Exchange& exchange,
                                                             const core::EndorsementInput& input,
                                                             std::string_view payload);

}  // namespace wissel::transport
