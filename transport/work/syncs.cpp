#include "transport/work/syncs.hpp"

#include "transport/routes/commit.hpp"
#include "transport/work/work_draft.hpp"

namespace wissel::transport {

SyncWorker::SyncWorker(WorkPorts ports, WorkThread thread, WorkLoop::Pauses pauses)
    : ports_(std::move(ports)),
      thread_(thread),
      pieces_(ports_.metrics.counter("wissel_sync_pieces_total",
                                     "Pieces of the work after a switch or an abandoned synchronisation.", {})),
      loop_(thread, "synchronisations", [this] { return pass(); }, ports_.log, pauses) {}

void SyncWorker::start() {
  loop_.start();
  const auto view = ports_.views.view();
  std::set<core::PartyNumber> found;
  for (const auto& [holder, sync] : *view->syncs) {
    if (sync.phase != core::SyncState::Phase::kNone) found.insert(holder);
  }
  if (!found.empty()) loop_.wake([this, found = std::move(found)]() mutable { pending_.merge(found); });
}

void SyncWorker::committed(const core::Notices& notices) {
  if (notices.syncs.empty()) return;
  loop_.wake([this, holders = notices.syncs] { pending_.insert(holders.begin(), holders.end()); });
}

asio::awaitable<Pass> SyncWorker::pass() {
  const auto holders = pending_;
  for (const auto holder : holders) {
    const auto view = ports_.views.view();
    const auto* oin = view->parties->oin(holder);
    if (oin == nullptr) {
      ports_.log.error("synchronisation of an unknown party", {{"party", holder}});
      pending_.erase(holder);
      continue;
    }
    core::Command command;
    command.now = ports_.now();
    command.network_version = view->network->version();
    auto draft = work_draft(*view, command.now, core::Actie::kRegistreren, "synchronisatie", *oin);
    draft.record.foreign_operation_processor = "urn:nld:oin:" + oin->str();
    command.effect = core::ContinueSync{*oin, std::move(draft)};
    pending_.erase(holder);  // before: a notice that comes meanwhile is not to be lost
    auto outcome = co_await commit(ports_.sequencer, std::move(command), thread_.index);
    if (!outcome || outcome->more) pending_.insert(holder);
    if (!outcome) {
      ports_.log.warn("synchronisation waits", {{"code", core::to_string(outcome.error().code)},
                                                {"detail", std::string_view(outcome.error().detail)}});
      co_return Pass{true, {}};
    }
    pieces_.add();
  }
  if (pending_.empty()) co_return Pass{};
  co_return Pass{false, SteadyClock::duration::zero()};
}

}  // namespace wissel::transport
