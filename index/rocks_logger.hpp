#pragma once
// RocksDB's info log and its background errors, sent to our logger. Never a file in the data directory: RocksDB 7.8
// aborts when its own LOG meets a full disk.
#include <rocksdb/env.h>
#include <rocksdb/listener.h>

#include <atomic>
#include <cstdarg>
#include <memory>

#include "core/logger.hpp"

namespace wissel::index {

/// Warnings and above. `logger` outlives the store.
class RocksLogger final : public rocksdb::Logger {
 public:
  explicit RocksLogger(core::Logger& logger) : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL), logger_(logger) {}

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list args) override;
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list args) override;

 private:
  core::Logger& logger_;
};

/// What background work tells the store. Shared: RocksDB decides when its listeners go.
struct BackgroundState {
  std::atomic<bool> failed{false};
  /// A compaction met a table that does not verify. It would meet it again after each opening.
  std::atomic<bool> halt_compaction{false};
};

/// Marks the store as failed when a flush or compaction fails, and keeps RocksDB from healing by itself: a store that
/// failed is closed and opened again, as a whole.
class FailureListener final : public rocksdb::EventListener {
 public:
  FailureListener(core::Logger& logger, std::shared_ptr<BackgroundState> state)
      : logger_(logger), state_(std::move(state)) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override;
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason reason, rocksdb::Status status,
                            bool* auto_recovery) override;

 private:
  core::Logger& logger_;
  std::shared_ptr<BackgroundState> state_;  // shared: see there
};

}  // namespace wissel::index
