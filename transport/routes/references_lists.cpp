// GET /v1/verwijzingen/controlesommen and /v1/verwijzingen/wijzigingen: what a holder compares its own set with.
#include <boost/json.hpp>

#include <array>

#include "core/json/write.hpp"
#include "core/log/stored.hpp"
#include "core/state/keys.hpp"
#include "core/state/objects.hpp"
#include "transport/routes/references.hpp"

namespace wissel::transport {
namespace {

namespace json = boost::json;

// --- digests ---

/// Buckets: the first 12 bits of an id.
constexpr std::size_t kBuckets = 4096;

struct Sum {
  std::uint32_t key_id = 0;
  core::Hash key{};
  std::vector<core::Hash> buckets = std::vector<core::Hash>(kBuckets);
};

std::size_t bucket_of(const core::Uuid& id) { return (std::size_t{id.bytes()[0]} << 4U) | (id.bytes()[1] >> 4U); }

void add_entry(std::vector<Sum>& sums, const core::Uuid& id, const core::HolderEntry& entry) {
  for (const auto& digest : entry.digests) {
    for (auto& sum : sums) {
      if (sum.key_id != digest.key_id) continue;
      auto& bucket = sum.buckets[bucket_of(id)];
      for (std::size_t i = 0; i < bucket.size(); ++i) bucket[i] ^= digest.mac[i];
    }
  }
}

/// Which set look-ups see, in the store as it is read.
core::Result<core::Generation> current_set(const core::StoreReader& store, core::PartyNumber holder) {
  std::string key(core::kMetaSyncPrefix);
  core::append_u32(key, holder);
  auto stored = store.get(core::Family::kMeta, key);
  if (!stored) return std::unexpected(std::move(stored).error());
  if (!*stored) return core::Generation{0};
  auto sync = core::decode_sync_state(**stored);
  if (!sync) return std::unexpected(std::move(sync).error());
  return sync->current;
}

/// One snapshot, so that a switch or a change half-way shows in whole or not at all. Waits for the disk.
core::Result<std::vector<Sum>> digests(const Exchange& exchange) {
  std::vector<Sum> sums;
  for (const auto& key : exchange.gateway.secrets.pseudonyms.digest_keys(exchange.caller)) {
    sums.push_back({.key_id = key.id, .key = key.key});
  }
  const auto holder = exchange.view->parties->number(exchange.caller);
  if (!holder) return sums;
  const auto snapshot = exchange.gateway.store.snapshot();
  const auto generation = current_set(*snapshot, *holder);
  if (!generation) return std::unexpected(generation.error());
  core::Result<void> decoded;
  auto scanned = snapshot->scan(core::Family::kHolder, core::prefix_range(core::holder_prefix(*holder, *generation)),
                                [&](std::string_view key, std::string_view value) {
                                  auto entry = core::decode_holder_entry(value);
                                  if (!entry) decoded = std::unexpected(std::move(entry).error());
                                  if (entry && !entry->withdrawn) add_entry(sums, core::id_of_holder_key(key), *entry);
                                  return decoded.has_value();
                                });
  if (!scanned) return std::unexpected(std::move(scanned).error());
  if (!decoded) return std::unexpected(std::move(decoded).error());
  return sums;
}

std::string digests_json(const std::vector<Sum>& sums) {
  std::string out = R"({"sommen":[)";
  out.reserve(sums.size() * kBuckets * 68);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    out.append(i > 0 ? "," : "").append(R"({"sleutel":")").append(core::to_hex(sums[i].key)).append(R"(","emmers":[)");
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
      out.append(bucket > 0 ? ",\"" : "\"").append(core::to_hex(sums[i].buckets[bucket])).append("\"");
    }
    out.append("]}");
  }
  return out.append("]}");
}

asio::awaitable<Reply> show_digests(Exchange& exchange) {
  if (auto unknown = exchange.unknown_query({})) co_return refusal(std::move(*unknown));
  auto read = [&] {
    auto sums = digests(exchange);
    return sums ? core::Result<std::string>(digests_json(*sums)) : std::unexpected(std::move(sums).error());
  };
  auto body = co_await run_blocking(exchange.gateway.blocking, read);
  if (!body) co_return refusal(body.error());
  auto access = exchange.draft();
  access.record.object = "controlesommen";
  std::vector<core::RecordDraft> records;
  records.push_back(std::move(access));
  auto outcome = co_await exchange.log(std::move(records));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  co_return exchange.answer(*outcome, std::move(*body), 200);
}

// --- changes ---

/// Records of the holder that one call looks at; a call that finds less than asked for gives a cursor to go on with.
constexpr std::size_t kRecordsScannedMax = 5'000;

struct Change {
  std::string id;
  std::uint64_t version = 0;
  std::string_view soort;
  std::uint64_t index = 0;

  /// A reference with several subjects has a record for each.
  [[nodiscard]] bool same_as(const Change& other) const {
    return id == other.id && version == other.version && soort == other.soort;
  }
};

/// The part of "verwijzing:<id>;versie:<n>…" that follows `name`, up to the next semicolon.
std::optional<std::string_view> part(std::string_view object, std::string_view name) {
  const auto at = object.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  object.remove_prefix(at + name.size());
  return object.substr(0, object.find(';'));
}

/// Reads back what reference_object() wrote; nothing for a record of something else, or of what `holder` did for
/// another.
std::optional<Change> change_of(const core::LogRecord& record, const core::Oin& holder, std::uint64_t index) {
  if ((record.namens ? record.namens : record.oin) != holder) return std::nullopt;
  const bool sets = record.actie == core::Actie::kRegistreren;
  const bool ends = record.actie == core::Actie::kIntrekken;
  if (!(sets || ends) || record.uitkomst != core::Uitkomst::kToegestaan) return std::nullopt;
  if (!record.object.starts_with("verwijzing:")) return std::nullopt;
  const auto id = part(record.object, "verwijzing:");
  const auto version = part(record.object, ";versie:");
  if (!id || !version) return std::nullopt;
  Change out{std::string(*id), 0, "gezet", index};
  for (const char digit : *version) out.version = out.version * 10 + static_cast<std::uint64_t>(digit - '0');
  if (ends) out.soort = record.regel == core::kTermRule ? "vervallen" : "ingetrokken";
  return out;
}

struct Changes {
  std::vector<Change> found;
  std::uint64_t looked_at = 0;  ///< the last log index that was looked at
  bool more = false;
};

/// Errors: those of the store, kCorrupt. Nothing for a record that was erased.
core::Result<std::optional<Change>> read_change(const core::StoreReader& store, const core::Oin& holder,
                                                std::uint64_t index) {
  auto stored = store.get(core::Family::kRecord, core::log_key(index));
  if (!stored) return std::unexpected(std::move(stored).error());
  if (!*stored) return std::optional<Change>();
  const auto record = core::decode_record(**stored);
  if (!record) return std::unexpected(record.error());
  if (!record->has_line) return std::optional<Change>();
  const auto line = core::decode_line(record->line);
  if (!line) return std::unexpected(line.error());
  return change_of(*line, holder, index);
}

/// The holder's log indices from `from` on, below the log's durable end.
core::Result<std::vector<std::uint64_t>> own_records(const Exchange& exchange, core::PartyNumber holder,
                                                     std::uint64_t from) {
  std::vector<std::uint64_t> out;
  auto scanned = exchange.gateway.store.scan(
      core::Family::kLogParty,
      {core::log_party_key(holder, from), core::log_party_key(holder, exchange.view->edge.size())},
      [&](std::string_view key, std::string_view) {
        out.push_back(core::index_of_key(key));
        return out.size() < kRecordsScannedMax;
      });
  if (!scanned) return std::unexpected(std::move(scanned).error());
  return out;
}

/// Waits for the disk.
core::Result<Changes> changes(const Exchange& exchange, std::uint64_t from, std::size_t count) {
  Changes out;
  const auto holder = exchange.view->parties->number(exchange.caller);
  if (!holder) return out;
  const auto indices = own_records(exchange, *holder, from);
  if (!indices) return std::unexpected(indices.error());
  out.more = indices->size() == kRecordsScannedMax;
  for (const auto index : *indices) {
    auto change = read_change(exchange.gateway.store, exchange.caller, index);
    if (!change) return std::unexpected(std::move(change).error());
    const bool again = *change && !out.found.empty() && out.found.back().same_as(**change);
    if (*change && !again) {
      if (out.found.size() == count) {
        out.more = true;
        return out;
      }
      out.found.push_back(std::move(**change));
    }
    out.looked_at = index;
  }
  return out;
}

std::string changes_json(const Changes& all) {
  json::array list;
  for (const auto& change : all.found) {
    list.push_back(
        {{"id", change.id}, {"versie", change.version}, {"soort", change.soort}, {"logIndex", change.index}});
  }
  return core::write_json(json::object{{"wijzigingen", std::move(list)}});
}

asio::awaitable<Reply> show_changes(Exchange& exchange) {
  if (auto unknown = exchange.unknown_query({"aantal", "na"})) co_return refusal(std::move(*unknown));
  const auto count = exchange.query_number("aantal", 1, 1000, 100);
  if (!count) co_return std::unexpected(count.error());
  // The cursor is a log index: it stays where it is whatever is written.
  constexpr auto kIndexMax = std::numeric_limits<std::uint64_t>::max() - 1;
  const auto after = exchange.query_number("na", 0, kIndexMax, 0);
  if (!after) co_return std::unexpected(after.error());
  const std::uint64_t from = exchange.request.head.query_value("na") ? *after + 1 : 0;

  auto read = [&] { return changes(exchange, from, *count); };
  auto found = co_await run_blocking(exchange.gateway.blocking, read);
  if (!found) co_return refusal(found.error());
  auto access = exchange.draft();
  access.record.object = "wijzigingen";
  std::vector<core::RecordDraft> records;
  records.push_back(std::move(access));
  auto outcome = co_await exchange.log(std::move(records));
  if (!outcome) co_return std::unexpected(std::move(outcome).error());
  auto response = exchange.answer(*outcome, changes_json(*found), 200);
  if (found->more) {
    response.set_header("Link", "<" + exchange.request.head.path + "?aantal=" + std::to_string(*count) +
                                    "&na=" + std::to_string(found->looked_at) + ">; rel=\"next\"");
  }
  co_return response;
}

}  // namespace

Routes reference_list_routes() {
  const std::vector holders{core::Role::kBronhouder};
  Routes rows;
  rows.push_back(reading_with_query("/v1/verwijzingen/controlesommen", "controlesommen inzien", show_digests, holders));
  rows.push_back(
      reading_with_query("/v1/verwijzingen/wijzigingen", "wijzigingen van verwijzingen inzien", show_changes, holders));
  return rows;
}

}  // namespace wissel::transport
