#pragma once
// W3C Trace Context: which processing a request belongs to.
#include <optional>
#include <string>

#include "core/log/record.hpp"
#include "transport/http/message.hpp"

namespace wissel::transport {

struct Trace {
  core::Bytes16 trace_id{};
  std::optional<core::Bytes8> parent;  ///< the caller's span
  core::Bytes8 span{};                 ///< our own

  /// "00-<trace id>-<our span>-01".
  [[nodiscard]] std::string traceparent() const;
};

/// Continues the caller's trace where there is exactly one valid traceparent; otherwise a new one. The identifiers
/// that are made are random.
[[nodiscard]] Trace continue_trace(const Headers& headers);
/// Exactly the form of version 00, or the first 55 characters of a later one.
[[nodiscard]] std::optional<std::pair<core::Bytes16, core::Bytes8>> parse_traceparent(std::string_view text);
[[nodiscard]] std::string format_traceparent(const core::Bytes16& trace_id, const core::Bytes8& span);
[[nodiscard]] core::Bytes8 random_span();

}  // namespace wissel::transport
