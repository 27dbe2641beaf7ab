#pragma once
// Wakes the requests that wait for something in a mailbox; nothing polls.
#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/identity/oin.hpp"
#include "core/state/view.hpp"
#include "transport/asio.hpp"

namespace wissel::transport {

/// Thread safety: all members may be called at the same time; committed() is called by the committer and only posts.
class MailboxBell final : public core::CommitListener {
 public:
  /// Requests that may wait at the same time: for one subscriber, and for all together.
  struct Limits {
    std::size_t per_owner_max = 16;
    std::size_t total_max = 512;  ///< each takes the place of a request in flight: half of what the server allows
  };
  MailboxBell() : MailboxBell(Limits{}) {}
  explicit MailboxBell(Limits limits);
  ~MailboxBell() override;

  void committed(const core::Notices& notices) override;

  /// Taken before the mailbox is read: what comes after that is not missed.
  [[nodiscard]] std::uint64_t ticket(const core::Oin& owner) const;

  enum class Woken : std::uint8_t {
    kRang,     ///< something may have come
    kPassed,   ///< `limit` passed, or this side is stopping
    kTooMany,  ///< too many wait already
  };
  /// Comes back on the calling coroutine's executor, which must be a thread of its own.
  asio::awaitable<Woken> wait(core::Oin owner, std::uint64_t ticket, SteadyClock::duration limit);

  /// Wakes everybody; who comes later does not wait.
  void stop();
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // joint: a waiter may end after the bell
};

}  // namespace wissel::transport
