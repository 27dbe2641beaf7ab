#pragma once
// The basis of a processing and who acts, as bodies of searches, pulls, subscriptions and log queries carry them.
#include <boost/json/value.hpp>

#include <optional>
#include <string>

#include "core/json/object_reader.hpp"
#include "core/messages/names.hpp"
#include "core/policy/names.hpp"

namespace wissel::core {

/// An id that is not a UUID names no agreement: it reads as the nil UUID, and is then refused like any unknown one.
/// Nothing when a fault was added.
[[nodiscard]] std::optional<Basis> read_basis(const boost::json::value& value, const std::string& pointer,
                                              Faults& faults);
[[nodiscard]] std::optional<ActingUser> read_acting_user(const boost::json::value& value, const std::string& pointer,
                                                         Faults& faults);
[[nodiscard]] boost::json::object write_basis(const Basis& basis);
[[nodiscard]] boost::json::object write_acting_user(const ActingUser& user);

}  // namespace wissel::core
