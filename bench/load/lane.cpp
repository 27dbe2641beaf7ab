#include "bench/load/lane.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

#include "bench/load/answer_reader.hpp"

namespace wissel::load {
namespace {

// How often deadlines are looked at: one timer for a lane, none for each request.
constexpr std::chrono::milliseconds kWatchEvery{100};
// Between attempts to connect again.
constexpr std::chrono::milliseconds kConnectPause{100};
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

}  // namespace

class Lane::Connection {
 public:
  Connection(Lane& lane, std::size_t partner)
      : lane_(lane), partner_(partner), stream_(lane.io_, lane.plan_.contexts[partner].get()), timer_(lane.io_) {}

  asio::awaitable<void> connect() {
    co_await open();
    if (!open_) ++lane_.failed_;
  }

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
    open_ = co_await stream_.open(lane_.plan_.endpoint, lane_.plan_.network.host);
    deadline_ = Clock::time_point::max();
  }

  asio::awaitable<void> carry_out(Schedule::Ticket ticket) {
    const auto random = scrambled(ticket.number ^ (lane_.plan_.seed << 32));
    const Kind kind = lane_.plan_.mix.pick(random);
    if (!open_) co_await open();
    const char* fault = "connection refused";
    if (open_) {
      out_.clear();
      lane_.plan_.requests.write(kind, partner_, ticket.number, scrambled(random), out_);
      fault = co_await exchange();
    }
    const auto took = Clock::now() - ticket.due;
    lane_.completed_.fetch_add(1, std::memory_order_relaxed);
    if (ticket.counted) note(kind, fault, took);
    if (fault == nullptr && !reader_.answer().close) co_return;
    const bool refused = !open_;
    open_ = false;
    if (!refused) co_return;
    timer_.expires_after(kConnectPause);
    co_await timer_.async_wait(kTuple);
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
    } else if (!Requests::is_expected(kind, answer.status)) {
      lane_.tally_.note_unexpected(kind, std::to_string(answer.status));
    } else if (!answer.receipt) {
      lane_.tally_.note_unexpected(kind, "no receipt");
    } else {
      lane_.tally_.note_expected(kind, answer.status, took);
    }
  }

  Lane& lane_;
  const std::size_t partner_;
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

void Lane::add(std::size_t partner) { connections_.push_back(std::make_unique<Connection>(*this, partner)); }

/// Runs the coroutine of every connection to its end.
void Lane::spawn_all(asio::awaitable<void> (Connection::*what)()) {
  io_.restart();
  busy_ = connections_.size();
  const auto ended = [this](std::exception_ptr failure) {
    if (--busy_ == 0) watch_timer_.cancel();
    if (failure) std::rethrow_exception(failure);
  };
  for (auto& connection : connections_) asio::co_spawn(io_, (connection.get()->*what)(), ended);
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

std::size_t Lane::connect() {
  spawn_all(&Connection::connect);
  return failed_;
}

void Lane::work() { spawn_all(&Connection::work); }

}  // namespace wissel::load
