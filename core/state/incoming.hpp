#pragma once
// What a message takes over from the reference that its sender has of its zaak.
#include <optional>

#include "core/state/command.hpp"
#include "core/state/reference.hpp"

namespace wissel::core {

/// Fills the message's facts from its own subjects and zaaktype and from `entry` (nothing: the sender has registered
/// none): the persons it names, its visibility and category, and its zaaktype where the message names none.
void take_reference(IncomingMessage& message, const std::optional<HolderEntry>& entry);

}  // namespace wissel::core
