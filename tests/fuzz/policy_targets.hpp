#pragma once
// Participants, agreements, subscriptions and representations: bodies of the API and values of the store. What was
// accepted is stored and comes back as it was.
#include <boost/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>

#include "core/json/object_reader.hpp"
#include "core/json/parse.hpp"
#include "core/policy/codec.hpp"
#include "core/policy/dossier_codec.hpp"
#include "core/policy/representation_codec.hpp"
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

inline void same_representation(const core::Representation& read) {
  const auto value = core::encode(read);
  const auto again = core::decode_representation(value);
  demand(again.has_value() && core::encode(*again) == value);
  demand(core::signing_payload(*again) == core::signing_payload(read));
  // By value: what encode() leaves out, it leaves out of both.
  demand(again->handelingen == read.handelingen && again->versie == read.versie);
  demand(again->geldig_van == read.geldig_van && again->geldig_tot == read.geldig_tot);
  demand(again->missing() == read.missing() && again->ondertekeningen.size() == read.ondertekeningen.size());
  demand(again->einde.has_value() == read.einde.has_value());
  if (read.einde) {
    demand(again->einde->door == read.einde->door && again->einde->op == read.einde->op);
    demand(again->einde->reden == read.einde->reden);
  }
  demand(!read.handelingen.empty() && read.geldig_van < read.geldig_tot);
  for (const auto at : {core::from_ms(0), read.geldig_van, read.geldig_tot}) {
    demand(core::to_json(*again, at) == core::to_json(read, at));
    const bool whole = read.missing().empty() && !read.einde && read.geldig_van <= at && at < read.geldig_tot;
    demand(read.in_force(at) == whole && (read.stage(at) == core::RepresentationStage::kVanKracht) == whole);
  }
}

}  // namespace detail

/// What the represented asks for, which nobody has signed or ended yet, and representations as stored.
inline void representation(std::string_view input) {
  const auto [which, rest] = choose(input, 2);
  if (which == 0) {
    const auto read = core::decode_representation(rest);
    if (read) detail::same_representation(*read);
    return;
  }
  const auto value = core::parse_json(rest);
  if (!value) return;
  core::Faults faults;
  const auto read = core::read_representation(*value, core::Uuid(), detail::kSomeone, faults);
  demand(read.has_value() == faults.empty());
  if (!read) return;
  demand(read->vertegenwoordigde == detail::kSomeone && read->vertegenwoordiger != detail::kSomeone);
  demand(read->ondertekeningen.empty() && !read->einde && read->versie == 0);
  detail::same_representation(*read);
}

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
