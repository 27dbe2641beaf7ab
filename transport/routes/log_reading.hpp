#pragma once
// Reading the processing log for somebody: what it may see of each record, and pages of what it asked for. Plain
// functions over the store; they wait for the disk.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/log/record.hpp"
#include "core/log/stored.hpp"
#include "core/state/draft.hpp"
#include "core/state/view.hpp"
#include "core/store.hpp"

namespace wissel::transport {

/// Who reads, and what stands to be read. What it refers to outlives it.
struct LogReader {
  const core::View& view;
  const core::StoreReader& store;
  core::Oin caller;
  bool auditor = false;
};

/// What a reader may see of a record (api.md, Who sees what).
enum class Sight : std::uint8_t {
  kNone,
  kView,   ///< itself as the only holder or subscriber named, without salt
  kWhole,  ///< the exact line, its salt and proof
};
/// Errors: those of the store.
[[nodiscard]] core::Result<Sight> sight(const LogReader& reader, std::uint64_t index, const core::LogRecord& record);

/// A record with its line; views point into `bytes`.
struct ReadRecord {
  std::string bytes;
  core::StoredRecord stored;
  core::LogRecord record;
};
/// Nothing where there is no line (any more). Errors: those of the store, kCorrupt.
[[nodiscard]] core::Result<std::optional<ReadRecord>> read_record(const core::StoreReader& store, std::uint64_t index);

/// What is asked for. Times are those at which a record ended: from `from` until before `to`.
struct LogQuery {
  std::optional<core::Instant> from;
  std::optional<core::Instant> to;
  std::optional<core::Actie> actie;
  std::optional<core::Uitkomst> uitkomst;
  std::optional<core::Bytes16> trace_id;
  std::optional<core::Oin> party;         ///< only records found under it
  std::vector<core::Pseudonym> subjects;  ///< not empty: only records under one of these
  bool newest_first = true;
};

/// What is still to be looked at: indices [first, end).
struct LogSpan {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  [[nodiscard]] bool empty() const noexcept { return first >= end; }
};
/// The part of the log in which records of the query can lie, by their times. Errors: those of the store, kCorrupt.
[[nodiscard]] core::Result<LogSpan> span_of(const LogReader& reader, const LogQuery& query);

/// Bounds of one page, so that none takes long or much memory, however few records fit the query.
struct LogPageBounds {
  std::size_t rows_max = 100;
  std::size_t bytes_max = 1024 * 1024;
  std::size_t looked_at_max = 20'000;
};
struct LogRows {
  std::vector<std::string> rows;  ///< JSON objects {"index", "regel", "zout"?}
  LogSpan rest;                   ///< where to go on; empty: there is nothing more
};
/// Errors: those of the store, kCorrupt.
[[nodiscard]] core::Result<LogRows> read_log(const LogReader& reader, const LogQuery& query, LogSpan span,
                                             const LogPageBounds& bounds);

/// {"index", "regel", "zout"} and further members, without the closing brace.
[[nodiscard]] std::string open_row(std::uint64_t index, std::string_view line, const core::Salt* salt);

}  // namespace wissel::transport
