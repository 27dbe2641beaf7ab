#pragma once
// The words of an enumeration in the form that ObjectReader takes.
#include <array>

#include "core/json/object_reader.hpp"
#include "core/policy/names.hpp"

namespace wissel::core {

template <class E>
[[nodiscard]] consteval auto enum_names() {
  constexpr auto kCount = Words<E>::kAll.size();
  std::array<EnumName<E>, kCount> out{};
  for (std::size_t i = 0; i < kCount; ++i) out[i] = {Words<E>::kAll[i], static_cast<E>(i)};
  return out;
}

}  // namespace wissel::core
