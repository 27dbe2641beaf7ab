// Deliveries to real webhooks on loopback: good, failing, hanging and gone.
#include "transport/push/delivery_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/log/stored.hpp"
#include "core/state/keys.hpp"
#include "tests/unit/core/agreeing.hpp"
#include "tests/unit/transport/test_webhook.hpp"
#include "transport/push/attempt.hpp"
#include "transport/routes/resources.hpp"

namespace wissel::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// Lets a test wait for what a commit brings about.
class Commits final : public core::CommitListener {
 public:
  void committed(const core::Notices&) override {
    const std::scoped_lock lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  void until(const std::function<bool()>& reached) {
    const auto end = SteadyClock::now() + kPatience;
    while (true) {
      std::unique_lock lock(mutex_);
      const auto seen = count_;
      lock.unlock();
      if (reached()) return;
      lock.lock();
      // Not every commit has something to tell (a delayed delivery has not), so the condition is looked at anyway.
      changed_.wait_for(lock, 20ms, [&] { return count_ != seen; });
      if (SteadyClock::now() > end) {
        ADD_FAILURE() << "did not come about";
        return;
      }
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t count_ = 0;
};

/// An engine may come and go while commits are told.
class Relay final : public core::CommitListener {
 public:
  void committed(const core::Notices& notices) override {
    const std::scoped_lock lock(mutex_);
    if (to_ != nullptr) to_->committed(notices);
  }
  void set(core::CommitListener* to) {
    const std::scoped_lock lock(mutex_);
    to_ = to;
  }

 private:
  std::mutex mutex_;
  core::CommitListener* to_ = nullptr;
};

class DeliveryEngineTest : public testing::Test {
 protected:
  DeliveryEngineTest() {
    at.listeners.add(relay);
    at.listeners.add(commits);
    at.router = std::make_unique<Router>(at.gateway, std::vector<Routes>{message_routes(), subscription_routes()});
    at.participant(kHolderOne);
    at.participant(kAfnemer, hook.endpoints());
    at.participant(kHolderTwo, other.endpoints());
    agree();
    settings.queue.retry_first = 1ms;
    settings.queue.retry_max = 20ms;
    settings.queue.breaker = {1'000'000, 1ms};
  }
  ~DeliveryEngineTest() override { halt(); }

  void agree() {
    core::Agreement out;
    out.id = core::Uuid(core::Bytes16{7});
    out.aanbieders = {kHolderOne};
    out.afnemers = {kAfnemer, kHolderTwo};
    out.handelingen = {true, true, true};
    out.max_vertrouwelijkheid = core::Vertrouwelijkheid::kZeerGeheim;
    out.verwerkingsactiviteit = "https://verwerkingen.example.nl/proef";
    out.geldig_van = at.now() - std::chrono::hours{1};
    out.geldig_tot = at.now() + std::chrono::hours{1'000};
    out.doel = "https://doelen.example.nl/proef";
    agreement = out.id;
    for (auto& effect : core::agreeing(std::move(out), at.now())) at.change(std::move(effect));
  }
  void begin() {
    engine = std::make_unique<DeliveryEngine>(at.gateway, at.threads, settings, at.log);
    relay.set(engine.get());
    engine->start();
  }
  bool halt(std::chrono::milliseconds drain = 10s) {
    if (!engine) return true;
    relay.set(nullptr);
    const bool clean = engine->stop(drain);
    engine.reset();
    return clean;
  }

  /// A subscription on everything; gives its path.
  std::string subscribe(const core::Oin& who) {
    const auto body = json::serialize(
        json::object{{"bezorging", {{"soort", "webhook"}}}, {"grondslag", {{"uitwisselafspraak", agreement.str()}}}});
    const auto made = at.ask(Method::kPost, "/v1/abonnementen", who, body);
    EXPECT_EQ(made.status, 201U) << made.body;
    return TestGateway::header(made, "Location");
  }
  /// Pushes a change of a zaak; gives the path of its state.
  std::string push(const std::string& id, const std::string& zaak) {
    const json::object event{
        {"specversion", "1.0"},
        {"id", id},
        {"source", "urn:nld:oin:" + kHolderOne.str() + ":systeem:proef"},
        {"type", "nl.overheid.zaken.zaakstatus-gewijzigd"},
        {"subject", zaak},
        {"data",
         {{"zaak",
           {{"identificatie", zaak}, {"bronorganisatie", kHolderOne.view()}, {"zaaktype", {{"omschrijving", "V"}}}}},
          {"status",
           {{"omschrijving", "Bezig"}, {"statusgroep", "in_behandeling"}, {"gezetOp", "2026-03-02T09:15:00Z"}}}}}};
    const auto sent = at.ask(Method::kPost, "/v1/statusberichten", kHolderOne, json::serialize(event), {},
                             "application/cloudevents+json");
    EXPECT_EQ(sent.status, 202U) << sent.body;
    return TestGateway::header(sent, "Location");
  }
  json::object place(const std::string& path, std::size_t index = 0) {
    return at.get_json(path, kHolderOne).at("afnemers").at(index).as_object();
  }
  std::size_t waiting() { return at.store.count(core::Family::kOutbox); }

  std::vector<core::LogRecord> records(core::Actie actie) {
    std::vector<core::LogRecord> out;
    EXPECT_TRUE(at.store.scan(core::Family::kRecord, {}, [&](std::string_view, std::string_view value) {
      auto record = core::decode_line(core::decode_record(value)->line).value();
      if (record.actie == actie) out.push_back(std::move(record));
      return true;
    }));
    return out;
  }

  TestGateway at;
  Webhook hook{at.net, kAfnemer};
  Webhook other{at.net, kHolderTwo};
  Commits commits;
  Relay relay;
  DeliverySettings settings;
  core::Uuid agreement;
  std::unique_ptr<DeliveryEngine> engine;
};

TEST_F(DeliveryEngineTest, DeliversInOrderWithARecordEach) {
  subscribe(kAfnemer);
  begin();
  std::vector<std::string> expected;
  std::string path;
  for (int i = 0; i < 10; ++i) path = push(expected.emplace_back("e" + std::to_string(i)), "Z-1");
  EXPECT_EQ(hook.delivered(10), expected);
  commits.until([&] { return waiting() == 0; });
  const auto got = hook.requests(10);
  EXPECT_EQ(got[0].content_type, "application/cloudevents+json");
  EXPECT_THAT(got[0].traceparent, SizeIs(55));
  const auto bezorgd = records(core::Actie::kBezorgen);
  ASSERT_THAT(bezorgd, SizeIs(10));
  EXPECT_EQ(bezorgd[0].oin, kHolderOne);
  EXPECT_THAT(bezorgd[0].bronhouders, ElementsAre(kAfnemer));
  EXPECT_EQ(bezorgd[0].http, 204);
  EXPECT_EQ(bezorgd[0].uitwisselafspraak, agreement.str());
  EXPECT_TRUE(bezorgd[0].data_subject_id);
  EXPECT_EQ(bezorgd[0].data_subject_id_type, "zaak");
  EXPECT_EQ(place(path).at("stand"), "bezorgd");
  EXPECT_EQ(at.store.count(core::Family::kMessage), 0U) << "nobody waits for the content any more";
}

TEST_F(DeliveryEngineTest, TriesAgainAndKeepsTheOrderOfAZaak) {
  subscribe(kAfnemer);
  hook.answers(500, 4);
  begin();
  push("e1", "Z-1");
  const auto path = push("e2", "Z-1");
  EXPECT_THAT(hook.delivered(2), ElementsAre("e1", "e2"));
  commits.until([&] { return waiting() == 0; });
  EXPECT_THAT(records(core::Actie::kBezorgen), SizeIs(2)) << "a failed attempt is no record";
  EXPECT_EQ(place(path).at("stand"), "bezorgd");
}

TEST_F(DeliveryEngineTest, AHangingSubscriberDelaysNobodyElse) {
  subscribe(kAfnemer);
  subscribe(kHolderTwo);
  hook.hangs(true);
  begin();
  for (int i = 0; i < 40; ++i) push("e" + std::to_string(i), "Z-" + std::to_string(i));
  EXPECT_THAT(other.delivered(40), SizeIs(40));
  EXPECT_LE(hook.requests(1).size(), settings.queue.per_subscriber_max);
  EXPECT_FALSE(halt(0ms)) << "attempts had to be cut";
}

TEST_F(DeliveryEngineTest, GoneEndsTheSubscription) {
  const auto subscription = subscribe(kAfnemer);
  hook.answers(410);
  begin();
  const auto path = push("e1", "Z-1");
  commits.until([&] { return waiting() == 0; });
  EXPECT_EQ(place(path).at("stand"), "beeindigd");
  EXPECT_EQ(at.get(subscription, kAfnemer).status, 404U);
  EXPECT_EQ(records(core::Actie::kBezorgen).at(0).regel, "beeindigd;mogelijk-ontvangen");
}

TEST_F(DeliveryEngineTest, WhatIsNoLongerAllowedIsNotDelivered) {
  subscribe(kAfnemer);
  const auto path = push("e1", "Z-1");
  at.change(core::EndAgreement{agreement, {kHolderOne, at.now(), {}}, {}});
  begin();
  commits.until([&] { return waiting() == 0; });
  EXPECT_EQ(place(path).at("stand"), "geweigerd");
  const auto ended = records(core::Actie::kBezorgen).at(0);
  EXPECT_EQ(ended.uitkomst, core::Uitkomst::kGeweigerd);
  EXPECT_THAT(ended.regel, HasSubstr("mogelijk-ontvangen")) << "queued before this start, and its turn had come";
  halt();
  EXPECT_THAT(hook.requests(0), SizeIs(0));
}

TEST_F(DeliveryEngineTest, APauseHoldsBackAndLosesNothing) {
  const auto subscription = subscribe(kAfnemer);
  EXPECT_EQ(at.ask(Method::kPost, subscription + "/pauze", kAfnemer).status, 200U);
  begin();
  push("e1", "Z-1");
  subscribe(kHolderTwo);
  push("e2", "Z-2");
  EXPECT_THAT(other.delivered(1), ElementsAre("e2"));
  EXPECT_THAT(hook.requests(0), SizeIs(0));
  EXPECT_EQ(at.ask(Method::kPost, subscription + "/hervatting", kAfnemer).status, 200U);
  EXPECT_THAT(hook.delivered(2), testing::UnorderedElementsAre("e1", "e2"));
}

TEST_F(DeliveryEngineTest, WhatAnEarlierRunLeftIsFoundAgain) {
  subscribe(kAfnemer);
  hook.answers(500);
  begin();
  for (int i = 0; i < 30; ++i) push("e" + std::to_string(i), "Z-" + std::to_string(i % 10));
  hook.requests(10);
  EXPECT_TRUE(halt());
  hook.answers(204);
  settings.queue.rows_max = 4;  // fewer than there are zaken: read in pages
  begin();
  const auto got = hook.delivered(30);
  commits.until([&] { return waiting() == 0; });
  for (int zaak = 0; zaak < 10; ++zaak) {
    std::vector<std::string> line;
    for (const auto& id : got) {
      if (std::stoi(id.substr(1)) % 10 == zaak) line.push_back(id);
    }
    const auto name = [&](int i) { return "e" + std::to_string(zaak + 10 * i); };
    EXPECT_THAT(line, ElementsAre(name(0), name(1), name(2)));
  }
}

TEST_F(DeliveryEngineTest, WhatIsDamagedIsToldAndPassed) {
  subscribe(kAfnemer);
  for (int i = 0; i < 6; ++i) push("e" + std::to_string(i), "Z-" + std::to_string(i % 3));
  // e0: its message is gone; e1: its message cannot be read; e2: its row cannot be read.
  std::vector<std::string> rows;
  const auto keep = [&](std::string_view key, std::string_view) { return rows.emplace_back(key), true; };
  EXPECT_TRUE(at.store.scan(core::Family::kOutbox, {}, keep));
  std::ranges::sort(rows, {}, [](const std::string& key) { return core::parse_outbox_key(key)->sequence; });
  const auto message_of = [&](std::size_t row) {
    return std::string(core::decode_delivery(*at.store.get(core::Family::kOutbox, rows[row]).value())->message.view());
  };
  at.store.erase(core::Family::kMessage, message_of(0));
  at.store.put(core::Family::kMessage, message_of(1), "\x7F");
  at.store.put(core::Family::kOutbox, rows[2], "\x7F");
  begin();
  EXPECT_THAT(hook.delivered(3), testing::UnorderedElementsAre("e3", "e4", "e5"));
  commits.until([&] { return waiting() == 3 && engine->damaged_rows() == 3; });
  EXPECT_EQ(at.metrics.value("wissel_outbox_damaged_rows"), 3);
  // Once they have left the store, by expiry say, nothing is damaged any more; a commit makes it look again.
  for (const auto& row : {rows[0], rows[1], rows[2]}) at.store.erase(core::Family::kOutbox, row);
  push("e6", "Z-1");
  commits.until([&] { return engine->damaged_rows() == 0; });
}

TEST_F(DeliveryEngineTest, AnotherOrganisationAtTheAddressGetsNothing) {
  subscribe(kAfnemer);
  at.participant(kAfnemer, other.endpoints());
  begin();
  const auto path = push("e1", "Z-1");
  commits.until([&] { return place(path).at("pogingen").to_number<int>() > 2; });
  EXPECT_THAT(other.requests(0), SizeIs(0));
  EXPECT_EQ(place(path).at("stand"), "wachtend");
}

TEST(RetryAfter, IsSecondsOrADate) {
  const auto now = core::from_ms(784'111'700'000);
  EXPECT_EQ(parse_retry_after("120", now), 120s);
  EXPECT_EQ(parse_retry_after("0", now), 0s);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), 77s);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), 0s);
  EXPECT_FALSE(parse_retry_after("soon", now));
  EXPECT_FALSE(parse_retry_after("", now));
  EXPECT_FALSE(parse_retry_after("-1", now));
}

}  // namespace
}  // namespace wissel::test
