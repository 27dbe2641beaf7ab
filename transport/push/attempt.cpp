#include "transport/push/attempt.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "core/policy/network.hpp"
#include "transport/metrics.hpp"
#include "transport/push/content.hpp"
#include "transport/push/outbox.hpp"
#include "transport/routes/commit.hpp"
#include "transport/routes/trace.hpp"

namespace wissel::transport {
namespace {

using Kind = AttemptEnd::Kind;

// Of an answer nothing but its status and Retry-After is read.
constexpr std::size_t kAnswerBytesMax = 16 * 1024;
// What was delivered is stored with patience: giving up means delivering it again.
constexpr int kCommitTries = 6;
constexpr std::chrono::milliseconds kCommitPause{100};
// How long a message that came outside the agreement's hours waits until it is judged again.
constexpr core::Milliseconds kHoursWaitMin{1'000};
constexpr core::Milliseconds kHoursWaitMax{15 * 60'000};

/// Everything that one attempt knows while it goes on.
struct Attempt {
  const Gateway& gateway;
  AttemptOrder order;
  core::DeliveryRow row;
  core::MessageRow message;
  std::shared_ptr<const core::View> view;
  core::Oin subscriber;
  core::Bytes8 span;
  core::Instant started;
};

core::RecordDraft record_of(const Attempt& attempt, const core::Agreement* agreement) {
  core::RecordDraft draft;
  core::random_bytes(draft.salt);
  auto& record = draft.record;
  record.trace_id = attempt.message.trace_id;
  record.span_id = attempt.span;
  record.parent_span_id = attempt.message.span_id;
  record.start_time = attempt.started;
  record.end_time = attempt.gateway.now();
  record.status = core::LogStatus::kOk;
  record.name = "bericht bezorgen";
  record.actie = core::Actie::kBezorgen;
  record.oin = attempt.message.facts.sender;
  record.bronhouders = {attempt.subscriber};
  record.stand = attempt.view->edge.size();
  draft.parties = {attempt.message.facts.sender, attempt.subscriber};
  record.uitwisselafspraak = attempt.row.agreement.str();
  about_message(draft, attempt.row.message, attempt.message.facts, agreement);
  return draft;
}

void count_outcome(const Gateway& gateway, std::string outcome) {
  gateway.metrics
      .counter("wissel_deliveries_total", "Deliveries to webhooks that ended, by outcome.",
               {{"outcome", std::move(outcome)}})
      .add();
}

void count_attempt(const Gateway& gateway, std::string result, SteadyClock::duration took) {
  gateway.metrics
      .counter("wissel_delivery_attempts_total", "Attempts to deliver to webhooks, by result.",
               {{"result", std::move(result)}})
      .add();
  gateway.metrics
      .histogram("wissel_delivery_attempt_duration_seconds", "From the call of a webhook to its answer.",
                 latency_bounds())
      .observe(std::chrono::duration<double>(took).count());
}

/// True when it is durable. Not repeated as such: a command that failed was not stored.
asio::awaitable<bool> store_end(const Gateway& gateway, std::size_t io_thread, core::Effect effect,
                                std::vector<core::RecordDraft> records) {
  for (auto& draft : records) draft.seal();
  auto pause = kCommitPause;
  for (int i = 0; i < kCommitTries; ++i, pause *= 2) {
    core::Command command;
    command.now = gateway.now();
    command.network_version = gateway.views.view()->network->version();
    command.effect = effect;
    command.records = records;
    auto outcome = co_await commit(gateway.sequencer, std::move(command), io_thread);
    if (outcome) co_return true;
    if (outcome.error().code == core::Errc::kCorrupt) break;
    asio::steady_timer timer(co_await asio::this_coro::executor, pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_return false;
}

/// Takes the row out of the outbox with its record.
asio::awaitable<AttemptEnd> conclude(Attempt& attempt, core::ConcludeDelivery effect, core::RecordDraft draft,
                                     AttemptEnd end) {
  effect.row_key = attempt.order.row.key;
  std::vector<core::RecordDraft> records;
  records.push_back(std::move(draft));
  const bool stored =
      co_await store_end(attempt.gateway, attempt.order.io_thread, std::move(effect), std::move(records));
  end.kind = stored ? Kind::kEnded : Kind::kUnavailable;
  end.row = attempt.order.row;
  co_return end;
}

/// It may not be delivered any more.
asio::awaitable<AttemptEnd> give_up(Attempt& attempt, core::JudgedPlace judged) {
  const bool gone = judged.judgement == core::Judgement::kEnded;
  auto draft = record_of(attempt, nullptr);
  draft.record.name = "bezorging beëindigen";
  draft.record.uitkomst = core::Uitkomst::kGeweigerd;
  draft.record.status = core::LogStatus::kUnset;
  note_refusal(draft.record, judged);
  if (attempt.order.row.may_have_left) draft.record.regel += ";mogelijk-ontvangen";
  core::ConcludeDelivery effect;
  effect.state = gone ? core::DeliveryState::kEnded : core::DeliveryState::kRefused;
  effect.attempts = attempt.order.row.attempts;
  effect.error = gone ? "abonnement-beeindigd" : core::info(judged.decision.code).text;
  AttemptEnd given_up;  // named: g++ 12 destroys an aggregate made inside a co_await expression twice
  auto end = co_await conclude(attempt, std::move(effect), std::move(draft), std::move(given_up));
  if (end.kind == Kind::kEnded) count_outcome(attempt.gateway, gone ? "ended" : "refused");
  co_return end;
}

struct Answer {
  unsigned status = 0;  ///< 0: no answer
  std::string error;    ///< a short word when it was not 2xx
  bool may_have_left = true;
  bool busy = false;  ///< nothing was tried
  core::LeftOut left_out;
  CallEnd call = CallEnd::kSucceeded;
  std::optional<std::chrono::milliseconds> retry_after;
};

Answer read_answer(const Attempt& attempt, const ClientResult& result) {
  Answer out;
  if (!result) {
    const auto fault = result.error().fault;
    out.error = to_string(fault);
    out.may_have_left = result.error().body_may_have_left;
    out.call = CallEnd::kFailed;
    out.busy = fault == ClientFault::kStopped || fault == ClientFault::kOverloaded;
    return out;
  }
  out.status = result->status;
  if (out.status >= 200 && out.status < 300) return out;
  out.error = "http-" + std::to_string(out.status);
  if (out.status >= 500 || out.status == 429 || out.status == 408) out.call = CallEnd::kFailed;
  const auto after = result->headers.find("retry-after");
  if (after && (out.status == 429 || out.status == 503)) {
    out.retry_after = parse_retry_after(*after, attempt.gateway.now());
  }
  return out;
}

std::string result_word(const Answer& answer) {
  if (answer.status == 0) return answer.error;
  return "http_" + std::to_string(answer.status / 100) + "xx";
}

asio::awaitable<Answer> call_endpoint(Attempt& attempt, const core::Agreement& agreement) {
  Answer failed;
  failed.may_have_left = false;
  const auto* participant = attempt.view->network->participant(attempt.subscriber);
  const auto url = participant->eindpunten.find(attempt.row.eindpunt);
  if (url == participant->eindpunten.end()) {
    failed.error = "geen-eindpunt";
    co_return failed;
  }
  auto event = agreement.filter->event(std::move(attempt.message.event), attempt.message.facts);
  if (!event) {
    attempt.gateway.log.error("stored event unreadable", {{"message", std::string_view(attempt.row.message.str())}});
    failed.error = "opslagfout";
    co_return failed;
  }
  const auto begun = SteadyClock::now();
  ClientRequest request{.method = Method::kPost,
                        .url = url->second,
                        .headers = {},
                        .content_type = "application/cloudevents+json",
                        .body = std::move(event->text).take(),
                        .expected_oin = attempt.subscriber,
                        .deadline = begun + attempt.order.timeout,
                        .answer_bytes_max = kAnswerBytesMax,
                        .idempotent = true};  // subscribers drop repeats by source and id
  request.headers.emplace_back("traceparent", format_traceparent(attempt.message.trace_id, attempt.span));
  auto& client = attempt.gateway.clients.at(attempt.order.io_thread);
  const auto result = co_await client.call(std::move(request));
  auto answer = read_answer(attempt, result);
  answer.left_out = event->left_out;
  count_attempt(attempt.gateway, result_word(answer), SteadyClock::now() - begun);
  co_return answer;
}

asio::awaitable<AttemptEnd> conclude_answered(Attempt& attempt, const core::Agreement& agreement, const Answer& answer,
                                              const core::Uuid& subscription) {
  const bool delivered = answer.status != 410;
  auto draft = record_of(attempt, &agreement);
  note_left_out(draft, agreement, answer.left_out);
  draft.record.http = static_cast<std::uint16_t>(answer.status);
  core::ConcludeDelivery effect;
  effect.attempts = attempt.order.row.attempts + 1;
  if (!delivered) {
    draft.record.name = "bezorging beëindigen";
    draft.record.uitkomst = core::Uitkomst::kFout;
    draft.record.status = core::LogStatus::kUnset;
    draft.record.regel = "beeindigd;mogelijk-ontvangen";
    effect.state = core::DeliveryState::kEnded;
    effect.error = answer.error;
    effect.end_subscription = subscription;
  }
  AttemptEnd end;
  end.call = CallEnd::kSucceeded;
  attempt.order.row.may_have_left = true;
  end = co_await conclude(attempt, std::move(effect), std::move(draft), std::move(end));
  if (end.kind == Kind::kEnded) count_outcome(attempt.gateway, delivered ? "delivered" : "ended");
  co_return end;
}

asio::awaitable<AttemptEnd> store_failure(Attempt& attempt, const Answer& answer) {
  AttemptEnd end;
  end.call = answer.call;
  end.row = attempt.order.row;
  auto delay = attempt.order.back_off;
  if (answer.retry_after) {
    const auto asked = std::min(*answer.retry_after, attempt.order.retry_after_max);
    delay = std::max(delay, asked);
    end.hold_until = SteadyClock::now() + asked;
  }
  // The row's own time comes first, so that no attempt begins before what is stored says.
  const auto next_try = attempt.gateway.now() + delay;
  end.row.due = SteadyClock::now() + delay + std::chrono::milliseconds{1};
  ++end.row.attempts;
  end.row.may_have_left |= answer.may_have_left;
  core::DelayDelivery effect{end.row.key, end.row.attempts, next_try, end.row.may_have_left, answer.error};
  std::vector<core::RecordDraft> no_records;
  const bool stored =
      co_await store_end(attempt.gateway, attempt.order.io_thread, std::move(effect), std::move(no_records));
  end.kind = stored ? Kind::kFailed : Kind::kUnavailable;
  attempt.gateway.log.debug("delivery failed", {{"subscriber", attempt.subscriber.view()},
                                                {"error", std::string_view(answer.error)},
                                                {"attempts", end.row.attempts}});
  co_return end;
}

/// Nothing is stored: after a restart it is judged anew. Nor does it wait to the end, since hours may be agreed anew.
AttemptEnd wait_for_hours(AttemptEnd end, core::Milliseconds wait) {
  end.kind = Kind::kFailed;
  end.row.due = SteadyClock::now() + std::clamp<core::Milliseconds>(wait, kHoursWaitMin, kHoursWaitMax);
  return end;
}

asio::awaitable<AttemptEnd> try_once(Attempt attempt) {
  const core::WaitingPlace place{attempt.subscriber, attempt.row.subscription, core::Bezorgsoort::kWebhook,
                                 attempt.row.eindpunt};
  const auto judged = core::judge_place(*attempt.view->network, place, attempt.message.facts, attempt.gateway.now());
  AttemptEnd end;
  end.row = attempt.order.row;
  switch (judged.judgement) {
    case core::Judgement::kPaused:
      end.kind = Kind::kPaused;
      co_return end;
    case core::Judgement::kLater:
      co_return wait_for_hours(std::move(end), judged.from - attempt.gateway.now());
    case core::Judgement::kRefused:
    case core::Judgement::kEnded:
      co_return co_await give_up(attempt, judged);
    case core::Judgement::kAllowed:
      break;
  }
  const auto& agreement = *judged.agreement;
  // Matching says the same; the filter does not rely on it.
  if (!agreement.filter->carries(attempt.message.facts)) {
    auto refused = judged;
    refused.judgement = core::Judgement::kRefused;
    refused.decision = {false, core::ProblemCode::kNotEntitled, "filter", agreement.versie};
    co_return co_await give_up(attempt, refused);
  }
  const auto answer = co_await call_endpoint(attempt, agreement);
  if (answer.busy) {
    end.kind = Kind::kBusy;
    end.row.may_have_left |= answer.may_have_left;
    co_return end;
  }
  const bool concluded = (answer.status >= 200 && answer.status < 300) || answer.status == 410;
  if (concluded) co_return co_await conclude_answered(attempt, agreement, answer, judged.subscription->id);
  co_return co_await store_failure(attempt, answer);
}

}  // namespace

asio::awaitable<AttemptEnd> attempt_delivery(const Gateway& gateway, AttemptOrder order) {
  AttemptEnd end;
  end.row = order.row;
  auto read = [&](core::ReadTier tier) { return read_delivery(gateway.store, order.row.key, tier); };
  auto stored = co_await read_store(gateway.blocking, read);
  if (!stored && stored.error().code == core::Errc::kCorrupt) {
    end.kind = Kind::kEnded;
    end.look = true;
    end.damage = "the row or its message cannot be read";
    co_return end;
  }
  if (!stored) {
    gateway.log.warn("outbox unreadable", {{"code", core::to_string(stored.error().code)},
                                           {"detail", std::string_view(stored.error().detail)}});
    co_return end;
  }
  if (!*stored) {
    end.kind = Kind::kEnded;  // expired, say
    end.look = true;
    co_return end;
  }
  auto view = gateway.views.view();
  const auto* oin = view->parties->oin(core::parse_outbox_key(order.row.key)->subscriber);
  if (oin == nullptr) {
    end.kind = Kind::kEnded;
    end.look = true;
    end.damage = "its subscriber has no OIN";
    co_return end;
  }
  const auto subscriber = *oin;
  Attempt attempt{gateway,
                  std::move(order),
                  std::move((*stored)->row),
                  std::move((*stored)->message),
                  std::move(view),
                  subscriber,
                  random_span(),
                  gateway.now()};
  co_return co_await try_once(std::move(attempt));
}

std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text, core::Instant now) {
  std::uint64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size()) {
    constexpr std::uint64_t kSecondsMax = 366ULL * 86'400;
    return std::chrono::seconds(std::min(seconds, kSecondsMax));
  }
  std::tm at{};
  const std::string date(text);
  const char* rest = ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &at);
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  const auto moment = core::Instant(std::chrono::seconds(::timegm(&at)));
  return std::max(moment - now, core::Milliseconds{0});
}

}  // namespace wissel::transport
