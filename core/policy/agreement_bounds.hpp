#pragma once
// What an agreement may bound beside its acts and zaaktypen: kinds of subject, event types, hours, rate, size of a
// search. Internal to core/policy.
#include <boost/json/object.hpp>

#include "core/policy/codec_parts.hpp"
#include "core/policy/model.hpp"

namespace wissel::core::codec {

/// Reads `onderwerpsoorten`, `gebeurtenistypen`, `tijdvakken`, `quota` and `vierOgenVanaf`, all optional.
void read_bounds(ObjectReader& in, Agreement& agreement);
/// Writes those that are there.
void put_bounds(const Agreement& agreement, boost::json::object& out);

}  // namespace wissel::core::codec
