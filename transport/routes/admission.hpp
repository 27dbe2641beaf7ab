#pragma once
// Whether a request may go on now: quota of its caller, quota under its agreement, and the brake.
#include "core/limits/limiter.hpp"
#include "core/policy/model.hpp"
#include "transport/routes/exchange.hpp"

namespace wissel::transport {

/// One access of the caller, or whom it acts for. A refusal when its quota holds no more; noted to be recorded with the
/// others of its minute.
[[nodiscard]] std::optional<Refusal> own_quota(const Exchange& exchange);

/// `subjects` of a search or a pull under an agreement that allows it.
[[nodiscard]] core::Admission admit(const Exchange& exchange, const core::Agreement& agreement, std::size_t subjects);
/// A subscription under an agreement: in its quota, and not the brake's business.
[[nodiscard]] core::Admission admit_subscription(const Exchange& exchange, const core::Agreement& agreement);

/// Why a request that was not admitted is not answered. Pulls the brake where this request trips it: that is durable,
/// with its record, before the caller hears of it.
asio::awaitable<Refusal> turn_away(Exchange& exchange, const core::Agreement& agreement, core::Admission admission);

}  // namespace wissel::transport
