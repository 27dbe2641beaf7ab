#include "core/messages/disclosed.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace wissel::core {
namespace {

namespace json = boost::json;

constexpr auto kAlways = std::to_array<std::string_view>(
    {"zaak.identificatie", "zaak.bronorganisatie", "zaak.zaaktype", "verzoek.identificatie", "verzoek.bronorganisatie",
     "status.omschrijving", "status.statusgroep", "status.gezetOp"});

bool named(const std::vector<std::string>& velden, std::string_view name) {
  return std::ranges::find(velden, name) != velden.end();
}

/// The members of `value` that are named one by one; empty when none is.
json::object part_of(std::string_view name, const json::object& value, const std::vector<std::string>& velden) {
  json::object out;
  for (const auto& member : value) {
    const auto path = std::string(name).append(".").append(member.key());
    if (named(velden, path) || std::ranges::find(kAlways, path) != kAlways.end()) out[member.key()] = member.value();
  }
  return out;
}

}  // namespace

json::value disclosed(const json::value& status, const std::vector<std::string>& velden) {
  const auto* object = status.if_object();
  if (object == nullptr) return status;
  json::object out;
  for (const auto& member : *object) {
    if (named(velden, member.key())) {
      out[member.key()] = member.value();
    } else if (const auto* inner = member.value().if_object()) {
      auto part = part_of(member.key(), *inner, velden);
      if (!part.empty()) out[member.key()] = std::move(part);
    }
  }
  return out;
}

}  // namespace wissel::core
