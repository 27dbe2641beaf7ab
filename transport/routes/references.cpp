// /v1/verwijzingen and /v1/verwijzingen/{id}: a holder sets, reads and withdraws its references.
#include "transport/routes/references.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <iterator>

#include "core/json/write.hpp"
#include "core/messages/reference_codec.hpp"
#include "transport/routes/prepare_reference.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

constexpr std::string_view kPath = "/v1/verwijzingen";

std::unexpected<Refusal> no_reference() {
  return refusal(core::ProblemCode::kNotFound, "Er is geen verwijzing met deze id.");
}

/// Another holder's id is answered as an unknown one: it is looked for among the caller's own only.
OrRefusal<core::Uuid> id_in_path(const Exchange& exchange) {
  auto id = core::Uuid::parse(exchange.param("id"));
  if (!id) return no_reference();
  return *id;
}

/// The draft that is lent for a record of each subject.
core::RecordDraft lent(const Exchange& exchange, unsigned status) {
  auto draft = exchange.child(exchange.route.actie, std::string(exchange.route.name));
  draft.record.http = static_cast<std::uint16_t>(status);
  return draft;
}

asio::awaitable<Reply> set_one(Exchange& exchange) {
  const auto read = [](const json::value& value, core::Faults& faults) {
    return core::read_reference(value, "", faults);
  };
  auto input = exchange.read_body(read);
  if (!input) co_return std::unexpected(std::move(input).error());

  const ReferencePreparer preparer(exchange.gateway, exchange.caller);
  auto change = preparer.prepare(*input);
  auto access = exchange.draft();
  access.record.object = "verwijzing:" + change.id.str();
  auto command = exchange.command(core::SetReference{std::move(change), lent(exchange, 200)});
  preparer.append_moves(*input, command.moves);
  command.records.push_back(std::move(access));
  auto outcome = co_await exchange.commit(std::move(command));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer_change(*outcome, std::string(kPath) + "/");
}

/// The caller's own entry; nothing when it has none with this id.
core::Result<std::optional<core::HolderEntry>> read_entry(const Exchange& exchange, const core::Uuid& id,
                                                          core::ReadTier tier) {
  const auto holder = exchange.view->parties->number(exchange.caller);
  if (!holder) return std::optional<core::HolderEntry>();
  auto stored = exchange.gateway.store.get(core::Family::kHolder,
                                           core::holder_key(*holder, exchange.view->generation(*holder), id), tier);
  if (!stored) return std::unexpected(std::move(stored).error());
  if (!*stored) return std::optional<core::HolderEntry>();
  auto entry = core::decode_holder_entry(**stored);
  if (!entry) return std::unexpected(std::move(entry).error());
  if (entry->withdrawn) return std::optional<core::HolderEntry>();
  return std::optional(std::move(*entry));
}

std::string entry_json(const core::Uuid& id, const core::HolderEntry& entry, const json::object& own) {
  json::object out{{"id", id.str()}, {"versie", entry.version}};
  for (const std::string_view name : {"zaak", "verzoek", "kenmerk"}) {
    if (const auto* value = own.if_contains(name)) out[name] = *value;
  }
  if (!entry.zaaktype.empty()) out["zaaktype"] = entry.zaaktype;
  if (!entry.categorie.empty()) out["categorie"] = entry.categorie;
  out["zichtbaarheid"] = core::word(entry.zichtbaarheid);
  if (const auto* count = own.if_contains("aantalBetrokkenen")) out["aantalBetrokkenen"] = *count;
  out["sinds"] = core::format_rfc3339(entry.since);
  out["geldigTot"] = core::format_rfc3339(entry.until);
  out["inOnderzoek"] = entry.in_onderzoek;
  return core::write_json(out);
}

asio::awaitable<Reply> get_one(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  auto look = [&](core::ReadTier tier) { return read_entry(exchange, *id, tier); };
  auto entry = co_await read_store(exchange.gateway.blocking, look);
  if (!entry) co_return refusal(entry.error());
  if (!*entry) co_return no_reference();
  auto own = open_sealed_form(exchange.gateway, *id, (*entry)->sealed);
  if (!own) co_return refusal(own.error());

  auto access = exchange.draft();
  access.record.object = "verwijzing:" + id->str();
  std::vector<core::RecordDraft> records;
  records.push_back(std::move(access));
  auto outcome = co_await exchange.log(std::move(records));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  auto response = exchange.answer(*outcome, entry_json(*id, **entry, json::parse(*own).as_object()), 200);
  response.set_header("ETag", '"' + std::to_string((*entry)->version) + '"');
  co_return response;
}

asio::awaitable<Reply> withdraw_one(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  auto version = exchange.if_match();
  if (!version) co_return std::unexpected(std::move(version).error());
  auto access = exchange.draft();
  access.record.object = "verwijzing:" + id->str();
  auto command = exchange.command(core::WithdrawReference{exchange.caller, *id, *version, lent(exchange, 204)});
  command.records.push_back(std::move(access));
  auto outcome = co_await exchange.commit(std::move(command));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer(*outcome, {}, 204);
}

}  // namespace

Routes reference_routes() {
  Routes rows;
  // Paths that are written out come before "{id}": the router takes the first that fits.
  for (auto& part : {&reference_bulk_routes, &reference_sync_routes, &reference_list_routes}) {
    std::ranges::move(part(), std::back_inserter(rows));
  }
  rows.push_back({.method = Method::kPost,
                  .path = kPath,
                  .name = "verwijzing zetten",
                  .actie = core::Actie::kRegistreren,
                  .roles = {core::Role::kBronhouder},
                  .accepts = {kJson},
                  .gives = {kJson},
                  .idempotency = Idempotency::kHonoured,
                  .on_behalf = core::RepresentedAct::kRegistreren,
                  .handle = set_one});
  rows.push_back(reading("/v1/verwijzingen/{id}", "verwijzing inzien", get_one, {core::Role::kBronhouder}));
  rows.push_back({.method = Method::kDelete,
                  .path = "/v1/verwijzingen/{id}",
                  .name = "verwijzing intrekken",
                  .actie = core::Actie::kIntrekken,
                  .roles = {core::Role::kBronhouder},
                  .accepts = {},
                  .gives = {},
                  .on_behalf = core::RepresentedAct::kRegistreren,
                  .handle = withdraw_one});
  return rows;
}

}  // namespace wissel::transport
