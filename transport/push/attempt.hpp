#pragma once
// One attempt to deliver one row of the outbox to a webhook, from reading it to storing how it ended.
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "core/metrics.hpp"
#include "transport/push/queue.hpp"
#include "transport/routes/gateway.hpp"

namespace wissel::transport {

/// What an attempt is given.
struct AttemptOrder {
  FirstRow row;
  std::chrono::milliseconds back_off{};  ///< until the next one, should this one fail
  std::chrono::milliseconds timeout{10'000};
  std::chrono::milliseconds retry_after_max{};
  std::size_t io_thread = 0;
};

/// How it ended, for the queue.
struct AttemptEnd {
  enum class Kind : std::uint8_t {
    kEnded,        ///< the row has left the outbox, or is damaged
    kFailed,       ///< stored as failed; `row` says when it is due again
    kPaused,       ///< the subscription is paused
    kBusy,         ///< nothing was tried or stored: soon again
    kUnavailable,  ///< the store took nothing: no attempts until it does
  };
  Kind kind = Kind::kUnavailable;
  CallEnd call = CallEnd::kAbandoned;
  bool look = false;        ///< it had ended before, or is damaged
  std::string_view damage;  ///< a literal: what is damaged; empty: nothing
  FirstRow row;
  std::optional<Deadline> hold_until;  ///< the endpoint asked for quiet
};

/// Runs on io thread `order.io_thread`; `gateway` outlives it. Cancelling it ends the call: the row is then kBusy.
asio::awaitable<AttemptEnd> attempt_delivery(const Gateway& gateway, AttemptOrder order);

/// Seconds or a date (RFC 9110, section 10.2.3), as a time from `now`; nothing when it is neither.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text, core::Instant now);

}  // namespace wissel::transport
