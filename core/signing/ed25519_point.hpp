#pragma once
// Whether 32 bytes are an Ed25519 public key: libcrypto takes any and says so only when a signature is checked.
#include <cstdint>
#include <span>

namespace wissel::core {

/// Source: RFC 8032, section 5.1.3 (decoding): y below p, and an x exists. Refuses also the eight points of small
/// order, under which a signature proves nothing. Not constant in time: the key is public.
[[nodiscard]] bool is_sound_ed25519(std::span<const std::uint8_t, 32> key);

}  // namespace wissel::core
