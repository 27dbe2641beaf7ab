// GET /v1/verwerkingen/{index}/bewijs and …/consistentie: that a record is in the log, and that the log only grew.
#include <boost/json.hpp>

#include "transport/routes/log_access.hpp"
#include "transport/routes/log_notes.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

void add_hashes(json::object& body, const core::Proof& proof) {
  json::array hashes;
  for (const auto& hash : proof) hashes.emplace_back(core::to_base64(hash));
  body["hashes"] = std::move(hashes);
}

struct Proven {
  core::Proof proof;
  core::Hash root{};
};

core::Result<Proven> prove(const Exchange& exchange, std::uint64_t index, std::uint64_t size, core::ReadTier tier) {
  const core::StoredTiles full(exchange.gateway.store, tier);
  const core::EdgeTiles tiles(exchange.view->edge, full);
  auto proof = core::inclusion_proof(index, size, tiles);
  if (!proof) return std::unexpected(std::move(proof).error());
  auto root = core::root_at(size, tiles);
  if (!root) return std::unexpected(std::move(root).error());
  return Proven{std::move(*proof), *root};
}

asio::awaitable<Reply> get_proof(Exchange& exchange, LogNotes& notes) {
  auto index = index_in_path(exchange);
  if (!index) co_return std::unexpected(std::move(index).error());
  if (auto unknown = exchange.unknown_query({"omvang"})) co_return refusal(std::move(*unknown));
  const auto present = exchange.view->edge.size();
  auto size = exchange.query_number("omvang", *index + 1, present, present);
  if (!size) co_return std::unexpected(std::move(size).error());
  auto whole = co_await whole_record(exchange, *index);
  if (!whole) co_return std::unexpected(std::move(whole).error());
  auto work = [&](core::ReadTier tier) { return prove(exchange, *index, *size, tier); };
  auto proven = co_await read_store(exchange.gateway.blocking, work);
  if (!proven) co_return log_failed(exchange, proven.error());
  json::object body{{"index", *index}, {"omvang", *size}};
  add_hashes(body, proven->proof);
  body["checkpoint"] = notes.note(exchange.gateway.log_identity, *size, proven->root);
  auto outcome = co_await log_reading(exchange, "verwerking:" + std::to_string(*index) + ";bewijs");
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer(*outcome, json::serialize(body), 200);
}

asio::awaitable<Reply> get_consistency(Exchange& exchange) {
  if (auto unknown = exchange.unknown_query({"van", "naar"})) co_return refusal(std::move(*unknown));
  const auto present = exchange.view->edge.size();
  auto to = exchange.query_number("naar", 0, present, present);
  if (!to) co_return std::unexpected(std::move(to).error());
  if (!exchange.request.head.query_value("van")) {
    core::Problem problem{core::ProblemCode::kQueryInvalid, "Een queryparameter ontbreekt.", {}};
    problem.params.push_back({"van", core::ProblemCode::kQueryInvalid, "is verplicht"});
    co_return refusal(std::move(problem));
  }
  auto from = exchange.query_number("van", 0, *to, 0);
  if (!from) co_return std::unexpected(std::move(from).error());
  auto work = [&](core::ReadTier tier) {
    const core::StoredTiles full(exchange.gateway.store, tier);
    const core::EdgeTiles tiles(exchange.view->edge, full);
    return core::consistency_proof(*from, *to, tiles);
  };
  auto proof = co_await read_store(exchange.gateway.blocking, work);
  if (!proof) co_return log_failed(exchange, proof.error());
  json::object body{{"van", *from}, {"naar", *to}};
  add_hashes(body, *proof);
  auto outcome = co_await log_reading(exchange, "log");
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer(*outcome, json::serialize(body), 200);
}

}  // namespace

Routes log_proof_routes() {
  // Shared by the copies of its row.
  auto notes = std::make_shared<LogNotes>();
  Routes rows;
  rows.push_back(
      reading_with_query("/v1/verwerkingen/consistentie", "consistentie van het log bewijzen", get_consistency));
  rows.push_back(reading_with_query("/v1/verwerkingen/{index}/bewijs", "verwerking bewijzen",
                                    [notes](Exchange& exchange) { return get_proof(exchange, *notes); }));
  return rows;
}

}  // namespace wissel::transport
