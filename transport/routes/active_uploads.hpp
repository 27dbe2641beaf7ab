#pragma once
// Which synchronisations have a request of this process behind them.
#include <memory>
#include <mutex>
#include <set>

#include "core/identity/uuid.hpp"

namespace wissel::transport {

/// An upload that the state has open while no request is behind it was cut off by a crash or a failing store; the
/// next synchronisation of its holder gives it up. Thread safety: all members may be called at the same time.
class ActiveUploads {
 public:
  /// Held by the request for as long as it lives.
  class Hold {
   public:
    Hold(std::shared_ptr<ActiveUploads> uploads, const core::Uuid& id) : uploads_(std::move(uploads)), id_(id) {
      const std::lock_guard lock(uploads_->mutex_);
      uploads_->ids_.insert(id_);
    }
    ~Hold() {
      const std::lock_guard lock(uploads_->mutex_);
      uploads_->ids_.erase(id_);
    }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    std::shared_ptr<ActiveUploads> uploads_;  // the table of routes may be gone before the last request
    core::Uuid id_;
  };

  [[nodiscard]] bool contains(const core::Uuid& id) const {
    const std::lock_guard lock(mutex_);
    return ids_.contains(id);
  }

 private:
  mutable std::mutex mutex_;
  std::set<core::Uuid> ids_;
};

}  // namespace wissel::transport
