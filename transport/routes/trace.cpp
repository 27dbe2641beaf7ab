#include "transport/routes/trace.hpp"

#include <algorithm>

#include "core/crypto.hpp"

namespace wissel::transport {
namespace {

constexpr std::size_t kLength = 55;  // W3C Trace Context, section 3.2.2: 2 + 1 + 32 + 1 + 16 + 1 + 2

bool is_lower_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

template <std::size_t N>
std::optional<core::ByteArray<N>> nonzero_hex(std::string_view text) {
  const auto bytes = is_lower_hex(text) ? core::from_hex(text) : std::nullopt;
  if (!bytes) return std::nullopt;
  core::ByteArray<N> out{};
  std::ranges::copy(core::as_bytes(*bytes), out.begin());
  const bool zero = std::ranges::all_of(out, [](auto byte) { return byte == 0; });
  return zero ? std::nullopt : std::optional(out);
}

}  // namespace

std::optional<std::pair<core::Bytes16, core::Bytes8>> parse_traceparent(std::string_view text) {
  if (text.size() < kLength || text.starts_with("ff")) return std::nullopt;
  const bool longer = text.size() > kLength;
  if (longer && (text.starts_with("00") || text[kLength] != '-')) return std::nullopt;
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
  if (!is_lower_hex(text.substr(0, 2)) || !is_lower_hex(text.substr(53, 2))) return std::nullopt;
  const auto trace = nonzero_hex<16>(text.substr(3, 32));
  const auto span = nonzero_hex<8>(text.substr(36, 16));
  if (!trace || !span) return std::nullopt;
  return std::pair(*trace, *span);
}

std::string format_traceparent(const core::Bytes16& trace_id, const core::Bytes8& span) {
  std::string out;
  out.reserve(kLength);
  out.append("00-").append(core::to_hex(trace_id)).append("-").append(core::to_hex(span)).append("-01");
  return out;
}

std::string Trace::traceparent() const { return format_traceparent(trace_id, span); }

core::Bytes8 random_span() {
  core::Bytes8 out{};
  core::random_bytes(out);
  return out;
}

Trace continue_trace(const Headers& headers) {
  Trace out;
  out.span = random_span();
  const auto given = headers.count("traceparent") == 1 ? headers.find("traceparent") : std::nullopt;
  if (const auto parsed = given ? parse_traceparent(*given) : std::nullopt) {
    out.trace_id = parsed->first;
    out.parent = parsed->second;
  } else {
    core::random_bytes(out.trace_id);
  }
  return out;
}

}  // namespace wissel::transport
