#include "core/messages/disclosure.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace wissel::core {
namespace {

namespace json = boost::json;

using Paths = std::vector<std::string_view>;

void keep(json::value& value, const Paths& paths);

void keep_members(json::object& object, const Paths& paths) {
  for (auto at = object.begin(); at != object.end();) {
    const std::string_view name(at->key().data(), at->key().size());
    bool whole = false;
    Paths below;
    for (const auto path : paths) {
      if (!path.starts_with(name)) continue;
      whole |= path.size() == name.size();
      if (path.size() > name.size() && path[name.size()] == '.') below.push_back(path.substr(name.size() + 1));
    }
    if (!whole && below.empty()) {
      at = object.stable_erase(at);
      continue;
    }
    if (!whole) keep(at->value(), below);
    ++at;
  }
}

void keep(json::value& value, const Paths& paths) {
  if (auto* object = value.if_object()) {
    keep_members(*object, paths);
  } else if (auto* list = value.if_array()) {
    for (auto& element : *list) keep(element, paths);
  }
}

}  // namespace

std::string_view zaaktype_of(const ZaakStatusView& view, const json::value& content) {
  if (view.zaaktype) return *view.zaaktype;
  const auto* object = content.if_object();
  for (const char* name : {"zaak", "zaaktype", "omschrijving"}) {
    const auto* member = object != nullptr ? object->if_contains(name) : nullptr;
    if (member == nullptr) return {};
    if (const auto* text = member->if_string()) return {text->data(), text->size()};
    object = member->if_object();
  }
  return {};
}

bool may_disclose(const Agreement& agreement, const ZaakStatusView& view, const json::value& content,
                  const std::optional<std::string>& asked_zaaktype) {
  if (view.vertrouwelijkheid > agreement.max_vertrouwelijkheid) return false;
  const auto zaaktype = zaaktype_of(view, content);
  if (asked_zaaktype && zaaktype != *asked_zaaktype) return false;
  return agreement.zaaktypen.empty() || std::ranges::binary_search(agreement.zaaktypen, zaaktype, std::less<>{});
}

void keep_agreed_fields(const Agreement& agreement, json::value& content) {
  if (!agreement.velden) return;
  keep(content, Paths(agreement.velden->begin(), agreement.velden->end()));
}

}  // namespace wissel::core
