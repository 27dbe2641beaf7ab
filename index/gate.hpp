#pragma once
// Lets many callers use a thing at the same time, and one owner close it: closing waits for those inside, and turns
// newcomers away instead of letting them touch what is gone. A call may enter again while it is inside.
#include <atomic>
#include <cstdint>
#include <utility>

namespace wissel::index {

/// Thread safety: enter() from any thread; open() and close() from one owner at a time.
class Gate {
 public:
  /// False when the gate was closed; otherwise the gate stays open until this goes away.
  class [[nodiscard]] Pass {
   public:
    explicit Pass(Gate* gate) noexcept : gate_(gate) {}
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->leave();
    }
    explicit operator bool() const noexcept { return gate_ != nullptr; }

   private:
    Gate* gate_;
  };

  Pass enter() noexcept {
    inside_.fetch_add(1);
    if (open_.load()) return Pass{this};
    leave();
    return Pass{nullptr};
  }

  void open() noexcept { open_.store(true); }

  /// Blocks until all who are inside have left; never call it from inside.
  void close() noexcept {
    open_.store(false);
    for (auto inside = inside_.load(); inside != 0; inside = inside_.load()) inside_.wait(inside);
  }

 private:
  void leave() noexcept {
    // Sequentially consistent on purpose: either the closer sees our leaving, or we see that there is a closer.
    if (inside_.fetch_sub(1) == 1 && !open_.load()) inside_.notify_all();
  }

  std::atomic<std::uint32_t> inside_{0};
  std::atomic<bool> open_{false};
};

}  // namespace wissel::index
