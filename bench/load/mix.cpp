#include "bench/load/mix.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace wissel::load {
namespace {

constexpr std::array<std::string_view, kKindCount> kNames{"search", "push",      "pull",  "register",
                                                          "get",    "handshake", "resume"};
constexpr std::uint32_t kWeightMax = 1'000'000;

}  // namespace

std::string_view to_string(Kind kind) noexcept { return kNames[static_cast<std::size_t>(kind)]; }

std::uint64_t scrambled(std::uint64_t number) noexcept {
  number += 0x9E3779B97F4A7C15ULL;
  number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9ULL;
  number = (number ^ (number >> 27)) * 0x94D049BB133111EBULL;
  return number ^ (number >> 31);
}

std::expected<Mix, std::string> Mix::parse(std::string_view text) {
  Mix mix;
  std::array<bool, kKindCount> seen{};
  while (true) {
    const auto comma = text.find(',');
    const auto part = text.substr(0, comma);
    const auto equals = part.find('=');
    const auto name = std::ranges::find(kNames, part.substr(0, equals));
    if (name == kNames.end() || equals == part.npos) {
      std::string known;
      for (const auto each : kNames) known.append(known.empty() ? "" : ", ").append(each).append("=N");
      return std::unexpected("expected some of " + known + ", found '" + std::string(part) + "'");
    }
    const auto at = static_cast<std::size_t>(name - kNames.begin());
    const auto number = part.substr(equals + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), mix.weights_[at]);
    if (error != std::errc() || end != number.data() + number.size() || mix.weights_[at] > kWeightMax) {
      return std::unexpected("the weight of " + std::string(*name) + " is a whole number from 0 to 1000000");
    }
    if (std::exchange(seen[at], true)) return std::unexpected(std::string(*name) + " stands there twice");
    mix.total_ += mix.weights_[at];
    if (comma == text.npos) break;
    text.remove_prefix(comma + 1);
  }
  if (mix.total_ == 0) return std::unexpected("all weights are 0");
  return mix;
}

Kind Mix::pick(std::uint64_t random) const noexcept {
  std::uint64_t place = random % total_;
  for (std::size_t i = 0; i < kKindCount; ++i) {
    if (place < weights_[i]) return static_cast<Kind>(i);
    place -= weights_[i];
  }
  return Kind::kSearch;  // not reached: the weights add up to total_
}

}  // namespace wissel::load
