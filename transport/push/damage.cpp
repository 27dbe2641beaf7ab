#include "transport/push/damage.hpp"

#include "core/state/keys.hpp"

namespace wissel::transport {
namespace {

// Rows that are remembered and told; beyond it the store as a whole is what needs help.
constexpr std::size_t kRowsMax = 10'000;

}  // namespace

OutboxDamage::OutboxDamage(core::Metrics& metrics, core::Logger& log)
    : gauge_(metrics.gauge("wissel_outbox_damaged_rows",
                           "Deliveries that cannot be made because they or their message are damaged.")),
      log_(log) {}

void OutboxDamage::note(const std::string& key, std::string_view what) {
  {
    const std::scoped_lock lock(mutex_);
    if (keys_.size() == kRowsMax || !keys_.insert(key).second) return;
    publish();
  }
  // The log index of acceptance leads to the record, and so to sender and message.
  const auto row = core::parse_outbox_key(key);
  log_.error("outbox row damaged", {{"accepted_at_index", row ? row->sequence : std::uint64_t{0}}, {"what", what}});
}

std::uint64_t OutboxDamage::look_again(const core::StoreReader& store) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(keys_, [&](const std::string& key) {
    const auto stored = store.get(core::Family::kOutbox, key);
    return stored && !*stored;
  });
  publish();
  return rows_.load();
}

void OutboxDamage::publish() {
  rows_.store(keys_.size());
  gauge_.set(static_cast<double>(keys_.size()));
}

}  // namespace wissel::transport
