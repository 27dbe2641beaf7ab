#pragma once
// Participants, agreements and subscriptions: bodies of the API and values of the store. What was accepted is stored
// and comes back as it was.
#include <boost/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>

#include "core/json/object_reader.hpp"
#include "core/json/parse.hpp"
#include "core/policy/codec.hpp"
#include "core/policy/dossier_codec.hpp"
#include "tests/fuzz/demand.hpp"

namespace wissel::fuzz {
namespace detail {

inline const core::Oin kSomeone = core::Oin::parse("00000099000000002000").value();

template <class Entity, class Decode>
void stored_and_back(const Entity& entity, const Decode& decode) {
  const auto value = core::encode(entity);
  const auto again = decode(value);
  demand(again.has_value() && core::encode(*again) == value && core::to_json(*again) == core::to_json(entity));
}

inline void body(unsigned which, const boost::json::value& value) {
  core::Faults faults;
  if (which == 0) {
    if (const auto read = core::read_participant(value, kSomeone, faults)) {
      stored_and_back(*read, core::decode_participant);
    }
  } else if (which == 1) {
    if (const auto read = core::read_agreement(value, core::Uuid(), faults)) {
      demand(std::ranges::is_sorted(read->aanbieders) && std::ranges::is_sorted(read->afnemers));
      stored_and_back(*read, core::decode_agreement);
    }
  } else if (const auto read = core::read_subscription(value, core::Uuid(), kSomeone, faults)) {
    stored_and_back(read->subscription, core::decode_subscription);
  }
}

inline void stored(unsigned which, std::string_view value) {
  if (which == 0) {
    if (const auto read = core::decode_participant(value)) stored_and_back(*read, core::decode_participant);
  } else if (which == 1) {
    if (const auto read = core::decode_agreement(value)) stored_and_back(*read, core::decode_agreement);
  } else if (const auto read = core::decode_subscription(value)) {
    stored_and_back(*read, core::decode_subscription);
  }
}

}  // namespace detail

/// Dossiers of agreements and their versions, as stored: what can be read is written back as it was.
inline void dossier(std::string_view input) {
  const auto [which, rest] = choose(input, 2);
  if (which == 0) {
    const auto read = core::decode_dossier(rest);
    if (!read) return;
    const auto value = core::encode(*read);
    const auto again = core::decode_dossier(value);
    demand(again.has_value() && core::encode(*again) == value);
    for (const auto at : {core::from_ms(0), core::from_ms(1'800'000'000'000)}) {
      const auto* holding = read->holding(at);
      demand(holding == nullptr || (read->schorsingen.empty() && !read->einde && holding->in_force(at)));
      (void)core::to_json(*read, at, true);
    }
  } else if (const auto read = core::decode_agreement_version(rest)) {
    const auto value = core::encode(*read);
    const auto again = core::decode_agreement_version(value);
    demand(again.has_value() && core::encode(*again) == value);
    demand(core::signing_payload(again->inhoud) == core::signing_payload(read->inhoud));
  }
}

inline void policy(std::string_view input) {
  const auto [which, rest] = choose(input, 6);
  if (which >= 3) return detail::stored(which - 3, rest);
  if (const auto value = core::parse_json(rest)) detail::body(which, *value);
}

}  // namespace wissel::fuzz
