#pragma once
// Record v1 of the processing log: one access, as one line of JSON with the field names of Logboek Dataverwerkingen
// (LDV). The bytes of a line are what the tree commits to: members, their order and their words are never changed,
// only added to.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/identity/oin.hpp"
#include "core/policy/names.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace wissel::core {

using Bytes8 = ByteArray<8>;

/// LDV: Error only for a fault of our own; bad input is Unset.
enum class LogStatus : std::uint8_t { kUnset, kOk, kError };
enum class Actie : std::uint8_t {
  kRegistreren,
  kIntrekken,
  kZoeken,
  kBevragen,
  kVerstrekken,
  kMelden,
  kBezorgen,
  kOphalen,
  kInzien,
  kBeheren,
};
enum class Uitkomst : std::uint8_t { kToegestaan, kGeweigerd, kOngeldig, kFout };

template <>
struct Words<LogStatus> {
  static constexpr auto kAll = std::to_array<std::string_view>({"Unset", "Ok", "Error"});
};
template <>
struct Words<Actie> {
  static constexpr auto kAll =
      std::to_array<std::string_view>({"registreren", "intrekken", "zoeken", "bevragen", "verstrekken", "melden",
                                       "bezorgen", "ophalen", "inzien", "beheren"});
};
template <>
struct Words<Uitkomst> {
  static constexpr auto kAll = std::to_array<std::string_view>({"toegestaan", "geweigerd", "ongeldig", "fout"});
};

/// Bytes of a line. What does not fit is cut: a text at kRecordTextBytesMax, `bronhouders` where the line is full.
inline constexpr std::size_t kRecordLineBytesMax = 16 * 1024;
/// Bytes of one text in its escaped form.
inline constexpr std::size_t kRecordTextBytesMax = 1024;

/// An absent text is empty. Texts are UTF-8 and never hold message content or a BSN.
struct LogRecord {
  Bytes16 trace_id{};
  Bytes8 span_id{};
  std::optional<Bytes8> parent_span_id;
  Instant start_time;
  Instant end_time;
  LogStatus status = LogStatus::kUnset;
  std::string name;

  std::string processing_activity_id;       ///< dpl.core.processing_activity_id, a URI
  std::optional<Bytes16> data_subject_id;   ///< the subject's pseudonym
  std::string data_subject_id_type;         ///< kind of subject
  std::string foreign_operation_processor;  ///< dpl.core.foreign_operation.processor, who called
  Actie actie = Actie::kBeheren;
  Uitkomst uitkomst = Uitkomst::kToegestaan;
  std::string code;           ///< the problem's code, where there is one
  std::optional<Oin> oin;     ///< the caller
  std::optional<Oin> namens;  ///< whom it acted for
  std::string herkomst;
  std::string uitwisselafspraak;
  std::string regel;             ///< the rule that decided
  std::string object;            ///< what it was about, by our own id
  std::vector<Oin> bronhouders;  ///< holders or subscribers that the answer named
  /// How many there were, where the line names fewer.
  std::optional<std::uint64_t> bronhouders_aantal;
  std::optional<std::uint16_t> http;   ///< HTTP status of the answer
  std::optional<std::uint64_t> stand;  ///< log size at which the reader's view of the store stood
  std::optional<Hash> bijlage;         ///< salted hash of the annex

  friend bool operator==(const LogRecord&, const LogRecord&) = default;
};

/// One line without its newline, at most kRecordLineBytesMax. The same record gives the same bytes.
[[nodiscard]] std::string encode_line(const LogRecord& record);
/// Reads what encode_line() wrote, in that order and form only. Errors: kCorrupt.
[[nodiscard]] Result<LogRecord> decode_line(std::string_view line);

/// What a holder or subscriber may see of another's record: itself as the only one named, and no annex. Nothing when
/// the record does not name it.
[[nodiscard]] std::optional<LogRecord> view_for(const LogRecord& record, const Oin& viewer);

/// What the filter of an agreement left out of what passed it.
struct LeftOut {
  std::size_t by_level = 0;     ///< zaken above the agreement's vertrouwelijkheidaanduiding
  std::size_t by_zaaktype = 0;  ///< zaken of a zaaktype that it does not cover
  std::size_t fields = 0;       ///< members outside `velden`

  friend bool operator==(const LeftOut&, const LeftOut&) = default;
};

/// What is kept beside the record for auditors, with its own term, bound to it by a salted hash.
struct Annex {
  std::optional<ActingUser> gebruiker;  ///< who acted at the caller, as it vouches
  std::optional<Bytes16> eindafnemer;   ///< pseudonym of the final consumer of a pull
  std::vector<Oin> afgeschermd;         ///< holders that the answer hid
  std::optional<LeftOut> weggelaten{};  ///< of a part or delivery under an agreement that bounds what may be shown
  std::optional<ActingUser> tweede_gebruiker{};  ///< who looked on, where four eyes were demanded
};

/// JSON, at most kRecordLineBytesMax. An annex is made also when there is nothing to say, so that its presence tells
/// nothing.
[[nodiscard]] std::string encode_annex(const Annex& annex);

}  // namespace wissel::core
