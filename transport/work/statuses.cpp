#include "transport/work/statuses.hpp"

#include <algorithm>

namespace wissel::transport {
namespace {

/// What runs out within so long of each other is forgotten together. None of it is shown meanwhile.
constexpr std::chrono::milliseconds kTogether{1'000};

}  // namespace

StatusWorker::StatusWorker(WorkPorts ports, StatusCache& statuses, WorkThread thread)
    : ports_(std::move(ports)),
      statuses_(statuses),
      loop_(thread, "statuses", [this] { return pass(); }, ports_.log, {}) {
  statuses_.on_earlier([this] { loop_.wake(); });
}

void StatusWorker::committed(const core::Notices& notices) {
  if (!notices.network_changed && !notices.reloaded) return;
  if (!network_changed_.exchange(true)) loop_.wake();
}

asio::awaitable<Pass> StatusWorker::pass() {
  if (network_changed_.exchange(false)) {
    const auto view = ports_.views.view();
    const auto now = ports_.now();
    statuses_.drop_unless([&](const core::Uuid& id, std::uint64_t versie) {
      const auto* agreement = view->network->agreement(id, now);
      return agreement != nullptr && agreement->versie == versie;
    });
  }
  const auto now = SteadyClock::now();
  const auto next = statuses_.drop_expired(now);
  if (!next) co_return Pass{};
  co_return Pass{false, std::max<SteadyClock::duration>(*next - now, kTogether)};
}

}  // namespace wissel::transport
