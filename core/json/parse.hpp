#pragma once
// From bytes to a JSON value, strictly.
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include "core/problem.hpp"

namespace wissel::core {

/// Bounds of one document. Its bytes are bounded by whoever reads them in. Memory while parsing is at most ten times
/// the bytes, and half a megabyte beside: above 10,000 values there must be eight bytes of text for each.
struct JsonLimits {
  std::size_t depth_max = 32;
  std::size_t values_max = 100'000;  ///< values of any kind, names not counted
  std::size_t members_max = 1'000;   ///< of one object
};

/// RFC 8259 without freedom: UTF-8 without byte order mark, no name twice in an object, no lone surrogates, no number
/// that a double or a 64-bit integer cannot hold: a longer whole number passes only as JCS writes it, without loss of
/// digits. Doubles are the nearest to the text.
/// Refuses with kJsonInvalid, kJsonDuplicateName (the place is in params), kTooDeep, kTooLarge.
[[nodiscard]] Checked<boost::json::value> parse_json(std::string_view bytes, const JsonLimits& limits = {});

/// A name from outside as a segment of a JSON pointer (RFC 6901 escapes). A name that is long, or that holds eight
/// digits in a row and so could be a BSN, is shown as "*".
[[nodiscard]] std::string pointer_segment(std::string_view name);

}  // namespace wissel::core
