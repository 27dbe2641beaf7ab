#pragma once
// The declarative network file: participants and agreements in the API's own form, as YAML, with every fault at its
// line and column.
#include <boost/json/object.hpp>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/fault.hpp"

namespace wissel::ctl {

/// One of the network's things as the file wants it: the API's form, checked, canonical (lists sorted where their
/// order has no meaning, defaults filled in).
struct Wanted {
  std::string id;  ///< OIN, or the agreement's id; empty for an agreement without one
  boost::json::object body;
  std::uint32_t line = 0;  ///< where it stands in the file
};

struct NetworkFile {
  std::vector<Wanted> participants;
  std::vector<Wanted> agreements;
};

using NetworkFileResult = std::expected<NetworkFile, config::ConfigFaults>;

/// All faults of the file in one run. `file` serves the messages. No I/O.
[[nodiscard]] NetworkFileResult parse_network(std::string_view yaml, const std::string& file);

/// One agreement alone, as `agreement new` and `agreement put` take it. Its id may be absent.
[[nodiscard]] std::expected<Wanted, config::ConfigFaults> parse_agreement(std::string_view yaml,
                                                                          const std::string& file);

/// The API's answer in the same canonical form; nothing where this program cannot read it.
[[nodiscard]] std::optional<boost::json::object> canonical_participant(const boost::json::object& body);
[[nodiscard]] std::optional<boost::json::object> canonical_agreement(const boost::json::object& body);

}  // namespace wissel::ctl
