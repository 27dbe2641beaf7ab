#pragma once
// Answers of one JSON value a line, for whoever asks for them.
#include <string_view>

#include "transport/routes/exchange.hpp"
#include "transport/routes/ndjson.hpp"

namespace wissel::transport {

/// Whether the Accept header names NDJSON itself; ranges such as */* mean JSON.
[[nodiscard]] inline bool asks_for_ndjson(const Exchange& exchange) {
  const auto accept = exchange.request.head.headers.find("accept");
  return accept && accept->find(kNdjson) != std::string_view::npos;
}

}  // namespace wissel::transport
