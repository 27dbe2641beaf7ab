#include "transport/push/mailbox_bell.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <list>
#include <map>
#include <mutex>

namespace wissel::transport {
namespace {

struct Waiter {
  explicit Waiter(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;
  bool rung = false;  ///< used on its executor only
};
// Joint: whoever rings posts to the waiter's thread, where it may have gone by then.
using WaiterPtr = std::shared_ptr<Waiter>;

void ring(const WaiterPtr& waiter) {
  asio::post(waiter->timer.get_executor(), [waiter] {
    waiter->rung = true;
    waiter->timer.cancel();
  });
}

}  // namespace

struct MailboxBell::State {
  struct Owner {
    std::uint64_t rings = 0;
    std::list<WaiterPtr> waiters;
  };

  explicit State(Limits given) : limits(given) {}

  /// The caller holds the mutex.
  void ring_all() {
    for (auto& [oin, owner] : owners) {
      ++owner.rings;
      for (const auto& waiter : owner.waiters) ring(waiter);
    }
  }

  const Limits limits;
  mutable std::mutex mutex;
  std::map<core::Oin, Owner> owners;
  std::size_t waiting = 0;
  bool stopped = false;

  /// Removes a waiter, however its coroutine ends.
  struct Registration {
    std::shared_ptr<State> state;
    Owner& owner;
    std::list<WaiterPtr>::iterator at;
    ~Registration() {
      const std::scoped_lock lock(state->mutex);
      owner.waiters.erase(at);
      --state->waiting;
    }
  };
};

MailboxBell::MailboxBell(Limits limits) : state_(std::make_shared<State>(limits)) {}
MailboxBell::~MailboxBell() { stop(); }

void MailboxBell::committed(const core::Notices& notices) {
  const bool any = notices.network_changed || notices.reloaded;
  if (notices.mailboxes.empty() && !any) return;
  const std::scoped_lock lock(state_->mutex);
  if (any) state_->ring_all();  // a subscription may go on after a pause
  for (const auto& oin : notices.mailboxes) {
    auto& owner = state_->owners[oin];
    ++owner.rings;
    for (const auto& waiter : owner.waiters) ring(waiter);
  }
}

std::uint64_t MailboxBell::ticket(const core::Oin& owner) const {
  const std::scoped_lock lock(state_->mutex);
  const auto at = state_->owners.find(owner);
  return at == state_->owners.end() ? 0 : at->second.rings;
}

asio::awaitable<MailboxBell::Woken> MailboxBell::wait(core::Oin oin, std::uint64_t ticket,
                                                      SteadyClock::duration limit) {
  const auto waiter = std::make_shared<Waiter>(co_await asio::this_coro::executor);
  const auto state = state_;
  std::unique_ptr<State::Registration> registration;
  {
    const std::scoped_lock lock(state->mutex);
    if (state->stopped) co_return Woken::kPassed;
    auto& owner = state->owners[oin];  // one for each participant that ever asked: a bounded number
    if (owner.rings != ticket) co_return Woken::kRang;
    if (owner.waiters.size() >= state->limits.per_owner_max || state->waiting >= state->limits.total_max) {
      co_return Woken::kTooMany;
    }
    owner.waiters.push_back(waiter);
    ++state->waiting;
    registration.reset(new State::Registration{state, owner, std::prev(owner.waiters.end())});
  }
  waiter->timer.expires_after(limit);
  // A ring is posted to this thread, so it comes after this coroutine has begun to wait.
  co_await waiter->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  bool stopped = false;
  {
    const std::scoped_lock lock(state->mutex);
    stopped = state->stopped;
  }
  co_return waiter->rung && !stopped ? Woken::kRang : Woken::kPassed;
}

void MailboxBell::stop() {
  const std::scoped_lock lock(state_->mutex);
  state_->stopped = true;
  state_->ring_all();
}

std::size_t MailboxBell::waiting() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->waiting;
}

}  // namespace wissel::transport
