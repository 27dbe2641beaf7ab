// POST /v1/statusbevragingen: the status of what a subject is about, from all its holders at once.
#include <boost/asio/this_coro.hpp>
#include <boost/json.hpp>

#include <algorithm>

#include "core/json/write.hpp"
#include "core/messages/basis.hpp"
#include "core/messages/subject_codec.hpp"
#include "transport/pull/pull.hpp"
#include "transport/routes/admission.hpp"
#include "transport/routes/bodies.hpp"
#include "transport/routes/lookup.hpp"
#include "transport/routes/ndjson_answer.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr std::size_t kHoldersNamedMax = 1'000;
constexpr std::int64_t kWaitMsMin = 100;
constexpr std::int64_t kAgeSMax = 31'536'000;
/// Part of the commit margin that is kept for putting the answer together and sending it.
constexpr int kAnswerShare = 5;

struct PullBody {
  core::Subject subject;
  std::optional<std::vector<core::Oin>> holders;  ///< sorted; only these
  milliseconds wait{0};
  std::optional<std::chrono::seconds> age_max;  ///< of a status that was kept
  Ground ground;
  std::optional<core::Subject> final_consumer;
};

std::optional<std::vector<core::Oin>> read_holders(core::ObjectReader& in) {
  const auto texts = in.optional_strings("bronhouders", 1, kHoldersNamedMax, core::Oin::kLength);
  if (!texts) return std::nullopt;
  std::vector<core::Oin> out;
  for (std::size_t i = 0; i < texts->size(); ++i) {
    auto oin = core::Oin::parse((*texts)[i]);
    if (oin) {
      out.push_back(*oin);
    } else {
      in.faults().add(in.pointer("bronhouders", i), core::ProblemCode::kFieldValue, "is geen OIN");
    }
  }
  std::ranges::sort(out);
  return out;
}

std::optional<PullBody> read_pull(const json::value& body, const RouteLimits& limits, core::Faults& faults) {
  core::ObjectReader in(body, "", faults);
  std::optional<core::Subject> subject;
  if (const auto* value = in.required_object("onderwerp")) {
    subject = core::read_subject(*value, in.pointer("onderwerp"), faults);
  }
  auto ground = read_ground(in);
  auto holders = read_holders(in);
  const auto wait = in.optional_int("maxWachttijdMs", kWaitMsMin, limits.pull_wait_max.count());
  const auto age = in.optional_int("maxOuderdomS", 0, kAgeSMax);
  std::optional<core::Subject> final_consumer;
  if (const auto* value = in.optional_object("eindafnemer")) {
    final_consumer = core::read_subject(*value, in.pointer("eindafnemer"), faults);
  }
  in.finish();
  if (!faults.empty() || !subject) return std::nullopt;
  return PullBody{std::move(*subject),
                  std::move(holders),
                  wait ? milliseconds(*wait) : limits.pull_wait_default,
                  age ? std::optional(std::chrono::seconds(*age)) : std::nullopt,
                  std::move(ground),
                  std::move(final_consumer)};
}

/// Leaves the holders that were asked for, when some were named.
void keep_asked(Found& found, const PullBody& body) {
  if (!body.holders) return;
  const auto not_asked = [&](const core::Oin& oin) { return !std::ranges::binary_search(*body.holders, oin); };
  std::erase_if(found.holders, [&](const FoundHolder& holder) { return not_asked(holder.oin); });
  std::erase_if(found.hidden, [&](const core::Shielded& each) { return not_asked(each.holder); });
}

/// The record of the query. It names the holders that will be asked.
core::Command query_command(Exchange& exchange, const PullBody& body, const core::Judged& judged, const Found& found,
                            const std::string& object) {
  auto command = exchange.command(core::LogOnly{});
  command.judged = judged;
  auto draft = exchange.draft();
  note_decision(draft.record, *exchange.view->network, judged.question, judged.decision);
  draft.record.http = 200;
  draft.record.object = object;
  exchange.about(draft, body.subject);
  for (const auto& holder : found.holders) {
    draft.record.bronhouders.push_back(holder.oin);
    draft.parties.push_back(holder.oin);
  }
  core::Annex annex{body.ground.gebruiker, {}, core::holders_of(found.hidden)};
  draft.shielded = found.hidden;
  if (body.final_consumer) annex.eindafnemer = exchange.gateway.secrets.pseudonyms.of(*body.final_consumer);
  exchange.annex(draft, annex);
  draft.seal();
  command.records.push_back(std::move(draft));
  command.moves = exchange.moves(body.subject);
  return command;
}

/// What each holder is asked (api.md, What a holder implements), without what differs between two pulls that ask the
/// same.
json::object holder_question(const Exchange& exchange, const PullBody& body, const core::Agreement& agreement) {
  json::object out;
  out["onderwerp"] = core::write_subject(body.subject);
  if (body.ground.zaaktype) out["zaaktype"] = *body.ground.zaaktype;
  out["afnemer"] = exchange.caller.view();
  out["doel"] = agreement.doel;
  out["uitwisselafspraak"] = agreement.id.str();
  if (body.ground.gebruiker) out["gebruiker"] = core::write_acting_user(*body.ground.gebruiker);
  return out;
}

/// Whether answers are kept, and how long: as the agreement says, never beyond its own end.
std::optional<KeepTerms> keep_terms(const Exchange& exchange, const PullBody& body, const core::Agreement& agreement,
                                    const json::object& question) {
  const auto term = core::parse_duration(agreement.bewaartermijn_status);
  if (!term || !exchange.gateway.statuses.keeps_any()) return std::nullopt;
  const auto until = std::min(core::add(exchange.now, *term), agreement.geldig_tot);
  return KeepTerms{exchange.gateway.secrets.bodies.mac(
                       {"wissel:bevraging", core::write_json(question), std::to_string(agreement.versie)}),
                   body.age_max,
                   {agreement.id, agreement.versie, exchange.request.started + (until - exchange.now)}};
}

std::vector<Ask> asks_of(const Exchange& exchange, const PullBody& body, const core::Judged& judged,
                         const Found& found) {
  std::vector<Ask> out;
  for (const auto& holder : found.holders) {
    const auto* participant = exchange.view->network->participant(holder.oin);
    Ask ask{holder.oin, participant->naam, {}, out.size() >= exchange.gateway.limits.pull_holders_max, {}};
    if (const auto at = participant->eindpunten.find("statusbevraging"); at != participant->eindpunten.end()) {
      ask.url = at->second;
    }
    ask.record = exchange.child(core::Actie::kVerstrekken, "verstrekken door een bronhouder");
    exchange.about(ask.record, body.subject);
    note_decision(ask.record.record, *exchange.view->network, judged.question, judged.decision);
    ask.record.record.bronhouders = {holder.oin};
    ask.record.parties.push_back(holder.oin);
    out.push_back(std::move(ask));
  }
  return out;
}

asio::awaitable<std::string> whole_answer(std::shared_ptr<Pull> pull) {
  std::vector<std::string> parts(pull->holders.size());
  bool complete = true;
  while (auto part = co_await pull->gathering.next()) {
    complete &= part->answered;
    parts[part->place] = std::move(part->json);
  }
  for (const auto place : pull->gathering.missing()) {
    complete = false;
    parts[place] = late_part_json(*pull, place);
  }
  std::string out = complete ? R"({"volledig":true,"delen":[)" : R"({"volledig":false,"delen":[)";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += ',';
    out += parts[i];
  }
  co_return out.append("]}");
}

asio::awaitable<void> stream_answer(std::shared_ptr<Pull> pull, BodySink& sink) {
  bool complete = true;
  while (auto part = co_await pull->gathering.next()) {
    complete &= part->answered;
    part->json += '\n';
    const auto written = co_await sink.write(part->json);
    if (!written) co_return;
  }
  std::string rest;
  for (const auto place : pull->gathering.missing()) {
    complete = false;
    rest.append(late_part_json(*pull, place)).push_back('\n');
  }
  rest += complete ? "{\"volledig\":true}\n" : "{\"volledig\":false}\n";
  const auto written = co_await sink.write(rest);
  if (!written) co_return;
}

/// How much of the wait holders get, and how much there is until the answer.
struct Shares {
  milliseconds ask;
  milliseconds answer;
};
Shares share(milliseconds wait, milliseconds margin_max) {
  const auto margin = std::min(margin_max, wait / 2);
  return {wait - margin, wait - margin / kAnswerShare};
}

/// The query's record, durable, or why nobody is asked.
asio::awaitable<OrRefusal<core::Outcome>> record_query(Exchange& exchange, core::Command command, Deadline answer_by) {
  auto outcome = co_await commit_by(exchange.gateway, std::move(command), exchange.request.io_thread, answer_by);
  if (!outcome) {
    co_return refusal(core::Error{core::Errc::kUnavailable, "the query was not recorded before its deadline"});
  }
  if (!*outcome) co_return refusal(outcome->error());
  if ((*outcome)->refusal) {
    const auto index = (*outcome)->logged ? std::optional((*outcome)->log_index) : std::nullopt;
    co_return std::unexpected(Refusal(std::move(*(*outcome)->refusal), index));
  }
  co_return std::move(**outcome);
}

asio::awaitable<Reply> pull(Exchange& exchange) {
  const auto read = [&](const json::value& value, core::Faults& faults) {
    return read_pull(value, exchange.gateway.limits, faults);
  };
  auto body = exchange.read_body(read);
  if (!body) co_return std::unexpected(std::move(body).error());

  const auto& network = *exchange.view->network;
  core::Judged judged{question_of(body->ground, exchange.caller, core::Handeling::kBevragen, exchange.now), {}};
  judged.question.vertegenwoordiger = exchange.representative();
  judged.question.onderwerpsoorten.add(body->subject.kind());
  judged.decision = core::decide(network, judged.question);
  const auto* agreement = judged.decision.allowed
                              ? network.agreement(judged.question.basis.uitwisselafspraak, judged.question.at)
                              : nullptr;
  if (agreement != nullptr) {
    const auto admission = admit(exchange, *agreement, 1);
    if (!admission.go()) co_return std::unexpected(co_await turn_away(exchange, *agreement, admission));
  }
  const Lookup lookup{exchange.gateway.secrets.pseudonyms.all(body->subject), judged.question, agreement};
  auto look = [&](core::ReadTier tier) { return find_holders(*exchange.view, exchange.gateway.store, lookup, tier); };
  auto found = co_await read_store(exchange.gateway.blocking, look);
  if (!found) co_return refusal(found.error());
  keep_asked(*found, *body);

  const auto shares = share(body->wait, exchange.gateway.limits.pull_commit_margin);
  core::Uuid::Randomness random{};
  core::random_bytes(random);
  const auto id = core::Uuid::v7(exchange.now, random);
  PullTerms terms{.view = exchange.view,
                  .agreement = agreement,
                  .caller = exchange.caller,
                  .zaaktype = body->ground.zaaktype,
                  .body = {},
                  .object = "bevraging:" + id.str(),
                  .started = exchange.request.started,
                  .ask_until = exchange.request.started + shares.ask,
                  .answer_by = exchange.request.started + shares.answer,
                  .io_thread = exchange.request.io_thread,
                  .on_behalf = exchange.on_behalf,
                  .keep = {},
                  .judged = judged};
  auto command = query_command(exchange, *body, judged, *found, terms.object);
  auto outcome = co_await record_query(exchange, std::move(command), terms.answer_by);
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  if (agreement == nullptr) {
    // Refused as it was prepared and allowed when it was recorded: nobody was looked for, so nobody is asked.
    co_return std::unexpected(
        Refusal(core::Problem{judged.decision.code, std::string(core::info(judged.decision.code).remedy), {}},
                outcome->log_index));
  }

  auto question = holder_question(exchange, *body, *agreement);
  terms.keep = keep_terms(exchange, *body, *agreement, question);
  question["bevraging"] = id.str();
  question["uiterlijk"] = core::format_rfc3339(exchange.now + shares.ask);
  terms.body = core::write_json(question);
  std::vector<AskedHolder> holders;
  auto asks = asks_of(exchange, *body, judged, *found);
  for (const auto& ask : asks) holders.push_back({ask.holder, ask.naam});
  const auto executor = co_await asio::this_coro::executor;
  // Shared by the request and its parts, which may end later.
  auto under_way = std::make_shared<Pull>(executor, std::move(terms), std::move(holders));
  begin_asking(exchange.gateway, under_way, std::move(asks), executor);

  if (asks_for_ndjson(exchange)) {
    auto response = exchange.answer(*outcome, {}, 200);
    response.content_type = kNdjson;
    response.stream = [under_way](BodySink& sink) { return stream_answer(under_way, sink); };
    co_return response;
  }
  auto answer = co_await whole_answer(under_way);
  co_return exchange.answer(*outcome, std::move(answer), 200);
}

}  // namespace

Routes pull_routes() {
  Routes rows;
  rows.push_back({.method = Method::kPost,
                  .path = "/v1/statusbevragingen",
                  .name = "status bevragen",
                  .actie = core::Actie::kBevragen,
                  .roles = {core::Role::kAfnemer},
                  .accepts = {kJson},
                  .gives = {kJson, kNdjson},
                  .on_behalf = core::RepresentedAct::kBevragen,
                  .handle = pull});
  return rows;
}

}  // namespace wissel::transport
