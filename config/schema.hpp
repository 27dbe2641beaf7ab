#pragma once
// The JSON Schema of the configuration, for editors, from the table of keys.
#include <string>

namespace wissel::config {

/// JSON Schema 2020-12, indented, with a line end at its end. docs/config.schema.json holds exactly this.
[[nodiscard]] std::string config_schema();

}  // namespace wissel::config
