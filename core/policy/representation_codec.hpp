#pragma once
// Representations as JSON: what is signed, what the API shows and takes, and what is stored.
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "core/json/object_reader.hpp"
#include "core/policy/representation.hpp"
#include "core/result.hpp"

namespace wissel::core {

/// What both sign: who, whom, for what and when, with the id and the kind of document.
[[nodiscard]] boost::json::object content_json(const Representation& representation);
/// The content, where it stands at `at`, who signed it, and its end.
[[nodiscard]] boost::json::object to_json(const Representation& representation, Instant at);

/// What the represented asks for: {vertegenwoordiger, handelingen, geldigVan, geldigTot}. Faults are collected; the
/// result counts only when there are none.
[[nodiscard]] std::optional<Representation> read_representation(const boost::json::value& body, const Uuid& id,
                                                                const Oin& vertegenwoordigde, Faults& faults);

/// As stored in families `entity` and `entity_history`. Errors: kCorrupt.
[[nodiscard]] std::string encode(const Representation& representation);
[[nodiscard]] Result<Representation> decode_representation(std::string_view value);

}  // namespace wissel::core
