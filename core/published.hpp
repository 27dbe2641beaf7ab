#pragma once
// The newest immutable picture of something: one writer, many readers.
#include <memory>
#include <mutex>
#include <utility>

namespace wissel::core {

/// Thread safety: all members may be called at the same time. A mutex held for one pointer copy: std::atomic of a
/// shared_ptr does the same under another name, and ThreadSanitizer cannot see through the one of this library.
template <class T>
class Published {
 public:
  [[nodiscard]] std::shared_ptr<const T> get() const {
    const std::scoped_lock lock(mutex_);
    return value_;
  }
  void set(std::shared_ptr<const T> next) {
    const std::scoped_lock lock(mutex_);
    value_.swap(next);  // the old picture may be the last of its kind: it dies after the lock, with `next`
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace wissel::core
