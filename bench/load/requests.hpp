#pragma once
// The requests of a load, as bytes on the wire.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bench/load/mix.hpp"
#include "bench/load/network.hpp"

namespace wissel::load {

/// Thread safety: all members may be called at the same time. Everything in the requests is plain ASCII without
/// characters that JSON escapes: digits, OINs and names of our own.
class Requests {
 public:
  /// `network` and `persons` outlive it; `persons` is not empty unless all is GET. `run` tells runs apart: it is part
  /// of the ids of events.
  Requests(const Network& network, const std::vector<std::string>& persons, std::string run);

  /// The request that falls to `ticket`, sent by partner number `partner` (from 0), appended to `out`. Searches and
  /// pulls ask about anybody; a push is about a zaak that the test network registered at this partner, and a
  /// registration changes one of its own zaken (LOAD-…), so that the index does not grow without end. An event is of
  /// 1 KiB. Handshakes have none.
  void write(Kind kind, std::size_t partner, std::uint64_t ticket, std::uint64_t random, std::string& out) const;

  [[nodiscard]] static bool is_expected(Kind kind, unsigned status) noexcept;
  /// Whether its answer names the record that was made of it.
  [[nodiscard]] static bool has_receipt(Kind kind) noexcept;

 private:
  [[nodiscard]] std::string body(Kind kind, std::size_t partner, std::uint64_t ticket, std::uint64_t random) const;
  [[nodiscard]] std::string question(std::uint64_t random) const;
  [[nodiscard]] std::string event(std::size_t partner, std::uint64_t ticket, std::uint64_t random) const;
  [[nodiscard]] std::string reference(std::size_t partner, std::uint64_t ticket, std::uint64_t random) const;
  /// Number of a person whose zaak the test network gave this partner: it hands them out in turn.
  [[nodiscard]] std::size_t own_person(std::size_t partner, std::uint64_t random) const;

  const Network& network_;
  const std::vector<std::string>& persons_;
  std::string run_;
};

}  // namespace wissel::load
