#include "core/json/object_reader.hpp"

#include <algorithm>

#include "core/identity/subject.hpp"
#include "core/identity/text.hpp"
#include "core/json/parse.hpp"

namespace wissel::core {
namespace {

namespace json = boost::json;

// Most objects of the API name no more members than this, so that their names cost one allocation.
constexpr std::size_t kMembersUsual = 16;

std::string between(std::string_view what, auto min, auto max, std::string_view unit) {
  std::string out(what);
  if (min == max) return out + " " + std::to_string(min) + std::string(unit);
  return out + " " + std::to_string(min) + " tot en met " + std::to_string(max) + std::string(unit);
}

/// What is wrong with a text, if anything. Apart from check_text, so that a good one costs no pointer.
std::optional<std::string> text_fault(std::string_view text, std::size_t min, std::size_t max, bool line_breaks) {
  const auto length = utf8_length(text);
  if (!length || *length < min || *length > max) return between("lengte moet zijn:", min, max, " tekens");
  if (!is_plain_text(text, line_breaks ? LineBreaks::kAllowed : LineBreaks::kRefused)) {
    return "mag geen stuurtekens bevatten";
  }
  return std::nullopt;
}

}  // namespace

void Faults::add(std::string pointer, ProblemCode code, std::string_view reason) {
  if (list_.size() < kFaultsMax) list_.push_back({std::move(pointer), code, std::string(reason)});
}

Problem Faults::take_problem() {
  auto problem = problem_of(std::move(list_));
  list_.clear();
  return problem;
}

void Faults::erase_dropped(json::value& value, std::string_view root) const {
  for (const Member& member : dropped_) {
    if (!member.parent.starts_with(root)) continue;
    json::error_code ec;
    auto* const parent = value.find_pointer(member.parent.substr(root.size()), ec);
    if (parent != nullptr && parent->is_object()) parent->get_object().erase(member.name);
  }
}

bool check_text(std::string_view text, std::size_t min, std::size_t max, const std::string& pointer, Faults& faults,
                bool line_breaks) {
  const auto wrong = text_fault(text, min, max, line_breaks);
  if (wrong) faults.add(pointer, ProblemCode::kFieldValue, *wrong);
  return !wrong;
}

ObjectReader::ObjectReader(const json::value& value, std::string pointer, Faults& faults)
    : object_(value.if_object()), pointer_(std::move(pointer)), faults_(faults) {
  if (object_ == nullptr) faults_.add(pointer_, ProblemCode::kFieldType, "moet een object zijn");
  known_.reserve(kMembersUsual);
}

bool ObjectReader::has(std::string_view name) const noexcept { return object_ != nullptr && object_->contains(name); }

std::string ObjectReader::pointer(std::string_view name) const { return pointer_ + '/' + pointer_segment(name); }

std::string ObjectReader::pointer(std::string_view name, std::size_t index) const {
  return pointer(name) + '/' + std::to_string(index);
}

void ObjectReader::fault(std::string_view name, ProblemCode code, std::string_view reason) {
  faults_.add(pointer(name), code, reason);
}

const json::value* ObjectReader::find(std::string_view name, Need need) {
  if (object_ == nullptr) return nullptr;
  known_.push_back(name);
  const auto* const found = object_->if_contains(name);
  if (found == nullptr && need == Need::kRequired) fault(name, ProblemCode::kFieldMissing, "is verplicht");
  return found;
}

const json::value* ObjectReader::find_value(std::string_view name, Need need) {
  const auto* const found = find(name, need);
  if (found == nullptr || !found->is_null()) return found;
  if (need == Need::kOptional && faults_.unknown_fields() == UnknownFields::kDrop) {
    known_.pop_back();  // a null of somebody else's is dropped as if it were unknown
    return nullptr;
  }
  fault(name, ProblemCode::kFieldType, "mag niet null zijn; laat het veld weg");
  return nullptr;
}

std::optional<std::string_view> ObjectReader::token(std::string_view name, Need need) {
  const auto* const found = find_value(name, need);
  if (found == nullptr) return std::nullopt;
  if (const auto* const text = found->if_string()) return std::string_view(*text);
  fault(name, ProblemCode::kFieldType, "moet tekst zijn");
  return std::nullopt;
}

std::optional<std::string_view> ObjectReader::string(std::string_view name, Need need, std::size_t min, std::size_t max,
                                                     bool line_breaks) {
  const auto text = token(name, need);
  if (!text) return std::nullopt;
  const auto wrong = text_fault(*text, min, max, line_breaks);
  if (!wrong) return text;
  fault(name, ProblemCode::kFieldValue, *wrong);
  return std::nullopt;
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view name, Need need, std::int64_t min,
                                                  std::int64_t max) {
  const auto* const found = find_value(name, need);
  if (found == nullptr) return std::nullopt;
  if (!found->is_int64() && !found->is_uint64()) {
    fault(name, ProblemCode::kFieldType, "moet een geheel getal zijn");
    return std::nullopt;
  }
  const auto* const whole = found->if_int64();
  if (whole == nullptr || *whole < min || *whole > max) {
    fault(name, ProblemCode::kFieldValue, between("moet liggen binnen:", min, max, ""));
    return std::nullopt;
  }
  return *whole;
}

std::optional<double> ObjectReader::number(std::string_view name, Need need, double min, double max) {
  const auto* const found = find_value(name, need);
  if (found == nullptr) return std::nullopt;
  if (!found->is_number()) {
    fault(name, ProblemCode::kFieldType, "moet een getal zijn");
    return std::nullopt;
  }
  const auto value = found->to_number<double>();
  if (value < min || value > max) {
    fault(name, ProblemCode::kFieldValue, between("moet liggen binnen:", min, max, ""));
    return std::nullopt;
  }
  return value;
}

std::optional<bool> ObjectReader::boolean(std::string_view name, Need need) {
  const auto* const found = find_value(name, need);
  if (found == nullptr) return std::nullopt;
  if (const auto* const value = found->if_bool()) return *value;
  fault(name, ProblemCode::kFieldType, "moet true of false zijn");
  return std::nullopt;
}

const json::array* ObjectReader::array(std::string_view name, Need need, std::size_t min, std::size_t max) {
  const auto* const found = find_value(name, need);
  if (found == nullptr) return nullptr;
  const auto* const list = found->if_array();
  if (list == nullptr) {
    fault(name, ProblemCode::kFieldType, "moet een lijst zijn");
    return nullptr;
  }
  if (list->size() < min || list->size() > max) {
    fault(name, ProblemCode::kFieldValue, between("aantal elementen moet zijn:", min, max, ""));
    return nullptr;
  }
  return list;
}

std::optional<std::vector<std::string>> ObjectReader::strings(std::string_view name, Need need, std::size_t count_min,
                                                              std::size_t count_max, std::size_t length_max) {
  const auto* const list = array(name, need, count_min, count_max);
  if (list == nullptr) return std::nullopt;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto* const text = (*list)[i].if_string();
    if (text == nullptr) {
      faults_.add(pointer(name, i), ProblemCode::kFieldType, "moet tekst zijn");
    } else if (check_text(*text, 1, length_max, pointer(name, i), faults_)) {
      out.emplace_back(*text);
    }
  }
  if (out.size() != list->size()) return std::nullopt;
  return out;
}

const json::value* ObjectReader::object(std::string_view name, Need need) {
  const auto* const found = find_value(name, need);
  if (found == nullptr || found->is_object()) return found;
  fault(name, ProblemCode::kFieldType, "moet een object zijn");
  return nullptr;
}

std::optional<Instant> ObjectReader::time(std::string_view name, Need need) {
  const auto text = token(name, need);
  if (!text) return std::nullopt;
  const auto at = parse_rfc3339(*text);
  if (!at) fault(name, ProblemCode::kFieldValue, "moet een tijdstip volgens RFC 3339 zijn");
  return at;
}

std::optional<std::string_view> ObjectReader::date(std::string_view name, Need need) {
  const auto text = token(name, need);
  if (!text || is_date(*text)) return text;
  fault(name, ProblemCode::kFieldValue, "moet een bestaande datum zijn, als JJJJ-MM-DD");
  return std::nullopt;
}

std::optional<Duration> ObjectReader::duration(std::string_view name, Need need) {
  const auto text = token(name, need);
  if (!text) return std::nullopt;
  const auto term = parse_duration(*text);
  if (!term) fault(name, ProblemCode::kFieldValue, "moet een duur volgens ISO 8601 zijn");
  return term;
}

std::optional<std::string_view> ObjectReader::uri(std::string_view name, Need need, std::size_t max) {
  const auto text = string(name, need, 1, max, false);
  if (!text || is_absolute_uri(*text)) return text;
  fault(name, ProblemCode::kFieldValue, "moet een absolute URI zijn");
  return std::nullopt;
}

std::optional<Uuid> ObjectReader::uuid(std::string_view name, Need need) {
  const auto text = token(name, need);
  if (!text) return std::nullopt;
  const auto id = Uuid::parse(*text);
  if (id) return *id;
  fault(name, ProblemCode::kFieldValue, "moet een UUID zijn");
  return std::nullopt;
}

void ObjectReader::fault_enum(std::string_view name, const std::vector<std::string_view>& allowed) {
  std::string reason = "toegestaan:";
  for (const auto& text : allowed) reason.append(" ").append(text);
  fault(name, ProblemCode::kFieldValue, reason);
}

void ObjectReader::finish() {
  if (object_ == nullptr) return;
  for (const auto& member : *object_) {
    const std::string_view name = member.key();
    if (std::ranges::find(known_, name) != known_.end()) continue;
    if (faults_.unknown_ == UnknownFields::kDrop) {
      faults_.dropped_.push_back({pointer_, std::string(name)});
    } else {
      fault(name, ProblemCode::kFieldUnknown, "dit veld bestaat niet");
    }
  }
}

}  // namespace wissel::core
