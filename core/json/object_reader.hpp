#pragma once
// Typed access to the members of a JSON object, with all faults of a body collected instead of the first one only.
#include <boost/json/value.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/identity/uuid.hpp"
#include "core/problem.hpp"
#include "core/time.hpp"

namespace wissel::core {

/// What happens to members that nobody asked for: a caller's are refused, a holder's dropped and counted.
enum class UnknownFields : std::uint8_t { kRefuse, kDrop };

/// The faults of one body. Bounded: after kFaultsMax further ones are counted as the same refusal but not named.
class Faults {
 public:
  static constexpr std::size_t kFaultsMax = 100;

  explicit Faults(UnknownFields unknown = UnknownFields::kRefuse) : unknown_(unknown) {}

  /// `reason` is Dutch and never repeats a value from the body.
  void add(std::string pointer, ProblemCode code, std::string_view reason);
  [[nodiscard]] bool empty() const noexcept { return list_.empty(); }
  [[nodiscard]] std::size_t count() const noexcept { return list_.size(); }
  [[nodiscard]] const std::vector<InvalidParam>& list() const noexcept { return list_; }
  /// One problem out of all faults; requires at least one. Leaves none.
  [[nodiscard]] Problem take_problem();

  [[nodiscard]] UnknownFields unknown_fields() const noexcept { return unknown_; }
  /// Members to drop, found under UnknownFields::kDrop.
  [[nodiscard]] std::size_t dropped() const noexcept { return dropped_.size(); }
  /// Removes from `value` what was found to drop in it; `root` is the pointer under which it was read.
  void erase_dropped(boost::json::value& value, std::string_view root) const;

 private:
  friend class ObjectReader;
  struct Member {
    std::string parent;  ///< JSON pointer, made of known names and indices
    std::string name;
  };

  UnknownFields unknown_;
  std::vector<InvalidParam> list_;
  std::vector<Member> dropped_;
};

/// A value of an enumeration and its name in the API.
template <class E>
struct EnumName {
  std::string_view name;
  E value;
};

template <class E>
[[nodiscard]] constexpr std::optional<E> value_of(std::span<const EnumName<E>> names, std::string_view name) noexcept {
  for (const auto& row : names) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}
template <class E>
[[nodiscard]] constexpr std::string_view name_of(std::span<const EnumName<E>> names, E value) noexcept {
  for (const auto& row : names) {
    if (row.value == value) return row.name;
  }
  return {};
}

/// Reads one object. Each accessor names a member once; it returns nothing when the member is absent or wrong, and in
/// the latter case (and where a required one is absent) adds a fault. finish() then deals with the members that were
/// not named. Views point into the value, which must outlive them. Lengths count code points.
///
///     ObjectReader r(body, "/onderwerp", faults);
///     const auto kind = r.required_string("soort", 1, 40);
///     r.finish();
class ObjectReader {
 public:
  /// A `value` that is not an object is a fault; every member is then absent without further faults.
  ObjectReader(const boost::json::value& value, std::string pointer, Faults& faults);

  [[nodiscard]] bool is_object() const noexcept { return object_ != nullptr; }
  [[nodiscard]] bool has(std::string_view name) const noexcept;

  /// One line of text: no control characters.
  std::optional<std::string_view> required_string(std::string_view name, std::size_t min, std::size_t max) {
    return string(name, Need::kRequired, min, max, false);
  }
  std::optional<std::string_view> optional_string(std::string_view name, std::size_t min, std::size_t max) {
    return string(name, Need::kOptional, min, max, false);
  }
  /// Text that may hold line breaks and tabs.
  std::optional<std::string_view> optional_text(std::string_view name, std::size_t min, std::size_t max) {
    return string(name, Need::kOptional, min, max, true);
  }

  std::optional<std::int64_t> required_int(std::string_view name, std::int64_t min, std::int64_t max) {
    return integer(name, Need::kRequired, min, max);
  }
  std::optional<std::int64_t> optional_int(std::string_view name, std::int64_t min, std::int64_t max) {
    return integer(name, Need::kOptional, min, max);
  }
  std::optional<double> required_number(std::string_view name, double min, double max) {
    return number(name, Need::kRequired, min, max);
  }
  std::optional<double> optional_number(std::string_view name, double min, double max) {
    return number(name, Need::kOptional, min, max);
  }
  std::optional<bool> required_bool(std::string_view name) { return boolean(name, Need::kRequired); }
  std::optional<bool> optional_bool(std::string_view name) { return boolean(name, Need::kOptional); }

  template <class E, std::size_t N>
  std::optional<E> required_enum(std::string_view name, const std::array<EnumName<E>, N>& names) {
    return enumeration<E>(name, Need::kRequired, names);
  }
  template <class E, std::size_t N>
  std::optional<E> optional_enum(std::string_view name, const std::array<EnumName<E>, N>& names) {
    return enumeration<E>(name, Need::kOptional, names);
  }

  /// `min` and `max` bound the number of elements.
  const boost::json::array* required_array(std::string_view name, std::size_t min, std::size_t max) {
    return array(name, Need::kRequired, min, max);
  }
  const boost::json::array* optional_array(std::string_view name, std::size_t min, std::size_t max) {
    return array(name, Need::kOptional, min, max);
  }
  /// A list of one-line texts; nothing when absent or when an element is wrong.
  std::optional<std::vector<std::string>> required_strings(std::string_view name, std::size_t count_min,
                                                           std::size_t count_max, std::size_t length_max) {
    return strings(name, Need::kRequired, count_min, count_max, length_max);
  }
  std::optional<std::vector<std::string>> optional_strings(std::string_view name, std::size_t count_min,
                                                           std::size_t count_max, std::size_t length_max) {
    return strings(name, Need::kOptional, count_min, count_max, length_max);
  }
  /// To be read by an ObjectReader with pointer(name).
  const boost::json::value* required_object(std::string_view name) { return object(name, Need::kRequired); }
  const boost::json::value* optional_object(std::string_view name) { return object(name, Need::kOptional); }
  /// Any kind of value, unread; null counts as a value here.
  const boost::json::value* any(std::string_view name) { return find(name, Need::kOptional); }
  const boost::json::value* required_any(std::string_view name) { return find(name, Need::kRequired); }

  std::optional<Instant> required_time(std::string_view name) { return time(name, Need::kRequired); }
  std::optional<Instant> optional_time(std::string_view name) { return time(name, Need::kOptional); }
  std::optional<std::string_view> required_date(std::string_view name) { return date(name, Need::kRequired); }
  std::optional<std::string_view> optional_date(std::string_view name) { return date(name, Need::kOptional); }
  std::optional<Duration> required_duration(std::string_view name) { return duration(name, Need::kRequired); }
  std::optional<Duration> optional_duration(std::string_view name) { return duration(name, Need::kOptional); }
  /// An absolute URI of at most `max` characters.
  std::optional<std::string_view> required_uri(std::string_view name, std::size_t max) {
    return uri(name, Need::kRequired, max);
  }
  std::optional<std::string_view> optional_uri(std::string_view name, std::size_t max) {
    return uri(name, Need::kOptional, max);
  }
  std::optional<Uuid> required_uuid(std::string_view name) { return uuid(name, Need::kRequired); }
  std::optional<Uuid> optional_uuid(std::string_view name) { return uuid(name, Need::kOptional); }

  /// A fault at a member.
  void fault(std::string_view name, ProblemCode code, std::string_view reason);
  /// A fault of the object as a whole.
  void fault(ProblemCode code, std::string_view reason) { faults_.add(pointer_, code, reason); }
  /// The JSON pointer of a member, or of an element of one.
  [[nodiscard]] std::string pointer(std::string_view name) const;
  [[nodiscard]] std::string pointer(std::string_view name, std::size_t index) const;
  [[nodiscard]] const std::string& pointer() const noexcept { return pointer_; }
  [[nodiscard]] Faults& faults() noexcept { return faults_; }

  /// Refuses or drops the members that no accessor named, as the Faults say. Call it once, at the end.
  void finish();

 private:
  enum class Need : std::uint8_t { kOptional, kRequired };

  const boost::json::value* find(std::string_view name, Need need);
  /// find(), without null.
  const boost::json::value* find_value(std::string_view name, Need need);
  std::optional<std::string_view> string(std::string_view name, Need need, std::size_t min, std::size_t max,
                                         bool line_breaks);
  std::optional<std::int64_t> integer(std::string_view name, Need need, std::int64_t min, std::int64_t max);
  std::optional<double> number(std::string_view name, Need need, double min, double max);
  std::optional<bool> boolean(std::string_view name, Need need);
  const boost::json::array* array(std::string_view name, Need need, std::size_t min, std::size_t max);
  std::optional<std::vector<std::string>> strings(std::string_view name, Need need, std::size_t count_min,
                                                  std::size_t count_max, std::size_t length_max);
  const boost::json::value* object(std::string_view name, Need need);
  std::optional<Instant> time(std::string_view name, Need need);
  std::optional<std::string_view> date(std::string_view name, Need need);
  std::optional<Duration> duration(std::string_view name, Need need);
  std::optional<std::string_view> uri(std::string_view name, Need need, std::size_t max);
  std::optional<Uuid> uuid(std::string_view name, Need need);
  /// A string of any content, for the accessors that parse it.
  std::optional<std::string_view> token(std::string_view name, Need need);
  void fault_enum(std::string_view name, const std::vector<std::string_view>& allowed);

  template <class E>
  std::optional<E> enumeration(std::string_view name, Need need, std::span<const EnumName<E>> names) {
    const auto text = token(name, need);
    if (!text) return std::nullopt;
    if (const auto value = value_of(names, *text)) return value;
    std::vector<std::string_view> allowed;
    for (const auto& row : names) allowed.push_back(row.name);
    fault_enum(name, allowed);
    return std::nullopt;
  }

  const boost::json::object* object_ = nullptr;
  std::string pointer_;
  Faults& faults_;
  std::vector<std::string_view> known_;
};

/// What a text from outside must be: `min` to `max` code points, no control characters. Adds a fault otherwise.
bool check_text(std::string_view text, std::size_t min, std::size_t max, const std::string& pointer, Faults& faults,
                bool line_breaks = false);

}  // namespace wissel::core
