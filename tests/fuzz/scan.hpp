#pragma once
// The end of a head in bytes that come in pieces.
#include <algorithm>
#include <cstddef>
#include <string_view>

#include "transport/http/head_check.hpp"

namespace wissel::fuzz {

struct Scan {
  transport::HeadScanner::State state = transport::HeadScanner::State::kMore;
  std::size_t size = 0;
};

/// As it comes in pieces of `step` bytes.
inline Scan scan(std::string_view input, std::size_t step) {
  transport::HeadScanner scanner;
  Scan out;
  for (std::size_t end = 0; end < input.size() && out.state == transport::HeadScanner::State::kMore;) {
    end = std::min(input.size(), end + step);
    out.state = scanner.scan(input.substr(0, end));
  }
  if (out.state == transport::HeadScanner::State::kComplete) out.size = scanner.size();
  return out;
}

}  // namespace wissel::fuzz
