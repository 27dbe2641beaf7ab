#include "transport/pull/pull.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "transport/routes/commit.hpp"

namespace wissel::transport {
namespace {

constexpr std::string_view kNoLongerAllowed = "Deze bevraging is intussen niet meer toegestaan.";
constexpr std::string_view kNotRecorded = "Het deel is niet op tijd vastgelegd.";

/// A commit that may go on after the request that began it.
struct Pending {
  Pending(const asio::any_io_executor& executor, Deadline until) : timer(executor, until) {}
  asio::steady_timer timer;
  std::optional<core::Result<core::Outcome>> outcome;
};

asio::awaitable<void> run_commit(const Gateway& gateway, core::Command command, std::size_t io_thread,
                                 std::shared_ptr<Pending> pending) {
  pending->outcome = co_await commit(gateway.sequencer, std::move(command), io_thread);
  pending->timer.cancel();
}

/// What is told of a part of which nothing may be shown.
Part not_shown(PartEnd end, std::string_view reason, std::chrono::milliseconds took) {
  Part part;
  part.end = end;
  part.reason = reason;
  part.took = took;
  return part;
}

/// Asks one holder, records its part and delivers it. A part that cannot be recorded in time is not shown.
asio::awaitable<void> run_part(const Gateway& gateway, std::shared_ptr<Pull> pull, std::size_t place, Ask ask) {
  auto part = co_await ask_holder(gateway, pull->terms, ask);
  conclude(ask.record, pull->terms, part, gateway.now());
  ask.record.seal();
  core::Command command;
  command.now = gateway.now();
  command.party = pull->terms.caller;
  command.network_version = pull->terms.view->network->version();
  command.on_behalf = pull->terms.on_behalf;
  command.judged = pull->terms.judged;
  command.records.push_back(std::move(ask.record));
  const auto outcome = co_await commit(gateway.sequencer, std::move(command), pull->terms.io_thread);
  const bool late = SteadyClock::now() >= pull->terms.answer_by;
  if (late && outcome) {
    gateway.metrics.counter("wissel_pull_parts_recorded_late_total", "Parts whose record came after the answer.", {})
        .add();
  }
  std::optional<std::uint64_t> index;
  if (outcome) {
    index = outcome->log_index;
    if (outcome->refusal) part = not_shown(PartEnd::kRefused, kNoLongerAllowed, part.took);
    keep_answer(gateway, pull->terms, ask.holder, part);
  } else {
    gateway.log.warn(
        "part of a pull not recorded, and not shown",
        {{"code", core::to_string(outcome.error().code)}, {"detail", std::string_view(outcome.error().detail)}});
    part = not_shown(PartEnd::kLate, kNotRecorded, part.took);
  }
  if (late) part.end = PartEnd::kLate;
  count_part(gateway, part);
  const auto& holder = pull->holders[place];
  if (!late) {
    pull->gathering.deliver({place, part_json(holder.oin, holder.naam, part, index), part.end == PartEnd::kAnswered});
  }
}

}  // namespace

asio::awaitable<std::optional<core::Result<core::Outcome>>> commit_by(const Gateway& gateway, core::Command command,
                                                                      std::size_t io_thread, Deadline deadline) {
  const auto executor = co_await asio::this_coro::executor;
  // Shared: the commit may end after the caller has gone.
  auto pending = std::make_shared<Pending>(executor, deadline);
  gateway.tasks.spawn(executor, run_commit(gateway, std::move(command), io_thread, pending));
  while (!pending->outcome && SteadyClock::now() < deadline) {
    boost::system::error_code woken;
    co_await pending->timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  co_return std::move(pending->outcome);
}

void begin_asking(const Gateway& gateway, const std::shared_ptr<Pull>& pull, std::vector<Ask> asks,
                  const asio::any_io_executor& executor) {
  for (std::size_t i = 0; i < asks.size(); ++i) {
    gateway.tasks.spawn(executor, run_part(gateway, pull, i, std::move(asks[i])));
  }
}

std::string late_part_json(const Pull& pull, std::size_t place) {
  Part part;
  part.reason = "Het deel was niet op tijd gekomen en vastgelegd.";
  part.took = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - pull.terms.started);
  return part_json(pull.holders[place].oin, pull.holders[place].naam, part, std::nullopt);
}

}  // namespace wissel::transport
