#include "transport/work/limits.hpp"

#include <algorithm>

#include "transport/routes/commit.hpp"
#include "transport/work/work_draft.hpp"

namespace wissel::transport {
namespace {

/// The record of what was refused to one party in a minute.
core::RecordDraft draft_of(const core::View& view, const core::Refusals& refusals, core::Instant now) {
  auto draft = work_draft(view, now, refusals.actie, "geweigerd in een minuut", refusals.party);
  const auto& why = core::info(refusals.agreement ? core::ProblemCode::kBraked : core::ProblemCode::kQuota);
  auto& record = draft.record;
  record.start_time = refusals.first;
  record.object = "geweigerd:" + std::to_string(refusals.count);
  if (refusals.agreement) record.uitwisselafspraak = refusals.agreement->str();
  draft.conclude(core::Uitkomst::kGeweigerd, why.status, why.text);
  draft.seal();
  return draft;
}

core::Result<std::vector<core::Normal>> stored_normals(const core::Store& store) {
  std::vector<core::Normal> out;
  core::Result<void> read;
  auto scanned = store.scan(core::Family::kMeta, core::prefix_range(core::kMetaNormalPrefix),
                            [&](std::string_view key, std::string_view value) {
                              auto normal = core::decode_normal(key.substr(core::kMetaNormalPrefix.size()), value);
                              if (normal) {
                                out.push_back(*normal);
                              } else {
                                read = std::unexpected(std::move(normal).error());
                              }
                              return read.has_value();
                            });
  if (!scanned) return std::unexpected(std::move(scanned).error());
  if (!read) return std::unexpected(std::move(read).error());
  return out;
}

}  // namespace

LimitsWorker::LimitsWorker(WorkPorts ports, core::Limiter& limiter, WorkThread thread, LimitPeriods periods,
                           WorkLoop::Pauses pauses)
    : ports_(std::move(ports)),
      limiter_(limiter),
      thread_(thread),
      periods_(periods),
      tripped_(ports_.metrics.gauge("wissel_brakes_tripped", "Parties stopped by a brake, until a person lets them go.",
                                    {})),
      loop_(thread, "limits", [this] { return pass(); }, ports_.log, pauses) {
  limiter_.on_work([this] { loop_.wake(); });
}

core::Result<void> LimitsWorker::start() {
  auto normals = stored_normals(ports_.store);
  if (!normals) return std::unexpected(std::move(normals).error().within("read what parties' normal is"));
  limiter_.restore(*normals);
  const auto view = ports_.views.view();
  limiter_.follow(*view->brakes);
  tripped_.set(static_cast<double>(view->brakes->size()));
  kept_ = SteadyClock::now();
  loop_.start();
  return {};
}

void LimitsWorker::stop() {
  loop_.stop();
  const auto refusals = limiter_.take_refusals();
  if (!refusals.empty()) submit_last(record_of(refusals));
  const auto learnt = limiter_.take_learnt(*ports_.views.view()->network);
  if (!learnt.changed.empty() || !learnt.gone.empty()) submit_last(keeping(learnt));
}

void LimitsWorker::submit_last(core::Command command) {
  auto done = [](const core::Result<core::Outcome>&) {};  // the sequencer's end waits for it
  if (auto submitted = ports_.sequencer.submit({std::move(command), thread_.index, std::move(done)}); !submitted) {
    ports_.log.warn("refusals of the last minute, or what was learnt, not kept",
                    {{"detail", std::string_view(submitted.error().detail)}});
  }
}

void LimitsWorker::committed(const core::Notices& notices) {
  if (notices.brakes_changed) {
    const auto view = ports_.views.view();
    limiter_.follow(*view->brakes);
    tripped_.set(static_cast<double>(view->brakes->size()));
  }
  if (notices.network_changed && !network_changed_.exchange(true)) loop_.wake();
}

core::Command LimitsWorker::record_of(const std::vector<core::Refusals>& refusals) const {
  const auto view = ports_.views.view();
  core::Command command;
  command.now = ports_.now();
  command.network_version = view->network->version();
  for (const auto& each : refusals) command.records.push_back(draft_of(*view, each, command.now));
  return command;
}

core::Command LimitsWorker::keeping(const core::Limiter::Learnt& learnt) const {
  core::Command command;
  command.now = ports_.now();
  command.effect = core::KeepNormals{learnt.changed, learnt.gone};
  return command;
}

asio::awaitable<bool> LimitsWorker::record_refusals() {
  const auto refusals = limiter_.take_refusals();
  if (refusals.empty()) co_return true;
  auto outcome = co_await commit(ports_.sequencer, record_of(refusals), thread_.index);
  if (outcome) co_return true;
  limiter_.put_back(refusals);
  ports_.log.warn("refusals not recorded", {{"code", core::to_string(outcome.error().code)},
                                            {"detail", std::string_view(outcome.error().detail)}});
  co_return false;
}

asio::awaitable<bool> LimitsWorker::keep_learnt() {
  network_changed_ = false;
  const auto learnt = limiter_.take_learnt(*ports_.views.view()->network);
  if (learnt.changed.empty() && learnt.gone.empty()) co_return true;
  auto outcome = co_await commit(ports_.sequencer, keeping(learnt), thread_.index);
  if (outcome) co_return true;
  limiter_.put_back(learnt);
  co_return false;
}

asio::awaitable<Pass> LimitsWorker::pass() {
  const auto now = SteadyClock::now();
  if (limiter_.any_refused() && !record_at_) record_at_ = now + periods_.record;
  if ((limiter_.any_learnt() || network_changed_) && !keep_at_) keep_at_ = std::max(now, kept_ + periods_.keep);
  if (record_at_ && *record_at_ <= now) {
    const bool recorded = co_await record_refusals();
    if (!recorded) co_return Pass{true, {}};
    record_at_.reset();
  }
  if (keep_at_ && *keep_at_ <= now) {
    const bool kept = co_await keep_learnt();
    if (!kept) co_return Pass{true, {}};
    kept_ = now;
    keep_at_.reset();
  }
  if (!record_at_ && !keep_at_) co_return Pass{};
  const auto next = std::min(record_at_.value_or(Deadline::max()), keep_at_.value_or(Deadline::max()));
  co_return Pass{false, std::max(next - SteadyClock::now(), SteadyClock::duration::zero())};
}

}  // namespace wissel::transport
