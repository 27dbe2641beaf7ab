// Deliveries in the state machine: their ends, acknowledgement, expiry.
#include "tests/unit/core/state_messages.hpp"

namespace wissel::core::state_messages {
namespace {

TEST_F(MessagesTest, ADeliveryThatFailedStaysWithoutARecord) {
  push(message(50));
  const auto size = log_size();
  auto delay = command(DelayDelivery{keys(Family::kOutbox)[0], 1, kStart + kHour, true, "http-503"});
  delay.records.clear();
  run(std::move(delay));
  EXPECT_EQ(log_size(), size);
  EXPECT_EQ(place(50, 0).attempts, 1U);
  EXPECT_EQ(place(50, 0).error, "http-503");
  const auto row = decode_delivery(*store.get(Family::kOutbox, keys(Family::kOutbox)[0]).value()).value();
  EXPECT_TRUE(row.may_have_left);
  EXPECT_EQ(row.next_try, kStart + kHour);
}

TEST_F(MessagesTest, TheLastDeliveryTakesTheContentAlong) {
  push(message(50));
  const auto key = keys(Family::kOutbox)[0];
  ConcludeDelivery conclude;
  conclude.row_key = key;
  conclude.attempts = 2;
  const auto size = log_size();
  run(conclude);
  EXPECT_EQ(log_size(), size + 1);
  EXPECT_EQ(listener.last.outbox_rows, 0U);
  EXPECT_EQ(place(50, 0).state, DeliveryState::kDelivered);
  EXPECT_THAT(keys(Family::kMessage), SizeIs(1)) << "the mailbox still needs it";
  run(conclude);
  EXPECT_EQ(log_size(), size + 1) << "a row that is gone ends without a record";
  run(AcknowledgeMailbox{kMailbox, 1'000'000});
  EXPECT_THAT(keys(Family::kMessage), IsEmpty());
  EXPECT_THAT(keys(Family::kMailbox), IsEmpty());
  EXPECT_EQ(place(50, 1).state, DeliveryState::kDelivered);
}

TEST_F(MessagesTest, GoneEndsTheSubscriptionInTheSameWrite) {
  push(message(50));
  ConcludeDelivery conclude;
  conclude.row_key = keys(Family::kOutbox)[0];
  conclude.state = DeliveryState::kEnded;
  conclude.end_subscription = uuid(1);
  run(conclude);
  EXPECT_EQ(machine->view()->network->subscription(uuid(1)), nullptr);
  EXPECT_EQ(place(50, 0).state, DeliveryState::kEnded);
}

TEST_F(MessagesTest, AcknowledgingIsRepeatableAndGoesInPieces) {
  constexpr std::size_t kCount = AcknowledgeMailbox::kRowsMax + 5;
  for (std::size_t i = 0; i < kCount; ++i) {
    auto each = message(50, 100);
    Bytes16 id{};
    id[0] = static_cast<std::uint8_t>(i >> 8U);
    id[1] = static_cast<std::uint8_t>(i);
    each.id = Uuid(id);
    std::ranges::copy(id, each.repeat_key.begin());
    push(std::move(each));
  }
  EXPECT_TRUE(run(AcknowledgeMailbox{kMailbox, 1'000'000}).more);
  EXPECT_THAT(keys(Family::kMailbox), SizeIs(5));
  EXPECT_FALSE(run(AcknowledgeMailbox{kMailbox, 1'000'000}).more);
  EXPECT_THAT(keys(Family::kMailbox), IsEmpty());
  EXPECT_EQ(run(AcknowledgeMailbox{kMailbox, 1'000'000}).status, 204);
}

TEST_F(MessagesTest, AcknowledgingStopsAtItsNumber) {
  const auto first = push(message(50));
  push(message(51));
  run(AcknowledgeMailbox{kMailbox, first.log_index});
  EXPECT_THAT(keys(Family::kMailbox), SizeIs(1));
  EXPECT_EQ(place(51, 1).state, DeliveryState::kWaiting);
}

TEST_F(MessagesTest, WhatAPauseHoldsBackIsQueuedAndNotAcknowledged) {
  run(PauseSubscription{uuid(2), kMailbox, true});
  EXPECT_THAT(push(message(50)).body, HasSubstr(R"("afnemers":2)"));
  run(AcknowledgeMailbox{kMailbox, 1'000'000});
  EXPECT_THAT(keys(Family::kMailbox), SizeIs(1));
  run(PauseSubscription{uuid(2), kMailbox, false});
  run(AcknowledgeMailbox{kMailbox, 1'000'000});
  EXPECT_THAT(keys(Family::kMailbox), IsEmpty());
}

TEST_F(MessagesTest, AMailboxIsNotShownUnderAnotherNetwork) {
  push(message(50));
  auto show = command(ShowMailbox{keys(Family::kMailbox)});
  run(PauseSubscription{uuid(1), kWebhook, true});
  const auto size = log_size();
  EXPECT_TRUE(run(show).more);
  EXPECT_EQ(log_size(), size);
  show.network_version = machine->view()->network->version();
  EXPECT_FALSE(run(show).more);
  EXPECT_EQ(log_size(), size + 1);
  EXPECT_TRUE(decode_delivery(*store.get(Family::kMailbox, keys(Family::kMailbox)[0]).value())->may_have_left);
}

class ExpiryTest : public MessagesTest {
 protected:
  static constexpr Instant kEnd = kStart + 100 * kHour;

  Outcome expire(std::size_t drafts) {
    RunTimers timers;
    EXPECT_TRUE(store.scan(Family::kTimer, {}, [&](std::string_view key, std::string_view) {
      if (parse_timer_key(key)->kind == TimerKind::kMessageExpiry) timers.keys.emplace_back(key);
      return true;
    }));
    for (std::size_t i = 0; i < drafts; ++i) timers.drafts.push_back(draft("geleend"));
    auto expiry = command(std::move(timers), kEnd);
    expiry.records.clear();
    return run(std::move(expiry));
  }
};

TEST_F(ExpiryTest, EndsEachPlaceWithARecordForSenderAndSubscriber) {
  push(message(50));
  const auto size = log_size();
  EXPECT_FALSE(expire(10).more);
  ASSERT_EQ(log_size(), size + 2);
  const auto webhook = record(size);
  EXPECT_EQ(webhook.actie, Actie::kBezorgen);
  EXPECT_EQ(webhook.oin, kSender);
  EXPECT_THAT(webhook.bronhouders, ElementsAre(kWebhook));
  EXPECT_EQ(webhook.data_subject_id, numbered<Bytes16>(100));
  EXPECT_EQ(webhook.regel, "verlopen;mogelijk-ontvangen") << "its turn and time had come: an attempt may be under way";
  EXPECT_EQ(record(size + 1).regel, "verlopen") << "never fetched";
  EXPECT_EQ(place(50, 0).state, DeliveryState::kExpired);
  EXPECT_THAT(keys(Family::kMessage), IsEmpty());
  EXPECT_THAT(keys(Family::kOutbox), IsEmpty());
}

TEST_F(ExpiryTest, SaysWhetherTheBodyMayHaveLeft) {
  push(message(50, 100));
  push(message(51, 100));  // behind it: not tried
  push(message(52, 101));
  push(message(53, 102));
  const auto delay = [&](std::uint8_t number, bool left) {
    auto later = command(DelayDelivery{place(number, 0).row_key, 3, kEnd + kHour, left, "x"});
    later.records.clear();
    run(std::move(later));
  };
  delay(52, false);  // refused each time, and not its time
  delay(53, true);
  run(EndSubscription{uuid(2), kMailbox, {}});
  expire(20);
  std::map<std::string, std::string> rules;
  for (std::uint64_t i = 0; i < log_size(); ++i) {
    const auto each = record(i);
    if (each.name == "bericht verlopen" && each.bronhouders.front() == kWebhook) rules[each.object] = each.regel;
  }
  EXPECT_EQ(rules["bericht:" + uuid(50).str()], "verlopen;mogelijk-ontvangen");
  EXPECT_EQ(rules["bericht:" + uuid(52).str()], "verlopen");
  EXPECT_EQ(rules["bericht:" + uuid(53).str()], "verlopen;mogelijk-ontvangen");
}

TEST_F(ExpiryTest, GoesOnWhereTheDraftsRanOut) {
  push(message(50));
  EXPECT_TRUE(expire(1).more);
  EXPECT_THAT(keys(Family::kMessage), SizeIs(1));
  EXPECT_FALSE(expire(1).more);
  EXPECT_THAT(keys(Family::kMessage), IsEmpty());
}

TEST_F(ExpiryTest, CountsWhereTheDeliveriesWaited) {
  push(message(50));
  push(message(51));
  const auto outcome = expire(10);
  EXPECT_EQ(outcome.expired_webhooks, 2U);
  EXPECT_EQ(outcome.expired_mailboxes, 2U);
}

TEST_F(ExpiryTest, WhatIsDamagedExpiresAsWellAndHoldsUpNobody) {
  push(message(50));
  push(message(51, 101));
  push(message(52, 102));
  store.erase(Family::kMessage, std::string(uuid(50).view()));
  store.erase(Family::kOutbox, place(51, 0).row_key);
  store.put(Family::kOutbox, place(52, 0).row_key, "\x7F");
  ASSERT_TRUE(machine->reload(store));
  EXPECT_EQ(expire(10).expired_webhooks, 3U);
  EXPECT_EQ(listener.last.outbox_rows, 0U);
  EXPECT_THAT(keys(Family::kOutbox), IsEmpty());
  EXPECT_EQ(place(51, 0).state, DeliveryState::kExpired);
}

TEST_F(MessagesTest, APlaceIsJudgedAnew) {
  const auto& facts = message(50).facts;
  const auto judge = [&](Instant at = kStart) {
    return judge_place(*machine->view()->network, {kWebhook, uuid(1), Bezorgsoort::kWebhook, "gebeurtenissen"}, facts,
                       at)
        .judgement;
  };
  EXPECT_EQ(judge(), Judgement::kAllowed);
  run(PauseSubscription{uuid(1), kWebhook, true});
  EXPECT_EQ(judge(), Judgement::kPaused);
  subscribe(4, kWebhook, Bezorgsoort::kWebhook);
  EXPECT_EQ(judge(), Judgement::kAllowed) << "another subscription for the same place";
  run(EndSubscription{uuid(4), kWebhook, {}});
  run(EndSubscription{uuid(1), kWebhook, {}});
  EXPECT_EQ(judge(), Judgement::kEnded);
  subscribe(1, kWebhook, Bezorgsoort::kWebhook);
  EXPECT_EQ(judge(kStart + 20'000 * kHour), Judgement::kRefused) << "the agreement has ended";
}

}  // namespace
}  // namespace wissel::core::state_messages
