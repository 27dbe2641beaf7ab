#pragma once
// Fixed-size byte strings, their text forms, and big-endian numbers in keys.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wissel::core {

template <std::size_t N>
using ByteArray = std::array<std::uint8_t, N>;

using Bytes16 = ByteArray<16>;
using Hash = ByteArray<32>;  ///< a SHA-256 value

[[nodiscard]] inline std::string_view as_view(std::span<const std::uint8_t> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline std::span<const std::uint8_t> as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);
/// Accepts both cases; nothing for odd lengths and other characters.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);
/// Printable ASCII as it is, every other byte as \xNN: what is quoted from a damaged file can be shown anywhere.
[[nodiscard]] std::string to_printable(std::string_view bytes);
/// Standard base64 with padding (RFC 4648, section 4).
[[nodiscard]] std::string to_base64(std::span<const std::uint8_t> bytes);
/// Only the canonical form: padding present, unused bits zero.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

/// Appends big endian, so that byte order in keys is numeric order.
void append_u8(std::string& out, std::uint8_t value);
void append_u16(std::string& out, std::uint16_t value);
void append_u32(std::string& out, std::uint32_t value);
void append_u64(std::string& out, std::uint64_t value);

/// Reads a value's fields front to back. After a read past the end, ok() is false and every read gives zero or empty.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) noexcept : rest_(bytes) {}

  std::uint8_t u8() noexcept;
  std::uint16_t u16() noexcept;
  std::uint32_t u32() noexcept;
  std::uint64_t u64() noexcept;
  std::string_view take(std::size_t count) noexcept;
  /// A string preceded by its length as u32 (see append_string).
  std::string_view string() noexcept;
  template <std::size_t N>
  ByteArray<N> array() noexcept {
    ByteArray<N> out{};
    const auto view = take(N);
    for (std::size_t i = 0; i < view.size(); ++i) out[i] = static_cast<std::uint8_t>(view[i]);
    return out;
  }

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] bool done() const noexcept { return ok_ && rest_.empty(); }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

 private:
  std::uint64_t number(std::size_t width) noexcept;

  std::string_view rest_;
  bool ok_ = true;
};

/// A u32 length and the bytes.
void append_string(std::string& out, std::string_view text);

}  // namespace wissel::core
