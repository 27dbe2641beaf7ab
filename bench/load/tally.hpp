#pragma once
// What came back, by kind of request.
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "bench/load/histogram.hpp"
#include "bench/load/mix.hpp"

namespace wissel::load {

/// Thread safety: none; one for each thread, then merge().
class Tally {
 public:
  struct OfKind {
    Histogram latency;                                 ///< of expected answers, in nanoseconds
    std::map<std::string, std::uint64_t> as_expected;  ///< by status; handshakes: "accepted"
    std::map<std::string, std::uint64_t> unexpected;   ///< by status, or in a word what went wrong
  };

  void note_expected(Kind kind, const std::string& what, std::chrono::nanoseconds latency);
  void note_unexpected(Kind kind, const std::string& what);
  void merge(const Tally& other);

  [[nodiscard]] const OfKind& of(Kind kind) const noexcept { return kinds_[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] Histogram latency() const;  ///< of all kinds together
  [[nodiscard]] std::uint64_t expected() const;
  [[nodiscard]] std::uint64_t unexpected() const;

 private:
  std::array<OfKind, kKindCount> kinds_;
};

}  // namespace wissel::load
