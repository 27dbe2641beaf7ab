#include "transport/push/mailbox_bell.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <optional>

namespace wissel::test {
namespace {

using namespace std::chrono_literals;
using namespace transport;
using Woken = MailboxBell::Woken;

const core::Oin kOne = core::Oin::parse("00000099000000002000").value();
const core::Oin kTwo = core::Oin::parse("00000099000000003000").value();

class MailboxBellTest : public testing::Test {
 protected:
  /// Begins to wait; what woke it comes in the returned place.
  std::shared_ptr<std::optional<Woken>> wait(const core::Oin& owner, std::uint64_t ticket,
                                             SteadyClock::duration limit = 1h) {
    auto out = std::make_shared<std::optional<Woken>>();
    asio::co_spawn(io, bell.wait(owner, ticket, limit),
                   [out](const std::exception_ptr&, Woken woken) { *out = woken; });
    poll();
    return out;
  }
  void ring(const core::Oin& owner) {
    core::Notices notices;
    notices.mailboxes.push_back(owner);
    bell.committed(notices);
    poll();
  }

  /// Runs what can run now.
  void poll() {
    io.restart();
    io.poll();
  }

  asio::io_context io{1};
  MailboxBell bell{{.per_owner_max = 2, .total_max = 3}};
};

TEST_F(MailboxBellTest, WakesEveryWaiterOfItsOwnerOnly) {
  const auto first = wait(kOne, bell.ticket(kOne));
  const auto second = wait(kOne, bell.ticket(kOne));
  const auto other = wait(kTwo, bell.ticket(kTwo));
  EXPECT_EQ(bell.waiting(), 3U);
  ring(kOne);
  EXPECT_EQ(*first, Woken::kRang);
  EXPECT_EQ(*second, Woken::kRang);
  EXPECT_FALSE(*other);
  EXPECT_EQ(bell.waiting(), 1U);
  bell.stop();
  poll();
  EXPECT_EQ(*other, Woken::kPassed);
}

TEST_F(MailboxBellTest, WhatCameSinceTheTicketIsNotMissed) {
  const auto ticket = bell.ticket(kOne);
  ring(kOne);
  EXPECT_EQ(*wait(kOne, ticket), Woken::kRang);
}

TEST_F(MailboxBellTest, AChangeOfTheNetworkWakesEverybody) {
  const auto waiting = wait(kOne, bell.ticket(kOne));
  core::Notices notices;
  notices.network_changed = true;
  bell.committed(notices);
  poll();
  EXPECT_EQ(*waiting, Woken::kRang);
}

TEST_F(MailboxBellTest, EndsWhenItsTimeHasPassed) {
  const auto waiting = wait(kOne, bell.ticket(kOne), 1ms);
  io.restart();
  io.run();
  EXPECT_EQ(*waiting, Woken::kPassed);
  EXPECT_EQ(bell.waiting(), 0U);
}

TEST_F(MailboxBellTest, BoundsWhoWaits) {
  const auto first = wait(kOne, 0);
  const auto second = wait(kOne, 0);
  EXPECT_EQ(*wait(kOne, 0), Woken::kTooMany) << "of one subscriber";
  const auto third = wait(kTwo, 0);
  EXPECT_EQ(*wait(kTwo, 0), Woken::kTooMany) << "of all together";
  ring(kOne);
  EXPECT_EQ(*first, Woken::kRang);
  EXPECT_EQ(*second, Woken::kRang);
  EXPECT_FALSE(*third);
  bell.stop();
  poll();
}

TEST_F(MailboxBellTest, NobodyWaitsAfterTheEnd) {
  bell.stop();
  EXPECT_EQ(*wait(kOne, bell.ticket(kOne)), Woken::kPassed);
}

}  // namespace
}  // namespace wissel::test
