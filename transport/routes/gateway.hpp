#pragma once
// What routes and workers are built from. The daemon makes one of each and hands them in; all outlive the servers.
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "core/crypto.hpp"
#include "core/identity/pseudonyms.hpp"
#include "core/limits/limiter.hpp"
#include "core/logger.hpp"
#include "core/metrics.hpp"
#include "core/state/sequencer.hpp"
#include "core/state/view.hpp"
#include "core/store.hpp"
#include "transport/blocking.hpp"
#include "transport/client/http_client.hpp"
#include "transport/push/mailbox_bell.hpp"
#include "transport/task_group.hpp"

namespace wissel::transport {

class Breakers;
class StatusCache;

enum class Environment : std::uint8_t { kProduction, kAcceptance, kTest };

/// Bounds and terms that routes enforce; from the configuration.
struct RouteLimits {
  std::size_t body_bytes_max = 1024 * 1024;
  std::size_t event_bytes_max = 64 * 1024;
  std::size_t event_batch_max = 100;
  std::size_t lookup_max = 1000;
  std::chrono::milliseconds pull_wait_default{5'000};
  std::chrono::milliseconds pull_wait_max{30'000};
  std::chrono::milliseconds pull_commit_margin{50};
  std::size_t pull_holders_max = 64;
  std::size_t pull_answer_bytes_max = 1024 * 1024;
  std::chrono::seconds mailbox_wait_max{60};
  core::Duration message_expiry{0, 7LL * 86'400'000};
  core::Duration idempotency_term{0, 86'400'000};
  core::Duration reference_term_max{24, 0};
  bool confirmation_allowed = false;  ///< parties may agree by certificate and confirmation, without a signature
};

/// Keys that never touch the store.
struct Secrets {
  core::PseudonymKeys pseudonyms;
  core::SealingKey sealing;  ///< what a holder's own form of a reference is sealed under
  core::HmacKey bodies;      ///< for Idempotency-Key bodies and events
};

/// What the log is signed with, and under which name.
struct LogIdentity {
  std::string origin;
  std::string vkey;
  core::SigningKey key;
};

struct Gateway {
  core::Sequencer& sequencer;
  const core::ViewSource& views;
  const core::Store& store;
  BlockingPool& blocking;
  HttpClients& clients;
  const Secrets& secrets;
  const LogIdentity& log_identity;
  const RouteLimits& limits;
  Environment environment;
  std::function<core::Instant()> now;
  core::Logger& log;
  core::Metrics& metrics;
  TaskGroup& tasks;        ///< what goes on after its request was answered; drained before the sequencer stops
  MailboxBell& mailboxes;  ///< heard by the committer; stopped before the servers
  core::Limiter& limiter;
  Breakers& breakers;     ///< of holders that are pulled from
  StatusCache& statuses;  ///< holders' answers that agreements let it keep
};

}  // namespace wissel::transport
