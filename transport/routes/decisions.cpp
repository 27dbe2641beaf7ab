// Why something is allowed or refused: POST /v1/beslissingen/proef explains a decision without asking anything, and
// GET /v1/verwerkingen/{index}/uitleg one that was made. Neither names a subject.
#include <boost/json.hpp>

#include <algorithm>

#include "core/messages/basis.hpp"
#include "core/messages/enum_names.hpp"
#include "core/messages/names.hpp"
#include "core/policy/explanation.hpp"
#include "core/policy/network.hpp"
#include "transport/routes/bodies.hpp"
#include "transport/routes/log_access.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

// --- on trial ---

core::Question read_trial(core::ObjectReader& in, const Exchange& exchange) {
  constexpr std::int64_t kSubjectsMax = 1'000;  // of one search
  const auto act = in.required_enum("handeling", core::enum_names<core::Handeling>());
  auto ground = read_ground(in);
  if (const auto* value = in.optional_object("tweedeGebruiker")) {
    ground.tweede_gebruiker = core::read_acting_user(*value, in.pointer("tweedeGebruiker"), in.faults());
  }
  auto out = question_of(ground, exchange.caller, act.value_or(core::Handeling::kZoeken), exchange.now);
  out.vertegenwoordiger = exchange.representative();
  if (const auto text = in.optional_string("onderwerpsoort", 1, 40)) {
    const auto kind = core::parse_subject_kind(*text);
    if (!kind) in.fault("onderwerpsoort", core::ProblemCode::kFieldValue, "is geen soort onderwerp");
    if (kind) out.onderwerpsoorten.add(*kind);
  }
  if (const auto count = in.optional_int("aantal", 1, kSubjectsMax)) out.aantal = static_cast<std::size_t>(*count);
  if (const auto at = in.optional_time("tijdstip")) out.at = *at;
  if (const auto text = in.optional_string("deelnemer", core::Oin::kLength, core::Oin::kLength)) {
    const auto oin = core::Oin::parse(*text);
    if (!oin) in.fault("deelnemer", core::ProblemCode::kFieldValue, "is geen OIN");
    if (oin) out.caller = *oin;
  }
  if (out.caller != exchange.caller) out.vertegenwoordiger.reset();  // it asks about somebody else
  return out;
}

asio::awaitable<Reply> try_decision(Exchange& exchange) {
  const auto read = [&](const json::value& value, core::Faults& faults) -> std::optional<core::Question> {
    core::ObjectReader in(value, "", faults);
    auto out = read_trial(in, exchange);
    in.finish();
    return faults.empty() ? std::optional(std::move(out)) : std::nullopt;
  };
  auto asked = exchange.read_body(read);
  if (!asked) co_return std::unexpected(std::move(asked).error());
  if (asked->caller != exchange.caller && !exchange.has_role(core::Role::kSchakelpuntbeheerder)) {
    co_return not_entitled();
  }
  const auto body = core::to_json(core::explain(*exchange.view->network, *asked));
  auto draft = exchange.draft();
  draft.record.object = "proef:" + std::string(core::word(asked->handeling));
  if (asked->caller != exchange.caller) draft.record.object += ";deelnemer:" + asked->caller.str();
  draft.record.uitwisselafspraak = asked->basis.uitwisselafspraak.str();
  exchange.annex(draft, {.gebruiker = asked->gebruiker,
                         .eindafnemer = {},
                         .afgeschermd = {},
                         .tweede_gebruiker = asked->tweede_gebruiker});
  std::vector<core::RecordDraft> records;
  records.push_back(std::move(draft));
  auto outcome = co_await exchange.log(std::move(records));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer(*outcome, json::serialize(body), 200);
}

// --- one that was made ---

/// What would have to change: by the rule where one is noted, otherwise by the code.
std::optional<json::object> needed(const core::LogRecord& record, const core::NotedRule& noted) {
  if (record.uitkomst == core::Uitkomst::kToegestaan) return std::nullopt;
  if (const auto by_rule = core::needed_by(noted.rule)) return core::needed_json(*by_rule);
  const auto problems = core::all_problems();
  const auto found = std::ranges::find(problems, record.code, &core::ProblemInfo::text);
  if (found == problems.end()) return std::nullopt;
  using enum core::ProblemCode;
  const auto by_operator = found->status >= 500 || found->code == kRoleMissing || found->code == kBraked;
  const auto who = by_operator                        ? core::Changer::kBeheerder
                   : found->code == kNoRepresentation ? core::Changer::kAfnemer
                                                      : core::Changer::kAanroeper;
  return core::needed_json({std::string(found->remedy), who});
}

/// The agreement by which it was decided, and its filter as long as that version is still the one we hold. A version is
/// only noted of an agreement in which the caller had a part.
void add_agreement(json::object& out, const core::Network& network, const core::LogRecord& record,
                   const core::NotedRule& noted) {
  if (noted.version == 0) return;
  json::object shown{{"id", record.uitwisselafspraak}, {"versie", noted.version}};
  const auto id = core::Uuid::parse(record.uitwisselafspraak);
  if (const auto* dossier = id ? network.dossier(*id) : nullptr; dossier != nullptr) {
    for (const auto* version : {&dossier->geldend, &dossier->opvolger}) {
      if (*version && (*version)->inhoud.versie == noted.version) {
        out["filter"] = core::filter_json((*version)->inhoud);
      }
    }
  }
  out["uitwisselafspraak"] = std::move(shown);
}

/// What the answer left out, which stands in the annex: for auditors.
void add_left_out(json::object& out, const std::optional<std::string>& annex) {
  if (!annex) return;
  const auto stored = core::decode_stored_annex(*annex);
  if (!stored) return;
  boost::system::error_code error;
  const auto body = json::parse(stored->annex, error);
  if (error || !body.is_object()) return;
  if (const auto* counts = body.get_object().if_contains("weggelaten")) out["weggelaten"] = *counts;
  if (const auto* hidden = body.get_object().if_contains("afgeschermd"); hidden != nullptr && hidden->is_array()) {
    out["afgeschermd"] = hidden->get_array().size();
  }
}

json::object explanation_of(const core::Network& network, std::uint64_t index, const WholeRecord& whole) {
  const auto& record = whole.read.record;
  const auto noted = core::read_noted_rule(record.regel);
  json::object out{{"index", index},
                   {"tijdstip", core::format_rfc3339(record.end_time)},
                   {"verwerking", record.name},
                   {"actie", core::word(record.actie)},
                   {"uitkomst", core::word(record.uitkomst)}};
  if (record.oin) out["deelnemer"] = record.oin->view();
  if (record.namens) out["namens"] = record.namens->view();
  if (!record.code.empty()) out["code"] = record.code;
  if (!noted.rule.empty()) out["regel"] = noted.rule;
  if (noted.may_have_arrived) out["mogelijkOntvangen"] = true;
  if (!record.object.empty()) out["object"] = record.object;
  add_agreement(out, network, record, noted);
  add_left_out(out, whole.annex);
  if (auto change = needed(record, noted)) out["nodig"] = std::move(*change);
  return out;
}

asio::awaitable<Reply> explain_record(Exchange& exchange) {
  auto index = index_in_path(exchange);
  if (!index) co_return std::unexpected(std::move(index).error());
  auto whole = co_await whole_record(exchange, *index);
  if (!whole) co_return std::unexpected(std::move(whole).error());
  const auto body = explanation_of(*exchange.view->network, *index, *whole);
  auto outcome = co_await log_reading(exchange, "uitleg:" + std::to_string(*index));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer(*outcome, json::serialize(body), 200);
}

}  // namespace

Routes decision_routes() {
  Routes rows;
  rows.push_back({.method = Method::kPost,
                  .path = "/v1/beslissingen/proef",
                  .name = "beslissing op proef",
                  .actie = core::Actie::kInzien,
                  .roles = {},
                  .accepts = {kJson},
                  .gives = {kJson},
                  .on_behalf = core::RepresentedAct::kInzien,
                  .handle = try_decision});
  rows.push_back(reading("/v1/verwerkingen/{index}/uitleg", "uitleg van een verwerking", explain_record));
  return rows;
}

}  // namespace wissel::transport
