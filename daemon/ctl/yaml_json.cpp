#include "daemon/ctl/yaml_json.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <optional>

namespace wissel::ctl {
namespace {

namespace json = boost::json;

/// RFC 6901.
std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<json::value> number(const std::string& text) {
  const auto digits = text.starts_with('-') ? std::string_view(text).substr(1) : std::string_view(text);
  // An OIN or a code with leading zeros is a text, and so is what begins like no number.
  if (digits.empty() || digits.front() < '0' || digits.front() > '9') return std::nullopt;
  if (digits.size() > 1 && digits[0] == '0' && digits[1] != '.') return std::nullopt;
  const char* end = text.data() + text.size();
  std::int64_t whole = 0;
  if (const auto read = std::from_chars(text.data(), end, whole); read.ec == std::errc{} && read.ptr == end) {
    return json::value(whole);
  }
  double real = 0;
  const auto read = std::from_chars(text.data(), end, real, std::chars_format::fixed);
  if (read.ec != std::errc{} || read.ptr != end || text.find('.') == std::string::npos) return std::nullopt;
  return json::value(real);
}

json::value scalar(const config::YamlNode& node) {
  if (node.plain) {
    if (node.text == "true") return true;
    if (node.text == "false") return false;
    if (auto read = number(node.text)) return std::move(*read);
  }
  return json::value(node.text);
}

}  // namespace

json::value to_json(const config::YamlNode& node, Places& places, const std::string& pointer) {
  places[pointer] = {node.line, node.column};
  switch (node.kind) {
    case config::YamlNode::Kind::kNull:
      return nullptr;
    case config::YamlNode::Kind::kScalar:
      return scalar(node);
    case config::YamlNode::Kind::kSequence: {
      json::array out;
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        out.push_back(to_json(node.items[i], places, pointer + "/" + std::to_string(i)));
      }
      return out;
    }
    case config::YamlNode::Kind::kMap: {
      json::object out;
      for (const auto& entry : node.entries) {
        const auto inner = pointer + "/" + escaped(entry.key);
        out[entry.key] = to_json(entry.value, places, inner);
        places[inner] = {entry.line, entry.column};
      }
      return out;
    }
  }
  return nullptr;
}

std::pair<std::uint32_t, std::uint32_t> place_of(const Places& places, std::string_view pointer) {
  while (true) {
    if (const auto found = places.find(pointer); found != places.end()) return found->second;
    const auto slash = pointer.rfind('/');
    if (slash == std::string_view::npos) return {0, 0};
    pointer = pointer.substr(0, slash);
  }
}

}  // namespace wissel::ctl
