#include "transport/routes/admission.hpp"

#include <string>

#include "transport/routes/route.hpp"

namespace wissel::transport {
namespace {

constexpr std::uint32_t kBrakedRetryS = 60;

void count_quota(const Exchange& exchange, std::string_view limit) {
  exchange.gateway.metrics
      .counter("wissel_quota_refused_total",
               "Requests refused by quota, by whose: the participant's or an agreement's.",
               {{"limit", std::string(limit)}})
      .add();
  exchange.gateway.limiter.refused(exchange.caller, std::nullopt, exchange.route.actie, exchange.now);
}

Refusal over_quota(const core::Admission& admission, std::string_view whose) {
  const auto seconds = admission.retry_after_s();
  auto detail = std::string(whose) + " is " + std::to_string(admission.most) + " per minuut. Over " +
                std::to_string(seconds) + " s is er weer ruimte.";
  Refusal out(core::Problem{core::ProblemCode::kQuota, std::move(detail), {}});
  out.retry_after_s = seconds;
  return out;
}

Refusal too_many_at_once(const core::Admission& admission) {
  Refusal out(core::Problem{core::ProblemCode::kQuota,
                            "Vraag ten hoogste " + std::to_string(admission.most) +
                                " onderwerpen tegelijk: meer past niet in het quotum per minuut van de "
                                "uitwisselafspraak.",
                            {}});
  out.retry_after_s = admission.retry_after_s();
  return out;
}

std::string explained(const core::Brake& brake) {
  return "Geremd sinds " + core::format_rfc3339(brake.since) + ": " + std::to_string(brake.asked) +
         " onderwerpen in een minuut, waar " + std::to_string(brake.normal) + " gewoon was; geremd wordt boven " +
         std::to_string(brake.factor) + " maal dat en boven " + std::to_string(brake.floor) + ". Rem " +
         brake.id.str() + " wordt vrijgegeven door de beheerder van het schakelpunt.";
}

Refusal braked(std::string detail) {
  Refusal out(core::Problem{core::ProblemCode::kBraked, std::move(detail), {}});
  out.retry_after_s = kBrakedRetryS;
  return out;
}

/// One more that is turned away by a brake.
Refusal stay_braked(Exchange& exchange, const core::Agreement& agreement) {
  exchange.gateway.metrics.counter("wissel_braked_total", "Requests refused by a brake.", {}).add();
  exchange.gateway.limiter.refused(exchange.caller, agreement.id, exchange.route.actie, exchange.now);
  const auto view = exchange.gateway.views.view();
  const auto* brake = core::find_brake(*view->brakes, exchange.caller, agreement.id);
  // Nothing while the request that trips it is still being recorded.
  return braked(brake != nullptr ? explained(*brake) : std::string(core::info(core::ProblemCode::kBraked).remedy));
}

core::Brake brake_of(const Exchange& exchange, const core::Agreement& agreement, const core::Admission& admission) {
  core::Uuid::Randomness random{};
  core::random_bytes(random);
  const auto& settings = exchange.gateway.limiter.settings();
  return {core::Uuid::v7(exchange.now, random),
          exchange.caller,
          agreement.id,
          exchange.now,
          admission.asked,
          admission.normal,
          settings.factor,
          settings.floor,
          {}};
}

asio::awaitable<Refusal> pull_brake(Exchange& exchange, const core::Agreement& agreement, core::Admission admission) {
  const auto brake = brake_of(exchange, agreement, admission);
  auto draft = exchange.draft();
  draft.record.name = "rem getrokken";
  draft.record.object = "rem:" + brake.id.str();
  draft.record.uitwisselafspraak = agreement.id.str() + "@" + std::to_string(agreement.versie);
  draft.record.regel = "rem";
  exchange.annex(draft, {});
  auto command = exchange.command(core::TripBrake{brake});
  command.idempotency.reset();
  command.records.push_back(std::move(draft));
  auto outcome = co_await exchange.commit(std::move(command));
  if (!outcome) {
    exchange.gateway.limiter.not_tripped(exchange.caller, agreement.id);
    co_return std::move(outcome).error();
  }
  const auto id = agreement.id.str();
  exchange.gateway.log.warn("brake tripped", {{"oin", exchange.caller.view()},
                                              {"uitwisselafspraak", std::string_view(id)},
                                              {"asked", brake.asked},
                                              {"normal", brake.normal}});
  exchange.gateway.metrics.counter("wissel_braked_total", "Requests refused by a brake.", {}).add();
  co_return braked(explained(brake));
}

}  // namespace

std::optional<Refusal> own_quota(const Exchange& exchange) {
  const auto* participant = exchange.view->network->participant(exchange.caller);
  const auto per_minute = participant != nullptr && participant->quota ? participant->quota->per_minute : std::nullopt;
  const auto admission = exchange.gateway.limiter.access(exchange.caller, per_minute, exchange.request.started);
  if (admission.go()) return std::nullopt;
  count_quota(exchange, "participant");
  return over_quota(admission, "Het quotum van de deelnemer");
}

core::Admission admit(const Exchange& exchange, const core::Agreement& agreement, std::size_t subjects) {
  return exchange.gateway.limiter.use(exchange.caller, agreement.id, agreement.per_minuut,
                                      static_cast<std::uint32_t>(subjects), /*braked=*/true, exchange.request.started);
}

core::Admission admit_subscription(const Exchange& exchange, const core::Agreement& agreement) {
  return exchange.gateway.limiter.use(exchange.caller, agreement.id, agreement.per_minuut, 1, /*braked=*/false,
                                      exchange.request.started);
}

asio::awaitable<Refusal> turn_away(Exchange& exchange, const core::Agreement& agreement, core::Admission admission) {
  switch (admission.kind) {
    case core::Admission::Kind::kTrip:
      co_return co_await pull_brake(exchange, agreement, admission);
    case core::Admission::Kind::kQuota:
      count_quota(exchange, "agreement");
      if (admission.never) co_return too_many_at_once(admission);
      co_return over_quota(admission, "Het quotum van de uitwisselafspraak");
    case core::Admission::Kind::kBraked:
    case core::Admission::Kind::kGo:
      break;
  }
  co_return stay_braked(exchange, agreement);
}

}  // namespace wissel::transport
