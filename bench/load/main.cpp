// wissel-load: drives a test network with a mix of requests and says what came back, how fast, and at what cost.
#include <CLI/CLI.hpp>
#include <sys/resource.h>

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <unistd.h>

#include "bench/load/report.hpp"
#include "bench/load/run.hpp"

namespace {

using namespace wissel::load;

enum Exit : int { kDone = 0, kFoundWrong = 1, kUsage = 2, kCannotReach = 3 };

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set from a signal handler");

struct Arguments {
  std::string net;
  std::string persons;
  std::string mix = "search=1";
  std::string rate = "max";
  double seconds = 10;
  double warm_up = 2;
  double timeout = 10;
  std::uint64_t requests = 0;
  std::string json;
  std::string fdatasync;
  RunOptions options;
};

void describe(CLI::App& app, Arguments& out) {
  app.description(
      "Opens mTLS connections to a test network and sends a mix of requests, at a fixed rate (latencies count from "
      "the\n"
      "moment a request was due) or as fast as answers come. Shows percentiles, answers by status, and the daemon's "
      "CPU\n"
      "time a request. Exit code: 0 all answers as expected, 1 not all, 2 usage, 3 the network cannot be reached.");
  app.add_option("--net", out.net, "folder of scripts/testnet");
  app.add_option("--persons", out.persons, "CSV with a column bsn: whom to ask about");
  app.add_option(
         "--mix", out.mix,
         "weights of search, push, pull and register; of get, which any server answers; of handshake and resume, "
         "each a connection of its own without a request")
      ->capture_default_str();
  app.add_flag("--idle", out.options.idle, "hold the connections and ask nothing: what do they cost?");
  app.add_option("--rate", out.rate, "requests a second, or max")->capture_default_str();
  app.add_option("--seconds", out.seconds, "how long to count")->check(CLI::Range(0.1, 86400.0))->capture_default_str();
  app.add_option("--requests", out.requests, "how many to count instead")->check(CLI::PositiveNumber);
  app.add_option("--warm-up", out.warm_up, "seconds before, not counted")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
  app.add_option("--connections", out.options.connections)->check(CLI::Range(1, 100'000))->capture_default_str();
  app.add_option("--threads", out.options.threads)->check(CLI::Range(1, 64))->capture_default_str();
  app.add_option("--timeout", out.timeout, "seconds for one answer")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  app.add_option("--seed", out.options.seed, "the same seed asks the same in the same order")->capture_default_str();
  app.add_option("--json", out.json, "write the figures to this file as well");
  app.add_option("--fdatasync", out.fdatasync, "first measure the disk of this folder; alone: only that")
      ->check(CLI::ExistingDirectory);
}

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

/// What CLI11 cannot check; the error is for the user.
std::expected<RunOptions, std::string> options_of(const Arguments& given) {
  auto options = given.options;
  options.threads = std::min(options.threads, options.connections);
  options.timeout = milliseconds(given.timeout);
  options.pace.warm_up = milliseconds(given.warm_up);
  options.pace.duration = milliseconds(given.seconds);
  if (given.requests > 0 && given.options.idle) return std::unexpected("--requests: none are sent with --idle");
  if (given.requests > 0) options.pace.requests = given.requests;
  if (given.rate == "max") return options;
  double rate = 0;
  const auto [end, error] = std::from_chars(given.rate.data(), given.rate.data() + given.rate.size(), rate);
  if (error != std::errc() || end != given.rate.data() + given.rate.size() || !(rate > 0 && rate <= 1e7)) {
    return std::unexpected("--rate: a number above 0, or max");
  }
  options.pace.rate = rate;
  return options;
}

int complain(int code, const std::string& what) {
  std::cerr << "wissel-load: " << what << "\n";
  return code;
}

/// Rewrites one line of a terminal; silent elsewhere.
void show_progress(std::chrono::duration<double> since, std::uint64_t completed) {
  if (::isatty(STDERR_FILENO) == 0) return;
  std::fprintf(stderr, "\r%6.0f s %12llu answers ", since.count(), static_cast<unsigned long long>(completed));
}

bool asks_about_persons(const Mix& mix) {
  return mix.weight(Kind::kSearch) + mix.weight(Kind::kPush) + mix.weight(Kind::kPull) + mix.weight(Kind::kRegister) >
         0;
}

/// As many descriptors as we may have: each connection is one.
void raise_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int drive(const Arguments& given, std::optional<Histogram> fdatasync) {
  const auto options = options_of(given);
  if (!options) return complain(kUsage, options.error());
  const auto mix = Mix::parse(given.mix);
  if (!mix) return complain(kUsage, "--mix: " + mix.error());
  std::vector<std::string> persons;
  if (!given.persons.empty()) {
    auto read = read_persons(given.persons);
    if (!read) return complain(kUsage, read.error());
    persons = std::move(*read);
  } else if (!given.options.idle && asks_about_persons(*mix)) {
    return complain(kUsage, "--persons is needed with --net, unless all is get, handshake or resume");
  }
  const auto network = read_network(given.net);
  if (!network) return complain(kUsage, network.error());
  std::ofstream file;
  if (!given.json.empty()) {
    file.open(given.json);
    if (!file) return complain(kUsage, "--json: " + given.json + " cannot be written");
  }

  auto result = run(*network, persons, *mix, *options, interrupted, show_progress);
  if (::isatty(STDERR_FILENO) != 0) std::cerr << "\r\033[K";
  if (!result) return complain(kCannotReach, result.error());
  const Report report{*options, given.mix, std::move(*result), std::move(fdatasync)};
  std::cout << to_text(report) << std::flush;
  if (!given.json.empty()) {
    file << to_json(report) << std::flush;
    if (!file) return complain(kFoundWrong, given.json + ": cannot be written");
  }
  if (options->idle) return report.result.standing == options->connections ? kDone : kFoundWrong;
  return report.result.tally.unexpected() > 0 || report.result.tally.expected() == 0 ? kFoundWrong : kDone;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("", "wissel-load");
  Arguments given;
  describe(app, given);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  if (given.net.empty() && given.fdatasync.empty()) return complain(kUsage, "--net DIR or --fdatasync DIR is needed");
  raise_descriptors();
  std::signal(SIGPIPE, SIG_IGN);  // a connection that the daemon closed is counted, not fatal
  std::signal(SIGINT, [](int) { interrupted = true; });

  std::optional<Histogram> fdatasync;
  if (!given.fdatasync.empty()) {
    auto measured = measure_fdatasync(given.fdatasync);
    if (!measured) return complain(kUsage, measured.error());
    fdatasync = std::move(*measured);
    if (given.net.empty()) std::cout << fdatasync_line(*fdatasync);
  }
  return given.net.empty() ? kDone : drive(given, std::move(fdatasync));
}
