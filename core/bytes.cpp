#include "core/bytes.hpp"

#include <algorithm>

namespace wissel::core {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_number(std::string& out, std::uint64_t value, unsigned width) {
  for (unsigned shift = width * 8; shift > 0; shift -= 8) {
    out.push_back(static_cast<char>(static_cast<std::uint8_t>(value >> (shift - 8))));
  }
}

}  // namespace

std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    out.push_back(kHexDigits[byte >> 4U]);
    out.push_back(kHexDigits[byte & 0x0FU]);
  }
  return out;
}

std::string to_printable(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char c : bytes) {
    if (c >= ' ' && c <= '~') {
      out.push_back(c);
    } else {
      out.append("\\x").append(to_hex(as_bytes(std::string_view(&c, 1))));
    }
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
  }
  return out;
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = std::uint32_t{bytes[i]} << 16U;
    if (count > 1) group |= std::uint32_t{bytes[i + 1]} << 8U;
    if (count > 2) group |= std::uint32_t{bytes[i + 2]};
    out.push_back(kBase64[(group >> 18U) & 63U]);
    out.push_back(kBase64[(group >> 12U) & 63U]);
    out.push_back(count > 1 ? kBase64[(group >> 6U) & 63U] : '=');
    out.push_back(count > 2 ? kBase64[group & 63U] : '=');
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    const std::size_t padding = !last || text[i + 3] != '=' ? 0 : text[i + 2] == '=' ? 2 : 1;
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const auto at = k >= 4 - padding ? 0 : kBase64.find(text[i + k]);
      if (at == std::string_view::npos) return std::nullopt;
      group = group << 6U | static_cast<std::uint32_t>(at);
    }
    if (padding == 1 && (group & 0xFFU) != 0) return std::nullopt;
    if (padding == 2 && (group & 0xFFFFU) != 0) return std::nullopt;
    for (std::size_t k = 0; k < 3 - padding; ++k) {
      out.push_back(static_cast<char>(static_cast<std::uint8_t>(group >> (16U - 8U * k))));
    }
  }
  return out;
}

void append_u8(std::string& out, std::uint8_t value) { append_number(out, value, 1); }
void append_u16(std::string& out, std::uint16_t value) { append_number(out, value, 2); }
void append_u32(std::string& out, std::uint32_t value) { append_number(out, value, 4); }
void append_u64(std::string& out, std::uint64_t value) { append_number(out, value, 8); }

void append_string(std::string& out, std::string_view text) {
  append_u32(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

std::uint64_t ByteReader::number(std::size_t width) noexcept {
  std::uint64_t value = 0;
  for (const char c : take(width)) value = value << 8U | static_cast<std::uint8_t>(c);
  return value;
}

std::uint8_t ByteReader::u8() noexcept { return static_cast<std::uint8_t>(number(1)); }
std::uint16_t ByteReader::u16() noexcept { return static_cast<std::uint16_t>(number(2)); }
std::uint32_t ByteReader::u32() noexcept { return static_cast<std::uint32_t>(number(4)); }
std::uint64_t ByteReader::u64() noexcept { return number(8); }

std::string_view ByteReader::take(std::size_t count) noexcept {
  if (count > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  const auto out = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return out;
}

std::string_view ByteReader::string() noexcept { return take(u32()); }

}  // namespace wissel::core
