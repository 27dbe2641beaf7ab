#include "transport/routes/exchange.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>

#include "core/json/parse.hpp"
#include "transport/routes/route.hpp"

namespace wissel::transport {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

/// What an Idempotency-Key is unique within: who calls, whom it acts for, method and path.
core::Hash scope_of(const Exchange& exchange, std::string_view key) {
  static constexpr std::string_view kZero("\0", 1);
  const auto& head = exchange.request.head;
  const auto agent = exchange.agent.view();
  if (!exchange.on_behalf) {
    return core::sha256({"wissel:idempotentie", kZero, agent, kZero, head.method_text, kZero, head.path, kZero, key});
  }
  return core::sha256({"wissel:idempotentie namens", kZero, agent, kZero, exchange.caller.view(), kZero,
                       head.method_text, kZero, head.path, kZero, key});
}

core::IdempotencyClaim claim_of(const Exchange& exchange, std::string_view key) {
  const auto scope = scope_of(exchange, key);
  core::IdempotencyClaim claim;
  std::copy_n(scope.begin(), claim.key.size(), claim.key.begin());
  claim.body_mac = exchange.gateway.secrets.bodies.mac({exchange.request.body});
  claim.expires = core::add(exchange.now, exchange.gateway.limits.idempotency_term);
  return claim;
}

}  // namespace

Exchange::Exchange(const Gateway& all, const Route& row, Request taken, Identity who, Trace of,
                   std::map<std::string, std::string, std::less<>> params)
    : gateway(all),
      route(row),
      request(std::move(taken)),
      caller(who.on_behalf ? who.on_behalf->represented : who.agent),
      agent(who.agent),
      on_behalf(who.on_behalf),
      now(request.received),
      trace(of),
      view(all.views.view()),
      params_(std::move(params)) {}

OrRefusal<boost::json::value> Exchange::json_body() const {
  auto body = core::parse_json(request.body);
  if (!body) return refusal(std::move(body).error());
  return std::move(*body);
}

OrRefusal<std::optional<std::uint64_t>> Exchange::if_match() const {
  const auto given = request.head.headers.find("if-match");
  if (!given || *given == "*") return std::optional<std::uint64_t>();
  const bool quoted = given->size() > 2 && given->front() == '"' && given->back() == '"';
  const auto version = quoted ? parse_number(given->substr(1, given->size() - 2)) : std::nullopt;
  // Compared as text, as RFC 9110 wants it: "01" is another tag than "1".
  if (!version || *given != '"' + std::to_string(*version) + '"')
    return refusal(core::ProblemCode::kVersionDiffers, "If-Match is geen ETag van deze gegevens.");
  return version;
}

std::optional<core::Problem> Exchange::unknown_query(const std::vector<std::string_view>& names) const {
  core::Problem problem{core::ProblemCode::kQueryInvalid, "Er zijn onbekende of dubbele queryparameters.", {}};
  std::vector<std::string_view> seen;
  for (const auto& [name, value] : request.head.query) {
    const bool known = std::ranges::find(names, name) != names.end();
    const bool again = std::ranges::find(seen, name) != seen.end();
    seen.push_back(name);
    if (known && !again) continue;
    // The name comes from outside and could hold anything, so it is not repeated unless it is one of ours.
    problem.params.push_back({known ? name : std::string("?"), core::ProblemCode::kQueryInvalid,
                              known ? "staat er meer dan eens" : "is onbekend"});
  }
  if (problem.params.empty()) return std::nullopt;
  return problem;
}

OrRefusal<std::uint64_t> Exchange::query_number(std::string_view name, std::uint64_t min, std::uint64_t max,
                                                std::uint64_t absent) const {
  const auto text = request.head.query_value(name);
  if (!text) return absent;
  const auto number = parse_number(*text);
  if (number && *number >= min && *number <= max) return *number;
  core::Problem problem{core::ProblemCode::kQueryInvalid, "Een queryparameter heeft geen toegestane waarde.", {}};
  problem.params.push_back({std::string(name), core::ProblemCode::kQueryInvalid,
                            "is geen geheel getal van " + std::to_string(min) + " tot en met " + std::to_string(max)});
  return refusal(std::move(problem));
}

core::RecordDraft Exchange::draft() const {
  core::RecordDraft draft;
  core::random_bytes(draft.salt);
  auto& record = draft.record;
  record.trace_id = trace.trace_id;
  record.span_id = trace.span;
  record.parent_span_id = trace.parent;
  record.start_time = now;
  record.end_time = gateway.now();
  record.status = core::LogStatus::kOk;
  record.name = route.name;
  record.actie = route.actie;
  record.oin = agent;
  record.foreign_operation_processor = "urn:nld:oin:" + agent.str();
  record.stand = view->edge.size();
  draft.parties.push_back(agent);
  if (on_behalf) {
    record.namens = caller;
    draft.parties.push_back(caller);
  }
  return draft;
}

core::RecordDraft Exchange::child(core::Actie actie, std::string name) const {
  auto out = draft();
  out.record.span_id = random_span();
  out.record.parent_span_id = trace.span;
  out.record.actie = actie;
  out.record.name = std::move(name);
  return out;
}

void Exchange::annex(core::RecordDraft& draft, const core::Annex& annex) const { draft.add_annex(annex); }

void Exchange::about(core::RecordDraft& draft, const core::Subject& subject) const {
  draft.subject = gateway.secrets.pseudonyms.of(subject);
  draft.record.data_subject_id = draft.subject;
  draft.record.data_subject_id_type = core::to_string(subject.kind());
}

std::vector<core::PseudonymMove> Exchange::moves(const core::Subject& subject) const {
  if (gateway.secrets.pseudonyms.size() == 1) return {};
  const auto all = gateway.secrets.pseudonyms.all(subject);
  std::vector<core::PseudonymMove> out;
  for (std::size_t i = 1; i < all.size(); ++i) out.push_back({all[i], all.front()});
  return out;
}

core::Command Exchange::command(core::Effect effect) const {
  core::Command out;
  out.now = gateway.now();
  out.party = caller;
  out.network_version = view->network->version();
  out.on_behalf = on_behalf;
  out.effect = std::move(effect);
  const auto key = request.head.headers.find("idempotency-key");
  if (key && route.idempotency == Idempotency::kHonoured) out.idempotency = claim_of(*this, *key);
  return out;
}

asio::awaitable<OrRefusal<core::Outcome>> Exchange::commit(core::Command command) {
  auto outcome = co_await transport::commit(gateway.sequencer, std::move(command), request.io_thread);
  if (!outcome) {
    gateway.log.debug("commit refused", {{"code", core::to_string(outcome.error().code)},
                                         {"detail", std::string_view(outcome.error().detail)}});
    co_return refusal(outcome.error());
  }
  if (outcome->refusal) {
    const auto index = outcome->logged ? std::optional(outcome->log_index) : std::nullopt;
    co_return std::unexpected(Refusal(std::move(*outcome->refusal), index));
  }
  co_return std::move(*outcome);
}

asio::awaitable<OrRefusal<core::Outcome>> Exchange::log(std::vector<core::RecordDraft> records) {
  auto logging = command(core::LogOnly{});
  logging.idempotency.reset();
  if (records.front().record.uitkomst != core::Uitkomst::kToegestaan) logging.on_behalf.reset();
  for (auto& draft : records) {
    if (!draft.record.http) draft.record.http = 200;
    draft.seal();
  }
  logging.records = std::move(records);
  co_return co_await commit(std::move(logging));
}

Response Exchange::answer(const core::Outcome& outcome, std::string body, unsigned status) const {
  Response response;
  response.status = status != 0 ? status : outcome.status != 0 ? outcome.status : 200U;
  response.body = std::move(body);
  if (outcome.logged) response.set_header(std::string(kLogIndexHeader), std::to_string(outcome.log_index));
  return response;
}

Response Exchange::answer_change(const core::Outcome& outcome, std::string location_prefix) const {
  auto response = answer(outcome, outcome.body);
  if (outcome.version != 0) response.set_header("ETag", '"' + std::to_string(outcome.version) + '"');
  if (!location_prefix.empty() && (outcome.status == 201 || outcome.status == 200) && !outcome.body.empty()) {
    const auto body = boost::json::parse(outcome.body);
    if (const auto* id = body.as_object().if_contains("id"); id != nullptr && id->is_string()) {
      response.set_header("Location", location_prefix + std::string(id->get_string()));
    }
  }
  return response;
}

}  // namespace wissel::transport
