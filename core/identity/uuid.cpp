#include "core/identity/uuid.hpp"

#include <algorithm>
#include <ostream>

namespace wissel::core {
namespace {

constexpr std::size_t kTextLength = 36;
constexpr bool is_dash_position(std::size_t i) noexcept { return i == 8 || i == 13 || i == 18 || i == 23; }

}  // namespace

Result<Uuid> Uuid::parse(std::string_view text) {
  std::string hex;
  hex.reserve(32);
  bool well_formed = text.size() == kTextLength;
  for (std::size_t i = 0; well_formed && i < kTextLength; ++i) {
    if (is_dash_position(i)) {
      well_formed = text[i] == '-';
    } else {
      hex += text[i];
    }
  }
  const auto bytes = well_formed ? from_hex(hex) : std::nullopt;
  if (!bytes) return fail(Errc::kInvalidInput, "moet een UUID zijn");
  Uuid id;
  std::ranges::copy(as_bytes(*bytes), id.bytes_.begin());
  return id;
}

Uuid Uuid::v7(Instant at, const Randomness& random) noexcept {
  Uuid id;
  auto ms = static_cast<std::uint64_t>(to_ms(at));
  for (std::size_t i = 6; i-- > 0; ms >>= 8U) id.bytes_[i] = static_cast<std::uint8_t>(ms & 0xFFU);
  std::ranges::copy(random, id.bytes_.begin() + 6);
  id.set_version(7);
  return id;
}

Uuid Uuid::v8(const Hash& hash) noexcept {
  Uuid id;
  std::copy_n(hash.begin(), id.bytes_.size(), id.bytes_.begin());
  id.set_version(8);
  return id;
}

void Uuid::set_version(unsigned version) noexcept {
  bytes_[6] = static_cast<std::uint8_t>((bytes_[6] & 0x0FU) | version << 4U);
  bytes_[8] = static_cast<std::uint8_t>((bytes_[8] & 0x3FU) | 0x80U);
}

std::string Uuid::str() const {
  const std::string hex = to_hex(bytes_);
  std::string out;
  out.reserve(kTextLength);
  for (const char c : hex) {
    if (is_dash_position(out.size())) out += '-';
    out += c;
  }
  return out;
}

Instant Uuid::time() const noexcept {
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | bytes_[i];
  return from_ms(ms);
}

std::ostream& operator<<(std::ostream& out, const Uuid& id) { return out << id.str(); }

}  // namespace wissel::core
