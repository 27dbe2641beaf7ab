#pragma once
// Reading the outbox: which subscribers have rows, and the first row of each order key.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/state/keys.hpp"
#include "core/store.hpp"

namespace wissel::transport {

/// The first row of an order key as it is stored.
struct StoredFirst {
  std::string key;
  core::DeliveryRow row;
};
struct FirstRows {
  std::vector<StoredFirst> rows;
  std::optional<std::string> next;  ///< the order key to go on from; nothing: there are no more
};

/// Told of rows that are passed over because their value cannot be read.
using DamagedRow = std::function<void(std::string_view key)>;

// Errors of all: those of the store.

/// The subscribers with rows, by one look for each.
[[nodiscard]] core::Result<std::vector<core::PartyNumber>> subscribers_with_rows(const core::StoreReader& store,
                                                                                 core::ReadTier tier,
                                                                                 const DamagedRow& damaged);
/// At most `count` first rows of a subscriber, from the order key `from` on (empty: the lowest), by one look for each.
[[nodiscard]] core::Result<FirstRows> first_rows(const core::StoreReader& store, core::PartyNumber subscriber,
                                                 const std::string& from, std::size_t count, core::ReadTier tier,
                                                 const DamagedRow& damaged);
/// The first row of an order key that is left after the row `key` of it has gone.
[[nodiscard]] core::Result<std::optional<StoredFirst>> row_after(const core::StoreReader& store, const std::string& key,
                                                                 core::ReadTier tier, const DamagedRow& damaged);

/// A row that is to be tried, and its message. Nothing when the row has ended; kCorrupt when it is there and it or its
/// message cannot be read.
struct StoredDelivery {
  core::DeliveryRow row;
  core::MessageRow message;
};
[[nodiscard]] core::Result<std::optional<StoredDelivery>> read_delivery(const core::StoreReader& store,
                                                                        const std::string& key, core::ReadTier tier);

}  // namespace wissel::transport
