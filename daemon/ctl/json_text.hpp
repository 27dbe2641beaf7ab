#pragma once
// Members of JSON answers as text, for showing. What is not there is empty.
#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace wissel::ctl {

/// A string as it is, a list of values joined by ", ", anything else as JSON; null and objects of nothing are empty.
[[nodiscard]] std::string text_of(const boost::json::value& value);
/// At a JSON pointer.
[[nodiscard]] std::string text_at(const boost::json::value& value, std::string_view pointer);
[[nodiscard]] std::uint64_t number_at(const boost::json::value& value, std::string_view pointer);
/// Indented by two spaces, for a person.
[[nodiscard]] std::string pretty(const boost::json::value& value);

}  // namespace wissel::ctl
