#pragma once
// The wire form of a subject (`onderwerp`).
#include <boost/json/value.hpp>

#include <optional>
#include <string>

#include "core/identity/subject.hpp"
#include "core/json/object_reader.hpp"

namespace wissel::core {

/// Reads {"soort", "waarde", "bronorganisatie"?, "stelsel"?}: zaak and verzoek have a bronorganisatie (RSIN or OIN),
/// overig has a stelsel, the others neither. Nothing when a fault was added.
[[nodiscard]] std::optional<Subject> read_subject(const boost::json::value& value, const std::string& pointer,
                                                  Faults& faults);

/// The reverse, with bronorganisatie as OIN. For calls to holders only: it shows the subject in clear.
[[nodiscard]] boost::json::value write_subject(const Subject& subject);

/// Reads {"identificatie", "bronorganisatie"} and leaves further members to the caller, who calls finish().
[[nodiscard]] std::optional<ZaakId> read_zaak_id(ObjectReader& reader);
/// The same for an object that holds nothing else.
[[nodiscard]] std::optional<ZaakId> read_zaak_id(const boost::json::value& value, const std::string& pointer,
                                                 Faults& faults);
[[nodiscard]] boost::json::value write_zaak_id(const ZaakId& id);

}  // namespace wissel::core
