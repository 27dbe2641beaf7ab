#include "tests/fuzz/http_targets.hpp"

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/fuzz/demand.hpp"
#include "tests/fuzz/scan.hpp"
#include "transport/client/url.hpp"
#include "transport/http/chunk_decoder.hpp"
#include "transport/http/head_check.hpp"
#include "transport/http/message.hpp"
#include "transport/http/tokens.hpp"
#include "transport/routes/ndjson.hpp"
#include "transport/routes/trace.hpp"
#include "transport/tls/peer.hpp"

namespace wissel::fuzz {
namespace {

namespace http = boost::beast::http;
using namespace wissel::transport;

std::vector<std::string_view> lines_of(std::string_view head) {
  std::vector<std::string_view> out;
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    demand(end != std::string_view::npos);
    out.push_back(head.substr(0, end));
    head.remove_prefix(end + 2);
  }
  return out;
}

/// The rules by which an accepted head has one reading, gone through once more in the plainest way.
void strict(std::string_view head, const HeadFacts& facts) {
  demand(head.find('\0') == std::string_view::npos);
  demand(std::ranges::count(head, '\n') == std::ranges::count(head, '\r'));
  std::array<std::size_t, 3> seen{};
  static constexpr std::array<std::string_view, 3> kNames{"host", "content-length", "transfer-encoding"};
  auto lines = lines_of(head);
  demand(lines.size() >= 2 && lines.back().empty());
  lines.pop_back();
  demand(std::ranges::count(lines.front(), ' ') == 2);
  demand(lines.front().ends_with(facts.http10 ? " HTTP/1.0" : " HTTP/1.1"));
  for (const auto line : std::span(lines).subspan(1)) {
    const auto [name, value] = split(line, ':');
    demand(is_token(name));
    for (std::size_t i = 0; i < kNames.size(); ++i) seen[i] += same_word(name, kNames[i]) ? 1U : 0U;
  }
  demand(seen[0] <= 1 && (seen[0] == 1 || facts.http10));
  demand(seen[1] + seen[2] <= 1);
  demand((seen[1] == 1) == facts.content_length.has_value() && (seen[2] == 1) == facts.chunked);
}

/// What Beast makes of it: the fields are its, so it must see the same head.
void same_to_beast(std::string_view head, const HeadFacts& facts) {
  http::request_parser<http::buffer_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
  parser.body_limit(boost::none);
  boost::system::error_code failure;
  const auto used = parser.put(boost::asio::buffer(head), failure);
  if (failure) return;  // answered with 400
  demand(used == head.size() && parser.is_header_done());
  demand(parser.chunked() == facts.chunked);
  demand(parser.get().method_string() == facts.method);
  demand(std::string_view(parser.get().target()).ends_with(facts.target));
  if (facts.content_length) demand(parser.content_length() && *parser.content_length() == *facts.content_length);
  const auto fields = std::distance(parser.get().begin(), parser.get().end());
  demand(fields + 2 == static_cast<std::ptrdiff_t>(lines_of(head).size()));
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '/' ? "/" : '%' + core::to_hex(core::as_bytes(std::string_view(&c, 1)));
  return out;
}

void target_of(std::string_view given) {
  RequestHead head;
  if (!parse_target(given, head)) return;
  demand(head.path.starts_with('/') && head.target == given);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  std::string written = percent_encoded(head.path);
  for (char mark = '?'; const auto& [name, value] : head.query) {
    written += std::exchange(mark, '&');
    written += percent_encoded(name) + '=' + percent_encoded(value);
  }
  if (std::ranges::any_of(given, is_control)) return;  // no head with it is accepted
  demand(std::ranges::none_of(head.path, is_control));
  RequestHead again;
  demand(parse_target(written, again) && again.path == head.path && again.query == head.query);
}

}  // namespace

void http_head(std::string_view input) {
  const auto whole = scan(input, input.size());
  for (const std::size_t step : {1U, 7U}) {
    const auto pieces = scan(input, step);
    if (whole.state == transport::HeadScanner::State::kComplete) {
      demand(pieces.state == whole.state && pieces.size == whole.size);
    } else if (whole.state == transport::HeadScanner::State::kMore) {
      demand(pieces.state == whole.state);
    }
  }
  if (whole.state != transport::HeadScanner::State::kComplete) return;
  const auto head = input.substr(0, whole.size);
  const auto facts = transport::check_head(head);
  if (!facts) return;
  strict(head, *facts);
  same_to_beast(head, *facts);
  target_of(facts->target);
}

void http_target(std::string_view input) { target_of(input); }

void http_chunks(std::string_view input) {
  using transport::ChunkDecoder;
  const auto decode = [input](std::size_t step, std::size_t bytes_max) {
    ChunkDecoder decoder;
    std::string data;
    std::size_t at = 0;
    std::size_t end = 0;
    auto state = ChunkDecoder::State::kMore;
    while (state == ChunkDecoder::State::kMore) {
      std::size_t used = 0;
      const auto size = data.size();
      state = decoder.read(input.substr(at, end - at), bytes_max, data, used);
      demand(used <= end - at && data.size() - size <= bytes_max);
      at += used;
      if (used == 0 && end == input.size()) break;
      if (used == 0) end = std::min(input.size(), end + step);
    }
    return std::tuple(state, state == ChunkDecoder::State::kBad ? std::string() : data,
                      state == ChunkDecoder::State::kBad ? 0 : at);
  };
  const auto whole = decode(std::max<std::size_t>(input.size(), 1), 64 * 1024);
  demand(decode(1, 64 * 1024) == whole && decode(5, 3) == whole);
  if (std::get<0>(whole) != ChunkDecoder::State::kDone) return;
  const auto body = input.substr(0, std::get<2>(whole));
  demand(body.ends_with("\r\n"));
  // Written plainly again, it says the same.
  std::string plain;
  for (const char c : std::get<1>(whole)) plain += std::string("1\r\n") + c + "\r\n";
  plain += "0\r\n\r\n";
  ChunkDecoder again;
  std::string data;
  std::size_t used = 0;
  demand(again.read(plain, plain.size(), data, used) == ChunkDecoder::State::kDone && data == std::get<1>(whole));
  demand(used == plain.size());
}

void url(std::string_view input) {
  if (const auto parsed = transport::parse_https_url(input)) {
    demand(parsed->target.starts_with('/') && !parsed->host.empty() && parsed->port != 0);
    demand(parsed->host.find_first_of("@/?#% \\") == std::string::npos);
    const auto again = transport::parse_https_url("https://" + parsed->authority() + parsed->target);
    demand(again && again->host == parsed->host && again->port == parsed->port && again->target == parsed->target);
  }
  if (const auto trace = transport::parse_traceparent(input)) {
    const auto written = transport::format_traceparent(trace->first, trace->second);
    demand(transport::parse_traceparent(written) == trace && input.substr(2, 51) == written.substr(2, 51));
    const auto version = input.substr(0, 2);
    demand(version != "ff" && std::ranges::none_of(input.substr(0, 55), [](char c) { return c >= 'A' && c <= 'Z'; }));
  }
}

void ndjson(std::string_view input) {
  using transport::NdjsonLines;
  const auto cut = [](std::string_view text, std::size_t step) {
    std::vector<std::pair<std::uint64_t, std::string>> out;
    NdjsonLines lines;
    const auto keep = [&out](const transport::NdjsonLine& line) {
      demand(!line.too_long || line.text.empty());
      out.emplace_back(line.number, line.too_long ? "too long" : std::string(line.text));
    };
    for (std::size_t at = 0; at < text.size(); at += step) {
      lines.append(text.substr(at, step));
      while (const auto line = lines.next()) keep(*line);
    }
    if (const auto line = lines.last()) keep(*line);
    return out;
  };
  const auto [which, text] = choose(input, 256);
  demand(cut(text, which + 1) == cut(text, std::max<std::size_t>(text.size(), 1)));
}

void peer(std::string_view input) {
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
  const auto [which, rest] = choose(input, 2);
  Certificate certificate(nullptr, X509_free);
  std::size_t numbers = 0;
  if (which == 0) {
    const auto* at = core::as_bytes(rest).data();
    certificate.reset(d2i_X509(nullptr, &at, static_cast<long>(rest.size())));
    if (!certificate) return;
  } else {
    certificate.reset(X509_new());
    auto* subject = X509_get_subject_name(certificate.get());
    for (auto left = rest; left.size() >= 2;) {
      const auto [field, after] = split(left, '\n');
      left = after;
      if (field.size() < 2) continue;
      static constexpr std::array kFields{NID_serialNumber, NID_organizationName, NID_commonName};
      static constexpr std::array kTypes{V_ASN1_PRINTABLESTRING, V_ASN1_UTF8STRING, V_ASN1_BMPSTRING,
                                         V_ASN1_UNIVERSALSTRING, V_ASN1_T61STRING};
      const auto nid = kFields[static_cast<unsigned char>(field[0]) % kFields.size()];
      const auto value = core::as_bytes(field.substr(2));
      if (X509_NAME_add_entry_by_NID(subject, nid, kTypes[static_cast<unsigned char>(field[1]) % kTypes.size()],
                                     value.data(), static_cast<int>(value.size()), -1, 0) == 1) {
        numbers += nid == NID_serialNumber ? 1U : 0U;
      }
    }
  }
  const auto peer = transport::peer_of(certificate.get());
  demand(peer.certificate_presented && peer.organisation.size() <= 256);
  demand(!peer.oin || core::Oin::parse(peer.oin->view()).has_value());
  if (which == 1) demand(!peer.oin || numbers == 1);
}

}  // namespace wissel::fuzz
