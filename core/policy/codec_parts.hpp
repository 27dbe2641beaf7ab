#pragma once
// What the codecs of participants, agreements and subscriptions share. Internal to core/policy.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/identity/oin.hpp"
#include "core/json/object_reader.hpp"
#include "core/problem.hpp"
#include "core/result.hpp"

namespace wissel::core::codec {

/// Characters of a URL.
inline constexpr std::size_t kUrlMax = 1'000;

template <class Strings>
boost::json::array strings(const Strings& values) {
  boost::json::array out;
  for (const auto& value : values) out.push_back(boost::json::value(std::string_view(value)));
  return out;
}

[[nodiscard]] boost::json::array oins(const std::vector<Oin>& values);

/// Sorted, each once. `min` above zero makes the member required.
[[nodiscard]] std::vector<Oin> read_oins(ObjectReader& in, std::string_view name, std::size_t min);
[[nodiscard]] std::vector<std::string> read_sorted_strings(ObjectReader& in, std::string_view name,
                                                           std::size_t length_max);

/// A value of family `entity`: a format byte and JSON.
[[nodiscard]] std::string store(const boost::json::object& object);

/// Of a stored value: the API's form, and beside it what is not of that form.
struct Stored {
  boost::json::object object;
  std::uint64_t version = 0;
};
/// Errors: kCorrupt.
[[nodiscard]] Result<Stored> open_stored(std::string_view value);

/// What was read from a stored value, with its version. Errors: kCorrupt.
template <class T>
Result<T> checked(std::optional<T> entity, std::uint64_t version, const Faults& faults) {
  if (!entity || !faults.empty()) return fail(Errc::kCorrupt, "family entity: a stored value breaks today's rules");
  entity->versie = version;
  return std::move(*entity);
}

}  // namespace wissel::core::codec
