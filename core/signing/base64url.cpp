#include "core/signing/base64url.hpp"

#include <algorithm>

#include "core/bytes.hpp"

namespace wissel::core {

std::string to_base64url(std::span<const std::uint8_t> bytes) {
  auto out = to_base64(bytes);
  while (out.ends_with('=')) out.pop_back();
  std::ranges::replace(out, '+', '-');
  std::ranges::replace(out, '/', '_');
  return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
  // What stands for these two here means nothing in base64url, and neither does padding.
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string standard(text);
  std::ranges::replace(standard, '-', '+');
  std::ranges::replace(standard, '_', '/');
  standard.append((4 - standard.size() % 4) % 4, '=');
  return from_base64(standard);
}

}  // namespace wissel::core
