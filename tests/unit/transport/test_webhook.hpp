#pragma once
// A subscriber's webhook for tests: a real server on loopback that answers as the test says.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>

#include "tests/unit/transport/test_gateway.hpp"

namespace wissel::test {

/// What should happen soon is given this long.
inline constexpr std::chrono::seconds kPatience{20};

/// A subscriber's webhook that answers as the test says, and keeps what it got.
class Webhook final : public Service {
 public:
  Webhook(TestNetwork& net, const core::Oin& who) : identity_(net.ca.issue(who.str())) {
    auto settings = net.settings;
    settings.certificate_file = net.dir.write(who.str() + "-hook.pem", identity_.certificate_pem());
    settings.key_file = net.dir.write(who.str() + "-hook.key", identity_.key_pem());
    tls_ = TlsContexts::load(settings).value();
    threads_.start();
    server_ = std::make_unique<HttpServer>(threads_, *this, ServerOptions{"hook", tls_.get(), {}}, log_, metrics_);
    port_ = server_->listen("127.0.0.1", 0).value();
  }
  ~Webhook() override {
    server_->stop(std::chrono::milliseconds(0));
    server_.reset();
    threads_.stop();
    threads_.join();
  }

  [[nodiscard]] std::map<std::string, std::string> endpoints() const {
    return {{"gebeurtenissen", "https://127.0.0.1:" + std::to_string(port_) + "/ontvang"}};
  }
  /// The next `times` requests get this status; later ones 204.
  void answers(unsigned status, int times = 1'000'000) {
    const std::scoped_lock lock(mutex_);
    status_ = status;
    times_ = times;
  }
  void hangs(bool hangs) {
    const std::scoped_lock lock(mutex_);
    hangs_ = hangs;
  }

  struct Got {
    std::string event_id;
    std::string content_type;
    std::string traceparent;
    bool answered_well = false;
  };
  /// Waits until at least `count` requests came, and gives all.
  std::vector<Got> requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(came_.wait_for(lock, kPatience, [&] { return got_.size() >= count; })) << got_.size();
    return got_;
  }
  /// The ids of events answered with 2xx, in order, once there are `count`.
  std::vector<std::string> delivered(std::size_t count) {
    const auto list = [this] {
      std::vector<std::string> out;
      for (const auto& each : got_) {
        if (each.answered_well) out.push_back(each.event_id);
      }
      return out;
    };
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(came_.wait_for(lock, kPatience, [&] { return list().size() >= count; })) << list().size();
    return list();
  }

  BodyPlan plan(const RequestHead&, const Peer&) override {
    return {.bytes_max = 65'536, .streamed = false, .refusal = {}};
  }
  asio::awaitable<Response> refuse(Request, core::Problem problem) override { co_return problem_response(problem); }
  asio::awaitable<Response> handle(Request request) override {
    Response response;
    if (take(request, response)) {
      asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours(1));
      co_await timer.async_wait(asio::use_awaitable);
    }
    co_return response;
  }

 private:
  bool take(const Request& request, Response& response) {
    const std::scoped_lock lock(mutex_);
    response.status = times_ > 0 ? status_ : 204;
    if (times_ > 0) --times_;
    const auto header = [&](std::string_view name) {
      return std::string(request.head.headers.find(name).value_or(""));
    };
    got_.push_back({std::string(boost::json::parse(request.body).at("id").as_string()), header("content-type"),
                    header("traceparent"), response.status < 300 && !hangs_});
    came_.notify_all();
    return hangs_;
  }

  Identity identity_;
  std::unique_ptr<TlsContexts> tls_;
  IoThreads threads_{1, "hook"};
  QuietLogger log_;
  PrometheusMetrics metrics_;
  std::unique_ptr<HttpServer> server_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Got> got_;
  unsigned status_ = 204;
  int times_ = 0;
  bool hangs_ = false;
};

}  // namespace wissel::test
