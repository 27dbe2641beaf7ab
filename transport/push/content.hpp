#pragma once
// How the records of a message name it, what was left out of it, and why it was given up: the same for webhooks and
// mailboxes.
#include "core/messages/disclosure.hpp"
#include "core/policy/matching.hpp"
#include "core/policy/model.hpp"
#include "core/state/draft.hpp"

namespace wissel::transport {

/// Puts a record under the message's zaak and names the message, its sender or subscriber, and the agreement
/// (null: none any more).
void about_message(core::RecordDraft& draft, const core::Uuid& id, const core::EventFacts& facts,
                   const core::Agreement* agreement);

/// Says in the record's annex what the agreement's filter left out, where it may leave out anything. Not in the line,
/// which the subscriber reads as well.
void note_left_out(core::RecordDraft& draft, const core::Agreement& agreement, const core::LeftOut& left_out);
/// Says in the record of a delivery that is given up which rule refused it, with its code: "geweigerd;schorsing@3".
/// "beeindigd" where the subscription is gone.
void note_refusal(core::LogRecord& record, const core::JudgedPlace& judged);

}  // namespace wissel::transport
