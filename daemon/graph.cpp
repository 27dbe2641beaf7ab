#include "daemon/graph.hpp"

#include <boost/asio/post.hpp>

#include "transport/routes/resources.hpp"

namespace wissel::daemon {

Loggers::Loggers(LogOutput& out)
    : daemon(out.logger("daemon")),
      store(out.logger("store")),
      transport(out.logger("transport")),
      push(out.logger("push")) {}

void IoWakeUp::run(std::size_t wake_group, std::vector<std::move_only_function<void()>> completions) {
  transport::asio::post(threads_.context(wake_group), [all = std::move(completions)]() mutable {
    for (auto& one : all) one();
  });
}

transport::asio::awaitable<transport::Response> FreshOperators::handle(transport::Request request) {
  if (request.head.path == "/readyz") refresh_();
  return inner_.handle(std::move(request));
}

transport::ServerLimits server_limits(const config::ListenerLimits& limits) {
  transport::ServerLimits out;
  out.header_bytes_max = limits.header_bytes_max;
  out.connections_max = limits.connections_max;
  out.connections_per_partner_max = limits.connections_per_partner_max;
  out.requests_in_flight_max = limits.requests_in_flight_max;
  out.handshake_timeout = limits.handshake_timeout;
  out.header_timeout = limits.header_timeout;
  out.body_timeout = limits.body_timeout;
  out.idle_timeout = limits.idle_timeout;
  out.write_timeout = limits.write_timeout;
  return out;
}

transport::RouteLimits route_limits(const config::Settings& settings) {
  const auto term = [](config::Milliseconds ms) { return core::Duration{0, ms.count()}; };
  transport::RouteLimits out;
  out.body_bytes_max = settings.partners.limits.body_bytes_max;
  out.event_bytes_max = settings.push.event_bytes_max;
  out.event_batch_max = settings.push.batch_max;
  out.lookup_max = settings.references.lookup_max;
  out.pull_wait_default = settings.pull.wait_default;
  out.pull_wait_max = settings.pull.wait_max;
  out.pull_commit_margin = settings.pull.commit_margin;
  out.pull_holders_max = settings.pull.holders_max;
  out.pull_answer_bytes_max = settings.pull.answer_bytes_max;
  out.mailbox_wait_max = std::chrono::duration_cast<std::chrono::seconds>(settings.push.mailbox_wait_max);
  out.message_expiry = term(settings.push.expiry);
  out.idempotency_term = term(settings.idempotency.term);
  out.reference_term_max = settings.references.term_max;
  out.confirmation_allowed = settings.agreements.confirmation == config::Confirmation::kAllowed;
  return out;
}

transport::DeliverySettings delivery_settings(const config::PushSettings& settings) {
  transport::DeliverySettings out;
  out.queue.per_subscriber_max = settings.concurrency_per_subscriber;
  out.queue.retry_first = settings.retry_first;
  out.queue.retry_max = settings.retry_max;
  out.queue.breaker = {settings.breaker_failures, settings.breaker_open};
  out.attempt_timeout = settings.delivery_timeout;
  return out;
}

core::LimiterSettings limiter_settings(const config::Settings& settings) {
  core::LimiterSettings out;
  out.per_minute = settings.limits.requests_per_minute;
  out.brake = settings.brake.enabled;
  out.factor = settings.brake.factor;
  out.floor = settings.brake.floor;
  out.learning = static_cast<std::uint32_t>(settings.brake.learning / std::chrono::minutes{1});
  return out;
}

index::WatermarkLimits watermarks(const config::StoreSettings& settings) {
  // A level ends a tenth of the lowest mark above its limit, so that it does not flap.
  return {settings.watermark_warn, settings.watermark_restrict, settings.watermark_stop, settings.watermark_stop / 10};
}

core::Instant wall_clock() {
  return std::chrono::time_point_cast<core::Milliseconds>(std::chrono::system_clock::now());
}

}  // namespace wissel::daemon
