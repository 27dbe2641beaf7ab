#pragma once
// What every fuzz target uses: the one way to say that something must hold, and the cutting up of an input.
#include <cstdlib>
#include <string_view>
#include <utility>

namespace wissel::fuzz {

/// Ends the process, which is how a fuzzer hears of a fault.
inline void demand(bool holds) {
  if (!holds) std::abort();
}

/// The first byte of an input chooses among `count` ways to read the rest; an empty input chooses 0.
struct Choice {
  unsigned which = 0;
  std::string_view rest;
};
inline Choice choose(std::string_view input, unsigned count) {
  if (input.empty()) return {};
  return {static_cast<unsigned char>(input.front()) % count, input.substr(1)};
}

/// Everything before the first `mark`, and everything after it; without one, the whole and nothing.
inline std::pair<std::string_view, std::string_view> split(std::string_view input, char mark) {
  const auto at = input.find(mark);
  if (at == std::string_view::npos) return {input, {}};
  return {input.substr(0, at), input.substr(at + 1)};
}

}  // namespace wissel::fuzz
