#pragma once
// The fault twin of a store: fails the write it is told to, and loses at a power cut what was not synced.
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/store.hpp"
#include "tests/fakes/memory_store.hpp"

namespace wissel::fakes {

/// Thread safety: as the port promises; power_cut() and reopen() need that nobody else is inside.
class FaultyStore final : public core::Store {
 public:
  /// How much of a failing write reaches the disk: nobody can know, so a test must bear both.
  enum class Torn : std::uint8_t { kNothing, kWhole };

  core::Result<std::optional<std::string>> get(core::Family family, std::string_view key,
                                               core::ReadTier tier = core::ReadTier::kAll) const override {
    return live_.get(family, key, tier);
  }
  core::Result<void> scan(core::Family family, const core::KeyRange& range, const core::Visitor& visit,
                          core::ReadTier tier = core::ReadTier::kAll) const override {
    return live_.scan(family, range, visit, tier);
  }
  [[nodiscard]] std::unique_ptr<core::StoreReader> snapshot() const override { return live_.snapshot(); }

  core::Result<void> write(const core::WriteBatch& batch, bool sync) override {
    const std::lock_guard lock(mutex_);
    if (failed_) return core::fail(core::Errc::kUnavailable, "the store failed earlier");
    ++writes_;
    if (fail_at_ && writes_ == *fail_at_) {
      failed_ = true;
      if (torn_ == Torn::kWhole) unsynced_.push_back(batch.ops());
      return core::fail(core::Errc::kUnavailable, "no space left on device");
    }
    if (auto written = live_.write(batch, sync); !written) return written;
    unsynced_.push_back(batch.ops());
    if (sync) settle();
    return {};
  }

  /// The nth write from now fails, and the store with it until reopened.
  void fail_write(std::size_t nth, Torn torn = Torn::kNothing) {
    const std::lock_guard lock(mutex_);
    fail_at_ = writes_ + nth;
    torn_ = torn;
  }
  /// How many of the next reopenings are refused.
  void refuse_reopen(std::size_t times) {
    const std::lock_guard lock(mutex_);
    refuse_reopen_ = times;
  }
  [[nodiscard]] bool failed() const {
    const std::lock_guard lock(mutex_);
    return failed_;
  }
  /// Orderly: what was written stays, as does what a failed write left on the disk.
  core::Result<void> reopen() {
    const std::lock_guard lock(mutex_);
    ++reopens_;
    if (refuse_reopen_ > 0) {
      --refuse_reopen_;
      return core::fail(core::Errc::kUnavailable, "still no space left on device");
    }
    settle();
    rebuild();
    return {};
  }
  /// What was not synced is gone.
  void power_cut() {
    const std::lock_guard lock(mutex_);
    unsynced_.clear();
    rebuild();
  }
  [[nodiscard]] std::size_t writes() const {
    const std::lock_guard lock(mutex_);
    return writes_;
  }
  [[nodiscard]] std::size_t reopens() const {
    const std::lock_guard lock(mutex_);
    return reopens_;
  }

 private:
  using Ops = std::vector<core::WriteBatch::Op>;

  static void apply(MemoryStore& to, const Ops& ops) {
    for (const auto& op : ops) {
      if (op.value) {
        to.put(op.family, op.key, *op.value);
      } else {
        to.erase(op.family, op.key);
      }
    }
  }
  void settle() {
    for (const auto& ops : unsynced_) apply(durable_, ops);
    unsynced_.clear();
  }
  /// Makes the live state equal to the durable one.
  void rebuild() {
    for (std::size_t i = 0; i < core::kFamilyCount; ++i) {
      const auto family = static_cast<core::Family>(i);
      std::vector<std::string> gone;
      const auto collect = [&gone](std::string_view key, std::string_view) {
        gone.emplace_back(key);
        return true;
      };
      static_cast<void>(live_.scan(family, {}, collect));
      for (const auto& key : gone) live_.erase(family, key);
      const auto copy = [&](std::string_view key, std::string_view value) {
        live_.put(family, std::string(key), std::string(value));
        return true;
      };
      static_cast<void>(durable_.scan(family, {}, copy));
    }
    failed_ = false;
    fail_at_.reset();
  }

  mutable std::mutex mutex_;
  MemoryStore live_;
  MemoryStore durable_;
  std::vector<Ops> unsynced_;
  std::size_t writes_ = 0;
  std::optional<std::size_t> fail_at_;
  Torn torn_ = Torn::kNothing;
  std::size_t refuse_reopen_ = 0;
  std::size_t reopens_ = 0;
  bool failed_ = false;
};

}  // namespace wissel::fakes
