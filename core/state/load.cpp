// Building the working state from what is stored.
#include "core/log/continuity.hpp"
#include "core/policy/codec.hpp"
#include "core/policy/dossier_codec.hpp"
#include "core/policy/representation_codec.hpp"
#include "core/state/working.hpp"

namespace wissel::core {
namespace {

/// Calls `take` for each entry under `prefix`; the first error ends it.
Result<void> each(const StoreReader& store, Family family, std::string_view prefix,
                  const std::function<Result<void>(std::string_view, std::string_view)>& take) {
  Result<void> outcome;
  auto scanned = store.scan(family, prefix_range(prefix), [&](std::string_view key, std::string_view value) {
    outcome = take(key.substr(prefix.size()), value);
    return outcome.has_value();
  });
  return scanned ? outcome : scanned;
}

Result<void> load_parties(const StoreReader& store, Working& work) {
  std::map<PartyNumber, Oin> all;
  auto loaded = each(store, Family::kMeta, kMetaPartyPrefix, [&](std::string_view oin_text, std::string_view value) {
    auto oin = Oin::parse(oin_text);
    if (!oin) return Result<void>(fail(Errc::kCorrupt, "meta party: not an OIN"));
    all.emplace(ByteReader(value).u32(), *oin);
    return Result<void>();
  });
  work.parties->load(std::move(all));
  return loaded;
}

Result<void> load_syncs(const StoreReader& store, Working& work) {
  return each(store, Family::kMeta, kMetaSyncPrefix, [&](std::string_view holder, std::string_view value) {
    auto state = decode_sync_state(value);
    if (!state) return Result<void>(std::unexpected(std::move(state).error()));
    const auto number = ByteReader(holder).u32();
    if (state->phase != SyncState::Phase::kNone) work.notices.syncs.push_back(number);
    work.syncs->insert_or_assign(number, std::move(*state));
    return Result<void>();
  });
}

template <class T>
Result<void> load_entities(const StoreReader& store, EntityKind kind, Network& network,
                           Result<T> (*decode)(std::string_view)) {
  return each(store, Family::kEntity, entity_key(kind, {}), [&](std::string_view, std::string_view value) {
    auto entity = decode(value);
    if (!entity) return Result<void>(std::unexpected(std::move(entity).error()));
    network.put(std::move(*entity));
    return Result<void>();
  });
}

Result<void> load_network(const StoreReader& store, Network& network) {
  auto loaded = load_entities<Participant>(store, EntityKind::kParticipant, network, decode_participant);
  if (loaded) loaded = load_entities<AgreementDossier>(store, EntityKind::kAgreement, network, decode_dossier);
  if (loaded) loaded = load_entities<Subscription>(store, EntityKind::kSubscription, network, decode_subscription);
  if (loaded)
    loaded = load_entities<Representation>(store, EntityKind::kRepresentation, network, decode_representation);
  if (!loaded) return loaded;
  auto version = store.get(Family::kMeta, kMetaNetworkVersion);
  if (!version) return std::unexpected(std::move(version).error());
  network.set_version(*version ? ByteReader(**version).u64() : 0);
  return {};
}

Result<void> load_brakes(const StoreReader& store, Working& work) {
  auto brakes = std::make_shared<Brakes>();
  auto loaded =
      each(store, Family::kEntity, entity_key(EntityKind::kBrake, {}), [&](std::string_view, std::string_view value) {
        auto brake = decode_brake(value);
        if (!brake) return Result<void>(std::unexpected(std::move(brake).error()));
        brakes->emplace(brake->id, std::move(*brake));
        return Result<void>();
      });
  work.brakes = std::move(brakes);
  return loaded;
}

/// The newest record may be one that came late, so the clock is kept by itself.
Result<void> load_clock(const StoreReader& store, Working& work) {
  auto clock = store.get(Family::kMeta, kMetaLogClock);
  if (!clock) return std::unexpected(std::move(clock).error());
  if (*clock) work.last_now = from_ms(static_cast<std::int64_t>(ByteReader(**clock).u64()));
  return {};
}

/// A store that was closed after a failure may come back without what was answered from it: a disk that lost what it
/// had confirmed. To go on would give the same indices to other records.
Result<void> check_nothing_lost(const StoreReader& store, const TreeEdge& loaded, const TreeEdge& answered) {
  auto found = continuity({answered.size(), answered.root()}, loaded, store);
  if (!found) return std::unexpected(std::move(found).error());
  if (*found == Continuity::kContinues) return {};
  return fail(Errc::kCorrupt, "the store came back without records that were answered: its log has " +
                                  std::to_string(loaded.size()) + ", and " + std::to_string(answered.size()) +
                                  " were; nothing is served or signed. Stop the daemon, look at the disk, and restore "
                                  "the newest backup");
}

}  // namespace

Result<void> Machine::reload(const StoreReader& store) {
  auto unmarked = check_keys(store, settings_.key_marks, settings_.vkey);
  if (!unmarked) return std::unexpected(std::move(unmarked).error());
  auto fresh = std::make_unique<Working>(settings_);
  fresh->marks_to_write = std::move(*unmarked);
  fresh->network->set_bootstrap(settings_.bootstrap_operators);
  auto loaded = fresh->ledger.load(store);
  if (const auto answered = published_.get(); loaded && answered) {
    loaded = check_nothing_lost(store, fresh->ledger.edge(), answered->edge);
  }
  if (loaded) loaded = load_parties(store, *fresh);
  if (loaded) loaded = load_syncs(store, *fresh);
  if (loaded) loaded = load_network(store, *fresh->network);
  if (loaded) loaded = load_brakes(store, *fresh);
  if (loaded) loaded = load_clock(store, *fresh);
  if (loaded) {
    loaded = each(store, Family::kOutbox, {}, [&](std::string_view, std::string_view) {
      ++fresh->outbox_rows;
      return Result<void>();
    });
  }
  if (!loaded) return std::unexpected(std::move(loaded).error().within("build the state from the store"));
  fresh->notices.reloaded = true;
  fresh->notices.network_changed = true;
  fresh->notices.brakes_changed = true;
  working_ = std::move(fresh);
  committed();
  return {};
}

}  // namespace wissel::core
