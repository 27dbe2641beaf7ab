#include "core/signing/ed25519_point.hpp"

#include <openssl/bn.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

namespace wissel::core {
namespace {

struct Free {
  void operator()(BIGNUM* p) const noexcept { BN_free(p); }
  void operator()(BN_CTX* p) const noexcept { BN_CTX_free(p); }
};
using Number = std::unique_ptr<BIGNUM, Free>;
using Room = std::unique_ptr<BN_CTX, Free>;

void require(bool fine) {
  if (!fine) throw std::runtime_error("libcrypto failed: arithmetic on a public key");
}

Number number(const char* hex) {
  BIGNUM* made = nullptr;
  require(BN_hex2bn(&made, hex) > 0);
  return Number(made);
}

// RFC 8032, section 5.1: p = 2^255 - 19, d = -121665/121666.
const BIGNUM* prime() {
  static const Number p = number("7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFED");
  return p.get();
}
const BIGNUM* curve_d() {
  static const Number d = number("52036CEE2B6FFE738CC740797779E89800700A4D4141D8AB75EB4DCA135978A3");
  return d.get();
}

/// y of the points whose order divides eight: 1, -1, 0 and the two of order eight. Either sign of x belongs to them.
bool is_small(const BIGNUM* y) {
  static const std::array<Number, 5> small{
      number("1"), number("7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEC"), number("0"),
      number("7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7"),
      number("05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826")};
  return std::ranges::any_of(small, [y](const Number& one) { return BN_cmp(one.get(), y) == 0; });
}

}  // namespace

bool is_sound_ed25519(std::span<const std::uint8_t, 32> key) {
  std::array<std::uint8_t, 32> bytes{};
  std::ranges::copy(key, bytes.begin());
  bytes[31] &= 0x7FU;  // the sign of x
  const Number y(BN_lebin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  const Number u(BN_new());
  const Number v(BN_new());
  const Room room(BN_CTX_new());
  require(y && u && v && room);
  if (BN_cmp(y.get(), prime()) >= 0 || is_small(y.get())) return false;
  // x^2 = (y^2 - 1) / (d y^2 + 1) has a root when the product of both is a square.
  require(BN_mod_sqr(u.get(), y.get(), prime(), room.get()) == 1 &&
          BN_mod_mul(v.get(), u.get(), curve_d(), prime(), room.get()) == 1 && BN_sub_word(u.get(), 1) == 1 &&
          BN_add_word(v.get(), 1) == 1 && BN_mod_mul(u.get(), u.get(), v.get(), prime(), room.get()) == 1);
  return BN_kronecker(u.get(), prime(), room.get()) == 1;
}

}  // namespace wissel::core
