#include "tests/fuzz/route_targets.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/json/parse.hpp"
#include "tests/fuzz/site.hpp"
#include "transport/http/tokens.hpp"

namespace wissel::fuzz {
namespace {

core::JsonLimits answer_limits() { return {.depth_max = 40, .values_max = 1'000'000, .members_max = 10'000}; }

void readable(const Response& response) {
  for (const auto& [name, value] : response.headers) {
    demand(is_token(name) && is_field_value(value));
  }
  if (response.body.empty()) return;
  if (response.content_type == "application/x-ndjson") {
    for (std::string_view rest = response.body; !rest.empty();) {
      const auto [line, after] = split(rest, '\n');
      demand(core::parse_json(line, answer_limits()).has_value());
      rest = after;
    }
  } else if (response.content_type.ends_with("json")) {
    demand(core::parse_json(response.body, answer_limits()).has_value());
  }
}

void refused_properly(const Response& response) {
  demand(response.content_type == "application/problem+json");
  const auto problem = core::parse_json(response.body);
  demand(problem && problem->is_object());
  const auto& members = problem->get_object();
  demand(members.at("status").to_number<unsigned>() == response.status && members.at("code").is_string());
}

std::string location(const Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "Location") return value;
  }
  return {};
}

/// What was made can be looked at by whoever made it, in the same name.
void shown_again(Site& site, const Response& response, const std::shared_ptr<const Peer>& peer,
                 const std::optional<std::string>& namens) {
  const auto at = location(response);
  if (response.status != 201 || at.empty()) return;
  Request again;
  demand(parse_target(at, again.head));
  again.head.method = Method::kGet;
  again.head.method_text = "GET";
  again.peer = peer;
  if (namens) again.head.headers.add("Wissel-Namens", *namens);
  again.received = test::TestGateway::now();
  again.started = SteadyClock::now();
  demand(site.ask(std::move(again)).status == 200);
}

void route(std::string_view base, std::string_view input) {
  auto& site = Site::current();
  auto request = request_of(base, input);
  if (!request) return;
  const auto peer = request->peer;
  const std::optional<std::string> namens(request->head.headers.find("wissel-namens"));
  const bool recorded = request->head.path.starts_with("/v1/") && request->head.path != "/v1/openapi.json";
  const auto before = site.log_size();
  const auto response = site.ask(std::move(*request));
  demand(response.status >= 200 && response.status < 500);
  readable(response);
  if (response.status >= 400) refused_properly(response);
  if (recorded && response.status != 401 && response.status != 429) demand(site.log_size() > before);
  shown_again(site, response, peer, namens);
  if (response.status == 401) Site::discard();
}

}  // namespace

void searches(std::string_view input) { route("/v1/zoekopdrachten", input); }
void pulls(std::string_view input) { route("/v1/statusbevragingen", input); }
void references(std::string_view input) { route("/v1/verwijzingen", input); }
void bulk(std::string_view input) { route("/v1/verwijzingen/bulk", input); }
void synchronisations(std::string_view input) { route("/v1/verwijzingen/synchronisaties", input); }
void subscriptions(std::string_view input) { route("/v1/abonnementen", input); }
void agreements(std::string_view input) { route("/v1/uitwisselafspraken", input); }
void participants(std::string_view input) { route("/v1/deelnemers", input); }
void representations(std::string_view input) { route("/v1/vertegenwoordigingen", input); }
void log_queries(std::string_view input) { route("/v1/verwerkingen", input); }
void mailbox(std::string_view input) { route("/v1/postbus", input); }
void messages(std::string_view input) { route("/v1/statusberichten", input); }
void tlog(std::string_view input) { route("/tlog/", input); }

}  // namespace wissel::fuzz
