#pragma once
// What the fuzz targets of the core run, each on one input: read it and, where it was accepted, check that writing and
// reading again changes nothing. A unit test runs the same functions on the kept corpus.
#include <boost/json.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "core/json/parse.hpp"
#include "core/json/write.hpp"
#include "core/messages/cloud_event.hpp"
#include "core/messages/disclosure.hpp"
#include "core/messages/reference_codec.hpp"
#include "core/messages/zaak_status.hpp"
#include "tests/fuzz/demand.hpp"

namespace wissel::fuzz {

inline void json(std::string_view input) {
  const auto value = core::parse_json(input);
  if (!value) return;
  const auto text = core::write_json(*value);
  const auto again = core::parse_json(text);
  demand(again.has_value() && core::write_json(*again) == text && core::jcs(*again) == core::jcs(*value));
}

inline void cloud_event(std::string_view input) {
  const auto event = core::parse_cloud_event(input);
  if (event) {
    const auto again = core::parse_cloud_event(core::write_json(event->event));
    demand(again.has_value() && again->canonical == event->canonical && again->order_key() == event->order_key());
  }
  const auto batch = core::parse_cloud_event_batch(input);
  demand(!batch || batch->size() <= core::CloudEvent::kBatchMax);
}

inline void reference(std::string_view input) {
  const auto line = core::parse_reference_line(input);
  if (!line) return;
  const auto* const reference = std::get_if<core::ReferenceInput>(&*line);
  if (reference == nullptr) return;
  demand(!reference->subjects().empty());
  core::Faults faults;
  const auto again = core::read_reference(core::write_reference(*reference), "", faults);
  demand(again && *again == *reference);
}

inline void zaak_status(std::string_view input) {
  auto answer = core::HolderAnswer::parse(core::Undisclosed(std::string(input)));
  if (!answer) return;
  core::Agreement open;
  open.max_vertrouwelijkheid = core::Vertrouwelijkheid::kZeerGeheim;
  const auto shown = core::StatusFilter(open).zaken(*answer, {});
  demand(shown.count == answer->zaken.size() && shown.left_out == core::LeftOut{});
  const auto list = core::parse_json(shown.text.view(), {.values_max = 1'000'000});
  demand(list.has_value());
  for (std::size_t i = 0; i < shown.count; ++i) {
    core::Faults faults;
    const auto again = core::read_zaak_status(list->get_array()[i], "", faults);
    demand(again && again->subject() == answer->zaken[i].view.subject());
  }
}

/// Whether `path` is covered: named, below a name, or above one.
inline bool covered(const std::vector<std::string>& paths, std::string_view path) {
  const auto below = [](std::string_view one, std::string_view other) {
    return one.starts_with(other) && (one.size() == other.size() || one[other.size()] == '.');
  };
  for (const auto& each : paths) {
    if (below(path, each) || below(each, path)) return true;
  }
  return false;
}

inline void demand_covered(const boost::json::value& value, const std::vector<std::string>& paths,
                           const std::string& at) {
  if (const auto* list = value.if_array()) {
    for (const auto& element : *list) demand_covered(element, paths, at);
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      const auto name = at.empty() ? std::string(member.key()) : at + '.' + std::string(member.key());
      demand(covered(paths, name));
      demand_covered(member.value(), paths, name);
    }
  }
}

/// First line: the fields agreed, with commas; then any JSON object.
inline void field_filter(std::string_view input) {
  const auto line = input.find('\n');
  if (line == std::string_view::npos) return;
  auto value = core::parse_json(input.substr(line + 1));
  auto* object = value ? value->if_object() : nullptr;
  if (object == nullptr) return;
  std::vector<std::string> paths(1);
  // A name that is empty or has a dot of its own cannot be told from a path.
  bool dotted = input.find("\"\"") != std::string_view::npos;
  for (const char c : input.substr(0, line)) {
    if (c == ',') {
      paths.emplace_back();
    } else {
      paths.back() += c;
    }
  }
  for (const char c : input.substr(line + 1)) dotted |= c == '.' || c == '\\';
  const core::FieldTree tree(paths);
  const auto before = object->size();
  const auto left_out = tree.keep(*object);
  demand(object->size() <= before);
  demand(left_out > 0 || object->size() == before);
  if (!dotted) demand_covered(*value, paths, "");
  const auto once = core::write_json(*object);
  demand(tree.keep(*object) == 0 && core::write_json(*object) == once);
}

}  // namespace wissel::fuzz
