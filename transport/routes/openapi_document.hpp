#pragma once
// docs/openapi/wissel.openapi.json as it was when the program was built.
#include <string_view>

namespace wissel::transport {

/// Lives as long as the program.
[[nodiscard]] std::string_view openapi_document();

}  // namespace wissel::transport
