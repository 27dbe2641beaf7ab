#pragma once
// A representation as it stands once both have signed it, for tests of what it brings about.
#include <cstddef>
#include <utility>

#include "core/policy/representation.hpp"

namespace wissel::core {

/// From `from` until `until`: in which `agent` acts for `represented`.
struct AppointedFor {
  Instant from;
  Instant until;
};

/// For every act there is, with a signature of each as of its beginning.
inline Representation appointed(const Uuid& id, const Oin& represented, const Oin& agent, AppointedFor period) {
  Representation out{.id = id,
                     .vertegenwoordigde = represented,
                     .vertegenwoordiger = agent,
                     .handelingen = {},
                     .geldig_van = period.from,
                     .geldig_tot = period.until,
                     .ondertekeningen = {},
                     .einde = {}};
  for (std::size_t i = 0; i < Words<RepresentedAct>::kAll.size(); ++i) {
    out.handelingen.add(static_cast<RepresentedAct>(i));
  }
  for (const auto& party : {represented, agent}) {
    out.ondertekeningen.push_back({.door = party, .op = period.from, .handtekening = {}, .kid = {}, .afdruk = {}});
  }
  return out;
}

}  // namespace wissel::core
