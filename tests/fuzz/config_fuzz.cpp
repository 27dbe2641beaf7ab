// The configuration from hostile bytes: the tree, the settings, and the text files of keys.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/load.hpp"
#include "config/reload.hpp"
#include "config/secrets.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wissel;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto settings = config::parse_settings(bytes, "/fuzz/w.yaml");
  if (settings) {
    require(config::diff_for_reload(*settings, *settings).empty());
    require(!settings->partners.listen.empty());
  } else {
    require(!settings.error().empty());
    for (const auto& fault : settings.error()) require(to_string(fault).find('\n') == std::string::npos);
  }
  if (const auto keys = config::parse_pseudonym_keys(bytes)) require(!keys->empty());
  if (const auto key = config::parse_hex_key(bytes)) require(key->size() == 32);
  return 0;
}
