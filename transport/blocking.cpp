#include "transport/blocking.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <vector>

namespace wissel::transport {

struct BlockingPool::State {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::move_only_function<void()>> queue;
  bool stopping = false;
  std::vector<std::thread> threads;

  void run() {
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

BlockingPool::BlockingPool(std::size_t threads) : state_(std::make_unique<State>()) {
  for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) {
    auto& thread = state_->threads.emplace_back([state = state_.get()] { state->run(); });
    pthread_setname_np(thread.native_handle(), ("blocking-" + std::to_string(i)).substr(0, 15).c_str());
  }
}

BlockingPool::~BlockingPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  for (auto& thread : state_->threads) thread.join();
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
