// /v1/statusberichten: a status change is pushed, and how its deliveries stand.
#include <boost/json.hpp>

#include <array>

#include "core/state/keys.hpp"
#include "core/state/objects.hpp"
#include "transport/routes/prepare_message.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

constexpr std::string_view kOne = "application/cloudevents+json";
constexpr std::string_view kBatch = "application/cloudevents-batch+json";

struct Pushed {
  bool batch = false;
  std::vector<core::CloudEvent> events;
};

/// Where in the body an event stands.
std::string pointer_of(const Pushed& pushed, std::size_t index) {
  return pushed.batch ? '/' + std::to_string(index) : std::string();
}

std::size_t batch_bytes_max(const RouteLimits& limits) { return limits.event_batch_max * limits.event_bytes_max; }

std::unexpected<Refusal> too_large(std::size_t bytes_max) {
  return refusal(core::ProblemCode::kTooLarge, "Een bericht heeft hoogstens " + std::to_string(bytes_max) + " bytes.");
}

OrRefusal<Pushed> read_pushed(const Exchange& exchange) {
  const auto& limits = exchange.gateway.limits;
  const auto& body = exchange.request.body;
  Pushed out;
  // The router has let through one of the two media types only.
  out.batch = exchange.request.head.headers.find("content-type").value_or("").find("batch") != std::string_view::npos;
  if (!out.batch) {
    if (body.size() > limits.event_bytes_max) return too_large(limits.event_bytes_max);
    auto event = core::parse_cloud_event(body);
    if (!event) return refusal(std::move(event).error());
    out.events.push_back(std::move(*event));
    return out;
  }
  auto events = core::parse_cloud_event_batch(body, limits.event_batch_max);
  if (!events) return refusal(std::move(events).error());
  for (const auto& event : *events) {
    if (event.text().size() > limits.event_bytes_max) return too_large(limits.event_bytes_max);
  }
  out.events = std::move(*events);
  return out;
}

std::optional<core::Problem> foreign_source(const Exchange& exchange, const Pushed& pushed) {
  core::Problem problem{core::ProblemCode::kSourceNotOwn, "Het OIN in source is niet dat van de afzender.", {}};
  for (std::size_t i = 0; i < pushed.events.size(); ++i) {
    if (pushed.events[i].source_oin == exchange.caller) continue;
    problem.params.push_back(
        {pointer_of(pushed, i) + "/source", core::ProblemCode::kSourceNotOwn, "noemt niet het OIN van de afzender"});
  }
  if (problem.params.empty()) return std::nullopt;
  return problem;
}

core::Result<std::vector<EventReference>> find_references(const Exchange& exchange, const Pushed& pushed,
                                                          core::ReadTier tier) {
  std::vector<EventReference> out;
  for (const auto& event : pushed.events) {
    auto found = find_reference(exchange, event, tier);
    if (!found) return std::unexpected(std::move(found).error());
    out.push_back(std::move(*found));
  }
  return out;
}

/// A subject that could be a BSN is one, unless it is known to be a zaak.
std::optional<core::Problem> bsn_subject(const Pushed& pushed, const std::vector<EventReference>& references) {
  std::vector<core::InvalidParam> faults;
  for (std::size_t i = 0; i < pushed.events.size(); ++i) {
    if (!pushed.events[i].subject_resembles_bsn || references[i].subject_registered) continue;
    auto fault = core::subject_elfproef(pointer_of(pushed, i));
    faults.insert(faults.end(), fault.params.begin(), fault.params.end());
  }
  if (faults.empty()) return std::nullopt;
  return core::problem_of(std::move(faults));
}

core::RecordDraft about_event(const Exchange& exchange, core::RecordDraft draft, const core::CloudEvent& event) {
  if (const auto subject = subject_of(event)) exchange.about(draft, *subject);
  draft.record.http = 202;
  return draft;
}

core::Command accept_command(const Exchange& exchange, const Pushed& pushed, std::vector<EventReference> references,
                             Bringing bringing) {
  core::AcceptMessages accept;
  accept.batch = pushed.batch;
  std::vector<core::PseudonymMove> moves;
  for (std::size_t i = 0; i < pushed.events.size(); ++i) {
    const auto& event = pushed.events[i];
    for (const auto& subject : references[i].input ? references[i].input->subjects() : std::vector<core::Subject>{}) {
      const auto own = exchange.moves(subject);
      moves.insert(moves.end(), own.begin(), own.end());
    }
    auto message = prepare_message(exchange, event, std::move(references[i]), bringing);
    if (pushed.batch) {
      message.record = about_event(exchange, exchange.child(core::Actie::kMelden, "statusbericht melden"), event);
    }
    accept.messages.push_back(std::move(message));
  }
  auto access = exchange.draft();
  if (pushed.batch) {
    access.record.object = "berichten:" + std::to_string(pushed.events.size());
    access.record.http = 202;
  } else {
    access = about_event(exchange, std::move(access), pushed.events.front());
  }
  auto command = exchange.command(std::move(accept));
  command.moves = std::move(moves);
  command.records.push_back(std::move(access));
  return command;
}

asio::awaitable<OrRefusal<core::Outcome>> accept(Exchange& exchange, const Pushed& pushed, Bringing bringing) {
  auto look = [&](core::ReadTier tier) { return find_references(exchange, pushed, tier); };
  auto references = co_await read_store(exchange.gateway.blocking, look);
  if (!references) co_return refusal(references.error());
  if (auto problem = bsn_subject(pushed, *references)) co_return refusal(std::move(*problem));
  auto command = accept_command(exchange, pushed, std::move(*references), bringing);
  co_return co_await exchange.commit(std::move(command));
}

asio::awaitable<Reply> push(Exchange& exchange) {
  auto pushed = read_pushed(exchange);
  if (!pushed) co_return std::unexpected(std::move(pushed).error());
  if (auto foreign = foreign_source(exchange, *pushed)) co_return refusal(std::move(*foreign));
  auto outcome = co_await accept(exchange, *pushed, Bringing::kWhatIsMissing);
  if (outcome && outcome->more) outcome = co_await accept(exchange, *pushed, Bringing::kAll);
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  auto response = exchange.answer(*outcome, outcome->body);
  if (!pushed->batch) {
    const auto body = json::parse(outcome->body);
    response.set_header("Location", "/v1/statusberichten/" + std::string(body.at("id").as_string()));
  }
  co_return response;
}

// --- how the deliveries stand ---

struct StandingPlace {
  core::DeliveredPlace place;
  std::optional<core::Instant> next_try;  ///< of a delivery to a webhook that failed before
};

struct Standing {
  std::optional<core::DeliveredHeader> header;
  std::vector<StandingPlace> places;
};

/// When what waits is tried again. The outbox may have moved on since the place was read: then nothing.
core::Result<std::optional<core::Instant>> next_try(const Exchange& exchange, const core::DeliveredPlace& place,
                                                    core::ReadTier tier) {
  const bool tried = place.state == core::DeliveryState::kWaiting && place.attempts > 0;
  if (!tried || place.bezorging != core::Bezorgsoort::kWebhook) return std::nullopt;
  auto stored = exchange.gateway.store.get(core::Family::kOutbox, place.row_key, tier);
  if (!stored) return std::unexpected(std::move(stored).error());
  if (!*stored) return std::nullopt;
  auto row = core::decode_delivery(**stored);
  if (!row) return std::unexpected(std::move(row).error());
  return row->next_try;
}

core::Result<Standing> read_standing(const Exchange& exchange, const core::Uuid& id, core::ReadTier tier) {
  Standing out;
  core::Result<void> decoded;
  const auto header_key = core::delivered_header_key(id);
  const auto take = [&](std::string_view key, std::string_view value) {
    if (key == header_key) {
      auto header = core::decode_delivered_header(value);
      if (!header) decoded = std::unexpected(std::move(header).error());
      if (header) out.header = *header;
      return header && header->sender == exchange.caller;
    }
    auto place = core::decode_delivered_place(value);
    if (!place) decoded = std::unexpected(std::move(place).error());
    if (place) out.places.push_back({std::move(*place), {}});
    return decoded.has_value();
  };
  auto scanned = exchange.gateway.store.scan(core::Family::kDelivered, core::prefix_range(id.view()), take, tier);
  if (!scanned) return std::unexpected(std::move(scanned).error());
  if (!decoded) return std::unexpected(std::move(decoded).error());
  for (auto& each : out.places) {
    auto next = next_try(exchange, each.place, tier);
    if (!next) return std::unexpected(std::move(next).error());
    each.next_try = *next;
  }
  return out;
}

std::string_view state_word(core::DeliveryState state) {
  static constexpr auto kWords =
      std::to_array<std::string_view>({"wachtend", "bezorgd", "verlopen", "geweigerd", "beeindigd", "dood"});
  return kWords[static_cast<std::size_t>(state)];
}

json::object standing_json(const core::Network& network, const core::Uuid& id, const Standing& standing) {
  json::array places;
  for (const auto& [place, next] : standing.places) {
    json::object row{{"afnemer", place.afnemer.view()},
                     {"bezorging", place.bezorging == core::Bezorgsoort::kPostbus ? "postbus" : "webhook"},
                     {"stand", state_word(place.state)},
                     {"pogingen", place.attempts},
                     {"op", core::format_rfc3339(place.at)}};
    if (!place.error.empty()) row["laatsteFout"] = place.error;
    if (next) row["volgendePoging"] = core::format_rfc3339(*next);
    if (const auto* subscription = network.subscription(place.subscription)) {
      row["uitwisselafspraak"] = subscription->grondslag.uitwisselafspraak.str();
    }
    places.push_back(std::move(row));
  }
  return {{"id", id.str()},
          {"volgnummer", standing.header->sequence},
          {"geaccepteerdOp", core::format_rfc3339(standing.header->accepted)},
          {"afnemers", std::move(places)}};
}

std::unexpected<Refusal> no_message() {
  return refusal(core::ProblemCode::kNotFound, "Er is geen eigen bericht met deze id.");
}

asio::awaitable<Reply> show_standing(Exchange& exchange) {
  const auto id = core::Uuid::parse(exchange.param("id"));
  if (!id) co_return no_message();
  auto look = [&](core::ReadTier tier) { return read_standing(exchange, *id, tier); };
  auto standing = co_await read_store(exchange.gateway.blocking, look);
  if (!standing) co_return refusal(standing.error());
  if (!standing->header || standing->header->sender != exchange.caller) co_return no_message();
  auto draft = exchange.draft();
  draft.record.object = core::message_object(*id);
  std::vector<core::RecordDraft> records;
  records.push_back(std::move(draft));
  auto outcome = co_await exchange.log(std::move(records));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer(*outcome, json::serialize(standing_json(*exchange.view->network, *id, *standing)), 200);
}

}  // namespace

Routes message_routes() {
  Routes rows;
  rows.push_back({.method = Method::kPost,
                  .path = "/v1/statusberichten",
                  .name = "statusbericht melden",
                  .actie = core::Actie::kMelden,
                  .roles = {core::Role::kBronhouder},
                  .accepts = {kOne, kBatch},
                  .gives = {kJson},
                  .bytes_max_of = batch_bytes_max,
                  .idempotency = Idempotency::kHonoured,
                  .on_behalf = core::RepresentedAct::kMelden,
                  .handle = push});
  rows.push_back(reading("/v1/statusberichten/{id}", "stand van een statusbericht inzien", show_standing,
                         {core::Role::kBronhouder}));
  return rows;
}

}  // namespace wissel::transport
