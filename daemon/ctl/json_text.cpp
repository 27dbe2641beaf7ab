#include "daemon/ctl/json_text.hpp"

#include <boost/json.hpp>

#include "core/json/write.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

void append_pretty(std::string& out, const json::value& value, std::size_t depth) {
  const auto line = [&](std::size_t at) { out += '\n' + std::string(2 * at, ' '); };
  bool first = true;
  if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
    out += '{';
    for (const auto& [name, member] : *object) {
      if (!std::exchange(first, false)) out += ',';
      line(depth + 1);
      core::append_json_string(out, name);
      out += ": ";
      append_pretty(out, member, depth + 1);
    }
    line(depth);
    out += '}';
  } else if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
    out += '[';
    for (const auto& item : *array) {
      if (!std::exchange(first, false)) out += ',';
      line(depth + 1);
      append_pretty(out, item, depth + 1);
    }
    line(depth);
    out += ']';
  } else {
    out += core::write_json(value);
  }
}

const json::value* find(const json::value& value, std::string_view pointer) {
  boost::system::error_code failure;
  return value.find_pointer(pointer, failure);
}

}  // namespace

std::string text_of(const json::value& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return std::string(std::string_view(value.get_string()));
  if (!value.is_array()) return core::write_json(value);
  std::string out;
  for (const auto& item : value.get_array()) out += (out.empty() ? "" : ", ") + text_of(item);
  return out;
}

std::string text_at(const json::value& value, std::string_view pointer) {
  const auto* found = find(value, pointer);
  return found == nullptr ? std::string() : text_of(*found);
}

std::uint64_t number_at(const json::value& value, std::string_view pointer) {
  const auto* found = find(value, pointer);
  boost::system::error_code failure;
  const auto number = found == nullptr ? 0 : found->to_number<std::uint64_t>(failure);
  return failure ? 0 : number;
}

std::string pretty(const json::value& value) {
  std::string out;
  append_pretty(out, value, 0);
  return out;
}

}  // namespace wissel::ctl
