#include "transport/work/timers.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <deque>

#include "core/state/keys.hpp"
#include "transport/routes/commit.hpp"
#include "transport/work/work_draft.hpp"

namespace wissel::transport {
namespace {

// Timers in one pass; each reference that lapses is a command of its own, and the committer writes them together.
constexpr std::size_t kLapsesMax = 256;
constexpr std::size_t kOthersMax = 64;
// Records that one RunTimers command can make; what is left over runs again.
constexpr std::size_t kDraftsMax = 128;
// The wall clock may be set: it is looked at again after so long, also when the next timer is further off.
constexpr std::chrono::hours kClockTrustedFor{1};
constexpr auto kNothing = std::numeric_limits<std::int64_t>::max();

struct Lapse {
  std::string key;
  core::Oin holder;
  core::Uuid id;
};

std::optional<Lapse> lapse_of(const core::Timer& timer, std::string_view key, const core::Parties& parties) {
  core::ByteReader in(timer.id);
  const auto* holder = parties.oin(in.u32());
  const core::Uuid id(in.array<16>());
  if (holder == nullptr || !in.done()) return std::nullopt;
  return Lapse{std::string(key), *holder, id};
}

}  // namespace

struct TimerWorker::Due {
  std::vector<Lapse> lapses;
  std::vector<std::string> others;
  std::size_t unknown = 0;            ///< keys that are none of ours
  std::optional<core::Instant> next;  ///< the first that is not due
  bool full = false;                  ///< there may be more that are due
};

TimerWorker::TimerWorker(WorkPorts ports, WorkThread thread, WorkLoop::Pauses pauses)
    : ports_(std::move(ports)),
      thread_(thread),
      ran_(ports_.metrics.counter("wissel_timers_run_total", "Timers whose work was done.", {})),
      refused_(ports_.metrics.counter("wissel_timers_refused_total",
                                      "Attempts to run timers that were refused and are made again.", {})),
      loop_(thread, "timers", [this] { return pass(); }, ports_.log, pauses) {}

void TimerWorker::committed(const core::Notices& notices) {
  if (notices.earliest_timer && core::to_ms(*notices.earliest_timer) < waits_for_.load()) loop_.wake();
}

core::Result<TimerWorker::Due> TimerWorker::read_due(core::Instant now) const {
  Due due;
  const auto view = ports_.views.view();
  const auto visit = [&](std::string_view key, std::string_view) {
    const auto timer = core::parse_timer_key(key);
    if (timer && timer->due > now) {
      due.next = timer->due;
      return false;
    }
    const bool lapses = timer && timer->kind == core::TimerKind::kReferenceLapse;
    auto lapse = lapses ? lapse_of(*timer, key, *view->parties) : std::nullopt;
    if (!timer || (lapses && !lapse)) {
      ++due.unknown;
      return true;
    }
    if (lapse) {
      due.lapses.push_back(std::move(*lapse));
    } else {
      due.others.emplace_back(key);
    }
    due.full = due.lapses.size() == kLapsesMax || due.others.size() == kOthersMax;
    return !due.full;
  };
  auto scanned = ports_.store.scan(core::Family::kTimer, {}, visit);
  if (!scanned) return std::unexpected(std::move(scanned).error());
  return due;
}

void TimerWorker::count_expired(const core::Outcome& outcome) {
  if (outcome.expired_webhooks > 0) {
    ports_.metrics
        .counter("wissel_deliveries_total", "Deliveries to webhooks that ended, by outcome.", {{"outcome", "expired"}})
        .add(static_cast<double>(outcome.expired_webhooks));
  }
  if (outcome.expired_mailboxes > 0) {
    ports_.metrics.counter("wissel_mailbox_expired_total", "Messages that expired in a mailbox unacknowledged.", {})
        .add(static_cast<double>(outcome.expired_mailboxes));
  }
}

asio::awaitable<Pass> TimerWorker::pass() {
  waits_for_ = kNothing;
  const auto now = ports_.now();
  auto read = [this, now] { return read_due(now); };
  auto due = co_await run_blocking(ports_.blocking, read);
  if (!due) {
    ports_.log.warn("timers cannot be read",
                    {{"code", core::to_string(due.error().code)}, {"detail", std::string_view(due.error().detail)}});
    co_return Pass{true, {}};
  }
  if (due->unknown > 0) ports_.log.error("timers of an unknown form", {{"count", std::uint64_t{due->unknown}}});
  const bool any = !due->lapses.empty() || !due->others.empty();
  const auto next = due->next;
  if (any) {
    const bool done = co_await run(std::move(*due), now);
    co_return Pass{!done, SteadyClock::duration::zero()};
  }
  if (!next) co_return Pass{};
  waits_for_ = core::to_ms(*next);
  co_return Pass{false, std::min<SteadyClock::duration>(*next - now, kClockTrustedFor)};
}

asio::awaitable<bool> TimerWorker::run(Due due, core::Instant now) {
  const auto executor = co_await asio::this_coro::executor;
  const auto view = ports_.views.view();
  std::deque<Flight> flights;
  const auto launch = [&](core::Effect effect) {
    core::Command command;
    command.now = now;
    command.network_version = view->network->version();
    command.effect = std::move(effect);
    flights.emplace_back(ports_.sequencer, thread_.index, executor).launch(std::move(command));
  };
  for (auto& lapse : due.lapses) {
    auto draft = work_draft(*view, now, core::Actie::kIntrekken, "verwijzing vervallen", lapse.holder);
    launch(core::LapseReference{lapse.holder, lapse.id, std::move(lapse.key), std::move(draft)});
  }
  if (!due.others.empty()) {
    core::RunTimers timers{std::move(due.others), {}};
    for (std::size_t i = 0; i < kDraftsMax; ++i) {
      timers.drafts.push_back(work_draft(*view, now, core::Actie::kBeheren, "termijn verstreken", std::nullopt));
    }
    launch(std::move(timers));
  }
  bool all = true;
  for (auto& flight : flights) {
    const auto outcome = co_await flight.land();
    (outcome ? ran_ : refused_).add();
    if (outcome) count_expired(*outcome);
    if (!outcome && std::exchange(all, false)) {
      ports_.log.warn("timers refused", {{"code", core::to_string(outcome.error().code)},
                                         {"detail", std::string_view(outcome.error().detail)}});
    }
  }
  co_return all;
}

}  // namespace wissel::transport
