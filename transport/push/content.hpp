#pragma once
// What a subscriber gets of a message, and how its records name it: the same for webhooks and mailboxes.
#include <string>

#include "core/policy/matching.hpp"
#include "core/policy/model.hpp"
#include "core/state/draft.hpp"
#include "core/state/keys.hpp"

namespace wissel::transport {

/// The event in structured mode as `agreement` lets it through. Errors: kCorrupt.
[[nodiscard]] core::Result<std::string> delivered_event(const core::MessageRow& message,
                                                        const core::Agreement& agreement);

/// Puts a record under the message's zaak and names the message, its sender or subscriber, and the agreement
/// (null: none any more).
void about_message(core::RecordDraft& draft, const core::Uuid& id, const core::EventFacts& facts,
                   const core::Agreement* agreement);

/// Says in the record of a delivery that is given up which rule refused it, with its code: "geweigerd;schorsing@3".
/// "beeindigd" where the subscription is gone.
void note_refusal(core::LogRecord& record, const core::JudgedPlace& judged);

}  // namespace wissel::transport
