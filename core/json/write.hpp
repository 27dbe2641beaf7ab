#pragma once
// JSON text from values, with numbers as ECMAScript writes them (Boost.JSON 1.81 writes 1.5 as 1.5E0).
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace wissel::core {

/// Canonical text, RFC 8785 (JCS): members sorted by UTF-16 code units, numbers as IEEE doubles in their shortest
/// form. Equal text means equal content.
[[nodiscard]] std::string jcs(const boost::json::value& value);
[[nodiscard]] std::string jcs(const boost::json::object& object);

/// Compact text in the order of the value; whole numbers of 64 bits are kept exactly.
[[nodiscard]] std::string write_json(const boost::json::value& value);
[[nodiscard]] std::string write_json(const boost::json::object& object);

/// A finite number as ECMA-262 writes it (Number::toString): the shortest text that reads back as the same double.
void append_json_number(std::string& out, double number);

/// Appends `text` as a JSON string with its quotes. `text` must be UTF-8.
void append_json_string(std::string& out, std::string_view text);

}  // namespace wissel::core
