#include "transport/client/http_client.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "transport/client/client_metrics.hpp"
#include "transport/client/connector.hpp"
#include "transport/client/exchange.hpp"
#include "transport/client/pool.hpp"
#include "transport/client/url.hpp"

namespace wissel::transport {
namespace {

std::unexpected<ClientError> refused(ClientFault fault, std::string detail) {
  return std::unexpected(ClientError{fault, false, std::move(detail)});
}

}  // namespace

std::string_view to_string(ClientFault fault) noexcept {
  switch (fault) {
    case ClientFault::kBadUrl:
      return "bad_url";
    case ClientFault::kAddressRefused:
      return "address_refused";
    case ClientFault::kConnectFailed:
      return "connect_failed";
    case ClientFault::kTlsRefused:
      return "tls_refused";
    case ClientFault::kOtherOrganisation:
      return "other_organisation";
    case ClientFault::kOverloaded:
      return "overloaded";
    case ClientFault::kTimedOut:
      return "timed_out";
    case ClientFault::kBroken:
      return "broken";
    case ClientFault::kAnswerTooLarge:
      return "answer_too_large";
    case ClientFault::kAnswerInvalid:
      return "answer_invalid";
    case ClientFault::kStopped:
      return "stopped";
  }
  return "unknown";
}

class HttpClient::Impl : public std::enable_shared_from_this<HttpClient::Impl> {
 public:
  Impl(asio::io_context& io, const TlsContexts& tls, ClientLimits limits, core::Metrics& metrics)
      : io_(io), tls_(tls), limits_(limits), metrics_(metrics), sweep_(io) {}

  /// `self` keeps this alive for as long as the call runs.
  static asio::awaitable<ClientResult> call(std::shared_ptr<Impl> self, ClientRequest request) {
    auto result = co_await try_call(self, std::move(request));
    self->metrics_.ended(result);
    co_return result;
  }
  void stop();
  [[nodiscard]] std::size_t connections() const noexcept;

 private:
  using Key = std::tuple<std::string, std::uint16_t, core::Oin>;

  static asio::awaitable<ClientResult> try_call(std::shared_ptr<Impl> self, ClientRequest request);
  asio::awaitable<std::expected<std::unique_ptr<Stream>, ClientError>> open(const HttpsUrl& url, core::Oin expected,
                                                                            Deadline deadline);
  std::shared_ptr<PartnerPool> pool_of(const HttpsUrl& url, const core::Oin& oin);
  void give_back(PartnerPool& pool, OpenStream stream);
  void plan_sweep();
  void sweep();

  asio::io_context& io_;
  const TlsContexts& tls_;
  const ClientLimits limits_;
  ClientMetrics metrics_;
  // Joint ownership with the calls under way, whose turns outlive a sweep.
  std::map<Key, std::shared_ptr<PartnerPool>> pools_;
  asio::steady_timer sweep_;
  bool sweep_planned_ = false;
  bool stopped_ = false;
};

std::shared_ptr<PartnerPool> HttpClient::Impl::pool_of(const HttpsUrl& url, const core::Oin& oin) {
  auto& pool = pools_[Key{url.host, url.port, oin}];
  if (!pool) {
    pool =
        std::make_shared<PartnerPool>(limits_.connections_per_partner_max, limits_.waiting_per_partner_max, metrics_);
    plan_sweep();
  }
  return pool;
}

asio::awaitable<std::expected<std::unique_ptr<Stream>, ClientError>> HttpClient::Impl::open(const HttpsUrl& url,
                                                                                            core::Oin expected,
                                                                                            Deadline deadline) {
  const Deadline until = std::min(deadline, SteadyClock::now() + limits_.connect_timeout);
  auto endpoints = co_await resolve(io_, url, limits_.allow_private_addresses, until);
  if (!endpoints) co_return std::unexpected(endpoints.error());
  co_return co_await connect(io_, tls_.current(), url, std::move(*endpoints), expected, until);
}

asio::awaitable<ClientResult> HttpClient::Impl::try_call(std::shared_ptr<Impl> self, ClientRequest request) {
  if (self->stopped_) co_return refused(ClientFault::kStopped, "");
  const auto url = parse_https_url(request.url);
  if (!url) co_return refused(ClientFault::kBadUrl, "");
  const auto pool = self->pool_of(*url, request.expected_oin);
  const auto turn = co_await PartnerPool::take(pool, self->io_, request.deadline);
  if (!turn) {
    const bool many = turn.error() == PartnerPool::NoTurn::kTooManyWait;
    co_return refused(many ? ClientFault::kOverloaded : ClientFault::kTimedOut, "waiting for a connection");
  }
  bool fresh = false;
  while (true) {
    std::optional<OpenStream> open;
    if (!fresh) open = pool->pick(self->tls_.generation(), self->limits_.keep_idle);
    const bool kept = open.has_value();
    if (!kept) {
      auto opened = co_await self->open(*url, request.expected_oin, request.deadline);
      if (!opened) co_return std::unexpected(std::move(opened.error()));
      open.emplace(OpenStream{std::move(*opened), GaugeShare(self->metrics_.connections)});
      self->metrics_.opened.add();
    }
    ExchangeEnd end = co_await exchange(*open->stream, request, *url, self->limits_.header_bytes_max);
    if (end.reusable) self->give_back(*pool, std::move(*open));
    const bool went_stale =
        !end.result && end.result.error().fault == ClientFault::kBroken && kept && !end.answer_began;
    if (!went_stale || !request.idempotent) co_return std::move(end.result);
    self->metrics_.repeated.add();
    fresh = true;  // at most once: the next connection is not a kept one
  }
}

void HttpClient::Impl::give_back(PartnerPool& pool, OpenStream stream) {
  if (stopped_) return;
  pool.keep(std::move(stream));
  plan_sweep();
}

void HttpClient::Impl::plan_sweep() {
  if (sweep_planned_ || stopped_) return;
  sweep_planned_ = true;
  sweep_.expires_after(limits_.keep_idle);
  sweep_.async_wait([weak = weak_from_this()](const boost::system::error_code& failure) {
    const auto self = weak.lock();
    if (!failure && self) self->sweep();
  });
}

void HttpClient::Impl::sweep() {
  sweep_planned_ = false;
  const Deadline oldest = SteadyClock::now() - limits_.keep_idle;
  for (auto at = pools_.begin(); at != pools_.end();) {
    at->second->drop_older(oldest);
    const bool unused = at->second->idle() == 0 && at->second->in_use() == 0;
    at = unused ? pools_.erase(at) : std::next(at);
  }
  // Nothing kept, nothing to do: an idle client does not wake up.
  if (!pools_.empty()) plan_sweep();
}

void HttpClient::Impl::stop() {
  stopped_ = true;
  sweep_.cancel();
  for (auto& [key, pool] : pools_) pool->drop_older(Deadline::max());
}

std::size_t HttpClient::Impl::connections() const noexcept {
  std::size_t count = 0;
  for (const auto& [key, pool] : pools_) count += pool->idle() + pool->in_use();
  return count;
}

HttpClient::HttpClient(asio::io_context& io, const TlsContexts& tls, ClientLimits limits, core::Metrics& metrics)
    : impl_(std::make_shared<Impl>(io, tls, limits, metrics)) {}

HttpClient::~HttpClient() { impl_->stop(); }

asio::awaitable<ClientResult> HttpClient::call(ClientRequest request) { return Impl::call(impl_, std::move(request)); }

void HttpClient::stop() { impl_->stop(); }

std::size_t HttpClient::connections() const noexcept { return impl_->connections(); }

HttpClients::HttpClients(IoThreads& threads, const TlsContexts& tls, const ClientLimits& limits,
                         core::Metrics& metrics) {
  for (std::size_t i = 0; i < threads.size(); ++i) {
    clients_.push_back(std::make_unique<HttpClient>(threads.context(i), tls, limits, metrics));
  }
}

}  // namespace wissel::transport
