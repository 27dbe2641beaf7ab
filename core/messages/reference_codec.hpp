#pragma once
// The wire form of a reference: the body of POST /v1/verwijzingen, and a line of a bulk upload.
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/identity/subject.hpp"
#include "core/json/object_reader.hpp"
#include "core/messages/names.hpp"

namespace wissel::core {

/// What a holder says it has. Valid by construction through read_reference.
struct ReferenceInput {
  static constexpr std::size_t kBetrokkenenMax = 50;
  static constexpr std::size_t kKenmerkCharactersMax = 64;

  std::optional<ZaakId> zaak;
  std::optional<ZaakId> verzoek;
  std::vector<Subject> betrokkenen;
  std::optional<std::string> kenmerk;
  std::optional<std::string> zaaktype;  ///< code
  std::optional<std::string> categorie;
  Zichtbaarheid zichtbaarheid = Zichtbaarheid::kGewoon;
  std::optional<Instant> geldig_tot;
  /// How a bronorganisatie was written, as an OIN or an RSIN, so that it can be shown as given. No part of what is
  /// said: two inputs that differ in this alone are equal.
  struct AsGiven {
    std::string zaak_bronorganisatie;
    std::string verzoek_bronorganisatie;
    friend bool operator==(const AsGiven& /*a*/, const AsGiven& /*b*/) { return true; }
  };
  AsGiven as_given;

  /// See reference_id(): by zaak, else verzoek, else kenmerk.
  [[nodiscard]] Uuid id(const Oin& holder) const;
  /// zaak, verzoek and betrokkenen, each once.
  [[nodiscard]] std::vector<Subject> subjects() const;

  friend bool operator==(const ReferenceInput&, const ReferenceInput&) = default;
};

/// At least one subject; a kenmerk where there is neither zaak nor verzoek, and never one that could be a BSN.
/// Nothing when a fault was added.
[[nodiscard]] std::optional<ReferenceInput> read_reference(const boost::json::value& value, const std::string& pointer,
                                                           Faults& faults);
/// The body that read_reference reads; for its JCS form and for tests. Shows betrokkenen in clear.
[[nodiscard]] boost::json::value write_reference(const ReferenceInput& reference);

/// `{"trekIn": "<id>"}`.
struct WithdrawLine {
  Uuid id;
};
using ReferenceLine = std::variant<ReferenceInput, WithdrawLine>;

/// One line of a synchronisation: a reference's body, or the same as `{"zet": {...}}`.
[[nodiscard]] Checked<ReferenceInput> parse_full_set_line(std::string_view line);
/// One line of NDJSON: `{"zet": {...}}` or `{"trekIn": "<id>"}`.
[[nodiscard]] Checked<ReferenceLine> parse_reference_line(std::string_view line);

}  // namespace wissel::core
