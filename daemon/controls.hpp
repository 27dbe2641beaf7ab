#pragma once
// What the control socket asks of the daemon's parts.
#include <atomic>
#include <filesystem>
#include <functional>
#include <string>

#include "core/state/view.hpp"
#include "daemon/checkpoint_keeper.hpp"
#include "daemon/control_socket.hpp"
#include "daemon/disk_guard.hpp"
#include "daemon/scrubber.hpp"
#include "index/committer.hpp"
#include "index/rocks_store.hpp"
#include "transport/http/readiness.hpp"
#include "transport/http/server.hpp"
#include "transport/routes/gateway.hpp"
#include "transport/tls/contexts.hpp"

namespace wissel::daemon {

/// All of it outlives the controls.
struct ControlledParts {
  std::string version;
  std::string environment;
  core::Instant since;
  std::function<core::Instant()> now;
  const transport::Readiness& readiness;
  std::function<void()> refresh_readiness;
  const transport::HttpServer& partners;
  const core::ViewSource& views;
  const index::RocksStore& store;
  const index::LocalSequencer& committer;
  DiskGuard& disk;
  const transport::TlsContexts& tls;
  const transport::LogIdentity& identity;
  const CheckpointKeeper& keeper;
  Scrubber& scrubber;
  std::filesystem::path configuration;
  const transport::Secrets& secrets;
  std::function<core::Result<boost::json::object>()> reload;
  core::Logger& log;
};

class DaemonControls final : public Controls {
 public:
  explicit DaemonControls(ControlledParts parts) : parts_(std::move(parts)) {}

  core::Result<boost::json::object> status() override;
  core::Result<boost::json::object> reload() override { return parts_.reload(); }
  /// With a signed checkpoint of exactly the log that is in the backup.
  core::Result<boost::json::object> backup(const std::string& target_dir, const Progress& progress) override;
  /// The active pseudonym keys, and how many references were last written while each was the newest.
  core::Result<boost::json::object> keys(const Progress& progress) override;
  core::Result<boost::json::object> doctor(const Progress& progress) override;

 private:
  ControlledParts parts_;
  std::atomic<bool> backup_runs_{false};
};

}  // namespace wissel::daemon
