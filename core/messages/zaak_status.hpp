#pragma once
// The content of a status: what a pull returns and a push carries as `data`.
// Meaning and lengths: what citizens are shown by MijnZaken, in the field names of the Zaken API.
#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/identity/subject.hpp"
#include "core/json/object_reader.hpp"
#include "core/json/parse.hpp"
#include "core/messages/names.hpp"
#include "core/messages/undisclosed.hpp"

namespace wissel::core {

/// What Wissel itself needs to know of a valid ZaakStatus; the rest is carried unread.
struct ZaakStatusView {
  std::optional<ZaakId> zaak;
  std::optional<ZaakId> verzoek;
  std::optional<std::string> zaaktype;  ///< code
  Statusgroep statusgroep = Statusgroep::kOntvangen;
  Vertrouwelijkheid vertrouwelijkheid = kVertrouwelijkheidDefault;
  Instant gezet_op;

  [[nodiscard]] bool is_end() const noexcept { return statusgroep == Statusgroep::kAfgerond; }
  /// The identificatie of the zaak, or of the verzoek where there is no zaak: the `subject` of its event.
  [[nodiscard]] const std::string& identificatie() const {
    return zaak ? zaak->identificatie() : verzoek->identificatie();
  }
  /// The zaak, or the verzoek where there is no zaak.
  [[nodiscard]] Subject subject() const { return zaak ? Subject::zaak(*zaak) : Subject::verzoek(*verzoek); }
};

/// Checks a whole ZaakStatus: at least one of zaak and verzoek; `afgerond` equals `isEindstatus` where that is given;
/// members inside `taken` may be anything, but a deadline is an instant. Nothing when a fault was added.
[[nodiscard]] std::optional<ZaakStatusView> read_zaak_status(const boost::json::value& value,
                                                             const std::string& pointer, Faults& faults);

/// One zaak of a holder's answer.
struct AnsweredZaak {
  ZaakStatusView view;
  UndisclosedStatus content;  ///< without the members that were dropped
};

/// A holder's 200 to a statusbevraging, cleaned.
struct HolderAnswer {
  static constexpr std::size_t kZakenMax = 1'000;

  std::vector<AnsweredZaak> zaken;
  std::size_t dropped = 0;  ///< unknown members that were left out

  /// Reads `{"zaken": [ZaakStatus]}`. Unknown members (and nulls where nothing is required) are dropped and counted;
  /// anything else that is wrong refuses the answer as a whole.
  [[nodiscard]] static Checked<HolderAnswer> parse(const Undisclosed& bytes, const JsonLimits& limits = {});
};

}  // namespace wissel::core
