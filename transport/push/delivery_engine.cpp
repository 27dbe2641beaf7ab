#include "transport/push/delivery_engine.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <random>

#include "core/crypto.hpp"
#include "transport/push/attempt.hpp"
#include "transport/push/damage.hpp"
#include "transport/push/outbox.hpp"
#include "transport/routes/commit.hpp"

namespace wissel::transport {
namespace {

/// After the store took nothing, or could not be read.
constexpr std::chrono::milliseconds kStorePause{1'000};
/// Attempts that were cut end within this, or are left to the end of their threads.
constexpr std::chrono::milliseconds kCutPatience{2'000};

std::uint64_t seed() {
  core::ByteArray<8> bytes{};
  core::random_bytes(bytes);
  return core::ByteReader(core::as_view(bytes)).u64();
}

/// What a scrape shows, written by the engine's thread.
struct Figures {
  std::atomic<std::uint64_t> rows{0};
  std::atomic<std::int64_t> oldest_ms{0};  ///< 0: none
  std::atomic<std::uint64_t> trying{0};
};

void publish(const Gateway& gateway, std::shared_ptr<Figures> figures) {
  auto& rows = gateway.metrics.gauge("wissel_outbox_rows", "Messages that wait for a webhook, all subscribers.");
  auto& age = gateway.metrics.gauge("wissel_outbox_oldest_age_seconds", "Age of the oldest of them.");
  auto& trying = gateway.metrics.gauge("wissel_deliveries_in_flight", "Attempts to deliver that are under way.");
  auto refresh = [&rows, &age, &trying, now = gateway.now, figures = std::move(figures)] {
    rows.set(static_cast<double>(figures->rows.load()));
    trying.set(static_cast<double>(figures->trying.load()));
    const auto oldest = figures->oldest_ms.load();
    age.set(oldest == 0 ? 0.0 : static_cast<double>(core::to_ms(now()) - oldest) / 1000.0);
  };
  gateway.metrics.before_scrape(std::move(refresh));
}

}  // namespace

class DeliveryEngine::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(const Gateway& gateway, IoThreads& threads, DeliverySettings settings, core::Logger& log)
      : gateway_(gateway),
        threads_(threads),
        settings_(settings),
        log_(log),
        home_(threads.context(0)),
        timer_(home_),
        random_(seed()),
        queue_(settings.queue, [this] { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }),
        log_size_at_start_(gateway.views.view()->edge.size()),
        damage_(gateway.metrics, log) {
    publish(gateway_, figures_);
  }

  void begin() {
    asio::post(home_, [self = shared_from_this()] { self->list(); });
  }

  void committed(const core::Notices& notices) {
    figures_->rows.store(notices.outbox_rows);
    if (notices.outbox_shrank && damage_.rows() > 0) {
      asio::post(home_, [self = shared_from_this()] { self->spawn(self->look_at_damage()); });
    }
    if (notices.outbox.empty() && !notices.network_changed && !notices.reloaded) return;
    auto hear = [self = shared_from_this(), rows = notices.outbox, network = notices.network_changed,
                 reloaded = notices.reloaded] { self->hear(rows, network, reloaded); };
    asio::post(home_, std::move(hear));
  }

  bool stop(std::chrono::milliseconds drain) {
    stop_wanted_.store(true);
    asio::post(home_, [self = shared_from_this()] {
      self->timer_.cancel();
      const std::scoped_lock lock(self->mutex_);
      self->heard_ = true;
      self->ended_.notify_all();
    });
    std::unique_lock lock(mutex_);
    const auto idle = [this] { return heard_ && running_ == 0; };
    if (ended_.wait_for(lock, drain, idle)) return true;
    lock.unlock();
    asio::post(home_, [self = shared_from_this()] { self->cut(); });
    lock.lock();
    ended_.wait_for(lock, kCutPatience, idle);
    return false;
  }

  [[nodiscard]] std::uint64_t damaged_rows() const noexcept { return damage_.rows(); }

 private:
  using Signal = std::shared_ptr<asio::cancellation_signal>;

  // Everything below runs on the home thread, unless it says otherwise.

  void hear(const std::vector<core::QueuedRow>& rows, bool network, bool reloaded) {
    const auto now = SteadyClock::now();
    for (const auto& row : rows) queue_.noticed(row.key, row.eindpunt, row.accepted, now);
    if (network) queue_.resume(now);
    if (reloaded && listed_) list();
    pump();
  }

  /// Begins whatever can begin now, and waits for the next thing that can.
  void pump() {
    if (stop_wanted_.load()) return;
    const auto now = SteadyClock::now();
    while (auto read = queue_.take_read(now)) spawn(read_page(std::move(*read)));
    while (!suspended_) {
      auto row = queue_.take(now);
      if (!row) break;
      attempt(std::move(*row));
    }
    figures_->trying.store(queue_.trying());
    const auto oldest = queue_.oldest();
    figures_->oldest_ms.store(oldest ? core::to_ms(*oldest) : 0);
    // While nothing is tried, rows that are due would make the timer fire at once, over and over.
    const auto next = suspended_ ? std::nullopt : queue_.next_due(now);
    if (!next) {
      timer_.cancel();
      return;
    }
    timer_.expires_at(*next);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error) self->pump();
    });
  }

  // --- coroutines and their count ---

  void count_begin() {
    const std::scoped_lock lock(mutex_);
    ++running_;
  }
  /// On any thread.
  void count_end() {
    const std::scoped_lock lock(mutex_);
    if (--running_ == 0) ended_.notify_all();
  }

  void spawn(asio::awaitable<void> work) {
    count_begin();
    auto ended = [self = shared_from_this()](const std::exception_ptr& failure) {
      if (failure) self->log_failure(failure);
      self->count_end();
    };
    asio::co_spawn(home_, std::move(work), std::move(ended));
  }

  void log_failure(const std::exception_ptr& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& thrown) {
      log_.error("delivery task failed", {{"what", std::string_view(thrown.what())}});
    }
  }

  // --- reading the outbox ---

  /// What is told of rows that cannot be read; on any thread.
  DamagedRow tell_damage() {
    return [this](std::string_view key) { damage_.note(std::string(key), "the row cannot be read"); };
  }

  asio::awaitable<void> look_at_damage() {
    const auto self = shared_from_this();
    auto look = [this] { return damage_.look_again(gateway_.store); };
    const auto left = co_await run_blocking(gateway_.blocking, look);
    if (left == 0) log_.info("outbox whole again");
  }

  void list() {
    if (std::exchange(listing_, true)) return;
    spawn(list_subscribers());
  }

  asio::awaitable<void> list_subscribers() {
    const auto self = shared_from_this();
    while (!stop_wanted_.load()) {
      auto read = [this](core::ReadTier tier) { return subscribers_with_rows(gateway_.store, tier, tell_damage()); };
      auto subscribers = co_await read_store(gateway_.blocking, read);
      if (subscribers) {
        for (const auto subscriber : *subscribers) queue_.unread(subscriber);
        if (!listed_) log_.info("outbox found", {{"subscribers", std::uint64_t{subscribers->size()}}});
        listed_ = true;
        queue_.all_listed();
        break;
      }
      log_.warn("outbox unreadable", {{"detail", std::string_view(subscribers.error().detail)}});
      asio::steady_timer pause(home_, kStorePause);
      co_await pause.async_wait(asio::use_awaitable);
    }
    listing_ = false;
    pump();
  }

  /// How long a stored row has still to wait. Its time was told by the wall clock: one that was never tried waits for
  /// nothing, and a wait longer than any that is ever set shows that the clock went back since.
  std::chrono::milliseconds wait_of(core::Milliseconds left, std::uint32_t attempts) const {
    const auto longest = std::max(settings_.queue.retry_max, settings_.queue.retry_after_max);
    const bool clock_went_back = attempts == 0 || left > longest;
    return clock_went_back ? core::Milliseconds{0} : std::max(left, core::Milliseconds{0});
  }

  /// An attempt at it may have been under way when the daemon last ended: only then, and only at a row whose turn and
  /// time it was.
  FirstRow first_row(StoredFirst stored, bool was_first) const {
    const auto sequence = core::parse_outbox_key(stored.key)->sequence;
    const auto left = stored.row.next_try - gateway_.now();
    FirstRow row;
    row.key = std::move(stored.key);
    row.eindpunt = std::move(stored.row.eindpunt);
    row.attempts = stored.row.attempts;
    row.may_have_left =
        stored.row.may_have_left || (was_first && sequence < log_size_at_start_ && left <= core::Milliseconds{0});
    row.due = SteadyClock::now() + wait_of(left, row.attempts);
    row.accepted = stored.row.message.time();
    return row;
  }

  asio::awaitable<void> read_page(DeliveryQueue::Read wanted) {
    const auto self = shared_from_this();
    auto read = [this, &wanted](core::ReadTier tier) {
      return first_rows(gateway_.store, wanted.subscriber, wanted.from, wanted.count, tier, tell_damage());
    };
    auto found = co_await read_store(gateway_.blocking, read);
    if (found) {
      std::vector<FirstRow> rows;
      rows.reserve(found->rows.size());
      for (auto& row : found->rows) rows.push_back(first_row(std::move(row), true));
      queue_.page(wanted.subscriber, std::move(rows), std::move(found->next), SteadyClock::now());
    } else {
      log_.warn("outbox unreadable", {{"detail", std::string_view(found.error().detail)}});
      queue_.read_failed(wanted.subscriber, SteadyClock::now());
    }
    pump();
  }

  asio::awaitable<void> look_behind(std::string key) {
    const auto self = shared_from_this();
    while (!stop_wanted_.load()) {
      auto read = [this, &key](core::ReadTier tier) { return row_after(gateway_.store, key, tier, tell_damage()); };
      auto found = co_await read_store(gateway_.blocking, read);
      if (!found) {
        asio::steady_timer pause(home_, kStorePause);
        co_await pause.async_wait(asio::use_awaitable);
        continue;
      }
      std::optional<FirstRow> next;
      if (*found) next = first_row(std::move(**found), false);
      if (!queue_.found(key, std::move(next), SteadyClock::now())) break;
    }
    pump();
  }

  // --- attempts ---

  void attempt(FirstRow row) {
    const auto subscriber = core::parse_outbox_key(row.key)->subscriber;
    AttemptOrder order;
    order.back_off = queue_.back_off(row.attempts + 1);
    order.timeout = settings_.attempt_timeout;
    order.retry_after_max = settings_.queue.retry_after_max;
    order.io_thread = subscriber % threads_.size();
    order.row = row;
    const auto signal = std::make_shared<asio::cancellation_signal>();
    cuts_.emplace(row.key, std::pair(order.io_thread, signal));
    count_begin();
    auto& context = threads_.context(order.io_thread);
    auto ended = [self = shared_from_this(), row = std::move(row), signal](const std::exception_ptr& failure,
                                                                           AttemptEnd end) {
      if (failure) {  // cut, or a fault of ours
        end.row = row;
        end.row.may_have_left = true;
      }
      end.row.key = row.key;
      auto report = [self, failure, end = std::move(end)] { self->attempted(failure, end); };
      asio::post(self->home_, std::move(report));
    };
    auto work = attempt_delivery(gateway_, std::move(order));
    asio::co_spawn(context, std::move(work), asio::bind_cancellation_slot(signal->slot(), std::move(ended)));
  }

  void attempted(const std::exception_ptr& failure, AttemptEnd end) {
    const std::string key = end.row.key;
    cuts_.erase(key);
    if (failure && !stop_wanted_.load()) log_failure(failure);
    settle(key, std::move(end));
    pump();
    count_end();
  }

  void settle(const std::string& key, AttemptEnd end) {
    const auto now = SteadyClock::now();
    const auto subscriber = core::parse_outbox_key(key)->subscriber;
    if (!end.damage.empty()) damage_.note(key, end.damage);
    if (end.hold_until) queue_.hold(subscriber, end.row.eindpunt, *end.hold_until);
    switch (end.kind) {
      case AttemptEnd::Kind::kEnded:
        if (queue_.ended(key, end.call, end.look, now)) spawn(look_behind(key));
        break;
      case AttemptEnd::Kind::kFailed:
        queue_.retry(key, std::move(end.row), end.call, now);
        break;
      case AttemptEnd::Kind::kPaused:
        queue_.park(key, now);
        break;
      case AttemptEnd::Kind::kBusy:
        queue_.again(key, std::move(end.row), now + kStorePause, now);
        break;
      case AttemptEnd::Kind::kUnavailable:
        queue_.again(key, std::move(end.row), now + kStorePause, now);
        if (!std::exchange(suspended_, true)) {
          log_.warn("deliveries wait for the store");
          spawn(await_store());
        }
        break;
    }
  }

  /// Tries the write path with a command that does nothing, until it takes it. Delivering what cannot be recorded
  /// would be to deliver it again and again.
  asio::awaitable<void> await_store() {
    const auto self = shared_from_this();
    while (!stop_wanted_.load()) {
      asio::steady_timer pause(home_, kStorePause);
      co_await pause.async_wait(asio::use_awaitable);
      core::Command command;
      command.now = gateway_.now();
      const auto outcome = co_await commit(gateway_.sequencer, std::move(command), 0);
      if (!outcome) continue;
      log_.info("deliveries go on");
      break;
    }
    suspended_ = false;
    pump();
  }

  void cut() {
    for (const auto& [key, cut] : cuts_) {
      asio::post(threads_.context(cut.first),
                 [signal = cut.second] { signal->emit(asio::cancellation_type::terminal); });
    }
  }

  const Gateway& gateway_;
  IoThreads& threads_;
  const DeliverySettings settings_;
  core::Logger& log_;
  asio::io_context& home_;
  asio::steady_timer timer_;
  std::mt19937_64 random_;
  DeliveryQueue queue_;
  const std::uint64_t log_size_at_start_;
  OutboxDamage damage_;
  std::shared_ptr<Figures> figures_ = std::make_shared<Figures>();  // joint with the scrape
  std::map<std::string, std::pair<std::size_t, Signal>> cuts_;      ///< of attempts under way, with their io thread
  bool listed_ = false;
  bool listing_ = false;
  bool suspended_ = false;

  std::atomic<bool> stop_wanted_{false};
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t running_ = 0;
  bool heard_ = false;  ///< the home thread knows of the stop
};

DeliveryEngine::DeliveryEngine(const Gateway& gateway, IoThreads& threads, DeliverySettings settings, core::Logger& log)
    : impl_(std::make_shared<Impl>(gateway, threads, settings, log)) {}
DeliveryEngine::~DeliveryEngine() = default;

void DeliveryEngine::start() { impl_->begin(); }
void DeliveryEngine::committed(const core::Notices& notices) { impl_->committed(notices); }
bool DeliveryEngine::stop(std::chrono::milliseconds drain) { return impl_->stop(drain); }
std::uint64_t DeliveryEngine::damaged_rows() const noexcept { return impl_->damaged_rows(); }

}  // namespace wissel::transport
