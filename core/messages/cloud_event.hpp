#pragma once
// CloudEvents 1.0 in JSON as the NL GOV profile narrows them: one event (structured mode) and a batch.
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/identity/oin.hpp"
#include "core/json/object_reader.hpp"
#include "core/json/parse.hpp"
#include "core/messages/zaak_status.hpp"

namespace wissel::core {

inline constexpr std::string_view kZaakStatusEventType = "nl.overheid.zaken.zaakstatus-gewijzigd";

/// An event that was accepted as well formed. Whether its sender may send it is decided elsewhere.
struct CloudEvent {
  static constexpr std::size_t kExtensionsMax = 32;
  static constexpr std::size_t kBatchMax = 100;

  std::string id;
  std::string source;
  std::optional<Oin> source_oin;  ///< of `urn:nld:oin:<OIN>:systeem:<name>`; always there for a ZaakStatus
  std::string type;
  std::optional<std::string> subject;
  std::optional<Instant> time;
  boost::json::object extensions;
  std::optional<ZaakStatusView> status;  ///< for kZaakStatusEventType
  boost::json::object event;             ///< all attributes and data as sent, without nulls
  std::string canonical;                 ///< JCS form of `event`: equal for a repeat with the same content
  /// The subject as a whole could be a BSN. Refuse with subject_elfproef(), unless it equals a zaak that this sender
  /// registered.
  bool subject_resembles_bsn = false;

  /// `data` as sent; nothing for data_base64 and for an event without data.
  [[nodiscard]] const boost::json::value* data() const noexcept { return event.if_contains("data"); }
  /// What keeps messages in order: the OIN in source and the subject; without subject, the source.
  [[nodiscard]] std::string order_key() const;
  /// The event in structured mode, as sent.
  [[nodiscard]] Undisclosed text() const;
};

/// One event. All faults of the event come in one problem. The caller bounds the bytes.
[[nodiscard]] Checked<CloudEvent> parse_cloud_event(std::string_view bytes, const JsonLimits& limits = {});
/// All events of a batch or none; an empty batch is fine. More than `count_max`: kTooLarge.
[[nodiscard]] Checked<std::vector<CloudEvent>> parse_cloud_event_batch(std::string_view bytes,
                                                                       std::size_t count_max = CloudEvent::kBatchMax,
                                                                       const JsonLimits& limits = {});
/// One event out of a value that was read already. Nothing when a fault was added.
[[nodiscard]] std::optional<CloudEvent> read_cloud_event(boost::json::value value, const std::string& pointer,
                                                         Faults& faults);

/// The refusal that subject_resembles_bsn calls for; `pointer` is that of the event ("" or "/3").
[[nodiscard]] Problem subject_elfproef(const std::string& pointer = "");

/// The OIN of `urn:nld:oin:<OIN>:systeem:<name>`. Errors: kInvalidInput for any other form.
[[nodiscard]] Result<Oin> oin_in_source(std::string_view source);

}  // namespace wissel::core
