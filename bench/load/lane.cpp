#include "bench/load/lane.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>

#include "bench/load/answer_reader.hpp"

namespace wissel::load {
namespace {

// How often deadlines are looked at: one timer for a lane, none for each request.
constexpr std::chrono::milliseconds kWatchEvery{100};
// Between attempts to connect again.
constexpr std::chrono::milliseconds kConnectPause{100};
// Handshakes of one lane at a time: a server ends those that wait too long for their turn.
constexpr std::size_t kConnectsMax = 64;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

}  // namespace

class Lane::Connection {
 public:
  Connection(Lane& lane, std::size_t partner, asio::ip::address from)
      : lane_(lane),
        partner_(partner),
        route_(lane.plan_.route),
        stream_(lane.io_, lane.plan_.contexts[partner].get()),
        timer_(lane.io_) {
    route_.from = std::move(from);
  }

  asio::awaitable<void> connect() {
    co_await open();
    // The server's session says that it accepted our certificate.
    deadline_ = Clock::now() + lane_.plan_.timeout;
    if (open_) open_ = co_await stream_.await_session();
    deadline_ = Clock::time_point::max();
    if (!open_) ++lane_.failed_;
  }

  [[nodiscard]] bool stands() { return open_ && stream_.stands(); }

  asio::awaitable<void> work() {
    while (const auto ticket = lane_.schedule_.next(Clock::now())) {
      if (ticket->due > Clock::now()) {
        timer_.expires_at(ticket->due);
        co_await timer_.async_wait(kTuple);
        if (lane_.schedule_.stopped()) break;
      }
      co_await carry_out(*ticket);
    }
  }

  void check_deadline(Clock::time_point now, bool stopped) {
    if (now > deadline_) {
      timed_out_ = true;
      stream_.cancel();
    }
    if (stopped) timer_.cancel();
  }

 private:
  asio::awaitable<void> open() {
    in_.clear();
    timed_out_ = false;
    deadline_ = Clock::now() + lane_.plan_.timeout;
    open_ = co_await stream_.open(route_);
    deadline_ = Clock::time_point::max();
  }

  asio::awaitable<void> carry_out(Schedule::Ticket ticket) {
    const auto random = scrambled(ticket.number ^ (lane_.plan_.seed << 32));
    const Kind kind = lane_.plan_.mix.pick(random);
    const bool shaking = is_handshake(kind);
    if (!open_ && !shaking) co_await open();
    const char* fault = "connection refused";
    if (shaking) {
      fault = co_await shake(kind);
    } else if (open_) {
      out_.clear();
      lane_.plan_.requests.write(kind, partner_, ticket.number, scrambled(random), out_);
      fault = co_await exchange();
    }
    const auto took = Clock::now() - ticket.due;
    lane_.completed_.fetch_add(1, std::memory_order_relaxed);
    if (ticket.counted) note(kind, fault, took);
    const bool refused = !open_ && fault != nullptr;
    if (shaking || fault != nullptr || reader_.answer().close) open_ = false;
    if (!refused) co_return;
    timer_.expires_after(kConnectPause);
    co_await timer_.async_wait(kTuple);
  }

  /// A connection of its own, in place of the one before; nothing when the server accepted it, otherwise in a word what
  /// went wrong.
  asio::awaitable<const char*> shake(Kind kind) {
    stream_.close();
    open_ = timed_out_ = false;
    deadline_ = Clock::now() + lane_.plan_.timeout;
    const bool resume = kind == Kind::kResume;
    bool going = co_await stream_.open(route_, resume);
    if (going) going = co_await stream_.await_session();
    deadline_ = Clock::time_point::max();
    if (!going) co_return timed_out_ ? "timeout" : "connection broken";
    co_return resume && !stream_.resumed() ? "not resumed" : nullptr;
  }

  /// Nothing when an answer came, otherwise in a word what went wrong.
  asio::awaitable<const char*> exchange() {
    reader_.reset();
    timed_out_ = false;
    deadline_ = Clock::now() + lane_.plan_.timeout;
    bool going = co_await stream_.write(out_);
    auto state = AnswerReader::State::kMore;
    while (going && state == AnswerReader::State::kMore) {
      going = co_await stream_.read(in_);
      if (going) state = reader_.read(in_);
    }
    deadline_ = Clock::time_point::max();
    if (timed_out_) co_return "timeout";
    if (!going) co_return "connection broken";
    if (state == AnswerReader::State::kInvalid) co_return "invalid answer";
    in_.erase(0, reader_.size());
    co_return nullptr;
  }

  void note(Kind kind, const char* fault, std::chrono::nanoseconds took) {
    const auto& answer = reader_.answer();
    if (fault != nullptr) {
      lane_.tally_.note_unexpected(kind, fault);
    } else if (is_handshake(kind)) {
      lane_.tally_.note_expected(kind, "accepted", took);
    } else if (!Requests::is_expected(kind, answer.status)) {
      lane_.tally_.note_unexpected(kind, std::to_string(answer.status));
    } else if (!answer.receipt && Requests::has_receipt(kind)) {
      lane_.tally_.note_unexpected(kind, "no receipt");
    } else {
      lane_.tally_.note_expected(kind, std::to_string(answer.status), took);
    }
  }

  Lane& lane_;
  const std::size_t partner_;
  Route route_;
  TlsStream stream_;
  asio::steady_timer timer_;
  AnswerReader reader_;
  std::string out_;
  std::string in_;
  Clock::time_point deadline_ = Clock::time_point::max();
  bool open_ = false;
  bool timed_out_ = false;
};

Lane::Lane(const Plan& plan, Schedule& schedule) : plan_(plan), schedule_(schedule) {}
Lane::~Lane() = default;

void Lane::add(std::size_t partner, asio::ip::address from) {
  connections_.push_back(std::make_unique<Connection>(*this, partner, std::move(from)));
}

/// Runs `coroutines` of them to their end.
void Lane::run_all(std::size_t coroutines, const std::function<asio::awaitable<void>(std::size_t)>& make) {
  io_.restart();
  busy_ = coroutines;
  const auto ended = [this](std::exception_ptr failure) {
    if (--busy_ == 0) watch_timer_.cancel();
    if (failure) std::rethrow_exception(failure);
  };
  for (std::size_t i = 0; i < coroutines; ++i) asio::co_spawn(io_, make(i), ended);
  const auto watched = [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  };
  asio::co_spawn(io_, watch(), watched);
  io_.run();
}

asio::awaitable<void> Lane::watch() {
  while (busy_ > 0) {
    watch_timer_.expires_after(kWatchEvery);
    co_await watch_timer_.async_wait(kTuple);
    const bool stopped = schedule_.stopped();
    for (auto& connection : connections_) connection->check_deadline(Clock::now(), stopped);
  }
}

asio::awaitable<void> Lane::connect_in_turn() {
  while (next_to_connect_ < connections_.size()) {
    auto& connection = *connections_[next_to_connect_++];
    co_await connection.connect();
  }
}

std::size_t Lane::connect() {
  run_all(std::min(kConnectsMax, connections_.size()), [this](std::size_t) { return connect_in_turn(); });
  return failed_;
}

std::size_t Lane::standing() const {
  const auto stands = [](const auto& connection) { return connection->stands(); };
  return static_cast<std::size_t>(std::ranges::count_if(connections_, stands));
}

void Lane::work() {
  run_all(connections_.size(), [this](std::size_t i) { return connections_[i]->work(); });
}

}  // namespace wissel::load
