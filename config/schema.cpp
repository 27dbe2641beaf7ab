#include "config/schema.hpp"

#include <boost/json.hpp>

#include <string>
#include <string_view>
#include <variant>

#include "config/key_table.hpp"
#include "config/value_reader.hpp"
#include "config/value_text.hpp"

namespace wissel::config {
namespace {

namespace json = boost::json;

constexpr std::string_view kDurationPattern = "^([0-9]+(ms|s|m|h|d)|P[0-9DTHMS]+)$";
constexpr std::string_view kTermPattern = "^([0-9]+(ms|s|m|h|d)|P[0-9YMDTHS]+)$";
constexpr std::string_view kSizePattern = "^[0-9]+(B|KiB|MiB|GiB|TiB)?$";

json::object text_type(std::string_view pattern = {}) {
  json::object out{{"type", "string"}};
  if (!pattern.empty()) out["pattern"] = pattern;
  return out;
}

template <class E>
json::object word_type() {
  json::array words;
  for (const auto& [word, value] : Words<E>::kAll) words.emplace_back(word);
  return {{"type", "string"}, {"enum", std::move(words)}};
}

template <class E>
std::string_view word_of(E value) {
  for (const auto& [word, known] : Words<E>::kAll) {
    if (known == value) return word;
  }
  return {};
}

/// The schema of one key's value. One overload for each type of place; `defaults` is a Settings of defaults.
struct Describe {
  const Bounds& bounds;
  bool required;
  Settings& defaults;

  json::object operator()(Slot<bool> slot) const { return with_default({{"type", "boolean"}}, slot(defaults)); }
  json::object operator()(Slot<std::uint32_t> slot) const {
    return with_default({{"type", "integer"}, {"minimum", bounds.min}, {"maximum", bounds.max}}, slot(defaults));
  }
  json::object operator()(Slot<std::uint64_t> slot) const {
    json::object out{{"type", json::array{"string", "integer"}}, {"pattern", kSizePattern}};
    out["minimum"] = bounds.min;
    out["maximum"] = bounds.max;
    return with_default(std::move(out), format_size(slot(defaults)));
  }
  json::object operator()(Slot<Milliseconds> slot) const {
    return with_default(text_type(kDurationPattern), format_milliseconds(slot(defaults)));
  }
  json::object operator()(Slot<core::Duration> slot) const {
    return with_default(text_type(kTermPattern), format_term(slot(defaults)));
  }
  json::object operator()(Slot<std::string>) const { return text_type(); }
  json::object operator()(Slot<std::vector<std::string>>) const { return list_of(text_type()); }
  json::object operator()(Slot<Endpoint> slot) const { return with_default(text_type(), to_string(slot(defaults))); }
  json::object operator()(Slot<std::vector<Endpoint>>) const { return list_of(text_type()); }
  json::object operator()(Slot<std::filesystem::path> slot) const {
    const auto& path = slot(defaults);
    return path.empty() ? text_type() : with_default(text_type(), path.string());
  }
  json::object operator()(Slot<std::vector<std::filesystem::path>>) const { return list_of(text_type()); }
  json::object operator()(Slot<SecretLocation>) const { return text_type(); }
  json::object operator()(Slot<LevelMap>) const {
    return {{"type", "object"}, {"additionalProperties", word_type<core::LogLevel>()}, {"maxProperties", bounds.max}};
  }
  template <class E>
  json::object operator()(Slot<E> slot) const {
    return with_default(word_type<E>(), word_of(slot(defaults)));
  }

 private:
  template <class T>
  [[nodiscard]] json::object with_default(json::object out, const T& value) const {
    if (!required) out["default"] = json::value_from(value);
    return out;
  }
  [[nodiscard]] json::object list_of(json::object items) const {
    return {{"type", "array"}, {"items", std::move(items)}, {"minItems", bounds.min}, {"maxItems", bounds.max}};
  }
};

json::object new_section() {
  // An empty section may be left without a value.
  return {{"type", json::array{"object", "null"}}, {"additionalProperties", false}, {"properties", json::object{}}};
}

/// Puts one key in its place, and makes the sections on the way.
void add_key(json::object& section, std::string_view key, bool required, json::object value) {
  const auto dot = key.find('.');
  const auto name = key.substr(0, dot);
  if (required) {
    auto& names = section.emplace("required", json::array{}).first->value().as_array();
    if (names.empty() || names.back() != json::value(name)) names.emplace_back(name);
  }
  auto& properties = section["properties"].as_object();
  if (dot == std::string_view::npos) {
    properties[name] = std::move(value);
    return;
  }
  auto& below = properties.emplace(name, new_section()).first->value().as_object();
  if (required) below["type"] = "object";
  add_key(below, key.substr(dot + 1), required, std::move(value));
}

void print(const json::value& value, std::size_t indent, std::string& out);

template <class Container, class PrintItem>
void print_items(const Container& items, std::string_view brackets, std::size_t indent, std::string& out,
                 const PrintItem& print_item) {
  out += brackets[0];
  bool first = true;
  for (const auto& item : items) {
    out += first ? "\n" : ",\n";
    first = false;
    out.append(indent + 2, ' ');
    print_item(item);
  }
  if (!first) out.append("\n").append(indent, ' ');
  out += brackets[1];
}

void print(const json::value& value, std::size_t indent, std::string& out) {
  if (const auto* object = value.if_object()) {
    const auto print_member = [&](const json::key_value_pair& member) {
      out += json::serialize(json::value(member.key())) + ": ";
      print(member.value(), indent + 2, out);
    };
    print_items(*object, "{}", indent, out, print_member);
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string config_schema() {
  Settings defaults;
  json::object root{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                    {"title", "Configuration of wisseld"},
                    {"type", "object"},
                    {"additionalProperties", false},
                    {"properties", json::object{}}};
  for (const auto& row : key_table()) {
    const bool required = row.presence == Presence::kRequired;
    auto value = std::visit(Describe{row.bounds, required, defaults}, row.slot);
    std::string description(row.description);
    description += ". Allowed: " + allowed_text(row) + ".";
    if (row.effect == Effect::kRestart) description += " A change needs a restart.";
    value["description"] = description;
    add_key(root, row.key, required, std::move(value));
  }
  std::string out;
  print(root, 0, out);
  out += '\n';
  return out;
}

}  // namespace wissel::config
