#include "index/committer.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/failpoint.hpp"
#include "index/command_bytes.hpp"
#include "index/commit_queue.hpp"

namespace wissel::index {
namespace {

using core::Errc;
using core::Error;
using core::Outcome;
using core::Result;
using core::Submission;
using Task = std::move_only_function<void()>;

/// Collects what is to run per I/O thread, so that each is woken once.
class Answers {
 public:
  /// Each submission is answered once: a second result, of a failure while answering, finds nobody.
  void add(Submission& submission, Result<Outcome> result) {
    if (!submission.done) return;
    auto& tasks = tasks_of(submission.wake_group);
    tasks.push_back(
        [done = std::move(submission.done), result = std::move(result)]() mutable { done(std::move(result)); });
  }
  void send(core::WakeUp& wake_up) {
    for (auto& [group, tasks] : groups_) wake_up.run(group, std::move(tasks));
    groups_.clear();
  }

 private:
  std::vector<Task>& tasks_of(std::size_t group) {
    // As many entries as there are I/O threads: a search in order is the fastest there is.
    const auto found = std::ranges::find(groups_, group, &std::pair<std::size_t, std::vector<Task>>::first);
    if (found != groups_.end()) return found->second;
    return groups_.emplace_back(group, std::vector<Task>{}).second;
  }

  std::vector<std::pair<std::size_t, std::vector<Task>>> groups_;
};

struct CommitMetrics {
  explicit CommitMetrics(core::Metrics& metrics)
      : batch_size(metrics.histogram("wissel_commit_batch_commands", "Commands committed by one write",
                                     {1, 2, 4, 8, 16, 32, 64, 128, 256, 512})),
        batch_seconds(metrics.histogram("wissel_commit_duration_seconds",
                                        "From taking a batch to its being on stable storage",
                                        {.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5})),
        committed(metrics.counter("wissel_commit_commands_total", "Commands by what came of them",
                                  {{"outcome", "committed"}})),
        failed(
            metrics.counter("wissel_commit_commands_total", "Commands by what came of them", {{"outcome", "failed"}})),
        overloaded(metrics.counter("wissel_commit_commands_total", "Commands by what came of them",
                                   {{"outcome", "overloaded"}})),
        failures(metrics.counter("wissel_commit_failures_total", "Batches that could not be applied or written")),
        depth(metrics.gauge("wissel_commit_queue_depth", "Commands that wait for the committer")),
        oldest(metrics.gauge("wissel_commit_queue_oldest_seconds", "Age of the oldest command without an answer")),
        available(metrics.gauge("wissel_commit_available", "1 while commands are taken, 0 while the store is away")) {}

  core::Histogram& batch_size;
  core::Histogram& batch_seconds;
  core::Counter& committed;
  core::Counter& failed;
  core::Counter& overloaded;
  core::Counter& failures;
  core::Gauge& depth;
  core::Gauge& oldest;
  core::Gauge& available;
};

}  // namespace

class LocalSequencer::Worker {
 public:
  Worker(core::Store& store, Reopen reopen, core::StateMachine& machine, core::WakeUp& wake_up, core::Metrics& metrics,
         core::Logger& logger, const SequencerOptions& options)
      : store_(store),
        reopen_(std::move(reopen)),
        machine_(machine),
        wake_up_(wake_up),
        metrics_(metrics),
        logger_(logger),
        options_(options),
        queue_(std::make_shared<CommitQueue>(CommitQueue::Bounds{options.queue_count_max, options.queue_bytes_max,
                                                                 options.batch_count_max, options.batch_bytes_max})) {
    // The registry may ask after this object has gone, so it holds the queue itself.
    const auto refresh = [queue = queue_, &depth = metrics_.depth, &oldest = metrics_.oldest,
                          &available = metrics_.available] {
      depth.set(static_cast<double>(queue->depth()));
      oldest.set(queue->oldest_age(std::chrono::steady_clock::now()).count());
      available.set(queue->state() == CommitQueue::State::kOpen ? 1 : 0);
    };
    metrics.before_scrape(refresh);
  }

  Result<void> start() {
    if (auto loaded = machine_.reload(store_); !loaded) return loaded;
    queue_->set_state(CommitQueue::State::kOpen);
    thread_ = std::thread([this] { run(); });
    return {};
  }

  Result<void> submit(Submission submission) {
    const auto bytes = command_bytes(submission.command);
    auto pushed = queue_->push(std::move(submission), bytes, std::chrono::steady_clock::now());
    if (!pushed && pushed.error().code == Errc::kOverloaded) metrics_.overloaded.add();
    return pushed;
  }

  void stop() {
    queue_->set_state(CommitQueue::State::kStopping);
    const std::lock_guard lock(stop_mutex_);
    if (thread_.joinable()) thread_.join();
  }

  [[nodiscard]] std::size_t depth() const { return queue_->depth(); }
  [[nodiscard]] bool available() const { return queue_->state() == CommitQueue::State::kOpen; }

 private:
  void run() {
    while (true) {
      auto batch = queue_->take();
      if (batch.empty()) return;
      if (const auto failure = commit(batch)) {
        abandon(batch, *failure);
        recover(failure->reopen);
      }
      queue_->finished();
    }
  }

  struct Failure {
    Error error;
    bool reopen;                       ///< the store's doing, not the command's
    std::optional<std::size_t> which;  ///< the command that brought it about
  };

  std::optional<Failure> commit(std::vector<Submission>& batch) {
    try {
      return try_commit(batch);
    } catch (const std::exception& thrown) {
      // A broken invariant or no memory: nothing of the batch is written, and the state is built anew.
      return Failure{{Errc::kUnavailable, std::string("exception: ") + thrown.what()}, false, std::nullopt};
    }
  }

  std::optional<Failure> try_commit(std::vector<Submission>& batch) {
    const auto started = std::chrono::steady_clock::now();
    core::WriteBatch writes(store_);
    std::vector<Outcome> outcomes;
    outcomes.reserve(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      auto outcome = machine_.apply(writes, batch[i].command);
      if (!outcome) return Failure{outcome.error(), outcome.error().code == Errc::kUnavailable, i};
      outcomes.push_back(std::move(*outcome));
    }
    if (auto done = machine_.finish(writes); !done) {
      return Failure{done.error(), done.error().code == Errc::kUnavailable, std::nullopt};
    }
    if (auto written = store_.write(writes, /*sync=*/true); !written) {
      return Failure{written.error(), true, std::nullopt};
    }
    machine_.committed();
    WISSEL_FAILPOINT("before-answers");

    metrics_.batch_size.observe(static_cast<double>(batch.size()));
    metrics_.batch_seconds.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
    metrics_.committed.add(static_cast<double>(batch.size()));
    Answers answers;
    for (std::size_t i = 0; i < batch.size(); ++i) answers.add(batch[i], std::move(outcomes[i]));
    answers.send(wake_up_);
    WISSEL_FAILPOINT("after-answers");
    return std::nullopt;
  }

  /// Answers the batch and everything that waits: nothing of it is stored, as far as anyone may build on.
  void abandon(std::vector<Submission>& batch, const Failure& failure) {
    logger_.error("commit failed", {{"code", core::to_string(failure.error.code)},
                                    {"detail", std::string_view(failure.error.detail)},
                                    {"commands", std::uint64_t{batch.size()}}});
    metrics_.failures.add();
    auto waiting = queue_->recover();
    metrics_.failed.add(static_cast<double>(batch.size() + waiting.size()));
    Answers answers;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const bool own = failure.which == i && failure.error.code == Errc::kCorrupt;
      const auto code = own ? Errc::kCorrupt : Errc::kUnavailable;
      answers.add(batch[i], core::fail(code, failure.error.detail));
    }
    for (auto& submission : waiting) answers.add(submission, core::fail(Errc::kUnavailable, "the store failed"));
    answers.send(wake_up_);
  }

  /// Until the store is open and the machine's state is what is stored, or the daemon stops.
  void recover(bool reopen) {
    const auto restore = [&]() -> Result<void> {
      if (reopen) {
        if (auto opened = reopen_(); !opened) return opened;
      }
      return machine_.reload(store_);
    };
    std::string last;
    while (true) {
      auto restored = restore();
      if (restored) break;
      // Said once for each reason, not at each attempt.
      if (std::exchange(last, restored.error().detail) != restored.error().detail) {
        logger_.error("store stays away", {{"code", core::to_string(restored.error().code)},
                                           {"detail", std::string_view(restored.error().detail)}});
      }
      reopen = true;
      if (queue_->pause(options_.reopen_pause)) return;
    }
    logger_.info("store is back");
    queue_->set_state(CommitQueue::State::kOpen);
  }

  core::Store& store_;
  Reopen reopen_;
  core::StateMachine& machine_;
  core::WakeUp& wake_up_;
  CommitMetrics metrics_;
  core::Logger& logger_;
  SequencerOptions options_;
  std::shared_ptr<CommitQueue> queue_;  // shared with the registry's callback
  std::mutex stop_mutex_;
  std::thread thread_;
};

LocalSequencer::LocalSequencer(core::Store& store, Reopen reopen, core::StateMachine& machine, core::WakeUp& wake_up,
                               core::Metrics& metrics, core::Logger& logger, const SequencerOptions& options)
    : worker_(std::make_unique<Worker>(store, std::move(reopen), machine, wake_up, metrics, logger, options)) {}

LocalSequencer::~LocalSequencer() { stop(); }

core::Result<void> LocalSequencer::start() { return worker_->start(); }

core::Result<void> LocalSequencer::submit(core::Submission submission) {
  return worker_->submit(std::move(submission));
}

void LocalSequencer::stop() { worker_->stop(); }

bool LocalSequencer::available() const noexcept { return worker_->available(); }

std::size_t LocalSequencer::depth() const { return worker_->depth(); }

}  // namespace wissel::index
