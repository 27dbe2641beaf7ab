#include "transport/push/content.hpp"

#include "core/state/objects.hpp"

namespace wissel::transport {

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

void note_left_out(core::RecordDraft& draft, const core::Agreement& agreement, const core::LeftOut& left_out) {
  if (agreement.filter->bounded()) draft.add_annex({{}, {}, {}, left_out});
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
