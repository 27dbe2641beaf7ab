#include "transport/client/url.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace wissel::transport {
namespace {

// Of a whole URL: what others accept as well.
constexpr std::size_t kUrlBytesMax = 2048;

struct Range4 {
  std::uint32_t network;
  unsigned bits;
};

// Source: IANA IPv4 Special-Purpose Address Registry.
constexpr auto kNotPublic4 = std::to_array<Range4>({
    {0x00000000, 8},   // this network
    {0x0A000000, 8},   // private
    {0x64400000, 10},  // shared, RFC 6598
    {0x7F000000, 8},   // loopback
    {0xA9FE0000, 16},  // link-local
    {0xAC100000, 12},  // private
    {0xC0000000, 24},  // protocol assignments
    {0xC0A80000, 16},  // private
    {0xC6120000, 15},  // benchmarking
    {0xE0000000, 4},   // multicast
    {0xF0000000, 4},   // reserved, broadcast
});

bool is_public4(std::uint32_t address) noexcept {
  return std::ranges::none_of(kNotPublic4, [address](const Range4& range) {
    return (address >> (32 - range.bits)) == (range.network >> (32 - range.bits));
  });
}

bool is_public6(const asio::ip::address_v6& address) noexcept {
  const auto bytes = address.to_bytes();
  const auto last4 = [&bytes] {
    return std::uint32_t{bytes[12]} << 24 | std::uint32_t{bytes[13]} << 16 | std::uint32_t{bytes[14]} << 8 | bytes[15];
  };
  static constexpr std::array<std::uint8_t, 12> kNat64{0x00, 0x64, 0xFF, 0x9B};
  if (address.is_v4_mapped() || std::equal(kNat64.begin(), kNat64.end(), bytes.begin())) return is_public4(last4());
  // Only 2000::/3 is given out for global unicast; 6to4 and Teredo in it wrap IPv4 addresses.
  const bool six_to_four = bytes[0] == 0x20 && bytes[1] == 0x02;
  const bool teredo = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0 && bytes[3] == 0;
  return (bytes[0] & 0xE0) == 0x20 && !six_to_four && !teredo;
}

bool is_host_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool take_port(std::string_view text, std::uint16_t& port) noexcept {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failure == std::errc{} && end == text.data() + text.size() && port != 0;
}

}  // namespace

std::string HttpsUrl::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != 443) text += ":" + std::to_string(port);
  return text;
}

std::optional<HttpsUrl> parse_https_url(std::string_view text) {
  static constexpr std::string_view kScheme = "https://";
  const bool printable = std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  if (text.size() > kUrlBytesMax || !printable || !text.starts_with(kScheme) ||
      text.find('#') != std::string_view::npos) {
    return std::nullopt;
  }
  text.remove_prefix(kScheme.size());
  const auto path = text.find_first_of("/?");
  std::string_view authority = text.substr(0, path);
  HttpsUrl url;
  url.target = path == std::string_view::npos ? "/" : std::string(text.substr(path));
  if (url.target.front() == '?') url.target.insert(0, 1, '/');

  std::string_view rest;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    url.host = authority.substr(1, end - 1);
    rest = authority.substr(end + 1);
    // A zone means something on one machine only (RFC 6874); no URL of a partner has one.
    if (url.host.find('%') != std::string::npos) return std::nullopt;
    boost::system::error_code failure;
    asio::ip::make_address_v6(url.host, failure);
    if (failure) return std::nullopt;
  } else {
    const auto colon = authority.find(':');
    url.host = authority.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view{} : authority.substr(colon);
    std::ranges::transform(url.host, url.host.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (url.host.empty() || !std::ranges::all_of(url.host, is_host_character)) return std::nullopt;
  }
  if (!rest.empty() && (rest.front() != ':' || !take_port(rest.substr(1), url.port))) return std::nullopt;
  return url;
}

bool is_public(const asio::ip::address& address) noexcept {
  return address.is_v4() ? is_public4(address.to_v4().to_uint()) : is_public6(address.to_v6());
}

}  // namespace wissel::transport
