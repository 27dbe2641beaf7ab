#pragma once
// Delivers the outbox to webhooks: what waits is found in the store at start, and told by the committer afterwards.
#include <chrono>
#include <memory>

#include "core/logger.hpp"
#include "core/state/view.hpp"
#include "transport/io_threads.hpp"
#include "transport/push/queue.hpp"
#include "transport/routes/gateway.hpp"

namespace wissel::transport {

struct DeliverySettings {
  QueueLimits queue;
  std::chrono::milliseconds attempt_timeout{10'000};  ///< connecting, sending and the answer's head and body together
};

/// Order, back-off and breakers are DeliveryQueue's, run on io thread 0; attempts run on the thread of their
/// subscriber. Whether a row may be delivered is asked again before each attempt, and its end is durable, with its
/// record, in the write that takes it from the outbox.
///
/// Thread safety: committed() may be called at any time, from one thread; it only posts. start() once, when the io
/// threads and the sequencer run. stop() not on an io thread.
class DeliveryEngine final : public core::CommitListener {
 public:
  /// All outlive the io threads' run.
  DeliveryEngine(const Gateway& gateway, IoThreads& threads, DeliverySettings settings, core::Logger& log);
  /// stop() has returned true, or the io threads have ended.
  ~DeliveryEngine() override;

  void start();
  void committed(const core::Notices& notices) override;

  /// Begins nothing more, lets attempts under way end for `drain`, then cuts them. True when none had to be cut. What
  /// was cut is tried again after the next start. Repeatable.
  bool stop(std::chrono::milliseconds drain);

  /// Rows that cannot be delivered because they or their message are damaged. On any thread.
  [[nodiscard]] std::uint64_t damaged_rows() const noexcept;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // joint: each coroutine holds it until its last instruction
};

}  // namespace wissel::transport
