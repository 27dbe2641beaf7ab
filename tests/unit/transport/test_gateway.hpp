#pragma once
// The routes over a real state machine and a store in memory, with a sequencer that a test can hold up or fail.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/log/note.hpp"
#include "core/policy/network.hpp"
#include "core/state/machine.hpp"
#include "tests/fakes/memory_store.hpp"
#include "tests/fakes/recording_metrics.hpp"
#include "tests/unit/transport/test_server.hpp"
#include "transport/pull/breaker.hpp"
#include "transport/pull/status_cache.hpp"
#include "transport/routes/router.hpp"
#include "transport/work/listeners.hpp"

namespace wissel::test {

inline core::Oin oin(std::string_view text) { return core::Oin::parse(text).value(); }
inline const core::Oin kAfnemer = oin("00000099000000002000");
inline const core::Oin kAuditor = oin("00000099000000004000");
inline const core::Oin kHolderOne = oin("00000099000000005000");
inline const core::Oin kHolderTwo = oin("00000099000000006000");
inline const core::Oin kBystander = oin("00000099000000007000");

/// Applies each command at once and answers on the waiting thread, unless the test says otherwise.
class TestSequencer final : public core::Sequencer {
 public:
  TestSequencer(core::Store& store, core::Machine& machine, IoThreads& threads)
      : store_(store), machine_(machine), threads_(threads) {}

  core::Result<void> submit(core::Submission submission) override {
    const std::scoped_lock lock(mutex_);
    if (fail_after_ == 0) return core::fail(core::Errc::kUnavailable, "full: the test says so");
    if (fail_after_ > 0) --fail_after_;
    if (let_through_ == 0) {
      held_.push_back(std::move(submission));
      held_changed_.notify_all();
      return {};
    }
    if (let_through_ > 0) --let_through_;
    run(std::move(submission));
    return {};
  }

  /// After `count` more commands the store takes nothing.
  void fail_after(int count) {
    const std::scoped_lock lock(mutex_);
    fail_after_ = count;
  }
  /// After `count` more commands the others wait for release().
  void hold_after(int count) {
    const std::scoped_lock lock(mutex_);
    let_through_ = count;
  }
  /// Waits until so many are held.
  void await_held(std::size_t count) {
    std::unique_lock lock(mutex_);
    held_changed_.wait(lock, [&] { return held_.size() >= count; });
  }
  void release() {
    const std::scoped_lock lock(mutex_);
    let_through_ = -1;
    for (auto& submission : std::exchange(held_, {})) run(std::move(submission));
  }

 private:
  void run(core::Submission submission) {
    auto outcome = write(submission.command);
    asio::post(
        threads_.context(submission.wake_group),
        [done = std::move(submission.done), outcome = std::move(outcome)]() mutable { done(std::move(outcome)); });
  }
  core::Result<core::Outcome> write(core::Command& command) {
    core::WriteBatch batch(store_);
    auto outcome = machine_.apply(batch, command);
    if (!outcome) return outcome;
    if (auto done = machine_.finish(batch); !done) return std::unexpected(done.error());
    if (auto written = store_.write(batch, true); !written) return std::unexpected(written.error());
    machine_.committed();
    return outcome;
  }

  core::Store& store_;
  core::Machine& machine_;
  IoThreads& threads_;
  std::mutex mutex_;
  int let_through_ = -1;  ///< -1: all
  int fail_after_ = -1;   ///< -1: never
  std::vector<core::Submission> held_;
  std::condition_variable held_changed_;
};

/// Everything a route asks for, with participants: an afnemer, an auditor, two holders and one who has no part in it.
class TestGateway {
 public:
  explicit TestGateway(core::LimiterSettings may_ask = {}) : limiter(may_ask, 1) {
    listeners.add(mailboxes);
    threads.start();
    for (const auto& each : {kAfnemer, kAuditor, kHolderOne, kHolderTwo, kBystander}) participant(each);
  }
  ~TestGateway() {
    sequencer.release();
    (void)tasks.drain(std::chrono::seconds{10});
    threads.stop();
    threads.join();
  }

  core::Outcome commit(core::Command command) {
    command.now = now();
    command.network_version = machine->view()->network->version();
    std::promise<core::Result<core::Outcome>> done;
    auto future = done.get_future();
    auto tell = [&done](core::Result<core::Outcome> outcome) { done.set_value(std::move(outcome)); };
    EXPECT_TRUE(sequencer.submit({std::move(command), 0, std::move(tell)}));
    return future.get().value();
  }
  core::Outcome change(core::Effect effect) {
    core::Command command;
    command.effect = std::move(effect);
    return commit(std::move(command));
  }

  void participant(const core::Oin& who, std::map<std::string, std::string> endpoints = {}) {
    core::Participant out{who, "Organisatie " + who.str(), {}, {}, {}, {}, {}, {}};
    out.stand = core::Stand::kAangesloten;
    out.eindpunten = std::move(endpoints);
    out.rollen.add(who == kAuditor ? core::Role::kAuditor : core::Role::kBronhouder);
    if (who != kAuditor) out.rollen.add(core::Role::kAfnemer);
    change(core::PutParticipant{std::move(out), {}});
  }

  /// Appends `count` records about nothing.
  void grow_log(std::uint64_t count) {
    while (count > 0) {
      core::Command command;
      for (; count > 0 && command.records.size() < 1'000; --count) {
        core::RecordDraft draft;
        core::random_bytes(draft.salt);
        draft.record.name = "vulling";
        draft.record.end_time = now();
        command.records.push_back(std::move(draft));
      }
      commit(std::move(command));
    }
  }
  [[nodiscard]] std::uint64_t log_size() const { return machine->view()->edge.size(); }

  /// As the server would hand it over, its body in pieces where the route wants that; a streamed answer's bytes are put
  /// in its body.
  Response ask(Request request) {
    return asio::co_spawn(threads.context(0), answer(std::move(request)), asio::use_future).get();
  }
  Response ask(Method method, const std::string& target, const core::Oin& caller, std::string body = {},
               const std::string& accept = {}, const std::string& content_type = "application/json",
               const std::string& namens = {}) {
    Request request;
    request.head.method = method;
    request.head.method_text = to_string(method);
    request.head.target = target;
    EXPECT_TRUE(parse_target(target, request.head));
    if (!body.empty()) request.head.headers.add("Content-Type", content_type);
    if (!accept.empty()) request.head.headers.add("Accept", accept);
    if (!namens.empty()) request.head.headers.add("Wissel-Namens", namens);
    request.body = std::move(body);
    auto peer = std::make_shared<Peer>();
    peer->certificate_presented = true;
    peer->oin = caller;
    request.peer = std::move(peer);
    request.received = gateway.now();
    request.started = SteadyClock::now();
    return ask(std::move(request));
  }
  Response get(const std::string& target, const core::Oin& caller, const std::string& accept = {}) {
    return ask(Method::kGet, target, caller, {}, accept);
  }
  boost::json::value get_json(const std::string& target, const core::Oin& caller) {
    const auto response = get(target, caller);
    EXPECT_EQ(response.status, 200U) << response.body;
    return boost::json::parse(response.body);
  }
  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }

  static core::Instant now() {
    return std::chrono::time_point_cast<core::Milliseconds>(std::chrono::system_clock::now());
  }

  TestNetwork net;
  QuietLogger log;
  fakes::RecordingMetrics metrics;
  IoThreads threads{1, "routes"};
  TaskGroup tasks{log, "test"};
  fakes::MemoryStore store;
  core::SigningKey signing_key = core::SigningKey::generate();
  core::VerifierKey verifier{"wissel.test/log/unit", signing_key.public_key()};
  Listeners listeners;
  MailboxBell mailboxes;
  std::unique_ptr<core::Machine> machine = core::Machine::load({}, store, &listeners).value();
  TestSequencer sequencer{store, *machine, threads};
  BlockingPool blocking{1};
  std::unique_ptr<TlsContexts> tls = TlsContexts::load(net.settings).value();
  HttpClients clients{threads, *tls, ClientLimits{.allow_private_addresses = true}, metrics};
  Secrets secrets{core::PseudonymKeys({{1, std::string(32, 'p')}}),
                  core::SealingKey::from_bytes(std::string(32, 's')).value(), core::HmacKey(std::string(32, 'b'))};
  LogIdentity identity{verifier.name, verifier.vkey(), std::move(signing_key)};
  RouteLimits limits{.confirmation_allowed = true};
  core::Limiter limiter;
  Breakers breakers{{}};
  StatusCache statuses{1024UL * 1024, metrics};
  Gateway gateway{sequencer, *machine, store,   blocking, clients,   secrets, identity, limits,  Environment::kTest,
                  &now,      log,      metrics, tasks,    mailboxes, limiter, breakers, statuses};

  /// Set before the first request.
  std::unique_ptr<Router> router;

 private:
  /// A body as it comes in: in pieces.
  class Pieces final : public BodyStream {
   public:
    explicit Pieces(std::string body) : body_(std::move(body)) {}
    asio::awaitable<core::Checked<std::string>> next() override {
      static constexpr std::size_t kPieceBytes = 97;
      auto piece = body_.substr(std::min(at_, body_.size()), kPieceBytes);
      at_ += piece.size();
      co_return piece;
    }

   private:
    std::string body_;
    std::size_t at_ = 0;
  };
  class StringSink final : public BodySink {
   public:
    asio::awaitable<core::Result<void>> write(std::string_view bytes) override {
      body.append(bytes);
      co_return core::Result<void>();
    }
    std::string body;
  };

  asio::awaitable<Response> answer(Request request) {
    auto plan = router->plan(request.head, *request.peer);
    if (!plan.refusal && request.body.size() > plan.bytes_max) {
      plan.refusal = core::Problem{core::ProblemCode::kTooLarge, "", {}};
    }
    Response response;
    if (plan.refusal) {
      request.body.clear();
      response = co_await router->refuse(std::move(request), *plan.refusal);
    } else {
      if (plan.streamed) request.stream = std::make_unique<Pieces>(std::exchange(request.body, {}));
      response = co_await router->handle(std::move(request));
    }
    if (response.stream) {
      StringSink sink;
      co_await response.stream(sink);
      response.body = std::move(sink.body);
      response.stream = nullptr;
    }
    co_return response;
  }
};

}  // namespace wissel::test
