#include "transport/push/outbox.hpp"

#include <utility>

namespace wissel::transport {
namespace {

using core::Family;
using core::ReadTier;
using core::Result;

// Key of the outbox: subscriber (4) · order key (16) · sequence (8) · ordinal (2).
constexpr std::size_t kSubscriberBytes = 4;
constexpr std::size_t kOrderBytes = 16;

std::string subscriber_prefix(core::PartyNumber subscriber) {
  std::string out;
  core::append_u32(out, subscriber);
  return out;
}

/// The first readable entry of a range.
Result<std::optional<StoredFirst>> first_of(const core::StoreReader& store, core::KeyRange range, ReadTier tier,
                                            const DamagedRow& damaged) {
  std::optional<StoredFirst> out;
  const auto take = [&](std::string_view key, std::string_view value) {
    auto row = core::decode_delivery(value);
    if (!row || !core::parse_outbox_key(key)) {
      damaged(key);
      return true;
    }
    out = StoredFirst{std::string(key), std::move(*row)};
    return false;
  };
  auto scanned = store.scan(Family::kOutbox, range, take, tier);
  if (!scanned) return std::unexpected(std::move(scanned).error());
  return out;
}

}  // namespace

Result<std::vector<core::PartyNumber>> subscribers_with_rows(const core::StoreReader& store, ReadTier tier,
                                                             const DamagedRow& damaged) {
  std::vector<core::PartyNumber> out;
  std::string from;
  while (true) {
    auto first = first_of(store, {from, {}}, tier, damaged);
    if (!first) return std::unexpected(std::move(first).error());
    if (!*first) return out;
    const auto subscriber = core::parse_outbox_key((*first)->key)->subscriber;
    out.push_back(subscriber);
    from = core::after_prefix(subscriber_prefix(subscriber));
    if (from.empty()) return out;
  }
}

Result<FirstRows> first_rows(const core::StoreReader& store, core::PartyNumber subscriber, const std::string& from,
                             std::size_t count, ReadTier tier, const DamagedRow& damaged) {
  FirstRows out;
  const auto prefix = subscriber_prefix(subscriber);
  const auto to = core::after_prefix(prefix);
  std::string at = prefix + from;
  while (true) {
    auto first = first_of(store, {at, to}, tier, damaged);
    if (!first) return std::unexpected(std::move(first).error());
    if (!*first) return out;
    if (out.rows.size() == count) {
      out.next = (*first)->key.substr(kSubscriberBytes, kOrderBytes);
      return out;
    }
    at = core::after_prefix(std::string_view((*first)->key).substr(0, kSubscriberBytes + kOrderBytes));
    out.rows.push_back(std::move(**first));
    if (at.empty()) return out;
  }
}

Result<std::optional<StoredFirst>> row_after(const core::StoreReader& store, const std::string& key, ReadTier tier,
                                             const DamagedRow& damaged) {
  const auto order = std::string_view(key).substr(0, kSubscriberBytes + kOrderBytes);
  return first_of(store, {key + '\0', core::after_prefix(order)}, tier, damaged);
}

Result<std::optional<StoredDelivery>> read_delivery(const core::StoreReader& store, const std::string& key,
                                                    ReadTier tier) {
  auto stored = store.get(Family::kOutbox, key, tier);
  if (!stored) return std::unexpected(std::move(stored).error());
  if (!*stored) return std::optional<StoredDelivery>();
  auto row = core::decode_delivery(**stored);
  if (!row) return std::unexpected(std::move(row).error());
  auto bytes = store.get(Family::kMessage, row->message.view(), tier);
  if (!bytes) return std::unexpected(std::move(bytes).error());
  if (!*bytes) {
    // Row and message leave in one write: when the row is still there, the message did not end but was lost.
    auto again = store.get(Family::kOutbox, key, tier);
    if (!again) return std::unexpected(std::move(again).error());
    if (!*again) return std::optional<StoredDelivery>();
    return core::fail(core::Errc::kCorrupt, "family message: a waiting message is missing");
  }
  auto message = core::decode_message(**bytes);
  if (!message) return std::unexpected(std::move(message).error());
  return std::optional(StoredDelivery{std::move(*row), std::move(*message)});
}

}  // namespace wissel::transport
