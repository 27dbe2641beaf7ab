#include "config/value_reader.hpp"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "config/value_text.hpp"

namespace wissel::config {
namespace {

constexpr std::string_view kCredentialPrefix = "credential:";
constexpr std::size_t kTextMax = 4096;  // bytes of one text; PATH_MAX of Linux

std::string range(const std::string& low, const std::string& high) { return "from " + low + " to " + high; }

/// The kind of value as the user knows it. One overload for each type of place.
struct Describe {
  const Bounds& bounds;

  std::string operator()(Slot<bool>) const { return "true or false"; }
  std::string operator()(Slot<std::uint32_t>) const {
    return "a number " + range(std::to_string(bounds.min), std::to_string(bounds.max));
  }
  std::string operator()(Slot<std::uint64_t>) const {
    return "a size " + range(format_size(bounds.min), format_size(bounds.max)) + ", such as 16KiB";
  }
  std::string operator()(Slot<Milliseconds>) const { return "a duration " + durations() + ", such as 10s"; }
  std::string operator()(Slot<core::Duration>) const { return "a term " + durations() + ", such as P2Y"; }
  std::string operator()(Slot<std::string>) const { return "a text"; }
  std::string operator()(Slot<std::vector<std::string>>) const { return list("texts"); }
  std::string operator()(Slot<Endpoint>) const { return "an IP address and a port, such as 127.0.0.1:8443"; }
  std::string operator()(Slot<std::vector<Endpoint>>) const {
    return list("IP addresses with a port, such as 127.0.0.1:8443 or \"[::1]:8443\"");
  }
  std::string operator()(Slot<std::filesystem::path>) const { return "a path"; }
  std::string operator()(Slot<std::vector<std::filesystem::path>>) const { return list("paths"); }
  std::string operator()(Slot<SecretLocation>) const { return "a path, or credential:NAME"; }
  std::string operator()(Slot<LevelMap>) const { return "a map from component to level, such as {transport: debug}"; }
  template <class E>
  std::string operator()(Slot<E>) const {
    std::string out = "one of";
    for (const auto& [word, value] : Words<E>::kAll) out += (out.back() == 'f' ? " " : ", ") + std::string(word);
    return out;
  }

 private:
  [[nodiscard]] std::string durations() const {
    const auto text = [](std::uint64_t ms) {
      return format_milliseconds(Milliseconds{static_cast<Milliseconds::rep>(ms)});
    };
    return range(text(bounds.min), text(bounds.max));
  }
  [[nodiscard]] std::string list(std::string_view of) const {
    return "a list of " + std::to_string(bounds.min) + " to " + std::to_string(bounds.max) + " " + std::string(of);
  }
};

}  // namespace

std::string allowed_text(const KeyRow& row) { return std::visit(Describe{row.bounds}, row.slot); }

void ValueReader::read(const KeyRow& row, const YamlNode& node, Settings& settings) {
  row_ = &row;
  const auto read_into = [&](auto slot) { into(node, slot(settings)); };
  std::visit(read_into, row.slot);
}

void ValueReader::into(const YamlNode& node, bool& out) {
  const auto* text = scalar(node);
  if (text == nullptr) return;
  if (!node.plain || (*text != "true" && *text != "false")) return refuse(node, "is not true or false");
  out = *text == "true";
}

void ValueReader::into(const YamlNode& node, std::uint32_t& out) {
  const auto* text = scalar(node);
  if (text == nullptr) return;
  const auto value = node.plain ? parse_number(*text) : std::nullopt;
  if (!value) return refuse(node, "is not a number");
  if (within(node, *value)) out = static_cast<std::uint32_t>(*value);
}

void ValueReader::into(const YamlNode& node, std::uint64_t& out) {
  const auto* text = scalar(node);
  if (text == nullptr) return;
  const auto value = parse_size(*text);
  if (!value) return refuse(node, "is not a size");
  if (within(node, *value)) out = *value;
}

void ValueReader::into(const YamlNode& node, Milliseconds& out) {
  const auto* text = scalar(node);
  if (text == nullptr) return;
  const auto value = parse_milliseconds(*text);
  if (!value) return refuse(node, "is not a duration");
  if (within(node, static_cast<std::uint64_t>(value->count()))) out = *value;
}

void ValueReader::into(const YamlNode& node, core::Duration& out) {
  const auto* text = scalar(node);
  if (text == nullptr) return;
  const auto value = parse_term(*text);
  if (!value) return refuse(node, "is not a term");
  if (within(node, approximate_ms(*value))) out = *value;
}

void ValueReader::into(const YamlNode& node, std::string& out) {
  if (const auto* text = scalar(node)) out = *text;
}

void ValueReader::into(const YamlNode& node, Endpoint& out) {
  const auto* text = scalar(node);
  if (text == nullptr) return;
  auto value = parse_endpoint(*text);
  if (!value) return refuse(node, "is not an address with a port");
  out = *std::move(value);
}

void ValueReader::into(const YamlNode& node, std::filesystem::path& out) {
  if (const auto* text = scalar(node)) out = resolve(*text);
}

void ValueReader::into(const YamlNode& node, SecretLocation& out) {
  const auto* text = scalar(node);
  if (text == nullptr) return;
  if (!text->starts_with(kCredentialPrefix)) {
    out = {.credential = false, .name = resolve(*text).string()};
    return;
  }
  const auto name = text->substr(kCredentialPrefix.size());
  // The name is joined to a directory: it may not lead out of it.
  if (name.empty() || name.starts_with('.') || name.find('/') != std::string::npos) {
    return refuse(node, "is not the name of a credential");
  }
  out = {.credential = true, .name = name};
}

void ValueReader::into(const YamlNode& node, LevelMap& out) {
  if (node.kind == YamlNode::Kind::kNull) return;
  if (node.kind != YamlNode::Kind::kMap) return refuse(node, "is not a map");
  if (!within(node, node.entries.size())) return;
  for (const auto& entry : node.entries) {
    auto level = core::LogLevel::kInfo;
    into(entry.value, level);
    out.insert_or_assign(entry.key, level);
  }
}

template <class T>
void ValueReader::into(const YamlNode& node, std::vector<T>& out) {
  if (node.kind != YamlNode::Kind::kSequence) return refuse(node, "is not a list");
  if (!within(node, node.items.size())) return;
  out.clear();
  for (const auto& item : node.items) {
    const auto faults_before = faults_.size();
    T value{};
    into(item, value);
    if (faults_.size() == faults_before) out.push_back(std::move(value));
  }
}

template <class E>
  requires requires { Words<E>::kAll; }
void ValueReader::into(const YamlNode& node, E& out) {
  const auto* text = scalar(node);
  if (text == nullptr) return;
  for (const auto& [word, value] : Words<E>::kAll) {
    if (word != *text) continue;
    out = value;
    return;
  }
  refuse(node, std::holds_alternative<Slot<LevelMap>>(row_->slot) ? "is not a level (debug, info, warn, error)"
                                                                  : "is not a known word");
}

const std::string* ValueReader::scalar(const YamlNode& node) {
  const bool empty = node.kind == YamlNode::Kind::kNull || (node.kind == YamlNode::Kind::kScalar && node.text.empty());
  if (empty) {
    refuse(node, "has no value");
  } else if (node.kind != YamlNode::Kind::kScalar) {
    refuse(node, node.kind == YamlNode::Kind::kMap ? "is a map, not a single value" : "is a list, not a single value");
  } else if (node.text.size() > kTextMax) {
    refuse(node, "is too long (at most " + std::to_string(kTextMax) + " bytes)");
  } else {
    return &node.text;
  }
  return nullptr;
}

bool ValueReader::within(const YamlNode& node, std::uint64_t value) {
  const bool inside = value >= row_->bounds.min && value <= row_->bounds.max;
  if (!inside) refuse(node, "is out of range");
  return inside;
}

std::filesystem::path ValueReader::resolve(const std::string& text) const { return (base_ / text).lexically_normal(); }

void ValueReader::refuse(const YamlNode& node, std::string what) {
  faults_.push_back(
      {file_, node.line, node.column, std::string(row_->key) + " " + std::move(what), allowed_text(*row_)});
}

}  // namespace wissel::config
