#pragma once
// A partner's own server for tests: a real one on loopback, with a certificate of the test's authority.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "core/identity/oin.hpp"
#include "tests/unit/transport/test_server.hpp"

namespace wissel::test {

/// Serves from its making to its end; declare it last in what `take` uses.
class PartnerServer final : public Service {
 public:
  /// Called on the server's thread for each request: fills the response; true when it is never to be sent.
  using Take = std::function<bool(const Request&, Response&)>;

  PartnerServer(TestNetwork& net, const core::Oin& who, Take take)
      : take_(std::move(take)), identity_(net.ca.issue(who.str())) {
    auto settings = net.settings;
    settings.certificate_file = net.dir.write(who.str() + ".pem", identity_.certificate_pem());
    settings.key_file = net.dir.write(who.str() + ".key", identity_.key_pem());
    tls_ = TlsContexts::load(settings).value();
    threads_.start();
    server_ = std::make_unique<HttpServer>(threads_, *this, ServerOptions{"partner", tls_.get(), {}}, log_, metrics_);
    port_ = server_->listen("127.0.0.1", 0).value();
  }
  ~PartnerServer() override {
    server_->stop(std::chrono::milliseconds(0));
    server_.reset();
    threads_.stop();
    threads_.join();
  }

  [[nodiscard]] std::string url(const std::string& path) const {
    return "https://127.0.0.1:" + std::to_string(port_) + path;
  }

  BodyPlan plan(const RequestHead&, const Peer&) override {
    return {.bytes_max = 65'536, .streamed = false, .refusal = {}};
  }
  asio::awaitable<Response> refuse(Request, core::Problem problem) override { co_return problem_response(problem); }
  asio::awaitable<Response> handle(Request request) override {
    Response response;
    if (take_(request, response)) {
      asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
      co_await timer.async_wait(asio::use_awaitable);
    }
    co_return response;
  }

 private:
  Take take_;
  Identity identity_;
  std::unique_ptr<TlsContexts> tls_;
  IoThreads threads_{1, "partner"};
  QuietLogger log_;
  PrometheusMetrics metrics_;
  std::unique_ptr<HttpServer> server_;
  std::uint16_t port_ = 0;
};

}  // namespace wissel::test
