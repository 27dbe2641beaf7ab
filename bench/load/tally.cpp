#include "bench/load/tally.hpp"

#include <algorithm>

namespace wissel::load {

void Tally::note_expected(Kind kind, const std::string& what, std::chrono::nanoseconds latency) {
  auto& of_kind = kinds_[static_cast<std::size_t>(kind)];
  of_kind.latency.record(static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0)));
  ++of_kind.as_expected[what];
}

void Tally::note_unexpected(Kind kind, const std::string& what) {
  ++kinds_[static_cast<std::size_t>(kind)].unexpected[what];
}

void Tally::merge(const Tally& other) {
  for (std::size_t i = 0; i < kKindCount; ++i) {
    kinds_[i].latency.merge(other.kinds_[i].latency);
    for (const auto& [status, number] : other.kinds_[i].as_expected) kinds_[i].as_expected[status] += number;
    for (const auto& [what, number] : other.kinds_[i].unexpected) kinds_[i].unexpected[what] += number;
  }
}

Histogram Tally::latency() const {
  Histogram all;
  for (const auto& of_kind : kinds_) all.merge(of_kind.latency);
  return all;
}

std::uint64_t Tally::expected() const {
  std::uint64_t sum = 0;
  for (const auto& of_kind : kinds_) sum += of_kind.latency.count();
  return sum;
}

std::uint64_t Tally::unexpected() const {
  std::uint64_t sum = 0;
  for (const auto& of_kind : kinds_) {
    for (const auto& [what, number] : of_kind.unexpected) sum += number;
  }
  return sum;
}

}  // namespace wissel::load
