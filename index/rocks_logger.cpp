#include "index/rocks_logger.hpp"

#include <array>
#include <cstdio>
#include <string_view>

#include "index/status_text.hpp"

namespace wissel::index {
namespace {

// Bytes of one line of RocksDB's that reach our log; enough for a status with a path.
constexpr std::size_t kLineBytesMax = 512;

}  // namespace

void RocksLogger::Logv(const char* format, va_list args) { Logv(rocksdb::InfoLogLevel::INFO_LEVEL, format, args); }

void RocksLogger::Logv(rocksdb::InfoLogLevel level, const char* format, va_list args) {
  if (level < rocksdb::InfoLogLevel::WARN_LEVEL || level > rocksdb::InfoLogLevel::FATAL_LEVEL) return;
  std::array<char, kLineBytesMax> line{};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  const int length = std::vsnprintf(line.data(), line.size(), format, args);
#pragma GCC diagnostic pop
  if (length < 0) return;
  const core::LogField text{"text", std::string_view(line.data())};
  if (level == rocksdb::InfoLogLevel::WARN_LEVEL) {
    logger_.warn("rocksdb", {text});
  } else {
    logger_.error("rocksdb", {text});
  }
}

void FailureListener::OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) {
  state_->failed.store(true);
  if (reason == rocksdb::BackgroundErrorReason::kCompaction && status->IsCorruption()) {
    state_->halt_compaction.store(true);
    logger_.error("compaction is halted: a table does not verify",
                  {{"do", "wisselctl doctor names it; restore a backup, or start again once it is put back"}});
  }
  const auto text = status_text(*status);
  logger_.error("store failed", {{"text", std::string_view(text)}});
}

void FailureListener::OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*status*/,
                                           bool* auto_recovery) {
  *auto_recovery = false;
}

}  // namespace wissel::index
