// /v1/deelnemers: who takes part, as the schakelpuntbeheerder sets it.
#include "core/policy/network.hpp"

#include <boost/json.hpp>

#include "core/policy/codec.hpp"
#include "transport/routes/changing.hpp"
#include "transport/routes/page.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

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
  auto response = co_await change_resource(exchange, std::move(put), "deelnemer:" + oin->str(), {});
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
  co_return co_await show_resource(exchange, std::move(body), participant->versie, "deelnemer:" + oin->str());
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

}  // namespace

Routes network_routes() {
  Routes rows;
  rows.push_back(reading_with_query("/v1/deelnemers", "deelnemers inzien", list_participants));
  rows.push_back(reading("/v1/deelnemers/{oin}", "deelnemer inzien", get_participant));
  rows.push_back(changing(Method::kPut, "/v1/deelnemers/{oin}", "deelnemer vastleggen", Takes::kBody, put_participant,
                          {core::Role::kSchakelpuntbeheerder}));
  return rows;
}

}  // namespace wissel::transport
