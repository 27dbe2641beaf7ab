#include "transport/routes/log_reading.hpp"

#include <algorithm>

#include "core/json/write.hpp"
#include "core/state/keys.hpp"

namespace wissel::transport {
namespace {

/// A record's time may lie behind that of an earlier one by a minute (design: the one write path), and the end of a
/// record may lie a little after the moment its command was made.
constexpr core::Milliseconds kDisorderMax{120'000};
/// Keys read from an index of the log at a time.
constexpr std::size_t kKeysMax = 1'000;

/// The first record with a line in [from, end), and when it ended.
struct Timed {
  std::uint64_t index = 0;
  core::Instant end_time;
};
core::Result<std::optional<Timed>> time_from(const core::StoreReader& store, std::uint64_t from, std::uint64_t end) {
  std::optional<Timed> out;
  core::Result<void> decoded;
  const auto visit = [&](std::string_view key, std::string_view value) {
    const auto stored = core::decode_record(value);
    if (!stored) {
      decoded = std::unexpected(stored.error());
      return false;
    }
    if (!stored->has_line) return true;
    const auto record = core::decode_line(stored->line);
    if (!record) {
      decoded = std::unexpected(record.error());
      return false;
    }
    out = Timed{core::index_of_key(key), record->end_time};
    return false;
  };
  auto scanned = store.scan(core::Family::kRecord, {core::log_key(from), core::log_key(end), false}, visit);
  if (!scanned) return std::unexpected(std::move(scanned).error());
  if (!decoded) return std::unexpected(std::move(decoded).error());
  return out;
}

/// The lowest index at which `beyond` holds for all that follow, given that it then holds for good.
template <class Beyond>
core::Result<std::uint64_t> partition(const core::StoreReader& store, LogSpan span, Beyond beyond) {
  while (!span.empty()) {
    const auto middle = span.first + (span.end - span.first) / 2;
    auto at = time_from(store, middle, span.end);
    if (!at) return std::unexpected(std::move(at).error());
    if (!*at || beyond((*at)->end_time)) {
      span.end = middle;
    } else {
      span.first = (*at)->index + 1;
    }
  }
  return span.first;
}

bool fits(const LogQuery& query, const core::LogRecord& record) {
  return (!query.from || record.end_time >= *query.from) && (!query.to || record.end_time < *query.to) &&
         (!query.actie || record.actie == *query.actie) && (!query.uitkomst || record.uitkomst == *query.uitkomst) &&
         (!query.trace_id || record.trace_id == *query.trace_id);
}

/// Collects rows of one page.
class Page {
 public:
  Page(const LogReader& reader, const LogQuery& query, const LogPageBounds& bounds, LogSpan span)
      : reader_(reader), query_(query), bounds_(bounds) {
    out_.rest = span;
  }

  [[nodiscard]] bool full() const {
    return out_.rest.empty() || out_.rows.size() >= bounds_.rows_max || bytes_ >= bounds_.bytes_max ||
           looked_at_ >= bounds_.looked_at_max;
  }
  [[nodiscard]] const LogSpan& rest() const noexcept { return out_.rest; }
  /// Everything up to and with `index` has been dealt with.
  void passed(std::uint64_t index) {
    if (query_.newest_first) {
      out_.rest.end = index;
    } else {
      out_.rest.first = index + 1;
    }
  }
  void finished() { out_.rest.first = out_.rest.end; }

  core::Result<void> take(std::uint64_t index, std::string_view value) {
    ++looked_at_;
    passed(index);
    const auto stored = core::decode_record(value);
    if (!stored) return std::unexpected(stored.error());
    if (!stored->has_line) return {};
    const auto record = core::decode_line(stored->line);
    if (!record) return std::unexpected(record.error());
    if (!fits(query_, *record)) return {};
    auto seen = sight(reader_, index, *record);
    if (!seen) return std::unexpected(std::move(seen).error());
    if (*seen == Sight::kNone) return {};
    if (*seen == Sight::kWhole) {
      add(open_row(index, stored->line, &stored->salt));
    } else if (const auto view = core::view_for(*record, reader_.caller)) {
      add(open_row(index, core::encode_line(*view), nullptr));
    }
    return {};
  }

  LogRows done() { return std::move(out_); }

 private:
  void add(std::string row) {
    row += '}';
    bytes_ += row.size();
    out_.rows.push_back(std::move(row));
  }

  const LogReader& reader_;
  const LogQuery& query_;
  const LogPageBounds& bounds_;
  LogRows out_;
  std::size_t bytes_ = 0;
  std::size_t looked_at_ = 0;
};

core::Result<void> read_all(const LogReader& reader, const LogQuery& query, Page& page) {
  core::Result<void> taken;
  const auto visit = [&](std::string_view key, std::string_view value) {
    taken = page.take(core::index_of_key(key), value);
    return taken && !page.full();
  };
  const core::KeyRange range{core::log_key(page.rest().first), core::log_key(page.rest().end), query.newest_first};
  auto scanned = reader.store.scan(core::Family::kRecord, range, visit);
  if (!scanned) return scanned;
  if (taken && !page.full()) page.finished();
  return taken;
}

using Indices = std::vector<std::uint64_t>;

/// Indices under one prefix of log_subject or log_party, at most kKeysMax, in the order of the query.
core::Result<void> add_indices(const core::StoreReader& store, core::Family family, const std::string& prefix,
                               const LogSpan& span, bool newest_first, Indices& out) {
  std::size_t count = 0;
  const auto visit = [&](std::string_view key, std::string_view) {
    out.push_back(core::index_of_key(key));
    return ++count < kKeysMax;
  };
  return store.scan(family, {prefix + core::log_key(span.first), prefix + core::log_key(span.end), newest_first},
                    visit);
}

core::Result<Indices> next_indices(const LogReader& reader, const LogQuery& query, const LogSpan& span) {
  Indices out;
  const auto party = [&](const core::Oin& oin) -> core::Result<void> {
    const auto number = reader.view.parties->number(oin);
    if (!number) return {};
    std::string prefix;
    core::append_u32(prefix, *number);
    return add_indices(reader.store, core::Family::kLogParty, prefix, span, query.newest_first, out);
  };
  core::Result<void> added;
  for (const auto& subject : query.subjects) {
    added = add_indices(reader.store, core::Family::kLogSubject, std::string(core::as_view(subject)), span,
                        query.newest_first, out);
    if (!added) return std::unexpected(std::move(added).error());
  }
  if (query.subjects.empty()) added = party(query.party ? *query.party : reader.caller);
  if (!added) return std::unexpected(std::move(added).error());
  std::ranges::sort(out);
  const auto same = std::ranges::unique(out);
  out.erase(same.begin(), same.end());
  if (query.newest_first) std::ranges::reverse(out);
  // Of several prefixes each was cut at kKeysMax: only so many of all are the next ones.
  if (out.size() > kKeysMax) out.resize(kKeysMax);
  return out;
}

core::Result<bool> is_under(const LogReader& reader, const core::Oin& oin, std::uint64_t index) {
  const auto number = reader.view.parties->number(oin);
  if (!number) return false;
  auto row = reader.store.get(core::Family::kLogParty, core::log_party_key(*number, index));
  if (!row) return std::unexpected(std::move(row).error());
  return row->has_value();
}

core::Result<void> read_indexed(const LogReader& reader, const LogQuery& query, Page& page) {
  while (!page.full()) {
    auto indices = next_indices(reader, query, page.rest());
    if (!indices) return std::unexpected(std::move(indices).error());
    for (const auto index : *indices) {
      if (page.full()) return {};
      if (!query.subjects.empty() && query.party) {
        auto under = is_under(reader, *query.party, index);
        if (!under) return std::unexpected(std::move(under).error());
        if (!*under) {
          page.passed(index);
          continue;
        }
      }
      auto value = reader.store.get(core::Family::kRecord, core::log_key(index));
      if (!value) return std::unexpected(std::move(value).error());
      if (!*value) {
        page.passed(index);
        continue;
      }
      if (auto taken = page.take(index, **value); !taken) return taken;
    }
    if (indices->size() < kKeysMax) page.finished();
  }
  return {};
}

}  // namespace

core::Result<Sight> sight(const LogReader& reader, std::uint64_t index, const core::LogRecord& record) {
  if (reader.auditor || record.oin == reader.caller || record.namens == reader.caller) return Sight::kWhole;
  // A record lies under those whom its answer named. A line may name more: the acceptance of a message names its
  // subscribers, which its sender was told the number of only.
  auto party = is_under(reader, reader.caller, index);
  if (!party) return std::unexpected(std::move(party).error());
  if (!*party) return Sight::kNone;
  const bool between_two = record.actie == core::Actie::kVerstrekken || record.actie == core::Actie::kBezorgen ||
                           record.actie == core::Actie::kOphalen;
  if (between_two) return Sight::kWhole;
  const bool named = std::ranges::find(record.bronhouders, reader.caller) != record.bronhouders.end();
  return named ? Sight::kView : Sight::kNone;
}

core::Result<std::optional<ReadRecord>> read_record(const core::StoreReader& store, std::uint64_t index) {
  auto value = store.get(core::Family::kRecord, core::log_key(index));
  if (!value) return std::unexpected(std::move(value).error());
  if (!*value) return std::nullopt;
  ReadRecord out;
  out.bytes = std::move(**value);
  auto stored = core::decode_record(out.bytes);
  if (!stored) return std::unexpected(std::move(stored).error());
  if (!stored->has_line) return std::nullopt;
  auto record = core::decode_line(stored->line);
  if (!record) return std::unexpected(std::move(record).error());
  out.stored = *stored;
  out.record = std::move(*record);
  return out;
}

core::Result<LogSpan> span_of(const LogReader& reader, const LogQuery& query) {
  LogSpan span{0, reader.view.edge.size()};
  if (query.from) {
    const auto floor = *query.from - kDisorderMax;
    auto first = partition(reader.store, span, [&](core::Instant at) { return at >= floor; });
    if (!first) return std::unexpected(std::move(first).error());
    span.first = *first;
  }
  if (query.to) {
    const auto ceiling = *query.to + kDisorderMax;
    auto end = partition(reader.store, span, [&](core::Instant at) { return at >= ceiling; });
    if (!end) return std::unexpected(std::move(end).error());
    span.end = *end;
  }
  return span;
}

core::Result<LogRows> read_log(const LogReader& reader, const LogQuery& query, LogSpan span,
                               const LogPageBounds& bounds) {
  Page page(reader, query, bounds, span);
  const bool all = reader.auditor && !query.party && query.subjects.empty();
  if (!page.full()) {
    auto read = all ? read_all(reader, query, page) : read_indexed(reader, query, page);
    if (!read) return std::unexpected(std::move(read).error());
  }
  return page.done();
}

std::string open_row(std::uint64_t index, std::string_view line, const core::Salt* salt) {
  std::string out = R"({"index":)" + std::to_string(index) + R"(,"regel":)";
  out.reserve(out.size() + line.size() * 5 / 4 + 64);
  core::append_json_string(out, line);
  if (salt != nullptr) out.append(R"(,"zout":")").append(core::to_base64(*salt)).append("\"");
  return out;
}

}  // namespace wissel::transport
