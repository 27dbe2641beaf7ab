#pragma once
// From a CloudEvent of a caller to the message that the committer accepts.
#include <optional>
#include <string>

#include "core/messages/cloud_event.hpp"
#include "core/messages/reference_codec.hpp"
#include "core/state/command.hpp"
#include "transport/routes/exchange.hpp"

namespace wissel::transport {

/// What the index knows of an event at its sender.
struct EventReference {
  std::optional<core::ReferenceInput> input;  ///< of its zaak or verzoek; nothing: not a ZaakStatus
  std::optional<core::HolderEntry> entry;     ///< the sender's reference of it, when there is one
  bool subject_registered = false;            ///< its `subject` is a zaak that the sender registered
};

/// Reads what the sender has registered. Errors: those of the store, kCorrupt.
[[nodiscard]] core::Result<EventReference> find_reference(const Exchange& exchange, const core::CloudEvent& event,
                                                          core::ReadTier tier);

/// Whether a message brings the reference that its sender has already, in case that goes before it is accepted.
enum class Bringing : std::uint8_t { kWhatIsMissing, kAll };

/// Facts, matches, hashes and records; `event` has passed all checks. `record` is left to a batch's caller.
[[nodiscard]] core::IncomingMessage prepare_message(const Exchange& exchange, const core::CloudEvent& event,
                                                    EventReference reference, Bringing bringing);

/// The zaak or verzoek that an event's record is about; nothing for other events.
[[nodiscard]] std::optional<core::Subject> subject_of(const core::CloudEvent& event);

}  // namespace wissel::transport
