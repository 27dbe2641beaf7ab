#include "transport/blocking.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <vector>

#include "transport/thread_name.hpp"

namespace wissel::transport {

struct BlockingPool::State {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::move_only_function<void()>> queue;
  bool stopping = false;
  std::vector<std::thread> threads;

  void run(int nice) {
    // Of this thread alone on Linux; a lower priority is never refused.
    if (nice > 0) ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice);
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return stopping || !queue.empty(); });
      if (queue.empty()) return;
      auto work = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
    }
  }
};

BlockingPool::BlockingPool(std::size_t threads, const std::string& name, int nice) : state_(std::make_unique<State>()) {
  for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) {
    auto& thread = state_->threads.emplace_back([state = state_.get(), nice] { state->run(nice); });
    name_thread(thread, name, i);
  }
}

BlockingPool::~BlockingPool() { finish(); }

void BlockingPool::finish() noexcept {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  for (auto& thread : state_->threads) {
    if (thread.joinable()) thread.join();
  }
}

void BlockingPool::post(std::move_only_function<void()> work) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->queue.push_back(std::move(work));
  }
  state_->wake.notify_one();
}

std::size_t BlockingPool::depth() const noexcept {
  const std::lock_guard lock(state_->mutex);
  return state_->queue.size();
}

}  // namespace wissel::transport
