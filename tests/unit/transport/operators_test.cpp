#include "transport/http/operators.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <stdexcept>
#include <unistd.h>

#include "tests/unit/transport/test_server.hpp"
#include "transport/within.hpp"

namespace wissel::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class OperatorsTest : public testing::Test {
 protected:
  OperatorsTest() {
    threads.start();
    port = server.listen("127.0.0.1", 0).value();
  }

  QuietLogger log;
  Readiness readiness;
  PrometheusMetrics metrics;
  IoThreads threads{1, "operators"};
  Operators operators{readiness, metrics, {.version = "1.2.3", .commit = "", .environment = "test"}};
  HttpServer server{threads, operators, {.name = "operators", .tls = nullptr, .limits = {}}, log, metrics};
  std::uint16_t port = 0;
};

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

TEST_F(OperatorsTest, AnswersWhatOperatorsAsk) {
  TestClient client(port);
  EXPECT_EQ(client.ask(get("/livez"))->status, 200);
  EXPECT_TRUE(client.ask(get("/versie"))->says(R"("versie":"1.2.3")"));
  const auto scrape = client.ask(get("/metrics"));
  EXPECT_TRUE(scrape->says("text/plain; version=0.0.4"));
  EXPECT_TRUE(scrape->says("wissel_http_connections{listener=\"operators\"} 1"));
  EXPECT_EQ(client.ask(get("/weg"))->status, 404);
  EXPECT_TRUE(client.ask("DELETE /livez HTTP/1.1\r\nHost: x\r\n\r\n")->says("Allow: GET, HEAD"));
}

TEST_F(OperatorsTest, ReadyWhenEveryComponentIsUp) {
  TestClient client(port);
  EXPECT_EQ(client.ask(get("/readyz"))->status, 503);  // nobody has said so yet
  readiness.up("opslag", core::from_ms(1000));
  EXPECT_EQ(client.ask(get("/readyz"))->status, 200);
  readiness.down("opslag", "schijf vol", core::from_ms(2000));
  readiness.down("opslag", "schijf nog vol", core::from_ms(3000));
  const auto answer = client.ask(get("/readyz"));
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(boost::json::parse(answer->body),
            boost::json::parse(R"({"ready": false, "components": {"opslag": {"up": false,
              "since": "1970-01-01T00:00:02Z", "why": "schijf nog vol"}}})"));
}

TEST(PrometheusMetrics, GivesTheSameSeriesForTheSameName) {
  PrometheusMetrics metrics;
  auto& counter = metrics.counter("wissel_x_total", "X.", {{"a", "b"}});
  EXPECT_EQ(&counter, &metrics.counter("wissel_x_total", "X.", {{"a", "b"}}));
  counter.add(2);
  metrics.histogram("wissel_h_seconds", "H.", latency_bounds(), {}).observe(0.2);
  metrics.before_scrape([&] { metrics.gauge("wissel_g", "G.", {}).set(7); });
  const std::string text = metrics.render();
  EXPECT_THAT(text, HasSubstr("wissel_x_total{a=\"b\"} 2"));
  EXPECT_THAT(text, HasSubstr("wissel_h_seconds_bucket{le=\"0.25\"} 1"));
  EXPECT_THAT(text, HasSubstr("wissel_g 7"));
}

asio::awaitable<int> later(SteadyClock::duration delay) {
  asio::steady_timer timer(co_await asio::this_coro::executor, delay);
  co_await timer.async_wait(asio::use_awaitable);
  co_return 7;
}

asio::awaitable<int> thrower() {
  throw std::runtime_error("thrown by the test");
  co_return 0;
}

TEST(Within, GivesTheValueOrNothingOrTheFailure) {
  asio::io_context io;
  auto early = asio::co_spawn(io, within(1h, later(0ms)), asio::use_future);
  auto late = asio::co_spawn(io, within(1ms, later(1h)), asio::use_future);
  auto failed = asio::co_spawn(io, within(1h, thrower()), asio::use_future);
  io.run();
  EXPECT_EQ(early.get(), 7);
  EXPECT_EQ(late.get(), std::nullopt);
  EXPECT_THROW(failed.get(), std::runtime_error);
}

asio::awaitable<bool> blocking_elsewhere(BlockingPool& pool) {
  const auto here = std::this_thread::get_id();
  auto ask = [here] { return std::this_thread::get_id() != here; };
  const bool elsewhere = co_await run_blocking(pool, std::move(ask));
  co_return elsewhere&& std::this_thread::get_id() == here;
}

asio::awaitable<int> blocking_failure(BlockingPool& pool) {
  auto fail = []() -> int { throw std::runtime_error("thrown by the test"); };
  co_return co_await run_blocking(pool, std::move(fail));
}

asio::awaitable<int> niceness_elsewhere(BlockingPool& pool) {
  auto ask = [] { return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())); };
  co_return co_await run_blocking(pool, std::move(ask));
}

TEST(RunBlocking, StandsBackAsFarAsItIsTold) {
  asio::io_context io;
  BlockingPool equal(1);
  BlockingPool behind(1, "behind", 5);
  auto of_equal = asio::co_spawn(io, niceness_elsewhere(equal), asio::use_future);
  auto of_behind = asio::co_spawn(io, niceness_elsewhere(behind), asio::use_future);
  io.run();
  const int ours = of_equal.get();
  if (ours > 5) GTEST_SKIP() << "this process stands back further itself";
  EXPECT_EQ(of_behind.get(), 5);
}

TEST(RunBlocking, RunsElsewhereAndComesBack) {
  asio::io_context io;
  BlockingPool pool(1);
  auto done = asio::co_spawn(io, blocking_elsewhere(pool), asio::use_future);
  auto failed = asio::co_spawn(io, blocking_failure(pool), asio::use_future);
  io.run();
  EXPECT_TRUE(done.get());
  EXPECT_THROW(failed.get(), std::runtime_error);
}

TEST(ProblemResponse, IsRfc9457) {
  const core::Problem problem = core::problem_of({{"/zaak", core::ProblemCode::kFieldMissing, "ontbreekt"}});
  const Response response = problem_response(problem, 0, 12);
  EXPECT_EQ(response.status, 400U);
  EXPECT_EQ(response.content_type, "application/problem+json");
  const auto body = boost::json::parse(response.body).as_object();
  EXPECT_EQ(body.at("code").as_string(), "veld-ontbreekt");
  EXPECT_EQ(body.at("invalidParams").as_array()[0].at("name").as_string(), "/zaak");
  EXPECT_EQ(body.at("instance").as_string(), "/v1/verwerkingen/12");
}

}  // namespace
}  // namespace wissel::test
