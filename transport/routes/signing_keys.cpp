// /v1/deelnemers/{oin}/ondertekensleutels: the keys a participant signs with. It publishes them itself; whoever runs
// the gateway cannot, or it could sign for others.
#include <boost/json.hpp>

#include "core/signing/jwk.hpp"
#include "transport/routes/changing.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;
using Keys = std::vector<core::SigningKeyPublic>;

constexpr std::string_view kPath = "/v1/deelnemers/{oin}/ondertekensleutels";

std::unexpected<Refusal> no_participant() {
  return refusal(core::ProblemCode::kNotFound, "Er is geen deelnemer met dit OIN.");
}

std::string object_of(const core::Oin& oin) { return "deelnemer:" + oin.str() + ";sleutels"; }

asio::awaitable<Reply> get_keys(Exchange& exchange) {
  const auto oin = core::Oin::parse(exchange.param("oin"));
  if (!oin) co_return no_participant();
  const auto* participant = exchange.view->network->participant(*oin);
  if (participant == nullptr) co_return no_participant();
  auto body = core::to_jwk_set(participant->ondertekensleutels);
  co_return co_await show_resource(exchange, std::move(body), participant->versie, object_of(*oin));
}

asio::awaitable<Reply> put_keys(Exchange& exchange) {
  const auto oin = core::Oin::parse(exchange.param("oin"));
  if (!oin) co_return no_participant();
  if (*oin != exchange.caller) {
    co_return refusal(core::ProblemCode::kNotEntitled,
                      "Alleen de deelnemer zelf publiceert de sleutels waarmee hij ondertekent.");
  }
  const auto read = [](const json::value& value, core::Faults& faults) {
    return std::optional<Keys>(core::read_jwk_set(value, "", faults));
  };
  auto keys = exchange.read_body(read);
  if (!keys) co_return std::unexpected(std::move(keys).error());
  auto version = exchange.if_match();
  if (!version) co_return std::unexpected(std::move(version).error());
  core::PutSigningKeys put{*oin, std::move(*keys), *version};
  co_return co_await change_resource(exchange, std::move(put), object_of(*oin));
}

}  // namespace

Routes signing_key_routes() {
  Routes rows;
  rows.push_back(reading(kPath, "ondertekensleutels inzien", get_keys));
  rows.push_back(changing(Method::kPut, kPath, "ondertekensleutels publiceren", Takes::kBody, put_keys));
  return rows;
}

}  // namespace wissel::transport
