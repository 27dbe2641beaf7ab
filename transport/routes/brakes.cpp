// /v1/remmen: who is braked, and letting go.
#include <boost/json.hpp>

#include "core/limits/limiter.hpp"
#include "core/messages/basis.hpp"
#include "core/policy/network.hpp"
#include "transport/routes/page.hpp"
#include "transport/routes/resources.hpp"
#include "transport/routes/route.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

// Characters of the reason that a person gives.
constexpr std::size_t kReasonMax = 500;

struct Release {
  std::string reason;
  std::optional<core::ActingUser> user;
};

std::optional<Release> read_release(const json::value& body, core::Faults& faults) {
  core::ObjectReader in(body, "", faults);
  Release out;
  if (auto reason = in.required_string("reden", 1, kReasonMax)) out.reason = std::string(*reason);
  if (const auto* user = in.required_object("gebruiker")) {
    out.user = core::read_acting_user(*user, in.pointer("gebruiker"), faults);
  }
  in.finish();
  return faults.empty() ? std::optional(std::move(out)) : std::nullopt;
}

asio::awaitable<Reply> list_brakes(Exchange& exchange) {
  auto page = read_page(exchange, {});
  if (!page) co_return std::unexpected(std::move(page).error());
  const bool all = exchange.has_role(core::Role::kSchakelpuntbeheerder);
  json::array rows;
  std::string last;
  bool more = false;
  for (const auto& [id, brake] : *exchange.view->brakes) {
    if (id.str() <= page->after || (!all && brake.party != exchange.caller)) continue;
    if (rows.size() == page->count) {
      more = true;
      break;
    }
    rows.push_back(core::to_json(brake));
    last = id.str();
  }
  if (!more) last.clear();
  co_return co_await answer_page(exchange, "remmen", std::move(rows), std::move(last));
}

std::unexpected<Refusal> no_brake() {
  return refusal(core::ProblemCode::kNotFound, "Er is geen getrokken rem met deze id.");
}

asio::awaitable<Reply> release_brake(Exchange& exchange) {
  auto id = core::Uuid::parse(exchange.param("id"));
  if (!id) co_return no_brake();
  auto given = exchange.read_body(read_release);
  if (!given) co_return std::unexpected(std::move(given).error());
  const auto at = exchange.view->brakes->find(*id);
  if (at == exchange.view->brakes->end()) co_return no_brake();
  const auto brake = at->second;
  if (brake.party == exchange.caller) {
    co_return refusal(core::ProblemCode::kNotEntitled, "Wie geremd is, geeft de eigen rem niet vrij.");
  }
  auto draft = exchange.draft();
  draft.record.object = "rem:" + id->str();
  draft.record.uitwisselafspraak = brake.agreement.str();
  draft.parties.push_back(brake.party);
  exchange.annex(draft, {given->user, {}, {}});
  core::ReleaseBrake release{*id, std::move(given->reason), exchange.gateway.limiter.settings().learning};
  auto command = exchange.command(std::move(release));
  command.records.push_back(std::move(draft));
  auto outcome = co_await exchange.commit(std::move(command));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  const auto agreement = brake.agreement.str();
  exchange.gateway.log.info("brake released",
                            {{"oin", brake.party.view()}, {"uitwisselafspraak", std::string_view(agreement)}});
  co_return exchange.answer_change(*outcome);
}

}  // namespace

Routes brake_routes() {
  Routes rows;
  // Nobody reads in another's name who is braked.
  rows.push_back(reading_with_query("/v1/remmen", "remmen inzien", list_brakes));
  rows.back().on_behalf.reset();
  rows.push_back(changing(Method::kPost, "/v1/remmen/{id}/vrijgave", "rem vrijgeven", Takes::kBody, release_brake,
                          {core::Role::kSchakelpuntbeheerder}));
  return rows;
}

}  // namespace wissel::transport
