#pragma once
// 128-bit identifiers (RFC 9562): versions 7 and 8 are made here, any version is read.
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace wissel::core {

class Uuid {
 public:
  using Randomness = ByteArray<10>;

  /// The nil UUID.
  Uuid() = default;
  explicit Uuid(const Bytes16& bytes) noexcept : bytes_(bytes) {}

  /// 8-4-4-4-12 hexadecimal digits of either case. Errors: kInvalidInput.
  [[nodiscard]] static Result<Uuid> parse(std::string_view text);
  /// 48 bits of milliseconds, then 74 of the random bits. The core has neither clock nor randomness: both are passed.
  [[nodiscard]] static Uuid v7(Instant at, const Randomness& random) noexcept;
  /// The first 16 bytes of a hash with version and variant bits set.
  [[nodiscard]] static Uuid v8(const Hash& hash) noexcept;

  [[nodiscard]] const Bytes16& bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::string_view view() const noexcept { return as_view(bytes_); }
  /// Lower case.
  [[nodiscard]] std::string str() const;
  [[nodiscard]] unsigned version() const noexcept { return bytes_[6] >> 4U; }
  /// The time in a version 7; meaningless for others.
  [[nodiscard]] Instant time() const noexcept;

  friend auto operator<=>(const Uuid&, const Uuid&) = default;

 private:
  void set_version(unsigned version) noexcept;

  Bytes16 bytes_{};
};

std::ostream& operator<<(std::ostream& out, const Uuid& id);

}  // namespace wissel::core

template <>
struct std::hash<wissel::core::Uuid> {
  std::size_t operator()(const wissel::core::Uuid& id) const noexcept {
    return std::hash<std::string_view>{}(id.view());
  }
};
