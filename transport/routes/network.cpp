// /v1/deelnemers and /v1/uitwisselafspraken: the network as the schakelpuntbeheerder sets it.
#include "core/policy/network.hpp"

#include <boost/json.hpp>

#include "core/policy/codec.hpp"
#include "transport/routes/page.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

/// A changing resource as it is read: the record of the access, the body and its ETag.
asio::awaitable<Reply> show(Exchange& exchange, json::object body, std::uint64_t version, std::string object) {
  auto draft = exchange.draft();
  draft.record.object = std::move(object);
  std::vector<core::RecordDraft> records;
  records.push_back(std::move(draft));
  auto outcome = co_await exchange.log(std::move(records));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  auto response = exchange.answer(*outcome, json::serialize(body), 200);
  response.set_header("ETag", '"' + std::to_string(version) + '"');
  co_return response;
}

asio::awaitable<Reply> change(Exchange& exchange, core::Effect effect, std::string object, std::string location) {
  auto draft = exchange.draft();
  draft.record.object = std::move(object);
  auto command = exchange.command(std::move(effect));
  command.records.push_back(std::move(draft));
  auto outcome = co_await exchange.commit(std::move(command));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer_change(*outcome, std::move(location));
}

// --- participants ---

OrRefusal<core::Oin> oin_in_path(const Exchange& exchange) {
  auto oin = core::Oin::parse(exchange.param("oin"));
  if (!oin) return refusal(core::ProblemCode::kNotFound, "Er is geen deelnemer met dit OIN.");
  return *oin;
}

asio::awaitable<Reply> put_participant(Exchange& exchange) {
  auto oin = core::Oin::parse(exchange.param("oin"));
  if (!oin) co_return refusal(core::ProblemCode::kFieldValue, "Het pad noemt geen OIN.");
  const auto read = [&](const json::value& value, core::Faults& faults) {
    return core::read_participant(value, *oin, faults);
  };
  auto participant = exchange.read_body(read);
  if (!participant) co_return std::unexpected(std::move(participant).error());
  auto version = exchange.if_match();
  if (!version) co_return std::unexpected(std::move(version).error());
  // RFC 9110, section 13.1.1: "*" asks for one that is there.
  const bool must_be_there = exchange.request.head.headers.find("if-match") == "*";
  if (must_be_there && exchange.view->network->participant(*oin) == nullptr) {
    co_return refusal(core::ProblemCode::kVersionDiffers, "Er is nog geen deelnemer met dit OIN.");
  }
  core::PutParticipant put{std::move(*participant), *version};
  auto response = co_await change(exchange, std::move(put), "deelnemer:" + oin->str(), {});
  if (response && response->status == 201) response->set_header("Location", "/v1/deelnemers/" + oin->str());
  co_return response;
}

asio::awaitable<Reply> get_participant(Exchange& exchange) {
  auto oin = oin_in_path(exchange);
  if (!oin) co_return std::unexpected(std::move(oin).error());
  const auto* participant = exchange.view->network->participant(*oin);
  if (participant == nullptr) co_return refusal(core::ProblemCode::kNotFound, "Er is geen deelnemer met dit OIN.");
  auto body = core::to_json(*participant);
  // Pins and quota are between the participant and the operator.
  if (*oin != exchange.caller && !exchange.has_role(core::Role::kSchakelpuntbeheerder)) {
    body.erase("certificaatPins");
    body.erase("quota");
  }
  co_return co_await show(exchange, std::move(body), participant->versie, "deelnemer:" + oin->str());
}

asio::awaitable<Reply> list_participants(Exchange& exchange) {
  auto page = read_page(exchange, {});
  if (!page) co_return std::unexpected(std::move(page).error());
  json::array rows;
  std::string last;
  bool more = false;
  for (const auto& [oin, participant] : exchange.view->network->participants()) {
    if (!page->after.empty() && oin.view() <= page->after) continue;
    if (rows.size() == page->count) {
      more = true;
      break;
    }
    auto row = core::to_json(*participant);
    row.erase("certificaatPins");
    row.erase("quota");
    rows.push_back(std::move(row));
    last = oin.str();
  }
  if (!more) last.clear();
  co_return co_await answer_page(exchange, "deelnemers", std::move(rows), std::move(last));
}

// --- agreements ---

bool is_party(const core::Agreement& agreement, const Exchange& exchange) {
  const auto among = [&](const std::vector<core::Oin>& list) {
    return std::ranges::binary_search(list, exchange.caller);
  };
  return exchange.has_role(core::Role::kSchakelpuntbeheerder) || exchange.has_role(core::Role::kAuditor) ||
         among(agreement.aanbieders) || among(agreement.afnemers);
}

std::unexpected<Refusal> no_agreement() {
  return refusal(core::ProblemCode::kNotFound, "Er is geen uitwisselafspraak met deze id.");
}

OrRefusal<core::Uuid> id_in_path(const Exchange& exchange) {
  auto id = core::Uuid::parse(exchange.param("id"));
  if (!id) return no_agreement();
  return *id;
}

asio::awaitable<Reply> write_agreement(Exchange& exchange, core::Uuid id, bool create) {
  const auto read = [&](const json::value& value, core::Faults& faults) {
    return core::read_agreement(value, id, faults);
  };
  auto agreement = exchange.read_body(read);
  if (!agreement) co_return std::unexpected(std::move(agreement).error());
  auto version = exchange.if_match();
  if (!version) co_return std::unexpected(std::move(version).error());
  core::PutAgreement put{std::move(*agreement), create, *version};
  std::string location = create ? "/v1/uitwisselafspraken/" : "";
  co_return co_await change(exchange, std::move(put), "uitwisselafspraak:" + id.str(), std::move(location));
}

asio::awaitable<Reply> post_agreement(Exchange& exchange) {
  core::Uuid::Randomness random{};
  core::random_bytes(random);
  co_return co_await write_agreement(exchange, core::Uuid::v7(exchange.now, random), true);
}

asio::awaitable<Reply> put_agreement(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  co_return co_await write_agreement(exchange, *id, false);
}

asio::awaitable<Reply> get_agreement(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  const auto* agreement = exchange.view->network->agreement(*id);
  if (agreement == nullptr || !is_party(*agreement, exchange)) co_return no_agreement();
  co_return co_await show(exchange, core::to_json(*agreement), agreement->versie, "uitwisselafspraak:" + id->str());
}

asio::awaitable<Reply> end_agreement(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  auto version = exchange.if_match();
  if (!version) co_return std::unexpected(std::move(version).error());
  core::EndAgreement end{*id, *version};
  co_return co_await change(exchange, std::move(end), "uitwisselafspraak:" + id->str(), {});
}

asio::awaitable<Reply> list_agreements(Exchange& exchange) {
  auto page = read_page(exchange, {});
  if (!page) co_return std::unexpected(std::move(page).error());
  json::array rows;
  std::string last;
  bool more = false;
  for (const auto& agreement : exchange.view->network->agreements()) {
    const auto id = agreement->id.str();
    if (id <= page->after || !is_party(*agreement, exchange)) continue;
    if (rows.size() == page->count) {
      more = true;
      break;
    }
    rows.push_back(core::to_json(*agreement));
    last = id;
  }
  if (!more) last.clear();
  co_return co_await answer_page(exchange, "uitwisselafspraken", std::move(rows), std::move(last));
}

constexpr std::string_view kJson = "application/json";

Route row(Method method, std::string_view path, std::string_view name, bool operator_only,
          asio::awaitable<Reply> (*handle)(Exchange&)) {
  const bool reads = method == Method::kGet;
  const bool has_body = method == Method::kPost || method == Method::kPut;
  Route out{.method = method,
            .path = path,
            .name = name,
            .actie = reads ? core::Actie::kInzien : core::Actie::kBeheren,
            .roles = {},
            .accepts = {},
            .gives = {},
            .handle = handle};
  if (operator_only) out.roles = {core::Role::kSchakelpuntbeheerder};
  if (has_body) out.accepts = {kJson};
  out.reads_query = method == Method::kGet && !path.ends_with('}');
  if (method != Method::kDelete) out.gives = {kJson};
  if (method == Method::kPost) out.idempotency = Idempotency::kHonoured;
  return out;
}

}  // namespace

Routes network_routes() {
  Routes rows;
  rows.push_back(row(Method::kGet, "/v1/deelnemers", "deelnemers inzien", false, list_participants));
  rows.push_back(row(Method::kGet, "/v1/deelnemers/{oin}", "deelnemer inzien", false, get_participant));
  rows.push_back(row(Method::kPut, "/v1/deelnemers/{oin}", "deelnemer vastleggen", true, put_participant));
  rows.push_back(row(Method::kGet, "/v1/uitwisselafspraken", "uitwisselafspraken inzien", false, list_agreements));
  rows.push_back(row(Method::kPost, "/v1/uitwisselafspraken", "uitwisselafspraak vastleggen", true, post_agreement));
  rows.push_back(row(Method::kGet, "/v1/uitwisselafspraken/{id}", "uitwisselafspraak inzien", false, get_agreement));
  rows.push_back(row(Method::kPut, "/v1/uitwisselafspraken/{id}", "uitwisselafspraak wijzigen", true, put_agreement));
  rows.push_back(
      row(Method::kDelete, "/v1/uitwisselafspraken/{id}", "uitwisselafspraak beëindigen", true, end_agreement));
  return rows;
}

}  // namespace wissel::transport
