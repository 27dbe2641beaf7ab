// Messages from acceptance to their end: matched, queued, delivered, delayed, acknowledged, expired.
#include "tests/unit/core/state_messages.hpp"

namespace wissel::core::state_messages {
namespace {

TEST_F(MessagesTest, AcceptanceQueuesForEverySubscriberInOneWrite) {
  const auto outcome = push(message(50));
  EXPECT_EQ(outcome.status, 202);
  EXPECT_EQ(outcome.body, R"({"id":")" + uuid(50).str() + R"(","volgnummer":)" + std::to_string(outcome.log_index) +
                              R"(,"afnemers":2})");
  const auto accepted = record(outcome.log_index);
  EXPECT_THAT(accepted.bronhouders, ElementsAre(kWebhook, kMailbox));
  EXPECT_EQ(accepted.object, "bericht:" + uuid(50).str());
  EXPECT_EQ(accepted.http, 202);
  EXPECT_THAT(keys(Family::kOutbox), SizeIs(1));
  EXPECT_THAT(keys(Family::kMailbox), SizeIs(1));
  EXPECT_THAT(keys(Family::kMessage), SizeIs(1));
  ASSERT_THAT(listener.last.outbox, SizeIs(1));
  EXPECT_EQ(listener.last.outbox[0].key, keys(Family::kOutbox)[0]);
  EXPECT_EQ(listener.last.outbox_rows, 1U);
  EXPECT_THAT(listener.last.mailboxes, ElementsAre(kMailbox));
}

TEST_F(MessagesTest, AMessageForNobodyIsNotKept) {
  auto other = message(50);
  other.facts.type = "nl.example.anders";
  other.matches.clear();
  EXPECT_THAT(push(std::move(other)).body, HasSubstr(R"("afnemers":0)"));
  EXPECT_THAT(keys(Family::kMessage), IsEmpty());
  EXPECT_THAT(keys(Family::kDelivered), SizeIs(1)) << "its sender may still ask how it stands";
}

TEST_F(MessagesTest, ARepeatIsAnsweredAsTheFirstWithARecordOfItsOwn) {
  const auto first = push(message(50));
  const auto again = push(message(50), kStart + kHour);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.log_index, log_size() - 1);
  EXPECT_EQ(last_record().object, "bericht:" + uuid(50).str());
  EXPECT_THAT(keys(Family::kOutbox), SizeIs(1));
}

TEST_F(MessagesTest, TheSameIdWithOtherContentIsRefusedAndLogged) {
  push(message(50));
  auto other = message(50);
  other.content_mac = numbered<Hash>(9);
  const auto outcome = push(std::move(other));
  ASSERT_TRUE(outcome.refusal);
  EXPECT_EQ(outcome.refusal->code, ProblemCode::kRepeatDiffers);
  EXPECT_TRUE(outcome.logged);
  EXPECT_EQ(last_record().code, "herhaling-wijkt-af");
}

TEST_F(MessagesTest, ABatchIsAcceptedWholeOrNotAtAll) {
  push(message(50));
  AcceptMessages accept;
  accept.batch = true;
  accept.messages.push_back(message(51));
  accept.messages.push_back(message(50));
  accept.messages.back().content_mac = numbered<Hash>(9);
  EXPECT_TRUE(run(accept).refusal);
  EXPECT_THAT(keys(Family::kOutbox), SizeIs(1));

  accept.messages.back() = message(50);
  const auto size = log_size();
  const auto outcome = run(std::move(accept));
  EXPECT_FALSE(outcome.refusal);
  EXPECT_EQ(outcome.log_index, size) << "the parent comes first";
  EXPECT_EQ(log_size(), size + 3);
  EXPECT_THAT(outcome.body, HasSubstr(R"({"berichten":[{"id":")" + uuid(51).str()));
  EXPECT_THAT(keys(Family::kOutbox), SizeIs(2));
}

TEST_F(MessagesTest, AnIdempotencyKeyIsAnsweredWithARecord) {
  AcceptMessages accept;
  accept.messages.push_back(message(50));
  auto first = command(accept);
  first.idempotency = IdempotencyClaim{numbered<Bytes16>(1), numbered<Hash>(1), kStart + 24 * kHour};
  auto second = first;
  const auto one = run(std::move(first));
  const auto two = run(std::move(second));
  EXPECT_TRUE(two.repeated);
  EXPECT_TRUE(two.logged);
  EXPECT_EQ(two.log_index, one.log_index + 1);
  EXPECT_EQ(two.body, one.body);
}

TEST_F(MessagesTest, TheReferenceOfAnUnknownZaakIsSetFirst) {
  const auto size = log_size();
  const auto outcome = push(message(50));
  EXPECT_EQ(outcome.log_index, size + 1);
  EXPECT_EQ(record(size).object, "verwijzing:" + uuid(100).str() + ";versie:1");
  EXPECT_THAT(keys(Family::kReference), SizeIs(1));
  push(message(51));
  EXPECT_EQ(log_size(), size + 3) << "known now";
}

TEST_F(MessagesTest, AReferenceThatMovedSinceIsMatchedAnew) {
  // Prepared while the zaak was not registered; meanwhile it is, for a person that somebody follows.
  auto prepared = message(50);
  auto person = subscription(3, kMailbox, Bezorgsoort::kWebhook);
  person.onderwerp = numbered<Bytes16>(200);
  run(PutSubscription{person, true, {}});
  auto registered = change(100);
  registered.subjects.push_back(numbered<Bytes16>(200));
  registered.kinds.push_back(SubjectKind::kBsn);
  run(SetReference{registered, draft()});
  EXPECT_THAT(push(std::move(prepared)).body, HasSubstr(R"("afnemers":3)"));

  // Prepared with that person; meanwhile it is no longer named.
  auto stale = message(51);
  stale.facts.subjects.push_back(numbered<Bytes16>(200));
  stale.reference_version = 1;
  stale.matches = match(*machine->view()->network, stale.facts, kStart);
  EXPECT_THAT(stale.matches, SizeIs(3));
  auto without = change(100);
  without.digests = {{1, numbered<Hash>(1)}};
  run(SetReference{without, draft()});
  EXPECT_THAT(push(std::move(stale)).body, HasSubstr(R"("afnemers":2)"));
}

TEST_F(MessagesTest, AWithdrawalBetweenPreparingAndAcceptingSetsTheReferenceAgain) {
  push(message(50));
  auto prepared = message(51);
  prepared.reference_version = 1;
  run(WithdrawReference{kSender, uuid(100), {}, draft()});
  EXPECT_THAT(keys(Family::kReference), IsEmpty());
  push(std::move(prepared));
  EXPECT_THAT(keys(Family::kReference), SizeIs(1));
}

TEST_F(MessagesTest, AMessageThatLeftItsReferenceOutIsAskedForAgainWhenThatIsGone) {
  push(message(50));
  auto prepared = message(51);
  prepared.reference_version = 1;
  prepared.reference.reset();
  auto all = message(51);
  all.reference_version = 1;
  run(WithdrawReference{kSender, uuid(100), {}, draft()});
  const auto size = log_size();
  const auto stored = keys(Family::kDelivered);
  EXPECT_TRUE(push(std::move(prepared)).more);
  EXPECT_EQ(log_size(), size);
  EXPECT_EQ(keys(Family::kDelivered), stored) << "nothing was done";
  EXPECT_EQ(push(std::move(all)).status, 202);
  EXPECT_THAT(keys(Family::kReference), SizeIs(1));
}

TEST_F(MessagesTest, AShieldedReferenceHidesItsMessages) {
  auto shielded = change(100);
  shielded.zichtbaarheid = Zichtbaarheid::kAfgeschermd;
  run(SetReference{shielded, draft()});
  EXPECT_THAT(push(message(50)).body, HasSubstr(R"("afnemers":0)"));
}

TEST_F(MessagesTest, ASubscriptionThatEndedSinceGetsNothing) {
  auto prepared = message(50);
  AcceptMessages accept;
  accept.messages.push_back(std::move(prepared));
  auto late = command(std::move(accept));
  run(EndSubscription{uuid(1), kWebhook, {}});
  EXPECT_THAT(run(std::move(late)).body, HasSubstr(R"("afnemers":1)"));
}

}  // namespace
}  // namespace wissel::core::state_messages
