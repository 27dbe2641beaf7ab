#pragma once
// From a YAML tree to a JSON value, remembering where each value stands.
#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "config/yaml_tree.hpp"

namespace wissel::ctl {

/// Line and column by JSON pointer.
using Places = std::map<std::string, std::pair<std::uint32_t, std::uint32_t>, std::less<>>;

/// Plain true and false become truth values, plain numbers without leading zeros become numbers, anything else a text.
/// `pointer` is that of `node` itself.
[[nodiscard]] boost::json::value to_json(const config::YamlNode& node, Places& places, const std::string& pointer = "");

/// The place of a pointer, or of the nearest thing around it that has one.
[[nodiscard]] std::pair<std::uint32_t, std::uint32_t> place_of(const Places& places, std::string_view pointer);

}  // namespace wissel::ctl
