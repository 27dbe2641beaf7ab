#include "core/messages/disclosure.hpp"

#include <boost/json.hpp>

#include <algorithm>

#include "core/json/parse.hpp"
#include "core/json/write.hpp"
#include "core/messages/cloud_event.hpp"

namespace wissel::core {

namespace json = boost::json;

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

FieldTree::FieldTree(const std::vector<std::string>& paths) {
  for (const std::string_view path : paths) {
    Node* node = &root_;
    for (std::size_t from = 0; from <= path.size() && !node->whole;) {
      const auto end = std::min(path.find('.', from), path.size());
      const auto name = path.substr(from, end - from);
      auto at = std::ranges::lower_bound(node->below, name, std::less<>{}, &Node::name);
      if (at == node->below.end() || at->name != name) at = node->below.insert(at, Node{std::string(name), false, {}});
      node = &*at;
      from = end + 1;
    }
    node->whole = true;
    node->below.clear();
  }
}

const FieldTree::Node* FieldTree::Node::find(std::string_view member) const noexcept {
  const auto at = std::ranges::lower_bound(below, member, std::less<>{}, &Node::name);
  return at != below.end() && at->name == member ? &*at : nullptr;
}

std::size_t FieldTree::keep_members(json::object& object, const Node& node) {
  std::size_t left_out = 0;
  for (auto at = object.begin(); at != object.end();) {
    const auto* covered = node.find({at->key().data(), at->key().size()});
    if (covered == nullptr) {
      ++left_out;
    } else if (covered->whole || keep_value(at->value(), *covered, left_out)) {
      ++at;
      continue;
    }
    at = object.stable_erase(at);
  }
  return left_out;
}

/// False when nothing is left of it.
bool FieldTree::keep_value(json::value& value, const Node& node, std::size_t& left_out) {
  const auto before = left_out;
  bool some = false;
  if (auto* object = value.if_object()) {
    left_out += keep_members(*object, node);
    some = !object->empty();
  } else if (auto* list = value.if_array()) {
    auto kept = list->begin();
    for (auto& element : *list) {
      if (!keep_value(element, node, left_out)) continue;
      if (&*kept != &element) *kept = std::move(element);
      ++kept;
    }
    list->erase(kept, list->end());
    some = !list->empty();
  }
  // Where the agreement names what is in a member and there is nothing in it, the member itself is left out.
  if (!some && left_out == before) ++left_out;
  return some;
}

StatusFilter::StatusFilter(const Agreement& agreement)
    : level_max_(agreement.max_vertrouwelijkheid),
      zaaktypen_(agreement.zaaktypen),
      types_(agreement.gebeurtenistypen),
      bounded_(agreement.velden || !agreement.zaaktypen.empty() || level_max_ < Vertrouwelijkheid::kZeerGeheim) {
  if (agreement.velden) fields_.emplace(*agreement.velden);
}

bool StatusFilter::covers(std::string_view zaaktype) const {
  return zaaktypen_.empty() || std::ranges::binary_search(zaaktypen_, zaaktype, std::less<>{});
}

StatusFilter::Zaken StatusFilter::zaken(HolderAnswer answer, const std::optional<std::string>& asked_zaaktype) const {
  Zaken out;
  std::string text = "[";
  for (auto& zaak : answer.zaken) {
    auto& content = zaak.content.content_;
    const auto zaaktype = zaaktype_of(zaak.view, content);
    if (asked_zaaktype && zaaktype != *asked_zaaktype) continue;
    if (zaak.view.vertrouwelijkheid > level_max_) {
      ++out.left_out.by_level;
      continue;
    }
    if (!covers(zaaktype)) {
      ++out.left_out.by_zaaktype;
      continue;
    }
    if (fields_) out.left_out.fields += fields_->keep(content.get_object());
    if (out.count++ > 0) text += ',';
    text += write_json(content);
  }
  text += ']';
  out.text = Disclosed(std::move(text));
  return out;
}

bool StatusFilter::carries(const EventFacts& facts) const {
  if (facts.type != kZaakStatusEventType) {
    const bool named = types_ ? std::ranges::binary_search(*types_, facts.type) : !fields_;
    if (!named) return false;
  }
  if (facts.vertrouwelijkheid && *facts.vertrouwelijkheid > level_max_) return false;
  return covers(facts.zaaktype ? std::string_view(*facts.zaaktype) : std::string_view());
}

Result<StatusFilter::Event> StatusFilter::event(Undisclosed event, const EventFacts& facts) const {
  if (!carries(facts)) return fail(Errc::kInvalidInput, "the agreement does not carry this message");
  Event out;
  // Other types are carried without looking inside, so an agreement cannot name their fields.
  if (!fields_ || facts.type != kZaakStatusEventType) {
    out.text = Disclosed(std::move(event.text_));
    return out;
  }
  auto read = parse_json(event.text_);
  auto* object = read ? read->if_object() : nullptr;
  auto* data = object != nullptr ? object->if_contains("data") : nullptr;
  auto* status = data != nullptr ? data->if_object() : nullptr;
  if (status == nullptr) return fail(Errc::kCorrupt, "family message: an event without data");
  out.left_out.fields = fields_->keep(*status);
  out.text = Disclosed(write_json(*read));
  return out;
}

}  // namespace wissel::core
