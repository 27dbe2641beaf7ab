// /v1/abonnementen: what a subscriber wants to receive, and where.
#include <boost/json.hpp>

#include "core/policy/codec.hpp"
#include "core/policy/network.hpp"
#include "transport/routes/admission.hpp"
#include "transport/routes/bodies.hpp"
#include "transport/routes/changing.hpp"
#include "transport/routes/page.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

std::string object_of(const core::Uuid& id) { return "abonnement:" + id.str(); }

std::unexpected<Refusal> no_subscription() {
  return refusal(core::ProblemCode::kNotFound, "Er is geen eigen abonnement met deze id.");
}

OrRefusal<core::Uuid> id_in_path(const Exchange& exchange) {
  auto id = core::Uuid::parse(exchange.param("id"));
  if (!id) return no_subscription();
  return *id;
}

/// A webhook is an address that the participant itself has had registered, by its name.
void check_endpoint(const Exchange& exchange, const core::Subscription& subscription, core::Faults& faults) {
  if (subscription.bezorging != core::Bezorgsoort::kWebhook) return;
  const auto* own = exchange.view->network->participant(exchange.caller);
  if (own != nullptr && own->eindpunten.contains(subscription.eindpunt)) return;
  faults.add("/bezorging/eindpunt", core::ProblemCode::kFieldValue, "is geen naam uit de eigen eindpunten");
}

/// Whether the agreement covers what is asked for. Of several zaaktypen the first that it does not cover decides.
core::Judged judge(const Exchange& exchange, const core::SubscriptionInput& input) {
  const auto& subscription = input.subscription;
  core::Judged judged{{.caller = exchange.caller,
                       .handeling = core::Handeling::kOntvangen,
                       .basis = subscription.grondslag,
                       .gebruiker = subscription.gebruiker,
                       .zaaktype = std::nullopt,
                       .at = exchange.now},
                      {}};
  judged.question.vertegenwoordiger = exchange.representative();
  if (input.onderwerp) judged.question.onderwerpsoorten.add(input.onderwerp->kind());
  const auto& network = *exchange.view->network;
  judged.decision = core::decide(network, judged.question);
  for (const auto& zaaktype : subscription.zaaktypen) {
    if (!judged.decision.allowed) break;
    judged.question.zaaktype = zaaktype;
    judged.decision = core::decide(network, judged.question);
  }
  return judged;
}

asio::awaitable<Reply> write_subscription(Exchange& exchange, core::Uuid id, bool create) {
  const auto read = [&](const json::value& value, core::Faults& faults) {
    auto out = core::read_subscription(value, id, exchange.caller, faults);
    if (out) check_endpoint(exchange, out->subscription, faults);
    return out;
  };
  auto input = exchange.read_body(read);
  if (!input) co_return std::unexpected(std::move(input).error());
  auto version = exchange.if_match();
  if (!version) co_return std::unexpected(std::move(version).error());

  auto judged = judge(exchange, *input);
  const auto* agreement = judged.decision.allowed ? exchange.view->network->agreement(
                                                        judged.question.basis.uitwisselafspraak, judged.question.at)
                                                  : nullptr;
  if (agreement != nullptr) {
    const auto admission = admit_subscription(exchange, *agreement);
    if (!admission.go()) co_return std::unexpected(co_await turn_away(exchange, *agreement, admission));
  }
  auto access = exchange.draft();
  access.record.object = object_of(id);
  note_decision(access.record, *exchange.view->network, judged.question, judged.decision);
  exchange.annex(access, {input->subscription.gebruiker, {}, {}});
  std::vector<core::PseudonymMove> moves;
  if (input->onderwerp) {
    exchange.about(access, *input->onderwerp);
    input->subscription.onderwerp = exchange.gateway.secrets.pseudonyms.of(*input->onderwerp);
    moves = exchange.moves(*input->onderwerp);
  }
  core::PutSubscription put{std::move(input->subscription), create, *version};
  auto command = exchange.command(std::move(put));
  command.judged = std::move(judged);
  command.moves = std::move(moves);
  command.records.push_back(std::move(access));
  auto outcome = co_await exchange.commit(std::move(command));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer_change(*outcome, create ? "/v1/abonnementen/" : "");
}

asio::awaitable<Reply> post_subscription(Exchange& exchange) {
  core::Uuid::Randomness random{};
  core::random_bytes(random);
  co_return co_await write_subscription(exchange, core::Uuid::v7(exchange.now, random), true);
}

asio::awaitable<Reply> put_subscription(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  const auto* own = exchange.view->network->subscription(*id);
  if (own == nullptr || own->afnemer != exchange.caller) co_return no_subscription();
  co_return co_await write_subscription(exchange, *id, false);
}

asio::awaitable<Reply> get_subscription(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  const auto* subscription = exchange.view->network->subscription(*id);
  if (subscription == nullptr || subscription->afnemer != exchange.caller) co_return no_subscription();
  co_return co_await show_resource(exchange, core::to_json(*subscription), subscription->versie, object_of(*id));
}

asio::awaitable<Reply> end_subscription(Exchange& exchange) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  auto version = exchange.if_match();
  if (!version) co_return std::unexpected(std::move(version).error());
  core::EndSubscription end{*id, exchange.caller, *version};
  co_return co_await change_resource(exchange, std::move(end), object_of(*id));
}

asio::awaitable<Reply> set_pause(Exchange& exchange, bool paused) {
  auto id = id_in_path(exchange);
  if (!id) co_return std::unexpected(std::move(id).error());
  core::PauseSubscription pause{*id, exchange.caller, paused};
  co_return co_await change_resource(exchange, std::move(pause), object_of(*id));
}

asio::awaitable<Reply> pause_subscription(Exchange& exchange) { return set_pause(exchange, true); }
asio::awaitable<Reply> resume_subscription(Exchange& exchange) { return set_pause(exchange, false); }

asio::awaitable<Reply> list_subscriptions(Exchange& exchange) {
  auto page = read_page(exchange, {});
  if (!page) co_return std::unexpected(std::move(page).error());
  json::array rows;
  std::string last;
  bool more = false;
  for (const auto& subscription : exchange.view->network->subscriptions_of(exchange.caller)) {
    const auto id = subscription->id.str();
    if (id <= page->after) continue;
    if (rows.size() == page->count) {
      more = true;
      break;
    }
    rows.push_back(core::to_json(*subscription));
    last = id;
  }
  if (!more) last.clear();
  co_return co_await answer_page(exchange, "abonnementen", std::move(rows), std::move(last));
}

}  // namespace

Routes subscription_routes() {
  Routes rows;
  rows.push_back(reading_with_query("/v1/abonnementen", "abonnementen inzien", list_subscriptions));
  rows.push_back(changing(Method::kPost, "/v1/abonnementen", "abonnement aanmaken", Takes::kBody, post_subscription));
  rows.push_back(reading("/v1/abonnementen/{id}", "abonnement inzien", get_subscription));
  rows.push_back(
      changing(Method::kPut, "/v1/abonnementen/{id}", "abonnement wijzigen", Takes::kBody, put_subscription));
  rows.push_back(
      changing(Method::kDelete, "/v1/abonnementen/{id}", "abonnement beëindigen", Takes::kNothing, end_subscription));
  rows.push_back(changing(Method::kPost, "/v1/abonnementen/{id}/pauze", "abonnement pauzeren", Takes::kNothing,
                          pause_subscription));
  rows.push_back(changing(Method::kPost, "/v1/abonnementen/{id}/hervatting", "abonnement hervatten", Takes::kNothing,
                          resume_subscription));
  for (auto& row : rows) {
    row.roles = {core::Role::kAfnemer};
    row.on_behalf = core::RepresentedAct::kOntvangen;
  }
  return rows;
}

}  // namespace wissel::transport
