#pragma once
// How the records of a message name it, and what was left out of it: the same for webhooks and mailboxes.
#include "core/messages/disclosure.hpp"
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

}  // namespace wissel::transport
