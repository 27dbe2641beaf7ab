// /v1/vertegenwoordigingen: who may act for whom. Appointed by the represented, signed by both, ended by either.
#include <boost/json.hpp>

#include "core/policy/network.hpp"
#include "core/policy/representation_codec.hpp"
#include "transport/routes/changing.hpp"
#include "transport/routes/page.hpp"
#include "transport/routes/resources.hpp"
#include "transport/routes/signing.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

constexpr std::string_view kBase = "/v1/vertegenwoordigingen";

std::string object_of(const core::Uuid& id, std::string_view what = {}) {
  std::string out = "vertegenwoordiging:" + id.str();
  if (!what.empty()) out.append(";").append(what);
  return out;
}

std::unexpected<Refusal> none() {
  return refusal(core::ProblemCode::kNotFound, "Er is geen vertegenwoordiging met deze id.");
}

OrRefusal<core::Uuid> id_in_path(const Exchange& exchange) {
  auto id = core::Uuid::parse(exchange.param("id"));
  if (!id) return none();
  return *id;
}

bool sees(const Exchange& exchange, const core::Representation& representation) {
  return representation.concerns(exchange.caller) || exchange.has_role(core::Role::kAuditor) ||
         exchange.has_role(core::Role::kSchakelpuntbeheerder);
}

/// The one that the path names; another's is answered as an unknown one.
OrRefusal<const core::Representation*> known(const Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) return std::unexpected(std::move(id).error());
  const auto* found = exchange.view->network->representation(*id);
  if (found == nullptr || !sees(exchange, *found)) return none();
  return found;
}

/// It could never be signed, or never be used.
void check_sense(const Exchange& exchange, const core::Representation& representation, core::Faults& faults) {
  if (exchange.view->network->participant(representation.vertegenwoordiger) == nullptr) {
    faults.add("/vertegenwoordiger", core::ProblemCode::kFieldValue, "noemt een organisatie die geen deelnemer is");
  }
  if (representation.geldig_tot <= exchange.now) {
    faults.add("/geldigTot", core::ProblemCode::kFieldValue, "ligt in het verleden");
  }
}

asio::awaitable<Reply> appoint(Exchange& exchange) {
  core::Uuid::Randomness random{};
  core::random_bytes(random);
  const auto id = core::Uuid::v7(exchange.now, random);
  const auto read = [&](const json::value& value, core::Faults& faults) {
    auto out = core::read_representation(value, id, exchange.caller, faults);
    if (out) check_sense(exchange, *out, faults);
    return out;
  };
  auto representation = exchange.read_body(read);
  if (!representation) co_return std::unexpected(std::move(representation).error());
  core::PutRepresentation effect{std::move(*representation)};
  std::string location = std::string(kBase) + "/";
  co_return co_await change_resource(exchange, std::move(effect), object_of(id), std::move(location));
}

std::optional<core::EndorsementInput> read_signature(const json::value& value, core::Faults& faults) {
  core::ObjectReader in(value, "", faults);
  std::optional out = core::read_endorsement_input(in);
  in.finish();
  return out;
}

asio::awaitable<Reply> sign(Exchange& exchange) {
  auto representation = known(exchange);
  if (!representation) co_return std::unexpected(std::move(representation).error());
  if (!(*representation)->concerns(exchange.caller)) co_return none();
  auto input = exchange.read_body(read_signature);
  if (!input) co_return std::unexpected(std::move(input).error());
  auto version = exchange.if_match();
  if (!version) co_return std::unexpected(std::move(version).error());
  auto endorsement = endorse_as_caller(exchange, *input, core::signing_payload(**representation));
  if (!endorsement) co_return std::unexpected(std::move(endorsement).error());
  const auto id = (*representation)->id;
  core::EndorseRepresentation effect{id, std::move(*endorsement), *version};
  co_return co_await change_resource(exchange, std::move(effect), object_of(id, "ondertekening"));
}

asio::awaitable<Reply> end(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  auto version = exchange.if_match();
  if (!version) co_return std::unexpected(std::move(version).error());
  auto reason = read_reason(exchange);
  if (!reason) co_return std::unexpected(std::move(reason).error());
  core::EndRepresentation effect{*id, exchange.caller, std::move(*reason), *version};
  co_return co_await change_resource(exchange, std::move(effect), object_of(*id, "einde"));
}

// --- reading ---

asio::awaitable<Reply> get_one(Exchange& exchange) {
  auto representation = known(exchange);
  if (!representation) co_return std::unexpected(std::move(representation).error());
  auto body = core::to_json(**representation, exchange.now);
  co_return co_await show_resource(exchange, std::move(body), (*representation)->versie,
                                   object_of((*representation)->id));
}

/// The exact bytes that are signed.
asio::awaitable<Reply> get_content(Exchange& exchange) {
  auto representation = known(exchange);
  if (!representation) co_return std::unexpected(std::move(representation).error());
  auto draft = exchange.draft();
  draft.record.object = object_of((*representation)->id, "inhoud");
  std::vector<core::RecordDraft> records;
  records.push_back(std::move(draft));
  auto outcome = co_await exchange.log(std::move(records));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer(*outcome, core::signing_payload(**representation), 200);
}

asio::awaitable<Reply> list(Exchange& exchange) {
  auto page = read_page(exchange, {});
  if (!page) co_return std::unexpected(std::move(page).error());
  json::array rows;
  std::string last;
  bool more = false;
  for (const auto& representation : exchange.view->network->representations()) {
    const auto id = representation->id.str();
    if (id <= page->after || !sees(exchange, *representation)) continue;
    if (rows.size() == page->count) {
      more = true;
      break;
    }
    rows.push_back(core::to_json(*representation, exchange.now));
    last = id;
  }
  if (!more) last.clear();
  co_return co_await answer_page(exchange, "vertegenwoordigingen", std::move(rows), std::move(last));
}

}  // namespace

Routes representation_routes() {
  Routes rows;
  rows.push_back(reading_with_query(kBase, "vertegenwoordigingen inzien", list));
  rows.push_back(changing(Method::kPost, kBase, "vertegenwoordiger aanwijzen", Takes::kBody, appoint));
  rows.push_back(reading("/v1/vertegenwoordigingen/{id}", "vertegenwoordiging inzien", get_one));
  rows.push_back(changing(Method::kDelete, "/v1/vertegenwoordigingen/{id}", "vertegenwoordiging beëindigen",
                          Takes::kNothing, end));
  rows.push_back(reading("/v1/vertegenwoordigingen/{id}/inhoud", "inhoud van vertegenwoordiging inzien", get_content));
  rows.push_back(changing(Method::kPost, "/v1/vertegenwoordigingen/{id}/ondertekeningen",
                          "vertegenwoordiging ondertekenen", Takes::kBody, sign));
  rows.push_back(changing(Method::kPost, "/v1/vertegenwoordigingen/{id}/beeindiging", "vertegenwoordiging beëindigen",
                          Takes::kBody, end));
  // None of these in another's name: whoever was appointed does not pass that on, nor sign for another.
  for (auto& row : rows) row.on_behalf.reset();
  return rows;
}

}  // namespace wissel::transport
