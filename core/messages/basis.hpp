#pragma once
// The basis of a processing and who acts, as bodies of searches, pulls, subscriptions and log queries carry them.
#include <boost/json/value.hpp>

#include <optional>
#include <string>

#include "core/json/object_reader.hpp"
#include "core/messages/names.hpp"

namespace wissel::core {

/// `grondslag`.
struct Basis {
  std::string uitwisselafspraak;  ///< id of an agreement
  std::optional<std::string> doel;
  std::optional<std::string> toestemming;
  std::optional<std::string> machtiging;

  friend bool operator==(const Basis&, const Basis&) = default;
};

/// `gebruiker`: the caller vouches for it. Kept in the annex only.
struct ActingUser {
  std::string id;
  ActingUserKind kind = ActingUserKind::kMedewerker;
  std::optional<std::string> functie;
  std::optional<AssuranceLevel> betrouwbaarheidsniveau;

  friend bool operator==(const ActingUser&, const ActingUser&) = default;
};

/// Nothing when a fault was added.
[[nodiscard]] std::optional<Basis> read_basis(const boost::json::value& value, const std::string& pointer,
                                              Faults& faults);
[[nodiscard]] std::optional<ActingUser> read_acting_user(const boost::json::value& value, const std::string& pointer,
                                                         Faults& faults);
[[nodiscard]] boost::json::value write_basis(const Basis& basis);
[[nodiscard]] boost::json::value write_acting_user(const ActingUser& user);

}  // namespace wissel::core
