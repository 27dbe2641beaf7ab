#include "transport/push/content.hpp"

#include <boost/json.hpp>

#include "core/json/parse.hpp"
#include "core/json/write.hpp"
#include "core/messages/cloud_event.hpp"
#include "core/messages/disclosure.hpp"
#include "core/state/objects.hpp"

namespace wissel::transport {

core::Result<std::string> delivered_event(const core::MessageRow& message, const core::Agreement& agreement) {
  // Other types are carried without looking inside, so an agreement cannot name their fields.
  if (!agreement.velden || message.facts.type != core::kZaakStatusEventType) return message.event;
  auto event = core::parse_json(message.event);
  auto* object = event ? event->if_object() : nullptr;
  auto* data = object != nullptr ? object->if_contains("data") : nullptr;
  if (data == nullptr) return core::fail(core::Errc::kCorrupt, "family message: an event without data");
  core::keep_agreed_fields(agreement, *data);
  return core::write_json(*event);
}

void about_message(core::RecordDraft& draft, const core::Uuid& id, const core::EventFacts& facts,
                   const core::Agreement* agreement) {
  auto& record = draft.record;
  record.object = core::message_object(id);
  if (!facts.subjects.empty()) {
    draft.subject = facts.subjects.front();
    record.data_subject_id = draft.subject;
    if (facts.about) record.data_subject_id_type = core::to_string(*facts.about);
  }
  if (agreement == nullptr) return;
  record.uitwisselafspraak = agreement->id.str();
  record.regel = "uitwisselafspraak@" + std::to_string(agreement->versie);
  record.processing_activity_id = agreement->verwerkingsactiviteit;
}

void note_refusal(core::LogRecord& record, const core::JudgedPlace& judged) {
  if (judged.judgement == core::Judgement::kEnded) {
    record.regel = "beeindigd";
    return;
  }
  record.regel.assign("geweigerd;").append(judged.decision.rule);
  record.code = core::info(judged.decision.code).text;
  if (judged.decision.agreement_version != 0) {
    record.regel.append("@").append(std::to_string(judged.decision.agreement_version));
  }
}

}  // namespace wissel::transport
