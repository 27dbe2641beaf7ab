#include "transport/routes/prepare_message.hpp"

#include <algorithm>

#include "core/messages/disclosure.hpp"
#include "core/policy/matching.hpp"
#include "core/state/incoming.hpp"
#include "transport/routes/prepare_reference.hpp"

namespace wissel::transport {
namespace {

core::Result<std::optional<core::HolderEntry>> entry_of(const Exchange& exchange, const core::Uuid& id,
                                                        core::ReadTier tier) {
  const auto holder = exchange.view->parties->number(exchange.caller);
  if (!holder) return std::optional<core::HolderEntry>();
  const auto key = core::holder_key(*holder, exchange.view->generation(*holder), id);
  auto stored = exchange.gateway.store.get(core::Family::kHolder, key, tier);
  if (!stored) return std::unexpected(std::move(stored).error());
  if (!*stored) return std::optional<core::HolderEntry>();
  auto entry = core::decode_holder_entry(**stored);
  if (!entry) return std::unexpected(std::move(entry).error());
  return std::optional(std::move(*entry));
}

/// An event of another type does not say whose number its subject is: then it is the sender's own zaak or none.
core::Result<bool> is_own_zaak(const Exchange& exchange, const std::string& identificatie, core::ReadTier tier) {
  const auto zaak = core::ZaakId::parse(exchange.caller, identificatie);
  if (!zaak) return false;
  const auto id = core::reference_id(exchange.caller, core::ReferenceKeyKind::kZaak, zaak->canonical());
  auto entry = entry_of(exchange, id, tier);
  if (!entry) return std::unexpected(std::move(entry).error());
  return entry->has_value();
}

template <std::size_t N>
core::ByteArray<N> first_bytes(const core::Hash& hash) {
  core::ByteArray<N> out{};
  std::copy_n(hash.begin(), N, out.begin());
  return out;
}

core::Uuid new_id(core::Instant now) {
  core::Uuid::Randomness random{};
  core::random_bytes(random);
  return core::Uuid::v7(now, random);
}

void add_subject(const Exchange& exchange, core::IncomingMessage& message, const core::Subject& subject) {
  const auto all = exchange.gateway.secrets.pseudonyms.all(subject);
  message.facts.subjects.insert(message.facts.subjects.end(), all.begin(), all.end());
}

void add_status(const Exchange& exchange, core::IncomingMessage& message, const core::CloudEvent& event,
                const EventReference& reference, Bringing bringing) {
  const auto& status = *event.status;
  message.facts.vertrouwelijkheid = status.vertrouwelijkheid;
  message.facts.about = status.subject().kind();
  message.is_end = status.is_end();
  for (const auto& subject : reference.input->subjects()) add_subject(exchange, message, subject);
  message.own_subjects = message.facts.subjects.size();
  if (const auto zaaktype = core::zaaktype_of(status, *event.data()); !zaaktype.empty()) {
    message.own_zaaktype = std::string(zaaktype);
  }
  message.reference_id = reference.input->id(exchange.caller);
  if (reference.entry) message.reference_version = reference.entry->version;
  core::take_reference(message, reference.entry);
  // Registered already, as nearly always: sealing and hashing it once more would cost more than all the rest.
  if (reference.entry && bringing == Bringing::kWhatIsMissing) return;
  message.reference = prepare_change(exchange.gateway, exchange.caller, *reference.input);
  for (const auto& subject : reference.input->subjects()) {
    auto draft = exchange.child(core::Actie::kRegistreren, "verwijzing zetten door een statusbericht");
    exchange.about(draft, subject);
    draft.record.http = 202;
    message.reference_records.push_back(std::move(draft));
  }
}

}  // namespace

core::Result<EventReference> find_reference(const Exchange& exchange, const core::CloudEvent& event,
                                            core::ReadTier tier) {
  EventReference out;
  if (event.status) {
    core::ReferenceInput input;
    input.zaak = event.status->zaak;
    input.verzoek = event.status->verzoek;
    input.zaaktype = event.status->zaaktype;
    auto entry = entry_of(exchange, input.id(exchange.caller), tier);
    if (!entry) return std::unexpected(std::move(entry).error());
    out.subject_registered = input.zaak && entry->has_value();
    out.entry = std::move(*entry);
    out.input = std::move(input);
  } else if (event.subject_resembles_bsn) {
    auto own = is_own_zaak(exchange, *event.subject, tier);
    if (!own) return std::unexpected(std::move(own).error());
    out.subject_registered = *own;
  }
  return out;
}

core::IncomingMessage prepare_message(const Exchange& exchange, const core::CloudEvent& event, EventReference reference,
                                      Bringing bringing) {
  static constexpr std::string_view kZero("\0", 1);
  core::IncomingMessage message{.id = new_id(exchange.now),
                                .event = event.text(),
                                .repeat_key = core::sha256({"wissel:bericht", kZero, event.source, kZero, event.id}),
                                .content_mac = exchange.gateway.secrets.bodies.mac({event.canonical}),
                                .order_key = first_bytes<16>(core::sha256({event.order_key()})),
                                .facts = {.sender = exchange.caller,
                                          .type = event.type,
                                          .zaaktype = {},
                                          .vertrouwelijkheid = {},
                                          .categorie = {},
                                          .subjects = {},
                                          .about = {}},
                                .own_subjects = 0,
                                .own_zaaktype = {},
                                .reference_id = {},
                                .reference = {},
                                .reference_version = {},
                                .is_end = false,
                                .matches = {},
                                .expires = core::add(exchange.now, exchange.gateway.limits.message_expiry),
                                .record = {},
                                .reference_records = {}};
  if (event.status) add_status(exchange, message, event, reference, bringing);
  message.matches = core::match(*exchange.view->network, message.facts, exchange.now);
  return message;
}

std::optional<core::Subject> subject_of(const core::CloudEvent& event) {
  if (!event.status) return std::nullopt;
  return event.status->subject();
}

}  // namespace wissel::transport
