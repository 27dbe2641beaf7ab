#pragma once
// Signed checkpoints on demand: one signature for each size, shared by all who ask for it.
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

#include "core/bytes.hpp"
#include "core/log/note.hpp"
#include "transport/routes/gateway.hpp"

namespace wissel::transport {

/// Remembers the notes of the last few sizes. Thread safety: all members may be called at the same time; who comes
/// while a size is being signed waits for that signature (some 50 microseconds).
class LogNotes {
 public:
  /// `root` is that of the durable tree of `size`: nothing else may be signed.
  [[nodiscard]] std::string note(const LogIdentity& identity, std::uint64_t size, const core::Hash& root) {
    const std::scoped_lock lock(mutex_);
    for (const auto& kept : kept_) {
      if (!kept.note.empty() && kept.size == size && kept.root == root) return kept.note;
    }
    auto& slot = kept_[next_];
    next_ = (next_ + 1) % kept_.size();
    slot = {size, root, core::sign_checkpoint(identity.origin, size, root, identity.key).encode()};
    ++signed_;
    return slot.note;
  }
  /// Signatures made so far.
  [[nodiscard]] std::uint64_t signatures() const {
    const std::scoped_lock lock(mutex_);
    return signed_;
  }

 private:
  struct Kept {
    std::uint64_t size = 0;
    core::Hash root{};
    std::string note;
  };
  mutable std::mutex mutex_;
  std::array<Kept, 32> kept_;
  std::size_t next_ = 0;
  std::uint64_t signed_ = 0;
};

}  // namespace wissel::transport
