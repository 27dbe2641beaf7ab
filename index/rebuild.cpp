#include "index/rebuild.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "core/bytes.hpp"
#include "core/log/stored.hpp"
#include "core/state/derive.hpp"
#include "core/state/keys.hpp"
#include "index/rocks_store.hpp"

namespace wissel::index {
namespace {

namespace fs = std::filesystem;
using core::Errc;
using core::fail;
using core::Family;

constexpr std::size_t kBatchRows = 4'096;
constexpr std::size_t kPageRows = 4'096;
constexpr std::uint64_t kReportEvery = 10'000;

/// Rows of a family in order, fetched a page at a time.
class Rows {
 public:
  Rows(const core::StoreReader& store, Family family) : store_(store), family_(family) {}

  /// The next row, or nothing at the end. Errors: those of the store.
  core::Result<const std::pair<std::string, std::string>*> next() {
    if (at_ == page_.size() && !ended_) {
      if (auto fetched = fetch(); !fetched) return std::unexpected(fetched.error());
    }
    return at_ < page_.size() ? &page_[at_++] : nullptr;
  }

 private:
  core::Result<void> fetch() {
    // The smallest key above the last one.
    const std::string from = page_.empty() ? std::string() : page_.back().first + '\0';
    page_.clear();
    at_ = 0;
    auto scanned = store_.scan(family_, {.from = from, .to = {}, .backwards = false},
                               [this](std::string_view key, std::string_view value) {
                                 page_.emplace_back(key, value);
                                 return page_.size() < kPageRows;
                               });
    ended_ = page_.size() < kPageRows;
    return scanned;
  }

  const core::StoreReader& store_;
  const Family family_;
  std::vector<std::pair<std::string, std::string>> page_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

/// What names no person: log indices and tiles. Of a subject only that there is one.
std::string masked(Family family, std::string_view key) {
  core::ByteReader in(key);
  if (family == Family::kTile) {
    const auto at = core::tile_at(key);
    return at ? core::tile_name(at->level, at->index) : "no tile's key";
  }
  if (family == Family::kLogParty) {
    const auto party = in.u32();
    return "party " + std::to_string(party) + ", log index " + std::to_string(core::index_of_key(key));
  }
  if (family == Family::kLogSubject) return "a subject, log index " + std::to_string(core::index_of_key(key));
  in.take(16);
  return "a subject, holder " + std::to_string(in.u32());
}

/// Collects rows and writes them in batches.
class Writer {
 public:
  explicit Writer(RocksStore& store) : store_(store) {}

  core::Result<void> put(Family family, std::string key, std::string value) {
    if (!batch_) batch_.emplace(store_);
    batch_->put(family, std::move(key), std::move(value));
    return batch_->size() < kBatchRows ? core::Result<void>() : flush();
  }
  core::Result<void> flush() {
    if (!batch_) return {};
    auto written = store_.write(*batch_, /*sync=*/false);
    batch_.reset();
    return written;
  }

 private:
  RocksStore& store_;
  std::optional<core::WriteBatch> batch_;
};

class Rebuild {
 public:
  Rebuild(std::string dir, const RebuildOptions& options, core::Logger& logger)
      : dir_(std::move(dir)), options_(options), logger_(logger) {}
  Rebuild(const Rebuild&) = delete;
  Rebuild& operator=(const Rebuild&) = delete;
  ~Rebuild() {
    fresh_.reset();
    std::error_code ignored;
    if (made_scratch_) fs::remove_all(options_.scratch_dir, ignored);
  }

  core::Result<std::vector<FamilyComparison>> run() {
    if (auto made = make_scratch(); !made) return std::unexpected(made.error());
    std::vector<FamilyComparison> out;
    {
      auto standing = open_read_only(dir_, logger_);
      if (!standing) return std::unexpected(std::move(standing).error());
      for (const auto family : core::kDerivedFamilies) {
        auto compared = make_and_compare(**standing, family);
        if (!compared) return std::unexpected(std::move(compared).error());
        out.push_back(std::move(*compared));
      }
    }
    if (options_.replace) {
      if (auto replaced = replace(out); !replaced) return std::unexpected(replaced.error());
    }
    return out;
  }

 private:
  core::Result<void> make_scratch() {
    std::error_code error;
    if (fs::exists(options_.scratch_dir, error)) {
      return fail(Errc::kConflict, options_.scratch_dir + " exists; remove it, or name another with --scratch");
    }
    StoreOptions options;
    options.dir = options_.scratch_dir;
    made_scratch_ = true;
    auto opened = open_rocks_store(options, logger_);
    if (!opened) return std::unexpected(std::move(opened).error().within("make the fresh families"));
    fresh_ = std::move(*opened);
    return {};
  }

  void report(std::string_view what, std::uint64_t done) const {
    if (options_.progress && done % kReportEvery == 0) options_.progress(what, done, 0);
  }

  core::Result<FamilyComparison> make_and_compare(const core::StoreReader& standing, Family family) {
    FamilyComparison out;
    out.family = family;
    Writer writer(*fresh_);
    const auto what = "making " + std::string(core::family_name(family));
    std::uint64_t read = 0;
    core::Result<void> written;
    const core::RowSink sink = [&](Family into, std::string key, std::string value) {
      written = writer.put(into, std::move(key), std::move(value));
      return written;
    };
    auto made = core::derive_rows(standing, family, sink, [&] { report(what, ++read); });
    if (made) made = written = writer.flush();
    if (!written) return std::unexpected(written.error());
    if (!made) {
      out.not_made = made.error().detail;
      return out;
    }
    if (auto compared = compare(standing, out); !compared) return std::unexpected(compared.error());
    return out;
  }

  void differs(FamilyComparison& out, std::uint64_t& count, std::string_view key) const {
    ++count;
    if (out.first.empty()) out.first = masked(out.family, key);
  }

  core::Result<void> compare(const core::StoreReader& standing, FamilyComparison& out) {
    Rows made(*fresh_, out.family);
    Rows stands(standing, out.family);
    auto mine = made.next();
    auto theirs = stands.next();
    while (mine && theirs && (*mine != nullptr || *theirs != nullptr)) {
      const int order = *mine == nullptr ? 1 : *theirs == nullptr ? -1 : (*mine)->first.compare((*theirs)->first);
      if (order > 0) {
        const auto allowed = core::may_stand(standing, out.family, (*theirs)->first);
        if (!allowed) return std::unexpected(allowed.error());
        if (*allowed) {
          kept_.emplace_back(out.family, **theirs);
        } else {
          differs(out, out.extra, (*theirs)->first);
        }
        theirs = stands.next();
        continue;
      }
      report("comparing", ++out.rows);
      if (order < 0) differs(out, out.missing, (*mine)->first);
      if (order == 0 && (*mine)->second != (*theirs)->second) differs(out, out.different, (*mine)->first);
      mine = made.next();
      if (order == 0) theirs = stands.next();
    }
    if (!mine) return std::unexpected(mine.error());
    if (!theirs) out.unreadable = theirs.error().detail;
    return {};
  }

  core::Result<void> replace(std::vector<FamilyComparison>& compared) {
    bool any = false;
    for (const auto& family : compared) any = any || (!family.same() && family.not_made.empty());
    if (!any) return {};
    StoreOptions options;
    options.dir = dir_;
    options.rebuilding = true;
    auto store = open_rocks_store(options, logger_);
    if (!store) return std::unexpected(std::move(store).error());
    for (auto& family : compared) {
      if (family.same() || !family.not_made.empty()) continue;
      if (auto replaced = replace_one(**store, family.family); !replaced) return replaced;
      family.replaced = true;
    }
    return {};
  }

  /// The mark stands from before the first row goes until the last is on the disk.
  core::Result<void> replace_one(RocksStore& store, Family family) {
    if (auto marked = store.mark_rebuild(family); !marked) return marked;
    if (auto renewed = store.renew_family(family); !renewed) return renewed;
    Writer writer(store);
    Rows made(*fresh_, family);
    std::uint64_t done = 0;
    auto row = made.next();
    for (; row && *row != nullptr; row = made.next()) {
      if (auto put = writer.put(family, (*row)->first, (*row)->second); !put) return put;
      report("replacing " + std::string(core::family_name(family)), ++done);
    }
    if (!row) return std::unexpected(row.error());
    for (const auto& [of, kept] : kept_) {
      if (of != family) continue;
      if (auto put = writer.put(family, kept.first, kept.second); !put) return put;
    }
    if (auto written = writer.flush(); !written) return written;
    if (auto flushed = store.flush(); !flushed) return flushed;
    return store.mark_rebuild(std::nullopt);
  }

  const std::string dir_;
  const RebuildOptions& options_;
  core::Logger& logger_;
  bool made_scratch_ = false;
  std::unique_ptr<RocksStore> fresh_;
  /// Rows that stand by right without being derived: of records whose line names fewer parties than there were.
  std::vector<std::pair<Family, std::pair<std::string, std::string>>> kept_;
};

}  // namespace

core::Result<std::vector<FamilyComparison>> rebuild(const std::string& dir, const RebuildOptions& options,
                                                    core::Logger& logger) {
  return Rebuild(dir, options, logger).run();
}

}  // namespace wissel::index
