#pragma once
// Who is answered: from certificate to active participant (api.md, Who is answered).
#include "core/policy/network.hpp"
#include "core/problem.hpp"
#include "transport/http/message.hpp"
#include "transport/routes/gateway.hpp"

namespace wissel::transport {

/// The caller's OIN, or why it is not answered: 401 with the code that fits, in the order certificate, OIN,
/// environment, participant, activity, pin.
[[nodiscard]] core::Checked<core::Oin> identify(const Peer& peer, const core::Network& network,
                                                Environment environment);

}  // namespace wissel::transport
