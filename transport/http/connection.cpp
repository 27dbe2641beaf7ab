#include "transport/http/connection.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "transport/tls/peer.hpp"

namespace wissel::transport {
namespace {

using core::Problem;
using core::ProblemCode;

// What of an unwanted body is read and dropped to save the connection; above it the connection is closed.
constexpr std::size_t kSkipBytesMax = 64 * 1024;
// How long, and how much, is read and dropped after our last answer.
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kLingerBytesMax = 1024 * 1024;
// Read at once while looking for the end of a head.
constexpr std::size_t kReadBytes = 16 * 1024;

core::Instant wall_clock() { return std::chrono::floor<core::Milliseconds>(std::chrono::system_clock::now()); }

SslPtr server_ssl(const TlsSnapshot& snapshot) {
  SslPtr ssl(SSL_new(snapshot.server.get()));
  if (!ssl) throw std::bad_alloc();
  SSL_set_accept_state(ssl.get());
  return ssl;
}

std::shared_ptr<const TlsSnapshot> snapshot_of(const ServerOptions& options) {
  return options.tls == nullptr ? nullptr : options.tls->current();
}

/// A streamed body as the handler sees it; the reader lives as long as the exchange.
class ReaderStream final : public BodyStream {
 public:
  ReaderStream(BodyReader<true>& reader, ServerState& state) : reader_(reader), state_(state) {}

  asio::awaitable<core::Checked<std::string>> next() override {
    if (fault_) co_return std::unexpected(*fault_);
    auto piece = co_await reader_.next(SteadyClock::now() + state_.options.limits.body_timeout);
    if (piece) co_return std::move(*piece);
    fault_ = body_problem(piece.error());
    co_return std::unexpected(*fault_);
  }

  static Problem body_problem(BodyFault fault) {
    switch (fault) {
      case BodyFault::kTooLarge:
        return {ProblemCode::kTooLarge, "De body is groter dan hier mag.", {}};
      case BodyFault::kTimedOut:
        return {ProblemCode::kHttpInvalid, "De body kwam niet op tijd.", {}};
      case BodyFault::kMalformed:
        return {ProblemCode::kHttpInvalid, "De body is niet volgens RFC 9112 ingedeeld.", {}};
      case BodyFault::kBroken:
        break;
    }
    return {ProblemCode::kHttpInvalid, "De verbinding brak af in de body.", {}};
  }

 private:
  BodyReader<true>& reader_;
  ServerState& state_;
  std::optional<Problem> fault_;
};

Rejection rejection_of(BodyFault fault) noexcept {
  switch (fault) {
    case BodyFault::kTooLarge:
      return Rejection::kBodyTooLarge;
    case BodyFault::kTimedOut:
      return Rejection::kBodyTimeout;
    case BodyFault::kMalformed:
      return Rejection::kHttpInvalid;
    case BodyFault::kBroken:
      break;
  }
  return Rejection::kBodyBroken;
}

}  // namespace

Connection::Connection(ServerState& state, std::size_t thread, Stream::Socket socket)
    : state_(state),
      thread_(thread),
      stream_([&] {
        auto snapshot = snapshot_of(state.options);
        SslPtr ssl = snapshot ? server_ssl(*snapshot) : nullptr;
        return Stream::Parts{std::move(socket), std::move(ssl), std::move(snapshot)};
      }()),
      peer_(std::make_shared<const Peer>()) {
  state_.by_thread[thread_].live.insert(this);
}

Connection::~Connection() {
  state_.by_thread[thread_].live.erase(this);
  if (counted_partner_) state_.partners.leave(peer_->oin->view());
}

void Connection::end_if_idle() noexcept {
  if (idle_) stream_.cancel();
}

void Connection::cut() {
  was_cut_ = true;
  cancel_.emit(asio::cancellation_type::terminal);
  stream_.cancel();
}

asio::awaitable<void> Connection::run() {
  bool going = true;
  if (state_.options.tls != nullptr) going = co_await shake_hands();
  while (going) going = co_await exchange();
  stream_.finish();
  if (linger_) co_await stream_.drop_input(kLingerBytesMax, SteadyClock::now() + kLingerTime);
}

asio::awaitable<bool> Connection::shake_hands() {
  const auto done =
      co_await stream_.handshake(SteadyClock::now() + state_.options.limits.handshake_timeout, *state_.handshakes);
  SSL* ssl = stream_.ssl();
  if (!done) {
    TlsRefusal reason = done.error() == IoFault::kTimedOut ? TlsRefusal::kTimeout : TlsRefusal::kProtocol;
    if (const long verified = SSL_get_verify_result(ssl); verified != X509_V_OK) reason = refusal_of(verified);
    state_.count(reason);
    state_.log.debug("tls handshake failed", {{"listener", state_.options.name}, {"reason", to_string(reason)}});
    linger_ = done.error() == IoFault::kTls;
    co_return false;
  }
  peer_ = std::make_shared<const Peer>(peer_of(SSL_get0_peer_certificate(ssl)));
  // A resumed session was verified when it began; since then its certificate may have ended.
  if (!still_trusted()) co_return false;
  (SSL_session_reused(ssl) == 1 ? state_.handshakes_resumed : state_.handshakes_full)->add();
  if (peer_->oin) {
    counted_partner_ = true;
    above_partner_limit_ =
        state_.partners.enter(peer_->oin->view()) > state_.options.limits.connections_per_partner_max;
  }
  co_return true;
}

/// Cheap as long as nothing was reloaded: two comparisons.
bool Connection::still_trusted() {
  if (state_.options.tls == nullptr) return true;
  long verified = X509_V_OK;
  if (stream_.verified()->generation != state_.options.tls->generation()) {
    auto snapshot = state_.options.tls->current();
    verified = verify_again(stream_.ssl(), *snapshot);
    stream_.set_verified(std::move(snapshot));
  } else if (peer_->certificate_presented && peer_->not_after < wall_clock()) {
    verified = X509_V_ERR_CERT_HAS_EXPIRED;
  }
  if (verified == X509_V_OK) return true;
  state_.count(Rejection::kNoLongerTrusted);
  state_.count(refusal_of(verified));
  state_.log.warn("connection ended: certificate no longer holds",
                  {{"listener", state_.options.name},
                   {"oin", peer_->oin ? peer_->oin->view() : std::string_view("-")},
                   {"reason", to_string(refusal_of(verified))}});
  return false;
}

asio::awaitable<void> Connection::reject(HeadFault fault, Rejection reason) {
  const auto& why = info(fault);
  state_.count(reason);
  state_.log.debug("request rejected", {{"listener", state_.options.name},
                                        {"reason", to_string(reason)},
                                        {"oin", peer_->oin ? peer_->oin->view() : std::string_view("-")},
                                        {"why", why.word}});
  const Problem problem{ProblemCode::kHttpInvalid, std::string(why.detail), {}};
  Response response = state_.service.reject(problem, why.status);
  linger_ = true;
  co_await write_response(stream_, response, ResponseFraming{.close = true}, state_.options.limits.write_timeout);
}

asio::awaitable<std::optional<std::string>> Connection::read_head() {
  const ServerLimits& limits = state_.options.limits;
  HeadScanner scanner;
  bool line_skipped = false;
  Deadline deadline = SteadyClock::now() + (in_.empty() ? limits.idle_timeout : limits.header_timeout);
  while (true) {
    // One empty line before a request is forgiven (RFC 9112, section 2.2).
    if (!line_skipped && in_.starts_with("\r\n")) {
      in_.erase(0, 2);
      line_skipped = true;
    }
    auto found = HeadScanner::State::kMore;
    if (!in_.empty() && (line_skipped || in_ != "\r")) found = scanner.scan(in_);
    if (found == HeadScanner::State::kBad) {
      co_await reject(HeadFault::kNotHttp);
      co_return std::nullopt;
    }
    const bool complete = found == HeadScanner::State::kComplete;
    if ((complete ? scanner.size() : in_.size()) > limits.header_bytes_max) {
      co_await reject(HeadFault::kTooLarge, Rejection::kHeaderTooLarge);
      co_return std::nullopt;
    }
    if (complete) {
      std::string head = in_.substr(0, scanner.size());
      in_.erase(0, scanner.size());
      co_return head;
    }
    const bool begins = in_.empty();
    if (begins && state_.draining) co_return std::nullopt;
    idle_ = begins;
    const auto got = co_await stream_.read(in_, kReadBytes, deadline);
    idle_ = false;
    if (!got) {
      if (got.error() == IoFault::kTimedOut && !begins) {
        co_await reject(HeadFault::kTooSlow, Rejection::kHeaderTimeout);
      }
      co_return std::nullopt;
    }
    if (begins) deadline = SteadyClock::now() + limits.header_timeout;
  }
}

bool Connection::fill(RequestHead& head, Reader::Parser& parser, const HeadFacts& facts) const {
  if (!parse_target(facts.target, head)) return false;
  head.method_text = facts.method;
  head.method = parse_method(facts.method);
  for (const auto& field : parser.get()) head.headers.add(field.name_string(), field.value());
  head.content_length = facts.content_length;
  if (!facts.chunked && !head.content_length) head.content_length = 0;
  return true;
}

asio::awaitable<bool> Connection::exchange() {
  const auto raw = co_await read_head();
  if (!raw) co_return false;
  if (!still_trusted()) co_return false;

  const auto facts = check_head(*raw);
  if (!facts) {
    co_await reject(facts.error());
    co_return false;
  }
  Reader::Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(state_.options.limits.header_bytes_max + 1));
  parser.body_limit(boost::none);  // counted by the reader, against the plan
  boost::system::error_code failure;
  parser.put(asio::buffer(*raw), failure);
  Request request;
  if (failure || !parser.is_header_done() || !fill(request.head, parser, *facts)) {
    co_await reject(HeadFault::kAmbiguous);
    co_return false;
  }
  request.peer = peer_;
  request.io_thread = thread_;
  request.received = wall_clock();
  request.started = SteadyClock::now();

  Exchange ex{.facts = *facts,
              .framing = {.http10 = facts->http10, .head_only = request.head.method == Method::kHead},
              .has_body = !parser.is_done(),
              .flight = Share(state_.in_flight),
              .memory = Share(state_.body_bytes)};
  ex.awaits_continue = facts->expects_continue && ex.has_body && in_.empty();
  Reader reader(stream_, in_, parser);
  const BodyPlan plan = state_.service.plan(request.head, *peer_);
  reader.limit(plan.bytes_max);
  auto refusal = judge(plan, ex);
  if (!refusal && ex.awaits_continue) {
    ex.awaits_continue = false;
    const auto told =
        co_await stream_.write("HTTP/1.1 100 Continue\r\n\r\n", Deadline::max(), state_.options.limits.write_timeout);
    if (!told) co_return false;
  }
  if (!refusal && !plan.streamed && ex.has_body) {
    refusal = co_await collect(reader, request.body, ex);
    if (refusal && ex.body_lost && !linger_) co_return false;  // nobody left to answer
  }
  if (!refusal) refusal = take_flight(ex);
  if (!refusal && plan.streamed) request.stream = std::make_unique<ReaderStream>(reader, state_);
  Response response = co_await answer(std::move(request), std::move(refusal));
  ex.memory.release();
  // A slow reader of a finished answer holds no place; an answer that is still being made does.
  if (!response.stream) ex.flight.release();
  co_return co_await reply(std::move(response), reader, ex);
}

std::optional<Problem> Connection::judge(const BodyPlan& plan, const Exchange& ex) {
  if (above_partner_limit_) {
    state_.count(Rejection::kPartner);
    return Problem{ProblemCode::kQuota, "Te veel verbindingen tegelijk van deze organisatie.", {}};
  }
  if (plan.refusal) return plan.refusal;
  if (ex.facts.content_length.value_or(0) > plan.bytes_max) {
    state_.count(Rejection::kBodyTooLarge);
    return Problem{ProblemCode::kTooLarge, "De body is groter dan " + std::to_string(plan.bytes_max) + " bytes.", {}};
  }
  return std::nullopt;
}

asio::awaitable<std::optional<Problem>> Connection::collect(Reader& reader, std::string& body, Exchange& ex) {
  const ServerLimits& limits = state_.options.limits;
  const Deadline deadline = SteadyClock::now() + limits.body_timeout;
  while (true) {
    auto piece = co_await reader.next(deadline);
    if (!piece) {
      state_.count(rejection_of(piece.error()));
      ex.body_lost = true;
      linger_ = piece.error() != BodyFault::kBroken;
      body.clear();
      co_return ReaderStream::body_problem(piece.error());
    }
    if (piece->empty()) co_return std::nullopt;
    if (!ex.memory.grow(piece->size(), limits.body_memory_bytes_max)) {
      state_.count(Rejection::kBodyMemory);
      ex.body_lost = linger_ = true;
      body.clear();
      co_return Problem{ProblemCode::kQueueFull, "", {}};
    }
    if (body.empty()) {
      body = std::move(*piece);
    } else {
      body.append(*piece);
    }
  }
}

std::optional<Problem> Connection::take_flight(Exchange& ex) {
  if (ex.flight.grow(1, state_.options.limits.requests_in_flight_max)) return std::nullopt;
  state_.count(Rejection::kOverloaded);
  return Problem{ProblemCode::kQueueFull, "", {}};
}

asio::awaitable<Response> Connection::answer(Request request, std::optional<Problem> refusal) {
  bool failed = false;
  Response response;
  try {
    // Two statements: g++ 12 mishandles a conditional around co_await.
    if (refusal) {
      response = co_await state_.service.refuse(std::move(request), std::move(*refusal));
    } else {
      response = co_await state_.service.handle(std::move(request));
    }
  } catch (const std::exception& problem) {
    failed = true;
    // After a cut the handler ends by exception as well, which is no fault of its own.
    const auto level = was_cut_ ? core::LogLevel::kDebug : core::LogLevel::kError;
    state_.log.write(level, "handler failed", {{"listener", state_.options.name}, {"what", problem.what()}});
  } catch (...) {
    failed = true;
    state_.log.error("handler failed", {{"listener", state_.options.name}, {"what", "unknown exception"}});
  }
  if (failed) {
    state_.count(Rejection::kHandlerFailed);
    response = state_.service.reject(Problem{ProblemCode::kInternal, "", {}}, 500);
    response.close = true;
  }
  const bool has_retry =
      std::ranges::any_of(response.headers, [](const auto& header) { return header.first == "Retry-After"; });
  if ((response.status == 503 || response.status == 429) && !has_retry) {
    response.set_header("Retry-After", std::to_string(state_.options.limits.retry_after.count()));
  }
  co_return response;
}

asio::awaitable<bool> Connection::reply(Response response, Reader& reader, Exchange& ex) {
  const bool skippable =
      !ex.body_lost && !ex.awaits_continue && !ex.facts.chunked && ex.facts.content_length.value_or(0) <= kSkipBytesMax;
  const bool left_over = !reader.done();
  ex.framing.close = response.close || !ex.facts.keep_alive || state_.draining || above_partner_limit_ ||
                     (left_over && !skippable) || (ex.framing.http10 && response.stream);
  const auto stall_max = state_.options.limits.write_timeout;
  bool sent = false;
  try {
    sent = co_await write_response(stream_, response, ex.framing, stall_max);
  } catch (const std::exception& problem) {
    state_.log.error("answer stream failed", {{"listener", state_.options.name}, {"what", problem.what()}});
    state_.count(Rejection::kHandlerFailed);
    co_return false;
  }
  if (!sent) {
    state_.count(Rejection::kWriteFailed);
    stream_.give_up();
    co_return false;
  }
  linger_ = linger_ || left_over || !in_.empty();
  if (ex.framing.close) co_return false;
  linger_ = false;
  if (left_over) co_return co_await skip_body(reader);
  co_return true;
}

asio::awaitable<bool> Connection::skip_body(Reader& reader) {
  reader.limit(kSkipBytesMax);
  const Deadline deadline = SteadyClock::now() + state_.options.limits.body_timeout;
  while (true) {
    const auto piece = co_await reader.next(deadline);
    if (!piece) co_return false;
    if (piece->empty()) co_return true;
  }
}

}  // namespace wissel::transport
