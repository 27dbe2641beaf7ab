// wisselctl log query|export|tail: the processing log over /v1. Each reading is an access, and so a record of its own.
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <fstream>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <time.h>
#include <vector>

#include "core/bytes.hpp"
#include "core/crypto.hpp"
#include "core/time.hpp"
#include "daemon/ctl/api_client.hpp"
#include "daemon/ctl/commands.hpp"
#include "daemon/ctl/ended.hpp"
#include "daemon/ctl/json_text.hpp"
#include "daemon/ctl/log_line_text.hpp"
#include "daemon/ctl/progress.hpp"
#include "daemon/ctl/table.hpp"

namespace wissel::ctl {
namespace {

namespace json = boost::json;

/// Which records.
struct Filter {
  std::string from;
  std::string to;
  std::string party;
  std::string action;
  std::string outcome;
  std::string trace;

  void add_options(CLI::App& app) {
    const std::function<std::string(const std::string&)> time = [](const std::string& text) {
      return core::parse_rfc3339(text) ? std::string() : "no time: use RFC 3339, such as 2026-11-22T09:00:00Z";
    };
    app.add_option("--from", from, "From this time (RFC 3339)")->check(time);
    app.add_option("--to", to, "Until this time (RFC 3339)")->check(time);
    app.add_option("--party", party, "OIN of somebody who called or is named");
    app.add_option("--action", action,
                   "registreren, intrekken, zoeken, bevragen, verstrekken, melden, bezorgen, ophalen, inzien, beheren");
    app.add_option("--outcome", outcome, "toegestaan, geweigerd, ongeldig or fout");
    app.add_option("--trace", trace, "Trace id");
  }
  [[nodiscard]] std::string path(std::string_view order) const {
    std::string out = "/v1/verwerkingen?volgorde=" + std::string(order);
    for (const auto& [name, value] : {std::pair{"vanaf", &from},
                                      {"tot", &to},
                                      {"partij", &party},
                                      {"actie", &action},
                                      {"uitkomst", &outcome},
                                      {"traceId", &trace}}) {
      if (!value->empty()) out += std::string("&") + name + "=" + url_encoded(*value);
    }
    return out;
  }
};

std::string page_size(std::size_t count) { return "&aantal=" + std::to_string(std::min<std::size_t>(count, 1000)); }

class LogQuery final : public Command {
 public:
  void add_options(CLI::App& app) override {
    filter_.add_options(app);
    app.add_option("--count", count_, "How many at most")->capture_default_str()->check(CLI::Range(1, 1'000'000));
    app.add_flag("--oldest", oldest_, "Oldest first; without it newest first");
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    const auto path = filter_.path(oldest_ ? "oudste" : "nieuwste") + page_size(count_);
    const auto rows = ApiClient(target_).list(path, "verwerkingen", count_);
    if (io.json) {
      io.out << json::serialize(json::object{{"verwerkingen", rows}}) << '\n';
      return ExitCode::kDone;
    }
    Table table(LogLineText::headings());
    for (const auto& row : rows) table.add(LogLineText(row).cells());
    table.print(io.out, io.terminal);
    return ExitCode::kDone;
  }

 private:
  Filter filter_;
  std::size_t count_ = 50;
  bool oldest_ = false;
  ApiTarget target_;
};

class LogExport final : public Command {
 public:
  void add_options(CLI::App& app) override {
    filter_.add_options(app);
    app.add_option("-o,--output", file_, "A new file; without it standard output");
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    std::ofstream file;
    if (!file_.empty()) {
      // Never over something that is there.
      file.open(file_, std::ios::binary | std::ios::in);
      if (file.is_open()) wrong(file_ + " exists; name a new file");
      file.open(file_, std::ios::binary | std::ios::out);
      if (!file) unreachable(file_ + " cannot be written");
    }
    std::ostream& out = file_.empty() ? io.out : file;
    std::uint64_t count = 0;
    ProgressLine line(io, "exporting");
    const auto take = [&](std::string_view one) {
      out << one << '\n';
      if (!out) unreachable((file_.empty() ? "standard output" : file_) + " cannot be written");
      if (!file_.empty()) line.show(++count, 0);
    };
    ApiClient(target_).lines(filter_.path("oudste"), take);
    out.flush();
    if (!out) unreachable((file_.empty() ? "standard output" : file_) + " cannot be written");
    if (!file_.empty() && io.json) {
      io.out << json::serialize(json::object{{"file", file_}, {"records", count}}) << '\n';
    } else if (!file_.empty()) {
      io.out << count << " records to " << file_ << '\n';
    }
    return ExitCode::kDone;
  }

 private:
  Filter filter_;
  std::string file_;
  ApiTarget target_;
};

// Records of one look that are kept in memory.
constexpr std::size_t kAtOnceMax = 1'000'000;

/// All that this run asks carries one trace id, so that what it leaves in the log itself can be left out.
std::string new_trace() {
  core::Bytes16 trace{};
  core::random_bytes(trace);
  return core::to_hex(trace);
}

class LogTail final : public Command {
 public:
  void add_options(CLI::App& app) override {
    filter_.add_options(app);
    app.add_option("--count", count_, "How many of the past")->capture_default_str()->check(CLI::Range(0, 1000));
    app.add_flag("-f,--follow", follow_, "Go on with what comes, until interrupted");
    app.add_option("--every", every_s_, "Seconds between two looks")->capture_default_str()->check(CLI::Range(1, 3600));
    add_target_options(app, target_);
  }
  ExitCode run(Io& io) override {
    const auto own_trace = new_trace();
    ApiClient client(target_);
    client.set_header("traceparent", "00-" + own_trace + "-" + own_trace.substr(0, 16) + "-01");
    // One at least, to know from where to follow.
    auto rows = newer(client, own_trace, std::nullopt, std::max<std::size_t>(count_, 1));
    std::optional<std::uint64_t> last;
    bool shown = count_ > 0;
    while (true) {
      for (const auto& row : rows) {
        if (shown) print(row, io);
        last = number_at(row, "/index");
      }
      shown = true;
      io.out << std::flush;
      if (!follow_ || !io.out) return ExitCode::kDone;
      const timespec pause{every_s_, 0};
      ::nanosleep(&pause, nullptr);
      rows = newer(client, own_trace, last, kAtOnceMax);
    }
  }

 private:
  /// Records above `last` (or the newest `most`), oldest first.
  [[nodiscard]] std::vector<json::value> newer(ApiClient& client, const std::string& own_trace,
                                               std::optional<std::uint64_t> last, std::size_t most) const {
    std::vector<json::value> out;
    auto at = filter_.path("nieuwste") + page_size(most);
    bool reached = false;
    while (!at.empty() && !reached) {
      const auto answer = client.get(at);
      auto page = answer.json();
      for (auto& row : page.at("verwerkingen").as_array()) {
        reached = reached || out.size() >= most || (last && number_at(row, "/index") <= *last);
        if (reached) break;
        if (LogLineText(row).trace != own_trace) out.push_back(std::move(row));
      }
      at = answer.next();
    }
    std::ranges::reverse(out);
    return out;
  }

  static void print(const json::value& row, Io& io) {
    if (io.json) {
      io.out << json::serialize(row) << '\n';
      return;
    }
    const LogLineText line(row);
    const bool allowed = line.outcome == "toegestaan";
    io.out << line.index << ' ' << line.time << ' ' << line.action << ' '
           << coloured(io.terminal, allowed ? Colour::kGood : Colour::kBad, line.outcome) << ' '
           << printable(line.caller);
    for (const auto* more : {&line.code, &line.object}) {
      if (!more->empty()) io.out << ' ' << printable(*more);
    }
    io.out << '\n';
  }

  Filter filter_;
  std::size_t count_ = 10;
  bool follow_ = false;
  int every_s_ = 2;
  ApiTarget target_;
};

}  // namespace

std::unique_ptr<Command> make_log_query() { return std::make_unique<LogQuery>(); }
std::unique_ptr<Command> make_log_export() { return std::make_unique<LogExport>(); }
std::unique_ptr<Command> make_log_tail() { return std::make_unique<LogTail>(); }

}  // namespace wissel::ctl
