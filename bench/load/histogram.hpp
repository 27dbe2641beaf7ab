#pragma once
// Latencies in buckets of constant relative width: any number of values in constant memory.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace wissel::load {

/// Log-linear: each power of two is split into 128 equal buckets, so a value is off by less than 1 %; values below 256
/// are exact. Unit: whatever is recorded, here nanoseconds. Thread safety: none; one for each thread, then merge().
class Histogram {
 public:
  void record(std::uint64_t value) noexcept;
  void merge(const Histogram& other) noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::uint64_t max() const noexcept { return max_; }
  [[nodiscard]] double mean() const noexcept;
  /// The smallest bucket's upper end that at least `percent` (0–100) of the values do not exceed, never above max();
  /// 0 without values.
  [[nodiscard]] std::uint64_t percentile(double percent) const noexcept;

 private:
  static constexpr unsigned kBits = 7;
  static constexpr std::size_t kPerPower = std::size_t{1} << kBits;
  static constexpr std::size_t kBuckets = (64 - kBits + 1) * kPerPower;

  [[nodiscard]] static std::size_t bucket_of(std::uint64_t value) noexcept;
  [[nodiscard]] static std::uint64_t upper_end(std::size_t bucket) noexcept;

  std::vector<std::uint64_t> buckets_ = std::vector<std::uint64_t>(kBuckets);
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace wissel::load
