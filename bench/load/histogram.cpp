#include "bench/load/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace wissel::load {

std::size_t Histogram::bucket_of(std::uint64_t value) noexcept {
  if (value < kPerPower) return static_cast<std::size_t>(value);
  const auto power = static_cast<unsigned>(std::bit_width(value)) - 1;  // at least kBits
  const unsigned shift = power - kBits;
  const auto within = static_cast<std::size_t>(value >> shift) - kPerPower;
  return (shift + 1) * kPerPower + within;
}

std::uint64_t Histogram::upper_end(std::size_t bucket) noexcept {
  if (bucket < kPerPower) return bucket;
  const std::size_t shift = bucket / kPerPower - 1;
  const std::uint64_t low = (kPerPower + bucket % kPerPower) << shift;
  return low + ((std::uint64_t{1} << shift) - 1);
}

void Histogram::record(std::uint64_t value) noexcept {
  ++buckets_[bucket_of(value)];
  ++count_;
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
}

void Histogram::merge(const Histogram& other) noexcept {
  for (std::size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

double Histogram::mean() const noexcept { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

std::uint64_t Histogram::percentile(double percent) const noexcept {
  const double share = std::clamp(percent, 0.0, 100.0) / 100.0;
  // The rank is at least one: the lowest percentile is the smallest value.
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share * double(count_))));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += buckets_[i];
    if (seen >= rank) return std::min(upper_end(i), max_);
  }
  return max_;
}

}  // namespace wissel::load
