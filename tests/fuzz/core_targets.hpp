#pragma once
// What the fuzz targets of the core run, each on one input: read it and, where it was accepted, check that writing and
// reading again changes nothing. A unit test runs the same functions on the kept corpus.
#include <string_view>

#include "core/json/parse.hpp"
#include "core/json/write.hpp"
#include "core/messages/cloud_event.hpp"
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
    const auto again = core::parse_cloud_event(event->text());
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
  const auto answer = core::parse_holder_answer(input);
  if (!answer) return;
  for (const auto& zaak : answer->zaken) {
    core::Faults faults;
    const auto again = core::read_zaak_status(zaak.content, "", faults);
    demand(again && again->subject() == zaak.view.subject());
  }
}

}  // namespace wissel::fuzz
