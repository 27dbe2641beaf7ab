#include "transport/http/head_check.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>

#include "transport/http/tokens.hpp"

namespace wissel::transport {
namespace {

// Field lines of one head.
constexpr std::size_t kFieldsMax = 100;
// Of a method's name.
constexpr std::size_t kMethodBytesMax = 20;
// Digits of a Content-Length: what fits in 64 bits whatever they are.
constexpr std::size_t kLengthDigitsMax = 18;

using Refusal = std::unexpected<HeadFault>;

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool has_option(std::string_view list, std::string_view option) noexcept {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (same_word(trim(list.substr(0, comma)), option)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

bool is_host(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    const char l = lower_case(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:[]").find(c) != std::string_view::npos;
  });
}

// Fields that have one value: of two, others may take the one that we do not.
constexpr auto kSingular = std::to_array<std::string_view>(
    {"content-type", "idempotency-key", "if-match", "wissel-namens", "authorization", "expect"});

/// What the fields of a head say about its framing, while they are gone through.
struct Fields {
  std::size_t count = 0;
  std::size_t hosts = 0;
  std::string_view host;
  bool close = false;
  bool keep = false;
  std::bitset<kSingular.size()> singular;
};

std::optional<HeadFault> note_field(std::string_view name, std::string_view value, Fields& seen, HeadFacts& facts) {
  if (same_word(name, "host")) {
    ++seen.hosts;
    seen.host = value;
    if (!is_host(value)) return HeadFault::kHost;
  } else if (same_word(name, "content-length")) {
    if (facts.content_length) return HeadFault::kLengthTwice;
    if (value.empty() || value.size() > kLengthDigitsMax ||
        !std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) {
      return HeadFault::kLength;
    }
    std::uint64_t length = 0;
    std::from_chars(value.data(), value.data() + value.size(), length);
    facts.content_length = length;
  } else if (same_word(name, "transfer-encoding")) {
    if (facts.chunked) return HeadFault::kEncodingTwice;
    if (!same_word(value, "chunked")) return HeadFault::kEncoding;
    facts.chunked = true;
  } else if (same_word(name, "connection")) {
    seen.close = seen.close || has_option(value, "close");
    seen.keep = seen.keep || has_option(value, "keep-alive");
  } else if (same_word(name, "expect")) {
    if (!same_word(value, "100-continue")) return HeadFault::kExpect;
    facts.expects_continue = true;
  }
  return std::nullopt;
}

bool occurs_again(std::string_view name, Fields& seen) {
  const auto at = std::ranges::find_if(kSingular, [name](std::string_view each) { return same_word(each, name); });
  if (at == kSingular.end()) return false;
  const auto which = static_cast<std::size_t>(at - kSingular.begin());
  if (seen.singular.test(which)) return true;
  seen.singular.set(which);
  return false;
}

std::optional<HeadFault> check_field(std::string_view line, Fields& seen, HeadFacts& facts) {
  if (++seen.count > kFieldsMax) return HeadFault::kFieldsTooMany;
  if (line.front() == ' ' || line.front() == '\t') return HeadFault::kFieldFolded;
  const auto colon = line.find(':');
  // A space before the colon fails here, as it must.
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return HeadFault::kFieldName;
  const std::string_view value = trim(line.substr(colon + 1));
  if (!is_field_value(value)) return HeadFault::kFieldValue;
  if (occurs_again(line.substr(0, colon), seen)) return HeadFault::kFieldTwice;
  return note_field(line.substr(0, colon), value, seen, facts);
}

std::optional<HeadFault> check_request_line(std::string_view line, HeadFacts& facts) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return HeadFault::kRequestLine;
  facts.method = line.substr(0, first);
  facts.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (facts.method.size() > kMethodBytesMax || !is_token(facts.method)) return HeadFault::kMethod;
  if (!std::ranges::all_of(facts.target, [](unsigned char c) { return c > 0x20 && c < 0x7F; })) {
    return HeadFault::kTarget;
  }
  facts.http10 = version == "HTTP/1.0";
  if (!facts.http10 && version != "HTTP/1.1") return HeadFault::kVersion;
  return std::nullopt;
}

/// Cuts an absolute form to its path, when its authority is the one in Host (RFC 9112, section 3.2.2).
std::optional<HeadFault> cut_target(std::string_view host, HeadFacts& facts) {
  if (facts.target.starts_with('/')) return std::nullopt;
  const auto scheme = facts.target.find("://");
  if (scheme == std::string_view::npos ||
      !(same_word(facts.target.substr(0, scheme), "https") || same_word(facts.target.substr(0, scheme), "http"))) {
    return HeadFault::kTargetNotPath;
  }
  const std::string_view rest = facts.target.substr(scheme + 3);
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return HeadFault::kTargetWithoutPath;
  if (!same_word(rest.substr(0, slash), host)) return HeadFault::kTargetOtherHost;
  facts.target = rest.substr(slash);
  return std::nullopt;
}

std::optional<HeadFault> judge(const Fields& seen, HeadFacts& facts) {
  if (seen.hosts > 1) return HeadFault::kHostTwice;
  if (seen.hosts == 0 && !facts.http10) return HeadFault::kHostMissing;
  if (facts.chunked && facts.content_length) return HeadFault::kTwoFramings;
  if (facts.chunked && facts.http10) return HeadFault::kEncodingInHttp10;
  if (facts.http10) facts.expects_continue = false;
  facts.keep_alive = !seen.close && (!facts.http10 || seen.keep);
  return cut_target(seen.host, facts);
}

}  // namespace

HeadScanner::State HeadScanner::scan(std::string_view buffer) noexcept {
  if (at_ == 0 && !buffer.empty() && !is_token_character(buffer.front())) return State::kBad;
  while (at_ < buffer.size()) {
    const auto lf = buffer.find('\n', at_);
    const std::size_t end = lf == std::string_view::npos ? buffer.size() : lf;
    // A CR may stand before the LF only; as the last byte so far it may still become that.
    const auto cr = buffer.substr(at_, end - at_).find('\r');
    const bool cr_last = cr != std::string_view::npos && at_ + cr + 1 == end;
    if (cr != std::string_view::npos && !cr_last) return State::kBad;
    if (lf == std::string_view::npos) {
      at_ = cr_last ? end - 1 : end;
      return State::kMore;
    }
    if (!cr_last) return State::kBad;
    at_ = lf + 1;
    if (lf == line_start_ + 1) return State::kComplete;
    line_start_ = at_;
  }
  return State::kMore;
}

std::expected<HeadFacts, HeadFault> check_head(std::string_view head) {
  HeadFacts facts;
  Fields seen;
  head.remove_suffix(2);  // the empty line
  std::size_t at = head.find("\r\n");
  if (const auto fault = check_request_line(head.substr(0, at), facts)) return Refusal(*fault);
  at += 2;
  while (at < head.size()) {
    const auto end = head.find("\r\n", at);
    if (const auto fault = check_field(head.substr(at, end - at), seen, facts)) return Refusal(*fault);
    at = end + 2;
  }
  if (const auto fault = judge(seen, facts)) return Refusal(*fault);
  return facts;
}

}  // namespace wissel::transport
