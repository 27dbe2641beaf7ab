#pragma once
// The configuration from hostile bytes: the tree, the settings, and the text files of keys.
#include <string>
#include <string_view>

#include "config/load.hpp"
#include "config/reload.hpp"
#include "config/secrets.hpp"
#include "tests/fuzz/demand.hpp"

namespace wissel::fuzz {

inline void config(std::string_view bytes) {
  const auto settings = wissel::config::parse_settings(bytes, "/fuzz/w.yaml");
  if (settings) {
    demand(wissel::config::diff_for_reload(*settings, *settings).empty());
    demand(!settings->partners.listen.empty());
  } else {
    demand(!settings.error().empty());
    for (const auto& fault : settings.error()) demand(to_string(fault).find('\n') == std::string::npos);
  }
  if (const auto keys = wissel::config::parse_pseudonym_keys(bytes)) demand(!keys->empty());
  if (const auto key = wissel::config::parse_hex_key(bytes)) demand(key->size() == 32);
}

}  // namespace wissel::fuzz
