#include "transport/pull/status_cache.hpp"

#include <utility>

namespace wissel::transport {
namespace {

/// What an entry takes beside its text: itself, its places in three indexes. An estimate.
constexpr std::size_t kEntryBytes = 512;

}  // namespace

StatusCache::StatusCache(std::size_t bytes_max, core::Metrics& metrics)
    : bytes_max_(bytes_max),
      count_(metrics.gauge("wissel_kept_statuses", "Holders' answers kept for the term of an agreement.", {})),
      held_(metrics.gauge("wissel_kept_statuses_bytes", "Memory that kept answers take.", {})) {}

std::optional<KeptStatus> StatusCache::find(const Question& question, std::chrono::seconds age_max,
                                            Deadline now) const {
  const std::scoped_lock lock(mutex_);
  const auto at = by_question_.find(question);
  if (at == by_question_.end()) return std::nullopt;
  const auto& entry = *at->second;
  if (entry.under.until <= now || now - entry.status.asked > age_max) return std::nullopt;
  return entry.status;
}

void StatusCache::keep(const Question& question, const KeptUnder& under, KeptStatus status) {
  const auto bytes = status.zaken.view().size() + kEntryBytes;
  bool earlier = false;
  {
    const std::scoped_lock lock(mutex_);
    if (const auto at = by_question_.find(question); at != by_question_.end()) {
      // Of two who asked at once the later answer stays.
      if (at->second->status.asked > status.asked) return;
      forget(at->second);
    }
    if (bytes <= bytes_max_) {
      while (bytes_ + bytes > bytes_max_) forget(entries_.begin());
      const auto entry = entries_.insert(entries_.end(), {question, under, std::move(status), bytes, {}});
      entry->term = by_term_.emplace(under.until, entry);
      by_question_.emplace(question, entry);
      bytes_ += bytes;
      earlier = entry->term == by_term_.begin();
    }
    publish();
  }
  if (earlier && earlier_) earlier_();
}

void StatusCache::drop(const Question& question) {
  const std::scoped_lock lock(mutex_);
  if (const auto at = by_question_.find(question); at != by_question_.end()) forget(at->second);
  publish();
}

std::optional<Deadline> StatusCache::drop_expired(Deadline now) {
  const std::scoped_lock lock(mutex_);
  while (!by_term_.empty() && by_term_.begin()->first <= now) forget(by_term_.begin()->second);
  publish();
  if (by_term_.empty()) return std::nullopt;
  return by_term_.begin()->first;
}

void StatusCache::drop_unless(const Holds& holds) {
  const std::scoped_lock lock(mutex_);
  for (auto at = entries_.begin(); at != entries_.end();) {
    const auto here = at++;
    if (!holds(here->under.agreement, here->under.versie)) forget(here);
  }
  publish();
}

void StatusCache::forget(Entries::iterator at) {
  bytes_ -= at->bytes;
  by_term_.erase(at->term);
  by_question_.erase(at->question);
  entries_.erase(at);
}

void StatusCache::publish() const {
  count_.set(static_cast<double>(entries_.size()));
  held_.set(static_cast<double>(bytes_));
}

}  // namespace wissel::transport
