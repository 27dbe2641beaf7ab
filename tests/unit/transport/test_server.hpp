#pragma once
// A server on loopback with a service that echoes, waits, streams or fails as its path says.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/fakes/temp_dir.hpp"
#include "tests/unit/transport/test_client.hpp"
#include "transport/blocking.hpp"
#include "transport/http/server.hpp"
#include "transport/metrics.hpp"

namespace wissel::test {

using namespace transport;

class QuietLogger final : public core::Logger {
 public:
  [[nodiscard]] bool enabled(core::LogLevel) const noexcept override { return false; }
  void write(core::LogLevel, std::string_view, std::initializer_list<core::LogField>) noexcept override {}
};

/// Waits for the test to let it go on.
class Gate {
 public:
  void open() { promise_.set_value(); }
  void wait() { future_.wait(); }
  /// One more has come to the gate.
  void arrive() { arrived_.set_value(); }
  void await_arrival() { arrived_.get_future().wait(); }

 private:
  std::promise<void> promise_;
  std::shared_future<void> future_ = promise_.get_future().share();
  std::promise<void> arrived_;
};

class EchoService final : public Service {
 public:
  static constexpr std::size_t kBodyBytesMax = 1024;

  explicit EchoService(BlockingPool& pool) : pool_(pool) {}

  BodyPlan plan(const RequestHead& head, const Peer& peer) override {
    BodyPlan plan{.bytes_max = kBodyBytesMax, .streamed = false, .refusal = {}};
    if (head.path == "/stroom") plan = {.bytes_max = 1024 * 1024, .streamed = true, .refusal = {}};
    if (head.path == "/weg") plan.refusal = core::Problem{core::ProblemCode::kNotFound, "", {}};
    if (head.path == "/wie" && !peer.oin) plan.refusal = core::Problem{peer.refusal, "", {}};
    return plan;
  }

  asio::awaitable<Response> handle(Request request) override {
    Response response;
    response.content_type = "text/plain";
    const std::string& path = request.head.path;
    if (path == "/gooi") throw std::runtime_error("thrown by the test");
    if (path == "/wacht") {
      auto wait = [this] {
        gate.arrive();
        gate.wait();
        return true;
      };
      co_await run_blocking(pool_, std::move(wait));
    }
    if (path == "/eeuwig") {
      gate.arrive();
      asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::hours{1});
      co_await timer.async_wait(asio::use_awaitable);
    }
    if (path == "/uit") {
      response.stream = [](BodySink& sink) -> asio::awaitable<void> {
        for (int i = 0; i < 3; ++i) {
          const auto sent = co_await sink.write("regel\n");
          if (!sent) co_return;
        }
      };
      co_return response;
    }
    if (path == "/half") {
      response.stream = [](BodySink& sink) -> asio::awaitable<void> {
        const auto sent = co_await sink.write("half");
        if (sent) throw std::runtime_error("thrown by the test");
      };
      co_return response;
    }
    if (path == "/stroom") {
      std::size_t bytes = 0;
      while (true) {
        const auto piece = co_await request.stream->next();
        if (!piece) co_return problem_response(piece.error());
        if (piece->empty()) break;
        bytes += piece->size();
      }
      response.body = std::to_string(bytes);
      co_return response;
    }
    if (path == "/groot")
      response.body.assign(300'000, 'g');
    else if (path == "/wie")
      response.body = request.peer->oin->str() + " " + request.peer->organisation;
    else
      response.body = std::string(to_string(request.head.method)) + " " + request.head.target + " " + request.body;
    co_return response;
  }

  asio::awaitable<Response> refuse(Request, core::Problem problem) override { co_return problem_response(problem); }

  Gate gate;

 private:
  BlockingPool& pool_;
};

/// One CA with a server certificate and partners A and B, and the server's settings as files.
struct TestNetwork {
  TestNetwork() {
    settings.certificate_file = dir.write("server.pem", server.certificate_pem());
    settings.key_file = dir.write("server.key", server.key_pem());
    settings.ca_file = dir.write("ca.pem", ca.pem());
  }

  fakes::TempDir dir;
  TestCa ca{"Test CA"};
  Identity server = ca.issue(kOinServer);
  Identity a = ca.issue(kOinA);
  Identity b = ca.issue(kOinB);
  TlsSettings settings;
};

/// The server under test; `limits` may be changed before start().
class TestServer {
 public:
  explicit TestServer(TlsContexts* tls = nullptr) { options.tls = tls; }
  ~TestServer() {
    server.reset();
    threads.stop();
    threads.join();
  }

  TestServer& start() {
    threads.start();
    server = std::make_unique<HttpServer>(threads, service, options, log, metrics);
    port = server->listen("127.0.0.1", 0).value();
    return *this;
  }

  /// The value of a series as the scrape shows it, or -1.
  double metric(const std::string& series) {
    const std::string text = metrics.render();
    const auto at = text.find("\n" + series + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
  }

  /// Counted a moment after the other side can see why: waits for it, five seconds at most.
  double settled(const std::string& series, double expected) {
    const auto until = SteadyClock::now() + std::chrono::seconds{5};
    while (metric(series) != expected && SteadyClock::now() < until) std::this_thread::yield();
    return metric(series);
  }

  QuietLogger log;
  PrometheusMetrics metrics;
  IoThreads threads{2, "test"};
  BlockingPool pool{2};
  EchoService service{pool};
  ServerOptions options;
  std::unique_ptr<HttpServer> server;
  std::uint16_t port = 0;
};

}  // namespace wissel::test
