// Values of the store that are not what we wrote: refused as damaged, never read as something near it.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/policy/codec.hpp"
#include "core/state/keys.hpp"
#include "core/state/reference.hpp"

namespace wissel::core {
namespace {

const Oin kSender = Oin::parse("00000099000000002000").value();

std::string message() {
  MessageRow row{7,
                 from_ms(1),
                 {},
                 {},
                 {.sender = kSender,
                  .type = "t",
                  .zaaktype = {},
                  .vertrouwelijkheid = Vertrouwelijkheid::kIntern,
                  .categorie = {},
                  .zichtbaarheid = Zichtbaarheid::kBeperkt,
                  .subjects = {},
                  .about = SubjectKind::kZaak},
                 {}};
  return encode(row);
}

std::string place() {
  return encode(DeliveredPlace{kSender, {}, Bezorgsoort::kPostbus, {}, DeliveryState::kDead, 1, from_ms(1), {}});
}

std::string holder_entry() {
  HolderEntry entry;
  entry.subjects = {Pseudonym{}};
  entry.kinds = {SubjectKind::kOverig};
  return encode(entry);
}

std::string with(std::string value, std::size_t at, char byte) {
  value.at(at) = byte;
  return value;
}

TEST(StoreValues, EnumeratorsThatDoNotExistAreDamage) {
  const auto sent = message();
  ASSERT_TRUE(decode_message(sent));
  const std::size_t end = sent.size();  // about(1) · subjects(2) · zichtbaarheid(1) · categorie(4) · level(1)
  for (const std::size_t at : {end - 1, end - 4, end - 9}) EXPECT_FALSE(decode_message(with(sent, at, '\x77'))) << at;
  EXPECT_FALSE(decode_message(with(sent, end - 4, '\xFF')));
  EXPECT_FALSE(decode_message(with(sent, end - 9, '\x08')));
  EXPECT_TRUE(decode_message(with(sent, end - 9, '\xFF')));
  EXPECT_FALSE(decode_message(with(sent, end - 14, '\x02'))) << "whether there is a zaaktype";

  const auto given = place();
  ASSERT_TRUE(decode_delivered_place(given));
  EXPECT_FALSE(decode_delivered_place(with(given, 37, '\x02'))) << "bezorging";
  EXPECT_FALSE(decode_delivered_place(with(given, 42, '\x06'))) << "state";

  const auto held = holder_entry();
  ASSERT_TRUE(decode_holder_entry(held));
  EXPECT_FALSE(decode_holder_entry(with(held, 1, '\x20'))) << "flags";
  EXPECT_FALSE(decode_holder_entry(with(held, 28, '\x07'))) << "kind of subject";
}

TEST(StoreValues, TimersOfNoKindAreDamage) {
  for (const int kind : {0, 8, 255})
    EXPECT_FALSE(parse_timer_key(timer_key(from_ms(1), static_cast<TimerKind>(kind), "")));
  EXPECT_TRUE(parse_timer_key(timer_key(from_ms(1), TimerKind::kShieldedForget, "")));
}

TEST(StoreValues, VersionsThatAreNoWholeNumberAreDamage) {
  const std::string head =
      "\x01{\"oin\":\"00000099000000002000\",\"naam\":\"X\",\"rollen\":[],\"stand\":\"aangesloten\",";
  EXPECT_TRUE(decode_participant(head + "\"versie\":1}"));
  for (const std::string version : {"1.5", "-1", "1e99", "\"1\"", "null"}) {
    EXPECT_FALSE(decode_participant(head + "\"versie\":" + version + "}")) << version;
  }
}

}  // namespace
}  // namespace wissel::core
