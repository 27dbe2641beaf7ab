// /v1/postbus: messages that are fetched, and acknowledged.
#include <boost/json.hpp>

#include "core/policy/network.hpp"
#include "core/state/keys.hpp"
#include "transport/push/content.hpp"
#include "transport/push/mailbox_bell.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

// Bytes of events in one answer; one event always fits. What is left comes with the next request.
constexpr std::size_t kAnswerBytesMax = 4 * 1024 * 1024;

// Rows of one mailbox that a fetch looks at to find some that are not held back by a pause.
constexpr std::size_t kRowsLookedAtMax = 100'000;

struct Row {
  std::string key;
  std::uint64_t sequence = 0;
  core::DeliveryRow delivery;
};
/// A row with its message, and what came of judging it.
struct ReadRow {
  Row row;
  core::MessageRow message;
  core::JudgedPlace judged;
};

/// Damage is told, passed over, and never in the way of the messages behind it.
void tell_damage(const Exchange& exchange, std::uint64_t sequence, std::string_view what) {
  exchange.gateway.log.error("mailbox row damaged", {{"accepted_at_index", sequence}, {"what", what}});
  exchange.gateway.metrics
      .counter("wissel_mailbox_damaged_total", "Times a message in a mailbox could not be read and was passed over.",
               {})
      .add();
}

/// Whether a row that was read is still there: where it is gone, its message was acknowledged elsewhere since.
core::Result<bool> still_there(const Exchange& exchange, const Row& row, core::ReadTier tier) {
  auto again = exchange.gateway.store.get(core::Family::kMailbox, row.key, tier);
  if (!again) return std::unexpected(std::move(again).error());
  return again->has_value();
}

/// The oldest rows of a mailbox, without those that a pause holds back.
core::Result<std::vector<Row>> scan_rows(const Exchange& exchange, const core::Network& network,
                                         core::PartyNumber owner, std::size_t count, core::ReadTier tier) {
  std::vector<Row> out;
  std::size_t seen = 0;
  const auto take = [&](std::string_view key, std::string_view value) {
    auto row = core::decode_delivery(value);
    if (!row) {
      tell_damage(exchange, core::index_of_key(key), "the row cannot be read");
      return ++seen < kRowsLookedAtMax;
    }
    const auto* subscription = network.subscription(row->subscription);
    if (subscription == nullptr || !subscription->gepauzeerd) {
      out.push_back({std::string(key), core::index_of_key(key), std::move(*row)});
    }
    return out.size() < count && ++seen < kRowsLookedAtMax;
  };
  std::string prefix;
  core::append_u32(prefix, owner);
  auto scanned = exchange.gateway.store.scan(core::Family::kMailbox, core::prefix_range(prefix), take, tier);
  if (!scanned) return std::unexpected(std::move(scanned).error());
  return out;
}

core::Result<std::vector<ReadRow>> read_rows(const Exchange& exchange, const core::Network& network,
                                             core::PartyNumber owner, std::size_t count, core::ReadTier tier) {
  auto rows = scan_rows(exchange, network, owner, count, tier);
  if (!rows) return std::unexpected(std::move(rows).error());
  std::size_t bytes = 0;
  std::vector<ReadRow> out;
  for (auto& row : *rows) {
    auto stored = exchange.gateway.store.get(core::Family::kMessage, row.delivery.message.view(), tier);
    if (!stored) return std::unexpected(std::move(stored).error());
    auto message = *stored ? core::decode_message(**stored) : core::fail(core::Errc::kCorrupt, "it is missing");
    if (!message) {
      auto there = still_there(exchange, row, tier);
      if (!there) return std::unexpected(std::move(there).error());
      if (*there) tell_damage(exchange, row.sequence, "its message cannot be read");
      continue;
    }
    bytes += (*stored)->size();
    if (!out.empty() && bytes > kAnswerBytesMax) break;
    const core::WaitingPlace place{exchange.caller, row.delivery.subscription, core::Bezorgsoort::kPostbus, {}};
    auto judged = core::judge_place(network, place, message->facts, exchange.gateway.now());
    if (judged.judgement == core::Judgement::kPaused || judged.judgement == core::Judgement::kLater) continue;
    // Matching says the same; the filter does not rely on it.
    if (judged.judgement == core::Judgement::kAllowed && !judged.agreement->filter->carries(message->facts)) {
      judged.judgement = core::Judgement::kRefused;
      judged.decision = {false, core::ProblemCode::kNotEntitled, "filter", judged.agreement->versie};
    }
    out.push_back({std::move(row), std::move(*message), judged});
  }
  return out;
}

/// A record of one message of the mailbox; `agreement` null: it is not shown.
core::RecordDraft row_record(const Exchange& exchange, const ReadRow& row, const core::Agreement* agreement) {
  auto draft = exchange.child(core::Actie::kOphalen, "bericht ophalen");
  about_message(draft, row.row.delivery.message, row.message.facts, agreement);
  draft.record.bronhouders = {row.message.facts.sender};
  draft.record.http = 200;
  draft.parties.push_back(row.message.facts.sender);
  return draft;
}

/// Ends a row that may not be shown any more.
asio::awaitable<OrRefusal<core::Outcome>> end_row(Exchange& exchange, const ReadRow& row) {
  const bool gone = row.judged.judgement == core::Judgement::kEnded;
  auto draft = row_record(exchange, row, nullptr);
  draft.record.actie = core::Actie::kBezorgen;
  draft.record.name = "bezorging in de postbus beëindigen";
  note_refusal(draft.record, row.judged);
  if (row.row.delivery.may_have_left) draft.record.regel += ";mogelijk-ontvangen";
  draft.record.http.reset();
  draft.record.uitkomst = core::Uitkomst::kGeweigerd;
  draft.record.status = core::LogStatus::kUnset;
  core::ConcludeDelivery conclude;
  conclude.place = core::Bezorgsoort::kPostbus;
  conclude.row_key = row.row.key;
  conclude.state = gone ? core::DeliveryState::kEnded : core::DeliveryState::kRefused;
  conclude.error = gone ? "abonnement-beeindigd" : core::info(row.judged.decision.code).text;
  auto command = exchange.command(std::move(conclude));
  command.on_behalf.reset();  // it ends whoever asks, and nothing is shown
  command.records.push_back(std::move(draft));
  co_return co_await exchange.commit(std::move(command));
}

/// What one look into the mailbox came to.
struct Looked {
  std::string body;  ///< empty: nothing to show, or something changed and it is worth another look
  bool again = false;
  core::Outcome outcome;
};

struct Shown {
  std::string body = R"({"berichten":[)";
  core::ShowMailbox effect;
  std::vector<core::RecordDraft> records;  ///< the parent first
};

/// The answer and the records of rows that may be shown. Errors: kCorrupt.
core::Result<Shown> show_rows(const Exchange& exchange, std::vector<ReadRow> rows) {
  Shown out;
  auto access = exchange.draft();
  access.record.object = "berichten:" + std::to_string(rows.size());
  access.object_if_refused = "postbus";
  access.record.http = 200;
  out.records.push_back(std::move(access));
  for (auto& row : rows) {
    const auto& agreement = *row.judged.agreement;
    auto event = agreement.filter->event(std::move(row.message.event), row.message.facts);
    if (!event) return std::unexpected(std::move(event).error());
    if (out.records.size() > 1) out.body += ',';
    out.body.append(R"({"volgnummer":)").append(std::to_string(row.row.sequence));
    out.body.append(R"(,"bericht":)").append(event->text.view()).append("}");
    if (!row.row.delivery.may_have_left) out.effect.first_shown.push_back(row.row.key);
    auto draft = row_record(exchange, row, &agreement);
    note_left_out(draft, agreement, event->left_out);
    draft.of_answer = true;
    out.records.push_back(std::move(draft));
  }
  out.body += "]}";
  for (auto& draft : out.records) draft.seal();
  return out;
}

asio::awaitable<OrRefusal<Looked>> look(Exchange& exchange, std::size_t count, bool last) {
  const auto view = exchange.gateway.views.view();
  // A wait may outlast it: that ends here, and not only with what comes next.
  if (exchange.on_behalf && !core::representation_allows(*view->network, *exchange.on_behalf, exchange.gateway.now())) {
    co_return refusal(core::ProblemCode::kNoRepresentation,
                      std::string(core::info(core::ProblemCode::kNoRepresentation).remedy));
  }
  const auto owner = view->parties->number(exchange.caller);
  std::vector<ReadRow> rows;
  if (owner) {
    auto read = [&](core::ReadTier tier) { return read_rows(exchange, *view->network, *owner, count, tier); };
    auto found = co_await read_store(exchange.gateway.blocking, read);
    if (!found) co_return refusal(found.error());
    rows = std::move(*found);
  }
  Looked out;
  for (const auto& row : rows) {
    if (row.judged.judgement == core::Judgement::kAllowed) continue;
    auto ended = co_await end_row(exchange, row);
    if (!ended) co_return std::unexpected(std::move(ended).error());
    out.again = true;
  }
  if (out.again || (rows.empty() && !last)) co_return out;
  auto shown = show_rows(exchange, std::move(rows));
  if (!shown) co_return refusal(shown.error());
  auto command = exchange.command(std::move(shown->effect));
  command.network_version = view->network->version();  // judged under this one, not that of the request's beginning
  command.records = std::move(shown->records);
  auto outcome = co_await exchange.commit(std::move(command));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  out.again = outcome->more;
  if (!out.again) out.body = std::move(shown->body);
  out.outcome = std::move(*outcome);
  co_return out;
}

struct Fetch {
  std::size_t count = 0;
  Deadline until;
};

OrRefusal<Fetch> read_fetch(const Exchange& exchange) {
  if (auto unknown = exchange.unknown_query({"aantal", "wacht"})) return refusal(std::move(*unknown));
  auto count = exchange.query_number("aantal", 1, 1000, 100);
  if (!count) return std::unexpected(std::move(count).error());
  const auto wait_max = static_cast<std::uint64_t>(exchange.gateway.limits.mailbox_wait_max.count());
  auto wait = exchange.query_number("wacht", 0, wait_max, 0);
  if (!wait) return std::unexpected(std::move(wait).error());
  return Fetch{*count, SteadyClock::now() + std::chrono::seconds(*wait)};
}

asio::awaitable<Reply> fetch(Exchange& exchange) {
  auto wanted = read_fetch(exchange);
  if (!wanted) co_return std::unexpected(std::move(wanted).error());
  auto& bell = exchange.gateway.mailboxes;
  bool last = false;
  while (true) {
    const auto ticket = bell.ticket(exchange.caller);
    const auto left = wanted->until - SteadyClock::now();
    last = last || left <= SteadyClock::duration::zero();
    auto looked = co_await look(exchange, wanted->count, last);
    if (!looked) co_return std::unexpected(std::move(looked).error());
    if (looked->again) continue;
    if (!looked->body.empty()) co_return exchange.answer(looked->outcome, std::move(looked->body), 200);
    const auto woken = co_await bell.wait(exchange.caller, ticket, left);
    if (woken == MailboxBell::Woken::kTooMany) {
      co_return refusal(core::ProblemCode::kQueueFull, "Er wachten al te veel verzoeken op deze postbus.");
    }
    last = woken == MailboxBell::Woken::kPassed;
  }
}

std::optional<std::uint64_t> read_acknowledgement(const json::value& body, core::Faults& faults) {
  core::ObjectReader in(body, "", faults);
  const auto up_to = in.required_int("totEnMet", 0, std::numeric_limits<std::int64_t>::max());
  in.finish();
  if (!up_to) return std::nullopt;
  return static_cast<std::uint64_t>(*up_to);
}

/// Its record stands and a first piece is acknowledged, so the answer names it, and does not say that nothing was done
/// (docs/decisions/0005).
Refusal stopped(core::Problem problem, std::uint64_t index) {
  problem.detail = "Een deel van de berichten is bevestigd; herhaal het verzoek.";
  return {std::move(problem), index};
}

asio::awaitable<Reply> acknowledge(Exchange& exchange) {
  auto up_to = exchange.read_body(read_acknowledgement);
  if (!up_to) co_return std::unexpected(std::move(up_to).error());
  auto draft = exchange.draft();
  draft.record.object = "postbus:" + std::to_string(*up_to);
  core::AcknowledgeMailbox ended{exchange.caller, *up_to};
  auto command = exchange.command(ended);
  command.records.push_back(std::move(draft));
  auto first = co_await exchange.commit(std::move(command));
  if (!first) co_return std::unexpected(std::move(first).error());
  bool more = first->more;
  while (more) {
    auto next = exchange.command(ended);
    auto outcome = co_await exchange.commit(std::move(next));
    if (!outcome) co_return std::unexpected(stopped(std::move(outcome).error().problem, first->log_index));
    more = outcome->more;
  }
  co_return exchange.answer(*first, {}, 204);
}

}  // namespace

Routes mailbox_routes() {
  Routes rows;
  rows.push_back({.method = Method::kGet,
                  .path = "/v1/postbus",
                  .name = "berichten ophalen",
                  .actie = core::Actie::kOphalen,
                  .roles = {core::Role::kAfnemer},
                  .accepts = {},
                  .gives = {kJson},
                  .reads_query = true,
                  .on_behalf = core::RepresentedAct::kOntvangen,
                  .handle = fetch});
  rows.push_back({.method = Method::kPost,
                  .path = "/v1/postbus/bevestigingen",
                  .name = "ontvangst van berichten bevestigen",
                  .actie = core::Actie::kOphalen,
                  .roles = {core::Role::kAfnemer},
                  .accepts = {kJson},
                  .gives = {},
                  .on_behalf = core::RepresentedAct::kOntvangen,
                  .handle = acknowledge});
  return rows;
}

}  // namespace wissel::transport
