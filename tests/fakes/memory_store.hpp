#pragma once
// A store in memory for tests: the port's contract without a disk, with switches for the faults a disk has.
#include <array>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

#include "core/store.hpp"

namespace wissel::fakes {

/// Thread safety: as the port promises. No lock is held while a visitor runs, so it may read again.
class MemoryStore final : public core::Store {
 public:
  MemoryStore() = default;

  core::Result<std::optional<std::string>> get(core::Family family, std::string_view key,
                                               core::ReadTier tier = core::ReadTier::kAll) const override {
    const std::shared_lock lock(mutex_);
    if (auto refused = refuse_read(tier)) return std::unexpected(*refused);
    const auto& entries = of(family);
    const auto found = entries.find(key);
    if (found == entries.end()) return std::nullopt;
    return found->second;
  }

  core::Result<void> scan(core::Family family, const core::KeyRange& range, const core::Visitor& visit,
                          core::ReadTier tier = core::ReadTier::kAll) const override {
    std::optional<std::string> at;
    while (true) {
      auto next = step(family, range, at, tier);
      if (!next) return std::unexpected(next.error());
      if (!*next || !visit((*next)->first, (*next)->second)) return {};
      at = std::move((*next)->first);
    }
  }

  core::Result<void> write(const core::WriteBatch& batch, bool sync) override {
    const std::unique_lock lock(mutex_);
    if (fail_writes_) return std::unexpected(*fail_writes_);
    for (const auto& op : batch.ops()) {
      auto& entries = families_[static_cast<std::size_t>(op.family)];
      if (op.value) {
        entries.insert_or_assign(op.key, *op.value);
      } else {
        entries.erase(op.key);
      }
    }
    ++writes_;
    if (sync) ++syncs_;
    return {};
  }

  [[nodiscard]] std::unique_ptr<core::StoreReader> snapshot() const override {
    auto copy = std::make_unique<MemoryStore>();
    const std::shared_lock lock(mutex_);
    copy->families_ = families_;
    copy->cold_ = cold_;
    return copy;
  }

  // What a test arranges, past the port.
  void put(core::Family family, std::string key, std::string value) {
    const std::unique_lock lock(mutex_);
    families_[static_cast<std::size_t>(family)].insert_or_assign(std::move(key), std::move(value));
  }
  void erase(core::Family family, const std::string& key) {
    const std::unique_lock lock(mutex_);
    families_[static_cast<std::size_t>(family)].erase(key);
  }
  void clear() {
    const std::unique_lock lock(mutex_);
    for (auto& entries : families_) entries.clear();
  }
  [[nodiscard]] std::size_t count(core::Family family) const {
    const std::shared_lock lock(mutex_);
    return of(family).size();
  }
  /// Nothing is in memory: reads of ReadTier::kMemory give kWouldBlock.
  void set_cold(bool cold) {
    const std::unique_lock lock(mutex_);
    cold_ = cold;
  }
  /// Every read or write fails so until nothing is set.
  void fail_reads(std::optional<core::Error> error) {
    const std::unique_lock lock(mutex_);
    fail_reads_ = std::move(error);
  }
  void fail_writes(std::optional<core::Error> error) {
    const std::unique_lock lock(mutex_);
    fail_writes_ = std::move(error);
  }
  [[nodiscard]] std::size_t writes() const {
    const std::shared_lock lock(mutex_);
    return writes_;
  }
  [[nodiscard]] std::size_t syncs() const {
    const std::shared_lock lock(mutex_);
    return syncs_;
  }

 private:
  using Entries = std::map<std::string, std::string, std::less<>>;
  using Entry = std::pair<std::string, std::string>;

  [[nodiscard]] const Entries& of(core::Family family) const { return families_[static_cast<std::size_t>(family)]; }

  [[nodiscard]] std::optional<core::Error> refuse_read(core::ReadTier tier) const {
    if (fail_reads_) return fail_reads_;
    if (cold_ && tier == core::ReadTier::kMemory) return core::Error{core::Errc::kWouldBlock, "not in memory"};
    return std::nullopt;
  }

  /// The entry of `range` that follows `at` (the first, without); nothing at the end.
  core::Result<std::optional<Entry>> step(core::Family family, const core::KeyRange& range,
                                          const std::optional<std::string>& at, core::ReadTier tier) const {
    const std::shared_lock lock(mutex_);
    if (auto refused = refuse_read(tier)) return std::unexpected(*refused);
    const auto& entries = of(family);
    if (range.backwards) {
      const std::string& bound = at ? *at : range.to;
      const auto end = !at && bound.empty() ? entries.end() : entries.lower_bound(bound);
      if (end == entries.begin()) return std::nullopt;
      const auto& entry = *std::prev(end);
      if (entry.first < range.from) return std::nullopt;
      return Entry(entry);
    }
    const auto found = at ? entries.upper_bound(*at) : entries.lower_bound(range.from);
    if (found == entries.end() || (!range.to.empty() && found->first >= range.to)) return std::nullopt;
    return Entry(*found);
  }

  mutable std::shared_mutex mutex_;
  std::array<Entries, core::kFamilyCount> families_;
  bool cold_ = false;
  std::optional<core::Error> fail_reads_;
  std::optional<core::Error> fail_writes_;
  std::size_t writes_ = 0;
  std::size_t syncs_ = 0;
};

}  // namespace wissel::fakes
