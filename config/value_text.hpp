#pragma once
// The text forms of single values: durations, sizes, addresses. Each parser takes the whole text or gives nothing.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/settings.hpp"

namespace wissel::config {

/// `500ms`, `10s`, `15m`, `2h`, `7d`, or ISO 8601 without months and years (`P7D`, `PT5M`). Not negative.
[[nodiscard]] std::optional<Milliseconds> parse_milliseconds(std::string_view text);
/// As parse_milliseconds, or ISO 8601 with months and years (`P2Y`).
[[nodiscard]] std::optional<core::Duration> parse_term(std::string_view text);
/// Bytes: `512`, `512B`, `16KiB`, `64MiB`, `2GiB`, `1TiB`.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);
/// Decimal digits without sign and leading zeros.
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);
/// `127.0.0.1:8443`, `[::1]:8443`. The host is an IP literal: names would make the start depend on a resolver.
[[nodiscard]] std::optional<Endpoint> parse_endpoint(std::string_view text);
[[nodiscard]] bool is_loopback(const Endpoint& endpoint);

/// The shortest exact form that the parsers above read.
[[nodiscard]] std::string format_milliseconds(Milliseconds value);
[[nodiscard]] std::string format_term(const core::Duration& value);
[[nodiscard]] std::string format_size(std::uint64_t bytes);

/// For bounds: a month counts as 30 days.
[[nodiscard]] std::uint64_t approximate_ms(const core::Duration& value);

}  // namespace wissel::config
