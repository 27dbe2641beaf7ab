// POST /v1/zoekopdrachten: who holds something about a subject, one or up to a thousand.
#include <boost/json.hpp>

#include <algorithm>

#include "core/json/write.hpp"
#include "core/messages/basis.hpp"
#include "core/messages/subject_codec.hpp"
#include "core/policy/network.hpp"
#include "transport/http/service.hpp"
#include "transport/routes/admission.hpp"
#include "transport/routes/bodies.hpp"
#include "transport/routes/lookup.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

struct SearchBody {
  std::vector<std::optional<core::Subject>> subjects;  ///< nothing: that one of many has a fault
  std::vector<core::Problem> problems;                 ///< beside subjects, for those with a fault
  bool many = false;
  Ground ground;
};

/// Of many, a wrong one is answered in its place; the others are not held up by it.
void read_many(core::ObjectReader& in, std::size_t count_max, SearchBody& out) {
  const auto* list = in.optional_array("onderwerpen", 1, count_max);
  if (list == nullptr) return;
  for (std::size_t i = 0; i < list->size(); ++i) {
    core::Faults faults;
    out.subjects.push_back(core::read_subject((*list)[i], in.pointer("onderwerpen", i), faults));
    out.problems.push_back(out.subjects.back() ? core::Problem{} : faults.take_problem());
  }
}

std::optional<SearchBody> read_search(const json::value& body, std::size_t count_max, core::Faults& faults) {
  core::ObjectReader in(body, "", faults);
  SearchBody out;
  out.many = in.has("onderwerpen");
  if (out.many) {
    read_many(in, count_max, out);
    if (in.has("onderwerp")) in.fault("onderwerp", core::ProblemCode::kFieldValue, "hoort niet naast onderwerpen");
    in.any("onderwerp");
  } else if (const auto* value = in.required_object("onderwerp")) {
    out.subjects.push_back(core::read_subject(*value, in.pointer("onderwerp"), faults));
    out.problems.emplace_back();
  }
  out.ground = read_ground(in);
  if (const auto* value = in.optional_object("tweedeGebruiker")) {
    out.ground.tweede_gebruiker = core::read_acting_user(*value, in.pointer("tweedeGebruiker"), faults);
  }
  in.finish();
  return faults.empty() ? std::optional(std::move(out)) : std::nullopt;
}

void append_holders(std::string& out, const core::Network& network, const std::vector<FoundHolder>& holders) {
  out += R"({"bronhouders":[)";
  bool first = true;
  for (const auto& holder : holders) {
    if (!std::exchange(first, false)) out += ',';
    out.append(R"({"oin":")").append(holder.oin.view()).append(R"(","naam":)");
    const auto* participant = network.participant(holder.oin);
    core::append_json_string(out, participant != nullptr ? participant->naam : "");
    out += R"(,"zaaktypen":[)";
    for (std::size_t i = 0; i < holder.zaaktypen.size(); ++i) {
      if (i > 0) out += ',';
      core::append_json_string(out, holder.zaaktypen[i]);
    }
    out.append(R"(],"sinds":")").append(core::format_rfc3339(holder.since)).append(R"(","inOnderzoek":)");
    out.append(holder.in_onderzoek ? "true}" : "false}");
  }
  out += "]}";
}

/// The record of what was found about one subject, and its annex with what was hidden.
void note_found(const Exchange& exchange, core::RecordDraft& draft, const SearchBody& body, const Found& found) {
  for (const auto& holder : found.holders) {
    draft.record.bronhouders.push_back(holder.oin);
    draft.parties.push_back(holder.oin);
  }
  exchange.annex(draft, {.gebruiker = body.ground.gebruiker,
                         .eindafnemer = {},
                         .afgeschermd = core::holders_of(found.hidden),
                         .tweede_gebruiker = body.ground.tweede_gebruiker});
  draft.shielded = found.hidden;
}

core::Result<std::vector<Found>> find_all(const Exchange& exchange, const SearchBody& body,
                                          const core::Question& question, const core::Agreement* agreement,
                                          core::ReadTier tier) {
  std::vector<Found> out(body.subjects.size());
  for (std::size_t i = 0; i < body.subjects.size(); ++i) {
    if (!body.subjects[i]) continue;
    const Lookup lookup{exchange.gateway.secrets.pseudonyms.all(*body.subjects[i]), question, agreement};
    auto found = find_holders(*exchange.view, exchange.gateway.store, lookup, tier);
    if (!found) return std::unexpected(std::move(found).error());
    out[i] = std::move(*found);
  }
  return out;
}

core::Command search_command(Exchange& exchange, const SearchBody& body, const core::Judged& judged,
                             const std::vector<Found>& found) {
  auto command = exchange.command(core::LogOnly{});
  command.judged = judged;
  const auto note = [&](core::RecordDraft& draft) {
    note_decision(draft.record, *exchange.view->network, judged.question, judged.decision);
    draft.record.http = 200;
  };
  auto access = exchange.draft();
  note(access);
  if (!body.many) {
    exchange.about(access, *body.subjects.front());
    note_found(exchange, access, body, found.front());
  } else {
    access.record.object = "onderwerpen:" + std::to_string(body.subjects.size());
    exchange.annex(access, {.gebruiker = body.ground.gebruiker,
                            .eindafnemer = {},
                            .afgeschermd = {},
                            .tweede_gebruiker = body.ground.tweede_gebruiker});
  }
  command.records.push_back(std::move(access));
  for (std::size_t i = 0; body.many && i < body.subjects.size(); ++i) {
    if (!body.subjects[i]) continue;
    auto child = exchange.child(core::Actie::kZoeken, "zoeken van een onderwerp");
    note(child);
    exchange.about(child, *body.subjects[i]);
    note_found(exchange, child, body, found[i]);
    command.records.push_back(std::move(child));
  }
  for (auto& draft : command.records) draft.seal();
  for (const auto& subject : body.subjects) {
    if (!subject) continue;
    const auto moves = exchange.moves(*subject);
    command.moves.insert(command.moves.end(), moves.begin(), moves.end());
  }
  return command;
}

std::string search_answer(const Exchange& exchange, const SearchBody& body, const std::vector<Found>& found) {
  std::string out;
  if (!body.many) {
    append_holders(out, *exchange.view->network, found.front().holders);
    return out;
  }
  out = R"({"resultaten":[)";
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i > 0) out += ',';
    if (body.subjects[i]) {
      append_holders(out, *exchange.view->network, found[i].holders);
    } else {
      out.append(R"({"probleem":)").append(problem_response(body.problems[i]).body).append("}");
    }
  }
  return out.append("]}");
}

asio::awaitable<Reply> search(Exchange& exchange) {
  const auto read = [&](const json::value& value, core::Faults& faults) {
    return read_search(value, exchange.gateway.limits.lookup_max, faults);
  };
  auto body = exchange.read_body(read);
  if (!body) co_return std::unexpected(std::move(body).error());

  const auto& network = *exchange.view->network;
  core::Judged judged{question_of(body->ground, exchange.caller, core::Handeling::kZoeken, exchange.now), {}};
  judged.question.vertegenwoordiger = exchange.representative();
  judged.question.aantal = body->subjects.size();
  for (const auto& subject : body->subjects) {
    if (subject) judged.question.onderwerpsoorten.add(subject->kind());
  }
  judged.decision = core::decide(network, judged.question);
  const auto* agreement = judged.decision.allowed
                              ? network.agreement(judged.question.basis.uitwisselafspraak, judged.question.at)
                              : nullptr;
  if (agreement != nullptr) {
    const auto subjects = std::ranges::count_if(body->subjects, [](const auto& one) { return one.has_value(); });
    const auto admission = admit(exchange, *agreement, static_cast<std::size_t>(subjects));
    if (!admission.go()) co_return std::unexpected(co_await turn_away(exchange, *agreement, admission));
  }

  auto look = [&](core::ReadTier tier) { return find_all(exchange, *body, judged.question, agreement, tier); };
  auto found = co_await read_store(exchange.gateway.blocking, look);
  if (!found) co_return refusal(found.error());

  auto command = search_command(exchange, *body, judged, *found);
  auto outcome = co_await exchange.commit(std::move(command));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer(*outcome, search_answer(exchange, *body, *found), 200);
}

}  // namespace

Routes search_routes() {
  Routes rows;
  rows.push_back({.method = Method::kPost,
                  .path = "/v1/zoekopdrachten",
                  .name = "zoeken in de verwijsindex",
                  .actie = core::Actie::kZoeken,
                  .roles = {core::Role::kAfnemer},
                  .accepts = {kJson},
                  .gives = {kJson},
                  .on_behalf = core::RepresentedAct::kZoeken,
                  .handle = search});
  return rows;
}

}  // namespace wissel::transport
